"""Outboxes for the tests that put something into one, and senders for those that send it."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from edge_agent.outbox import Outbox
from tests.edge_agent.delivery import HandClock
from tests.edge_agent.outboxes import Opener
from tests.edge_agent.sending import Sender, Senders


@pytest.fixture
def clock() -> HandClock:
    """Noon, until a test moves it."""
    return HandClock()


@pytest.fixture
def opened(tmp_path: Path, clock: HandClock) -> Iterator[Opener]:
    """Opens outboxes, all closed at the end."""
    boxes: list[Outbox] = []

    def open_box(
        path: Path = tmp_path / "outbox.sqlite", max_mb: float = 64, **more: Any
    ) -> Outbox:
        boxes.append(Outbox(path, max_mb=max_mb, clock=clock, **more))
        return boxes[-1]

    yield open_box
    for box in boxes:
        box.close()


@pytest.fixture
def box(opened: Opener) -> Outbox:
    """An empty outbox with plenty of room."""
    return opened()


@pytest.fixture
def small(opened: Opener) -> Outbox:
    """An empty outbox of one megabyte: about 4000 readings."""
    return opened(max_mb=1)


@pytest.fixture
def sender(tmp_path: Path) -> Iterator[Senders]:
    """Makes senders, all closed at the end."""
    made: list[Sender] = []

    def make(url: str, agent: str, **words: object) -> Sender:
        made.append(Sender(tmp_path, url, agent, **words))  # type: ignore[arg-type]
        return made[-1]

    yield make
    for one in made:
        one.close()


@pytest.fixture(autouse=True)
def _logs_speak() -> Iterator[None]:
    """A command that asks meters once keeps the poller's log silent; the next test wants it."""
    yield
    for name in ("edge_agent", "edge_agent.poll"):
        logging.getLogger(name).setLevel(logging.NOTSET)
