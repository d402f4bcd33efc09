"""The decisions on counters, as the newest computation has them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from collector.rollup.counters import CounterEvent
from collector.state import CollectorState, open_state
from collector.state.events import EventEntry

IMPORT = "active_energy_import_wh"
GLITCH = CounterEvent(1_000, "glitch", 0, "a value of 0 kWh off the course", 2_000, 0, 0)
RESET = CounterEvent(5_000, "reset", 1_667, "began anew", 6_000, 300, None, True)


@pytest.fixture
def state(tmp_path: Path) -> Iterator[CollectorState]:
    """A state file."""
    opened = open_state(tmp_path)
    with closing(opened.database):
        yield opened


def write(state: CollectorState, span: tuple[int, int], *events: CounterEvent) -> None:
    """Record what a computation of the stretch found."""
    state.events.replace("s", "main", IMPORT, span, events)


def held(state: CollectorState, *which: object) -> list[CounterEvent]:
    """The events kept."""
    return [entry.event for entry in state.events.list("s", *which)]  # type: ignore[arg-type]


def test_every_figure_of_a_decision_is_kept(state: CollectorState) -> None:
    """When, what, the energy booked, its bounds and who decided come back as they were."""
    write(state, (0, 10_000), RESET, GLITCH)
    assert state.events.list("s") == [
        EventEntry("s", "main", IMPORT, GLITCH),
        EventEntry("s", "main", IMPORT, RESET),
    ]


def test_a_new_computation_takes_the_place_of_the_old_one(state: CollectorState) -> None:
    """What no longer stands goes, within the stretch and only there."""
    write(state, (0, 10_000), GLITCH, RESET)
    write(state, (4_000, 10_000))
    assert held(state) == [GLITCH]
    write(state, (0, 1_000), RESET)
    assert held(state) == [GLITCH]


def test_counters_and_meters_stand_apart(state: CollectorState) -> None:
    """Another counter of the meter, and another meter, keep theirs."""
    write(state, (0, 10_000), GLITCH)
    state.events.replace("s", "press", IMPORT, (0, 10_000), [RESET])
    state.events.replace("s", "main", "active_energy_export_wh", (0, 10_000), [RESET])
    write(state, (0, 10_000))
    assert held(state, "main") == [RESET]
    assert held(state) == [RESET, RESET]
    assert held(state, "", 0, 5_000) == []


def test_nothing_new_is_not_written(state: CollectorState, tmp_path: Path) -> None:
    """Recording the same again leaves the file untouched: a flush a minute wears out a card."""
    write(state, (0, 10_000), GLITCH, RESET)
    wal = tmp_path / "collector-state.sqlite-wal"
    before = wal.stat().st_size
    write(state, (0, 10_000), RESET, GLITCH)
    write(state, (20_000, 30_000))
    assert wal.stat().st_size == before
