"""When readings came: counted once, by quarter of an hour, and what is known of each meter."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from collector.state import CollectorState, open_state
from collector.state.arrivals import (
    QUARTER_MS,
    MeterSign,
    StoredReadings,
    Touched,
    on_time_limit_ms,
)
from collector.state.received import Sender
from edge_agent.contract.wire import Birth, MeterCard, Range, State

SENDER = Sender("pi-1", "e1")
T0 = 1_760_000_400_000
"""The start of a quarter of an hour."""


@pytest.fixture
def state(tmp_path: Path) -> Iterator[CollectorState]:
    """State in an empty folder."""
    opened = open_state(tmp_path)
    yield opened
    opened.database.close()


def message(
    at_ms: Sequence[int], first_seq: int = 1, meter: str = "press", estimated: bool = False
) -> StoredReadings:
    """Readings at these instants."""
    seqs = range(first_seq, first_seq + len(at_ms))
    return StoredReadings(SENDER, "sendai", meter, estimated, list(seqs), list(at_ms))


def birth(interval_s: float, connection: int = 1, meter: str = "press") -> Birth:
    """Make a birth of one meter."""
    card = MeterCard("sendai", meter, meter, "p", interval_s, 10.0)
    return Birth("pi-1", "e1", connection, "0.1.0", T0, (card,))


def note(state: CollectorState, now_ms: int, *messages: StoredReadings) -> None:
    """Let messages arrive, all their numbers for the first time."""
    every: list[Range] = [(n, n) for m in messages for n in m.seqs]
    state.arrivals.note(messages, {SENDER: every}, now_ms)


def counts(state: CollectorState, from_ms: int = T0, meter: str = "press") -> tuple[int, int]:
    """Answer on time and estimated of one quarter of an hour."""
    return state.arrivals.counts("sendai", meter, from_ms, from_ms + QUARTER_MS)


def test_on_time_is_a_minute_or_three_intervals() -> None:
    """Whichever is longer; a minute where the interval is not known."""
    assert T0 % QUARTER_MS == 0
    assert on_time_limit_ms(None) == on_time_limit_ms(1.0) == on_time_limit_ms(20.0) == 60_000
    assert on_time_limit_ms(300.0) == 900_000


def test_a_reading_is_on_time_up_to_the_limit(state: CollectorState) -> None:
    """A minute after its instant it is, a millisecond later it is not."""
    note(state, T0 + 60_000, message([T0 - 1, T0, T0 + 30_000]))
    assert counts(state) == (2, 0)
    assert counts(state, T0 - QUARTER_MS) == (0, 0)
    assert [t.readings for t in state.arrivals.touched()] == [1, 2]


def test_the_interval_of_the_card_decides(state: CollectorState) -> None:
    """A meter polled every five minutes is on time after a quarter of an hour."""
    state.cards.remember(birth(300.0))
    note(state, T0 + 899_999, message([T0]))
    assert counts(state) == (1, 0)


def test_a_repeat_counts_no_second_time(state: CollectorState) -> None:
    """Only numbers that came for the first time are on time; the quarter is touched again."""
    sent = message([T0, T0 + 1000, T0 + 2000])
    state.arrivals.note([sent], {SENDER: [(1, 3)]}, T0 + 3000)
    state.arrivals.note([sent], {SENDER: []}, T0 + 4000)
    state.arrivals.note([sent], {SENDER: [(9, 9), (3, 3)]}, T0 + 5000)
    assert counts(state) == (4, 0)
    assert [t.readings for t in state.arrivals.touched()] == [9]


def test_an_estimated_instant_is_neither_on_time_nor_late(state: CollectorState) -> None:
    """It is counted for itself."""
    note(state, T0 + 1000, message([T0], 1, estimated=True), message([T0 + 500], 2))
    assert counts(state) == (1, 1)


def test_a_settled_quarter_is_touched_by_the_next_reading(state: CollectorState) -> None:
    """What lands between reading and settling is not overlooked."""
    note(state, T0 + 1000, message([T0]))
    (seen,) = state.arrivals.touched()
    assert seen == Touched("sendai", "press", T0, 1)
    note(state, T0 + 2000, message([T0 + 1], 2))
    state.arrivals.settle("sendai", "press", [seen], T0)
    (again,) = state.arrivals.touched()
    assert again.readings == 2
    state.arrivals.settle("sendai", "press", [again], T0 + QUARTER_MS)
    assert state.arrivals.touched() == []
    assert state.arrivals.signs()[0].complete_ms == T0 + QUARTER_MS


def test_old_quarters_are_forgotten(state: CollectorState) -> None:
    """The counters do not grow for ever."""
    note(state, T0, message([T0 - QUARTER_MS, T0]))
    state.arrivals.forget(T0)
    assert [t.quarter_ms for t in state.arrivals.touched()] == [T0]


def test_the_newest_reading_stands_with_its_arrival(state: CollectorState) -> None:
    """Backfill and repeats do not move it."""
    note(state, T0 + 2000, message([T0 + 500]))
    note(state, T0 + 9000, message([T0], 2), message([T0 + 500], 1))
    (sign,) = state.arrivals.signs()
    assert (sign.expected_ms, sign.at_ms, sign.arrived_ms) == (T0 + 2000, T0 + 500, T0 + 2000)
    note(state, T0 + 11_000, message([T0 + 10_000], 3))
    assert state.arrivals.signs()[0].at_ms == T0 + 10_000


def test_an_expected_meter_is_known_before_it_sends(state: CollectorState) -> None:
    """Those of the settings and those with a card, each since it was first expected."""
    state.agents.born(birth(10.0))
    state.cards.remember(birth(10.0))
    state.arrivals.expect([("sendai", "main")], T0)
    state.arrivals.expect([("sendai", "main")], T0 + 5000)
    main, press = state.arrivals.signs()
    assert main == MeterSign("sendai", "main", T0, None, None, None, None, None, False, False)
    assert press == MeterSign("sendai", "press", T0, None, None, None, 10.0, True, False, True)


def test_a_sign_tells_what_the_agent_says(state: CollectorState) -> None:
    """Offline, or no longer naming the meter in its newest birth."""
    for told in (birth(10.0), birth(10.0, 2, "main")):
        state.agents.born(told)
        state.cards.remember(told)
    state.agents.hear(State("pi-1", 2, online=False))
    state.arrivals.expect((), T0)
    main, press = state.arrivals.signs()
    assert (main.online, main.named) == (False, True)
    assert (press.online, press.named) == (False, False)


def test_a_card_without_an_agent_is_of_a_meter_fed_from_files(state: CollectorState) -> None:
    """Nobody polls it."""
    state.cards.remember(birth(600.0))
    state.arrivals.expect((), T0)
    (sign,) = state.arrivals.signs()
    assert sign.by_file
    assert not sign.named
