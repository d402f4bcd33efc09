"""What the verbs of `collector fleet` share: the office of the settings, and dates as text."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from collector import config
from collector.clock import SystemClock
from collector.config import CollectorSettings
from collector.fleet.office import Office
from collector.state import CollectorState, open_state


@contextmanager
def open_office(path: Path) -> Iterator[tuple[Office, CollectorSettings, CollectorState]]:
    """The office by the settings at ``path``, its state given back at the end."""
    settings = config.load(path)
    state = open_state(settings.collector.state_dir)
    try:
        yield Office(settings, state, SystemClock()), settings, state
    finally:
        state.database.close()


def moment(at_ms: int | None) -> str | None:
    """The instant in UTC to the minute; None for none."""
    if at_ms is None:
        return None
    return datetime.fromtimestamp(at_ms / 1000, UTC).strftime("%Y-%m-%d %H:%M")


def day(at_ms: int) -> str:
    """The day of the instant in UTC."""
    return datetime.fromtimestamp(at_ms / 1000, UTC).date().isoformat()
