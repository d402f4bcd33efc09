"""When a hole is asked for: when it is old and stands still, again and again, for ever."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from collector.delivery.gaps import (
    LONGEST_PAUSE_MS,
    MAX_AT_ONCE,
    OLD_MS,
    Watched,
    due,
    look,
    note,
)
from edge_agent.contract.wire import Resend

T0 = 1_760_000_000_000
HOLE = Resend("pi-1", "e1", 4, 9)
NOBODY = frozenset[str]()


def test_a_young_hole_is_left_alone() -> None:
    """Backfill, another lane or a resend by itself closes most of them."""
    watch = look({}, [HOLE], T0)
    assert due(watch, NOBODY, T0 + OLD_MS - 1) == []
    assert due(watch, NOBODY, T0 + OLD_MS) == [HOLE]


def test_a_hole_that_shrinks_is_being_filled() -> None:
    """Its ten minutes begin anew; one that stands still goes on ageing."""
    watch = look({}, [HOLE], T0)
    shrunk = Resend("pi-1", "e1", 6, 9)
    watch = look(watch, [shrunk], T0 + 5 * 60_000)
    assert watch == {shrunk: Watched(T0 + 5 * 60_000)}
    assert look(watch, [shrunk], T0 + OLD_MS) == watch


def test_a_hole_that_is_filled_is_forgotten() -> None:
    """Nothing is asked for that has come."""
    assert look({HOLE: Watched(T0, 3, T0)}, [], T0) == {}


def test_a_clock_that_is_set_back_delays_no_request() -> None:
    """What was noted in the future counts from now on: ten minutes later it is due."""
    hour_ms = 3_600_000
    watch = look({HOLE: Watched(T0 + hour_ms)}, [HOLE], T0)
    assert due(watch, NOBODY, T0 + OLD_MS) == [HOLE]
    asked = look({HOLE: Watched(T0 + hour_ms, 1, T0 + hour_ms)}, [HOLE], T0)
    assert due(asked, NOBODY, T0 + OLD_MS) == [HOLE]


def test_an_agent_that_is_away_is_asked_when_it_is_back() -> None:
    """Meanwhile nothing is counted as asked."""
    watch = look({}, [HOLE], T0)
    assert due(watch, frozenset({"pi-1"}), T0 + OLD_MS) == []
    assert due(watch, frozenset({"pi-2"}), T0 + OLD_MS) == [HOLE]


def test_the_pauses_grow_and_end_never() -> None:
    """Ten minutes, twenty, forty, up to six hours, for as long as the hole is there."""
    watch = look({}, [HOLE], T0)
    now_ms, pauses = T0 + OLD_MS, list[int]()
    for _ in range(40):
        assert due(watch, NOBODY, now_ms) == [HOLE]
        watch = note(watch, [HOLE], now_ms)
        pauses.append(watch[HOLE].due_ms - now_ms)
        assert due(watch, NOBODY, watch[HOLE].due_ms - 1) == []
        now_ms = watch[HOLE].due_ms
    minutes = [pause // 60_000 for pause in pauses]
    assert minutes[:7] == [10, 20, 40, 80, 160, 320, 360]
    assert set(pauses[6:]) == {LONGEST_PAUSE_MS}


def test_one_agent_is_not_flooded_and_the_oldest_numbers_go_first() -> None:
    """Another agent's holes do not have to wait for it."""
    holes = [Resend("pi-1", "e1", n, n) for n in range(500, 0, -2)]
    other = Resend("pi-2", "e1", 7, 7)
    found = due(look({}, [*holes, other], T0), NOBODY, T0 + OLD_MS)
    assert [hole.first for hole in found[:-1]] == list(range(2, 2 + 2 * MAX_AT_ONCE, 2))
    assert found[-1] == other


@given(times=st.integers(0, 10**9), asked_ms=st.integers(0, 10**14))
def test_a_hole_is_always_due_some_day(times: int, asked_ms: int) -> None:
    """However often it was asked for, the next request is within six hours."""
    assert Watched(asked_ms, times, asked_ms).due_ms <= asked_ms + LONGEST_PAUSE_MS
