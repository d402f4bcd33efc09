"""Canaries in every secret setting, and every verb called: none of them sings in what is told."""

from __future__ import annotations

import io
import logging
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from enum import Enum
from pathlib import Path
from types import FrameType
from typing import Any, get_args

import pytest
from typer.testing import CliRunner

from collector.__main__ import app as collector_app
from edge_agent.__main__ import app as agent_app
from edge_agent.process.logs import KeyValueLines
from tests.security.canaries import Planted, agent_files, collector_files, files_below
from tests.security.test_command_lines import verbs

ENDLESS = {
    *("collector run", "collector api serve", "collector bridge run", "collector fleet serve"),
    *("edge-agent run", "edge-agent commission", "edge-agent listen"),
}
"""They go on until they are ended: ``test_canaries_services.py`` runs them as processes."""
LONGEST_S = 30
VALUES = {
    "period": "2025-04", "month": "2025-04", "meter": "main", "zone": "Asia/Tokyo", "kwh": "100",
    "report": "daily", "question": "status", "until": "2026-01-01", "url": "https://127.0.0.1:9",
}  # fmt: skip
"""What a parameter of that name is given; all others the name of a site."""


class TooLongError(Exception):
    """A verb did not come back."""


@contextmanager
def _bounded() -> Iterator[None]:
    def late(_: int, __: FrameType | None) -> None:
        raise TooLongError

    before = signal.signal(signal.SIGALRM, late)
    signal.alarm(LONGEST_S)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


@contextmanager
def _everything_logged() -> Iterator[io.StringIO]:
    """All lines of all libraries from DEBUG up, as a service would write them."""
    root, text = logging.getLogger(), io.StringIO()
    before = root.handlers[:], root.level
    handler = logging.StreamHandler(text)
    handler.setFormatter(KeyValueLines())
    root.handlers, root.level = [handler], logging.DEBUG
    try:
        yield text
    finally:
        root.handlers, root.level = before


def _value(parameter: Any, settings: Path) -> str:
    kind = parameter.type_descriptor.annotation
    kind = next(iter(get_args(kind)), kind)
    named = {key: value for key, value in VALUES.items() if key in str(parameter.name)}
    if named and kind is str:
        return next(iter(named.values()))
    if isinstance(kind, type) and issubclass(kind, Enum):
        return str(next(iter(kind)).value)
    return {int: "1", float: "1", datetime: "2025-04-01", Path: str(settings)}.get(kind, "sendai")


def _words(name: str, command: Any, settings: Path) -> list[str]:
    """The least words with which a verb does something, its settings among them."""
    words = name.split()[1:]
    for parameter in command.params:
        if "--config" in parameter.opts:
            words += ["--config", str(settings)]
        elif "--yes" in parameter.opts:
            words.append("--yes")
        elif parameter.required and parameter.opts[0].startswith("-"):
            words += [parameter.opts[0], _value(parameter, settings)]
        elif not parameter.opts[0].startswith("-"):
            words.append(_value(parameter, settings))
    return words


def _told(app: Any, words: list[str]) -> str:
    """Everything that a verb says, on both streams and in the log, and what it dies of."""
    with _everything_logged() as log, _bounded():
        done = CliRunner().invoke(app, words, env={"COLUMNS": "400", "TERM": "dumb"})
    return f"{done.output}\n{done.stderr}\n{log.getvalue()}\n{done.exception!r}"


def _called(program: str, app: Any, plant: Planted, monkeypatch: pytest.MonkeyPatch) -> int:
    """Call every verb; answers how many were."""
    monkeypatch.chdir(plant.settings.parent)
    called = [(name, command) for name, command in verbs(program) if name not in ENDLESS]
    for name, command in called:
        words = _words(name, command, plant.settings)
        told = _told(app, words)
        assert plant.seen_in({name: told}) == []
        assert "TooLongError" not in told, name
        assert "No such option" not in told, told
    return len(called)


@pytest.mark.timeout(600)
def test_no_verb_of_the_collector_tells_a_secret(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever it is asked, while store, broker, mail and Grafana are away."""
    plant = collector_files(tmp_path)
    assert _called("collector", collector_app, plant, monkeypatch) > 60
    assert plant.seen_in(files_below(tmp_path, plant.files)) == []


@pytest.mark.timeout(600)
def test_no_verb_of_the_agent_tells_a_secret(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor one that reads meters, of which none answers."""
    plant = agent_files(tmp_path)
    assert _called("edge-agent", agent_app, plant, monkeypatch) > 8
    left_out = (*plant.files, plant.settings)  # the address of a hook stands in the settings
    assert plant.seen_in(files_below(tmp_path, left_out)) == []


def test_a_canary_that_sings_is_heard(tmp_path: Path) -> None:
    """The judge itself: what is looked for would be found, as text and as bytes."""
    plant = agent_files(tmp_path)
    assert plant.seen_in({"one": "x canary-mqtt-Zq7 y", "two": b"canary-pin-Zq7", "three": ""}) == [
        "one: canary-mqtt-Zq7",
        "two: canary-pin-Zq7",
    ]
    assert len(plant.seen_in(files_below(tmp_path, ()))) >= 4
