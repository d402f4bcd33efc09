"""The numbers that are accounted for: exact, compact, bounded, durable."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collector.state import CollectorState, open_state
from collector.state.received import Received
from edge_agent.contract.wire import Range, Resend, ranges

HIGHEST = 2**63 - 1
RANGES = st.tuples(st.integers(1, 60), st.integers(0, 12)).map(lambda r: (r[0], r[0] + r[1]))


@pytest.fixture
def state(tmp_path: Path) -> Iterator[CollectorState]:
    """State in an empty folder."""
    opened = open_state(tmp_path)
    yield opened
    opened.database.close()


def numbers(found: tuple[Range, ...]) -> list[int]:
    """Every number of the ranges, repeats too."""
    return sorted(n for first, last in found for n in range(first, last + 1))


def test_an_agent_that_loses_nothing_takes_one_row(state: CollectorState) -> None:
    """Batch after batch the one range grows, in whatever order they come."""
    for first in (1, 101, 301, 201):
        assert state.received.add("pi-1", "e1", [(first, first + 99)]) == ((first, first + 99),)
    assert state.received.ranges("pi-1", "e1") == ((1, 400),)
    assert state.received.holes() == []


def test_what_comes_again_is_not_new(state: CollectorState) -> None:
    """Only the parts that were never there are answered."""
    state.received.add("pi-1", "e1", [(10, 19), (30, 39)])
    assert state.received.add("pi-1", "e1", [(12, 17)]) == ()
    assert state.received.add("pi-1", "e1", [(5, 44)]) == ((5, 9), (20, 29), (40, 44))
    assert state.received.ranges("pi-1", "e1") == ((5, 44),)


def test_a_hole_is_what_lies_between_and_before(state: CollectorState) -> None:
    """Each is the command that asks for it; agents and epochs are apart."""
    state.received.add("pi-1", "e1", [(3, 5), (9, 9)])
    state.received.add("pi-1", "e2", [(1, 5)])
    state.received.add("pi-2", "e1", [(2, 2)])
    assert state.received.holes() == [
        Resend("pi-1", "e1", 1, 2),
        Resend("pi-1", "e1", 6, 8),
        Resend("pi-2", "e1", 1, 1),
    ]


@settings(deadline=None, max_examples=60)
@given(batches=st.lists(st.lists(RANGES, max_size=5), max_size=12))
def test_any_order_of_ranges_leaves_the_same_set(
    tmp_path_factory: pytest.TempPathFactory, batches: list[list[Range]]
) -> None:
    """Ranges stay apart and in order, hold exactly the numbers, and news is told once."""
    state = open_state(tmp_path_factory.mktemp("state"))
    try:
        told: list[int] = []
        for batch in batches:
            told += numbers(state.received.add("pi-1", "e1", batch))
        every = {n for batch in batches for first, last in batch for n in range(first, last + 1)}
        assert sorted(told) == sorted(every)
        assert state.received.ranges("pi-1", "e1") == ranges(every)
        missing = set(range(1, max(every, default=0))) - every
        found = [(hole.first, hole.last) for hole in state.received.holes()]
        assert found == list(ranges(missing))
    finally:
        state.database.close()


def test_the_largest_number_there_is_does_no_harm(state: CollectorState) -> None:
    """A gap record to the end of all numbers is a range like others."""
    state.received.add("pi-1", "e1", [(1, HIGHEST)])
    assert state.received.add("pi-1", "e1", [(HIGHEST, HIGHEST)]) == ()
    assert state.received.ranges("pi-1", "e1") == ((1, HIGHEST),)


def test_too_many_holes_are_closed_from_the_oldest_on(state: CollectorState) -> None:
    """An agent that sends every other number fills no disk, and the newest holes stay."""
    few = Received(state.database, max_ranges=10)
    for n in range(1, 43, 2):
        few.add("pi-1", "e1", [(n, n)])
        assert len(few.ranges("pi-1", "e1")) <= 10
    assert few.holes()[-1] == Resend("pi-1", "e1", 40, 40)
    assert few.ranges("pi-1", "e1")[0][0] == 1
    assert few.add("pi-1", "e1", [(2, 2)]) == (), "the oldest hole is closed"


def test_numbers_are_durable_when_add_returns(tmp_path: Path) -> None:
    """Whoever opens the file next finds them, without a close in between."""
    first = open_state(tmp_path)
    first.received.add("pi-1", "e1", [(1, 5)])
    second = open_state(tmp_path)
    assert second.received.ranges("pi-1", "e1") == ((1, 5),)
    first.database.close()
    second.database.close()


def test_a_block_within_a_block_is_one_transaction(state: CollectorState) -> None:
    """What a batch notes in several rooms is there altogether, or not at all."""

    def half() -> None:
        with state.database.write():
            state.received.add("pi-1", "e1", [(1, 5)])
            state.dirty.mark("sendai", "press", 0, 1)
            raise KeyError("the other half")

    with pytest.raises(KeyError):
        half()
    assert state.received.ranges("pi-1", "e1") == ()
    assert state.dirty.pending() == []
    with state.database.write():
        state.received.add("pi-1", "e1", [(1, 5)])
        state.dirty.mark("sendai", "press", 0, 1)
    assert state.received.ranges("pi-1", "e1") == ((1, 5),)
    assert len(state.dirty.pending()) == 1
