"""The pace of the backlog: rate, lots, credit, and the wait after a new connection."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis.strategies import floats, integers, lists, sampled_from, tuples

from edge_agent.contract.credit import VALID_S
from edge_agent.pace import LEAST_LOT, LOT_S, Bucket, Pace

Step = tuple[float, float]
STEPS = lists(tuples(floats(0, 100), floats(0, 1)), max_size=40)


def drained(pace: Pace, from_s: float, until_s: float, every_s: float = 0.25) -> int:
    """How many readings go out between two instants when there is always more to send."""
    sent, now_s = 0, from_s
    while now_s <= until_s:
        count = pace.allowance(now_s)
        pace.spend(count)
        sent, now_s = sent + count, now_s + every_s
    return sent


@given(per_s=floats(1, 1e6), most=floats(1, 1e6), steps=STEPS)
def test_no_more_than_rate_times_time_and_the_burst(
    per_s: float, most: float, steps: list[Step]
) -> None:
    """Whatever is taken and when, no stretch of time gives more than its due and one burst."""
    bucket, now_s = Bucket(per_s, most), 1000.0
    taken: list[tuple[float, float]] = []
    for wait_s, part in steps:
        now_s += wait_s
        count = part * bucket.level(now_s)
        assert count >= 0
        bucket.take(count)
        taken.append((now_s, count))
    for at, (begin_s, _) in enumerate(taken):
        total = sum(count for _, count in taken[at:])
        assert total <= (per_s * (now_s - begin_s) + most) * (1 + 1e-6)


@given(
    steps=lists(
        tuples(floats(0, 30), sampled_from(["send", "hear", "join"]), integers(1, 5000)),
        max_size=40,
    )
)
def test_a_pace_keeps_within_the_fastest_rate_it_was_told(
    steps: list[tuple[float, str, int]],
) -> None:
    """Credits and connections may come in any order: the sum stays under the fastest rate's."""
    pace, now_s, sent, fastest, connection = Pace(100.0, 5.0, Random(1)), 0.0, 0, 100.0, 0
    for wait_s, what, number in steps:
        now_s += wait_s
        if what == "hear":
            pace.hear(float(number), now_s)
            fastest = max(fastest, number)
        elif what == "join":
            connection += 1
            pace.begin(connection, float(number), now_s)
        count = min(pace.allowance(now_s), number)
        pace.spend(count)
        sent += count
    assert sent <= fastest * now_s + 2 * max(fastest * LOT_S, LEAST_LOT) + 1


def test_a_clock_that_steps_back_fills_nothing() -> None:
    """Time that seems to run backwards gives no tokens and takes none."""
    bucket = Bucket(10.0, 100.0)
    bucket.level(50.0)
    bucket.take(100.0)
    assert bucket.level(40.0) == 0.0
    assert bucket.level(51.0) == 10.0


def test_the_backlog_goes_at_the_agents_own_rate() -> None:
    """Without a credit: the rate of the settings, after the burst of two lots."""
    pace = Pace(500.0, 300.0, Random(1))
    assert drained(pace, 0.0, 100.0) == pytest.approx(500 * 100 + 1000, abs=500)


def test_a_round_between_lots_sends_nothing() -> None:
    """Rounds in quick succession do not cut the backlog into messages of one poll."""
    pace = Pace(500.0, 0.0, Random(1))
    pace.spend(pace.allowance(0.0))
    assert [pace.allowance(0.1 * tenth) for tenth in range(10)] == [0] * 10
    assert pace.allowance(1.0) == 500


def test_the_slowest_backlog_goes_by_the_message() -> None:
    """One reading a second is sixty a minute, in one message."""
    pace = Pace(1.0, 0.0, Random(1))
    pace.spend(pace.allowance(0.0))
    assert pace.allowance(59.0) == 0
    assert pace.allowance(60.5) == 60


def test_a_credit_holds_until_the_next() -> None:
    """What the collector says last counts, up and down."""
    pace = Pace(500.0, 0.0, Random(1))
    drained(pace, 0.0, 10.0)
    pace.hear(5000.0, 10.0)
    assert drained(pace, 11.0, 61.0) == pytest.approx(5000 * 50, rel=0.1)
    pace.hear(100.0, 61.0)
    assert drained(pace, 62.0, 122.0) == pytest.approx(100 * 60, rel=0.1)


def test_a_credit_of_long_ago_is_worth_nothing() -> None:
    """A collector that is silent has left: the agent goes back to its own rate."""
    pace = Pace(500.0, 0.0, Random(1))
    pace.hear(20_000.0, 0.0)
    pace.allowance(VALID_S)
    assert pace.readings_per_s == 20_000.0
    pace.allowance(VALID_S + 1)
    assert pace.readings_per_s == 500.0


def test_a_new_connection_voids_the_credit() -> None:
    """The share of an hour ago may not be used by a whole fleet that comes back at once."""
    pace = Pace(500.0, 0.0, Random(1))
    pace.begin(1, 0.0, 0.0)
    pace.hear(20_000.0, 1.0)
    assert not pace.is_new(1)
    assert pace.is_new(2)
    pace.begin(2, 0.0, 2.0)
    assert pace.readings_per_s == 500.0


def first_s(pace: Pace, waited_s: float) -> float:
    """How long after a new connection the backlog begins to move."""
    pace.begin(7, waited_s, 1000.0)
    return next(s for s in range(1000) if pace.allowance(1000.0 + s))


def test_a_short_hiccup_costs_little() -> None:
    """After three seconds away the backlog waits for three at most."""
    assert max(first_s(Pace(500.0, 300.0, Random(seed)), 3.0) for seed in range(200)) <= 3


def test_a_fleet_after_a_long_outage_spreads() -> None:
    """A hundred agents that were away for a day begin all over five minutes, not at once."""
    begins = [first_s(Pace(500.0, 300.0, Random(seed)), 86_400.0) for seed in range(100)]
    assert max(begins) <= 300
    in_each_minute = [sum(s // 60 == minute for s in begins) for minute in range(5)]
    assert min(in_each_minute) >= 5


def test_the_lot_is_the_callers() -> None:
    """The same random numbers give the same wait, so a trial can be repeated."""
    assert first_s(Pace(1.0, 300.0, Random(5)), 1e6) == first_s(Pace(1.0, 300.0, Random(5)), 1e6)


@pytest.mark.parametrize("waited_s", [-5.0, 0.0])
def test_nothing_waited_for_is_no_wait(waited_s: float) -> None:
    """Without a backlog, or with a clock that stepped back, nothing is held up."""
    assert first_s(Pace(500.0, 300.0, Random(1)), waited_s) == 0
