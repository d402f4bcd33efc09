"""Two stores of one agent: what is a copied card, and what is not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from collector.ingest.batch import Batch
from collector.ingest.keeping import keep
from collector.state import CollectorState, open_state
from collector.state.sightings import CLONE
from edge_agent.contract.wire import Birth

DAY_MS = 86_400_000


@pytest.fixture
def state(tmp_path: Path) -> Iterator[CollectorState]:
    """A state of its own."""
    opened = open_state(tmp_path)
    yield opened
    opened.database.close()


def birth(epoch: str, agent: str = "pi-1", connection: int = 1) -> Birth:
    """A birth of a store."""
    return Birth(agent, epoch, connection, "mieruka 1", 0, ())


def test_two_stores_in_turn_are_a_copied_card(state: CollectorState) -> None:
    """The first change is a new card; the way back to the first store is a second one."""
    told = [
        state.sightings.note(birth(epoch), minute * 60_000)
        for minute, epoch in [
            (1, "a"),
            (2, "a"),
            (3, "b"),
            (4, "a"),
            (5, "b"),
            (70, "a"),
            (71, "a"),
        ]
    ]
    assert told == [False, False, False, True, False, True, False]
    assert [event.kind for event in state.fleet.events("pi-1")] == [CLONE, CLONE]


def test_a_new_card_is_none(state: CollectorState) -> None:
    """A store that is heard no more has been replaced."""
    told = [state.sightings.note(birth(epoch), at) for at, epoch in enumerate("aabbbcc", 1)]
    assert not any(told)


def test_agents_are_told_apart(state: CollectorState) -> None:
    """The stores of one say nothing of another's."""
    told = [
        state.sightings.note(birth(epoch, agent), at)
        for at, (agent, epoch) in enumerate([("x", "a"), ("y", "b"), ("x", "a"), ("y", "b")], 1)
    ]
    assert not any(told)


def test_the_collector_says_so_when_it_hears_the_second_one(state: CollectorState) -> None:
    """One line, as an alarm, with where to look."""
    lines: list[str] = []
    for at_ms, epoch in enumerate("aba", start=1):
        batch = Batch(at_ms, births=[birth(epoch, connection=at_ms)])
        keep(batch, (), state)
        lines += batch.lines
    (line,) = lines
    assert line.startswith("ALARM: agent pi-1 comes with two stores in turn")
    assert "collector fleet list" in line


def test_an_old_store_after_a_long_time_is_none(state: CollectorState) -> None:
    """Whoever puts an old card back after weeks has one card."""
    state.sightings.note(birth("a"), 0)
    state.sightings.note(birth("b"), DAY_MS)
    assert not state.sightings.note(birth("a"), 20 * DAY_MS)
