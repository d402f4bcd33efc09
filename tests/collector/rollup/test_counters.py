"""Counter samples to an energy curve: plain counting, and everything that breaks it."""

from __future__ import annotations

import math
import random
import time
from collections.abc import Callable
from itertools import accumulate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.rollup.counters import (
    NOT_SETTLED_MS,
    Bridge,
    CounterFacts,
    EnergyCurve,
    energy_curve,
)
from collector.rollup.energy import slot_energies

MINUTE = 60_000
POLL = 5 * MINUTE
HOUR = 60 * MINUTE
RATED = CounterFacts(step_wh=10, rated_power_w=100_000)
UNRATED = CounterFacts(step_wh=10)


def polled(*values_wh: float, every_ms: int = POLL) -> list[tuple[int, float]]:
    """Samples at regular instants."""
    return [(position * every_ms, value) for position, value in enumerate(values_wh)]


def kinds(curve: EnergyCurve) -> list[str]:
    """The kinds of the curve's events."""
    return [event.kind for event in curve.events]


loads = st.lists(st.integers(0, 5_000), min_size=1, max_size=200)


@given(
    steps=loads,
    waits=st.lists(st.integers(1, 40 * MINUTE), min_size=200, max_size=200),
    start=st.integers(0, 10**9),
)
def test_books_exactly_what_the_counter_rose(
    steps: list[int], waits: list[int], start: int
) -> None:
    """Any load, any poll times and any outages: booked is last minus first, to the milli-Wh."""
    values = list(accumulate(steps, initial=start))
    instants = accumulate(waits, initial=0)
    curve = energy_curve(list(zip(instants, values, strict=False)), UNRATED)
    assert curve.milli_wh[-1] == (values[-1] - values[0]) * 1000
    assert set(kinds(curve)) <= {"gap"}


def test_fractions_of_a_watt_hour_are_kept() -> None:
    """A counter in steps of 0.1 Wh is booked to the milli-Wh."""
    assert list(energy_curve(polled(0.1, 0.4, 1234.5), UNRATED).milli_wh) == [0, 300, 1_234_400]


def test_gaps_are_bridged_as_estimated() -> None:
    """A gap beyond the limit is booked, estimated, and told; one of the limit is measured."""
    samples = [(0, 0.0), (15 * MINUTE, 10.0), (30 * MINUTE + 1, 20.0)]
    curve = energy_curve(samples, UNRATED)
    assert curve.bridges == (Bridge(15 * MINUTE, 30 * MINUTE + 1, "estimated"),)
    assert curve.milli_wh[-1] == 20_000
    (gap,) = curve.events
    assert (gap.kind, gap.at_ms, gap.settled_ms) == ("gap", 30 * MINUTE + 1, 30 * MINUTE + 1)
    assert gap.booked_milli_wh == gap.low_milli_wh == gap.high_milli_wh == 10_000
    assert "counter at 0.010 kWh, then 0.020 kWh after 15.0 min" in gap.reason
    assert energy_curve(samples, UNRATED, gap_limit_ms=POLL).bridges[0].from_ms == 0


@pytest.mark.parametrize("facts", [RATED, UNRATED])
@pytest.mark.parametrize("false", [[0.0], [0.0, 0.0], [7.0, 3.0, 499_000.0]])
def test_low_values_that_return_are_a_glitch(facts: CounterFacts, false: list[float]) -> None:
    """A few values below the course are left out, and the energy across them is booked whole."""
    curve = energy_curve(polled(500_000, 500_100, *false, 500_500, 500_600), facts)
    assert kinds(curve) == ["glitch"]
    assert curve.milli_wh[-1] == 600_000
    assert curve.events[0].booked_milli_wh == 0
    assert 2 * POLL not in curve.at_ms


@pytest.mark.parametrize("facts", [RATED, UNRATED])
@pytest.mark.parametrize("false", [[9e8], [9e8, 9.5e8], [502_000.0]])
def test_high_values_that_return_are_a_glitch(facts: CounterFacts, false: list[float]) -> None:
    """A few values above the course are left out, whether the rated power is known or not."""
    curve = energy_curve(polled(500_000, 500_100, *false, 500_500, 500_600, 500_700), facts)
    assert kinds(curve) == ["glitch"]
    assert curve.milli_wh[-1] == 700_000


def test_a_young_counter_that_begins_anew_is_no_glitch() -> None:
    """Reset at 1 kWh, it passes 1 kWh again within minutes: values that count on are not false."""
    values = (800, 900, 1_000, 20, *(20 + 300 * step for step in range(1, 13)))
    curve = energy_curve(polled(*values, every_ms=MINUTE), RATED)
    assert kinds(curve) == ["reset"]
    # Two steps before the reset of 100 Wh, three after it of 300 Wh: 1,100 Wh in five minutes.
    assert curve.milli_wh[-1] == 200_000 + 220_000 + 3_600_000


def test_a_glitch_that_may_be_a_reset_says_so() -> None:
    """A young counter, one zero: left out, but its upper bound is what a reset would mean."""
    curve = energy_curve(polled(800, 900, 1_000, 0, 1_100, 1_200, every_ms=MINUTE), RATED)
    (glitch,) = curve.events
    assert (glitch.kind, glitch.low_milli_wh) == ("glitch", 0)
    assert glitch.high_milli_wh == 3_333_333 + 10_000 + 1_000_000
    assert "if the counter began anew instead, up to 4.343 kWh more" in glitch.reason
    assert curve.milli_wh[-1] == 400_000


def test_false_values_at_a_fast_poll_may_last_ten_minutes() -> None:
    """At one poll every ten seconds, a meter that shows zero for minutes still is a glitch."""
    values = [500_000 + 10 * position for position in range(100)]
    values[40:80] = [0] * 40
    curve = energy_curve(polled(*values, every_ms=10_000), UNRATED)
    assert kinds(curve) == ["glitch"]
    assert curve.milli_wh[-1] == 990_000


def test_reset_books_the_power_around_it() -> None:
    """Over a reset the mean power around it is booked as estimated, between bounds."""
    curve = energy_curve(polled(500_000, 500_100, 20, 120, 220, 320), RATED)
    (reset,) = curve.events
    assert (reset.kind, reset.at_ms, reset.booked_milli_wh) == ("reset", 2 * POLL, 100_000)
    assert reset.low_milli_wh == 20_000
    assert reset.high_milli_wh == 16_666_666 + 10_000  # twice 100 kW for 5 minutes, one step
    assert "500.100 kWh, then 0.020 kWh" in reset.reason
    assert "1.200 kWh/h around it; 0.100 kWh booked" in reset.reason
    assert curve.milli_wh[-1] == 100_000 + 100_000 + 300_000
    assert curve.bridges == (Bridge(POLL, 2 * POLL, "estimated"),)


def test_a_reset_books_at_least_the_value_after_it() -> None:
    """What the counter shows after a reset has gone through, however little flowed around it."""
    curve = energy_curve(polled(500_000, 500_010, 500_020, 30, 40, 50, 60), RATED)
    assert kinds(curve) == ["reset"]
    assert curve.events[0].booked_milli_wh == curve.events[0].low_milli_wh == 30_000


def test_a_new_meter_that_begins_low_is_no_certain_energy() -> None:
    """A value far above what flows around it may be where another meter began: no lower bound."""
    curve = energy_curve(polled(500_000, 500_010, 500_020, 9_000, 9_010, 9_020, 9_030), RATED)
    (event,) = curve.events
    assert (event.kind, event.booked_milli_wh, event.low_milli_wh) == ("replaced", 10_000, 0)
    old = energy_curve(polled(9e8, 9e8 + 10, 9e8 + 20, 9_000, 9_010, 9_020, 9_030), RATED)
    (event,) = old.events
    assert (event.kind, event.booked_milli_wh, event.low_milli_wh) == ("reset", 10_000, 0)
    silent = [*polled(500_000, 500_010), (6 * HOUR, 9_000.0), (6 * HOUR + POLL, 9_010.0)]
    (event,) = energy_curve(silent, RATED, closed=True).events
    assert (event.kind, event.booked_milli_wh, event.low_milli_wh) == ("reset", 9_000_000, 0)


def test_a_reset_in_a_gap_books_what_is_certain() -> None:
    """A reset within an outage: the value after it is booked, the rest is missing, with a bound."""
    samples = [*polled(500_000, 500_100), (6 * HOUR, 3_000.0)]
    samples += [(6 * HOUR + position * POLL, 3_000.0 + 100 * position) for position in range(1, 5)]
    curve = energy_curve(samples, RATED)
    (reset,) = curve.events
    assert (reset.kind, reset.booked_milli_wh, reset.low_milli_wh) == (
        "reset",
        3_000_000,
        3_000_000,
    )
    assert reset.high_milli_wh == 2 * 100_000_000 * (6 * HOUR - POLL) // HOUR + 10_000
    assert "only what is certain is booked" in reset.reason
    assert curve.bridges == (Bridge(POLL, 6 * HOUR, "missing"),)
    assert curve.milli_wh[-1] == 100_000 + 3_000_000 + 400_000


def test_without_a_known_power_a_reset_has_no_upper_bound() -> None:
    """Where no power is known the estimate stands, and no upper bound is made up."""
    curve = energy_curve(polled(500_000, 500_100, 20, 120, 220, 320), UNRATED)
    (reset,) = curve.events
    assert (reset.kind, reset.booked_milli_wh) == ("reset", 100_000)
    assert (reset.low_milli_wh, reset.high_milli_wh) == (20_000, None)


def test_without_measured_neighbours_nothing_is_made_up() -> None:
    """A reset between two gaps has no power around it: only the value after it is booked."""
    every = 20 * MINUTE
    curve = energy_curve(polled(9_000, 9_100, 20, 120, 220, 320, every_ms=every), RATED)
    reset = next(event for event in curve.events if event.kind == "reset")
    assert reset.booked_milli_wh == 20_000
    assert Bridge(every, 2 * every, "missing") in curve.bridges


def test_a_fall_at_the_newest_end_waits_for_its_judgement() -> None:
    """Before three values have followed a fall, the curve ends before it, and says undecided."""
    undecided = energy_curve(polled(500_000, 500_100, 20, 30, 40), RATED)
    assert undecided.at_ms == [0, POLL]
    (event,) = undecided.events
    assert (event.kind, event.at_ms, event.booked_milli_wh) == ("undecided", 2 * POLL, 0)
    assert (event.low_milli_wh, event.settled_ms) == (0, NOT_SETTLED_MS)
    assert event.high_milli_wh == 2 * 100_000_000 * 3 * POLL // HOUR + 10_000
    decided = energy_curve(polled(500_000, 500_100, 20, 30, 40, 50), RATED)
    assert decided.at_ms[-1] == 5 * POLL
    assert kinds(decided) == ["reset"]


@pytest.mark.parametrize("end", [(0.0,), (0.0, 0.0), (7e8,), (3.0, 3.0)])
def test_a_closed_series_leaves_false_values_at_its_end_out(end: tuple[float, ...]) -> None:
    """Nothing will follow: what does not count on at the very end is left out, with an event."""
    curve = energy_curve(polled(500_000, 500_100, 500_200, *end), RATED, closed=True)
    assert kinds(curve) == ["glitch"]
    assert curve.at_ms[-1] == 2 * POLL
    assert curve.milli_wh[-1] == 200_000


def test_a_closed_series_judges_a_reset_near_its_end() -> None:
    """Two values that count on after a fall are enough when nothing will follow."""
    curve = energy_curve(polled(500_000, 500_100, 500_200, 20, 120), RATED, closed=True)
    assert kinds(curve) == ["reset"]
    assert curve.milli_wh[-1] == 200_000 + 100_000 + 100_000


def test_rollover_is_booked_across_the_edge() -> None:
    """From above 0.9 to below 0.1 of the width: what was left to the edge, and what came after."""
    facts = CounterFacts(step_wh=10, modulus_wh=1_000_000, rated_power_w=100_000)
    curve = energy_curve(polled(999_800, 999_900, 150, 250), facts)
    assert kinds(curve) == ["rollover"]
    assert curve.events[0].booked_milli_wh == 250_000
    assert list(curve.milli_wh) == [0, 100_000, 350_000, 450_000]
    assert curve.bridges == ()


@given(steps=loads, start=st.integers(0, 999_999))
def test_counting_over_the_edge_loses_nothing(steps: list[int], start: int) -> None:
    """A counter that wraps, any number of times, books what went through it."""
    modulus = 200_000
    true = list(accumulate(steps, initial=start % modulus))
    facts = CounterFacts(step_wh=1, modulus_wh=modulus)
    curve = energy_curve(polled(*(value % modulus for value in true)), facts)
    assert curve.milli_wh[-1] == (true[-1] - true[0]) * 1000
    assert set(kinds(curve)) <= {"rollover"}


@pytest.mark.parametrize(
    ("before", "after", "facts"),
    [
        (899_000, 50, CounterFacts(10, 1_000_000)),
        (950_000, 50, CounterFacts(10, None)),
        (950_000, 50, CounterFacts(10, 1_000_000, rated_power_w=1_000)),
    ],
)
def test_other_falls_are_resets(before: float, after: float, facts: CounterFacts) -> None:
    """Too far from the edge, no known width, or more than the rated power allows: no rollover."""
    rest = (after + 10 * position for position in range(1, 5))
    assert kinds(energy_curve(polled(before - 10, before, after, *rest), facts)) == ["reset"]


def test_a_fall_that_ends_far_above_zero_is_another_meter() -> None:
    """Neither the edge nor zero is near, so another meter counts from here on."""
    facts = CounterFacts(10, 1_000_000)
    values = (949_990, 950_000, 150_000, 150_010, 150_020, 150_030, 150_040)
    curve = energy_curve(polled(*values), facts)
    assert kinds(curve) == ["replaced"]
    assert curve.milli_wh[-1] == 10_000 + 10_000 + 40_000


def test_a_rise_that_stays_is_another_meter() -> None:
    """A rise beyond the rated power that does not return: the power around it is booked."""
    curve = energy_curve(polled(500_000, 500_100, 900_000, 900_100, 900_200, 900_300), RATED)
    assert kinds(curve) == ["replaced"]
    assert curve.milli_wh[-1] == 500_000
    assert curve.events[0].low_milli_wh == 0
    assert curve.bridges == (Bridge(POLL, 2 * POLL, "estimated"),)


def test_a_rise_over_an_outage_is_possible() -> None:
    """The rated power allows a rise by time: a day's energy after a day's outage is booked."""
    samples = [(0, 0.0), (POLL, 100.0), (24 * 60 * MINUTE, 2_000_000.0)]
    curve = energy_curve(samples, RATED)
    assert kinds(curve) == ["gap"]
    assert curve.milli_wh[-1] == 2_000_000_000


def test_the_last_digit_may_flicker() -> None:
    """A fall of one step is neither energy nor an event, and is not counted again."""
    curve = energy_curve(polled(1_000, 1_010, 1_000, 1_010, 1_020), UNRATED)
    assert list(curve.milli_wh) == [0, 10_000, 10_000, 10_000, 20_000]
    assert curve.events == ()


def test_each_event_is_told_from_the_others() -> None:
    """A glitch, a reset and a rollover in one series are booked each in its own way."""
    facts = CounterFacts(step_wh=10, modulus_wh=1_000_000, rated_power_w=100_000)
    values = (999_700, 0, 999_800, 100, 200, 300, 400, 30, 40, 50, 60, 9e5, 70, 80, 90, 100)
    curve = energy_curve(polled(*values), facts)
    assert kinds(curve) == ["glitch", "rollover", "reset", "glitch"]
    booked = [event.booked_milli_wh for event in curve.events]
    # The reset: 300 Wh in three steps before it and 30 Wh in three after it.
    assert booked == [0, 300_000, 55_000, 0]
    assert curve.milli_wh[-1] == 100_000 + 300_000 + 300_000 + 55_000 + 70_000


@pytest.mark.parametrize("samples", [[(5, 1.0), (5, 1.0)], [(5, 1.0), (4, 2.0)]])
def test_samples_out_of_order_are_refused(samples: list[tuple[int, float]]) -> None:
    """Two samples at one instant, or in the wrong order, are a caller's fault."""
    with pytest.raises(ValueError, match=r"strict order of time: \d ms follows 5 ms"):
        energy_curve(samples, UNRATED)


@pytest.mark.parametrize("wrong", [-1.0, math.nan, math.inf, -math.inf])
def test_a_value_no_counter_shows_is_refused(wrong: float) -> None:
    """A negative value or no number is a caller's fault: one line names sample and instant."""
    with pytest.raises(ValueError, match=rf"sample 2 at {2 * POLL} ms is {wrong}: a counter"):
        energy_curve(polled(1, 2, wrong, 4), UNRATED)


@pytest.mark.parametrize(
    ("field", "number", "make"),
    [
        ("step_wh", -1.0, lambda number: CounterFacts(step_wh=number)),
        ("modulus_wh", 0.0, lambda number: CounterFacts(modulus_wh=number)),
        ("rated_power_w", -5.0, lambda number: CounterFacts(rated_power_w=number)),
        ("usual_power_w", math.nan, lambda number: CounterFacts(usual_power_w=number)),
    ],
)
def test_facts_no_counter_has_are_refused(
    field: str, number: float, make: Callable[[float], CounterFacts]
) -> None:
    """A step below zero, a width of zero or an endless power names the field and what is wanted."""
    with pytest.raises(ValueError, match=rf"{field} is {number}: it must be"):
        make(number)


def test_nothing_and_one_sample_give_no_energy() -> None:
    """A curve needs two samples; fewer book nothing and fail nothing."""
    assert energy_curve([], UNRATED).at_ms == []
    assert list(energy_curve([(7, 3.0)], UNRATED).milli_wh) == [0]


@given(
    seed=st.integers(0, 2**32),
    first=st.integers(0, 60),
    facts=st.sampled_from([RATED, UNRATED]),
)
def test_a_stretch_gives_the_curve_of_the_whole(seed: int, first: int, facts: CounterFacts) -> None:
    """Beyond its first ordinary samples, a stretch is judged as it is within the whole series."""
    chance = random.Random(seed)
    samples = _with_faults(chance, 120)
    whole, part = energy_curve(samples, facts), energy_curve(samples[first:], facts)
    begin_ms = samples[first + 16][0]
    assert [at for at in whole.at_ms if at >= begin_ms] == [
        at for at in part.at_ms if at >= begin_ms
    ]
    shift = whole.energy_at(begin_ms) - part.energy_at(begin_ms)
    assert {whole.energy_at(at) - part.energy_at(at) for at, _ in samples[first + 16 :]} == {shift}


def _with_faults(chance: random.Random, count: int) -> list[tuple[int, float]]:
    # Every sixteenth sample something happens to one to three values, ordinary ones between.
    samples, value, at_ms = list[tuple[int, float]](), 500_000, 0
    fault, lasts = "", 0
    for position in range(count):
        lasts -= 1
        if position % 16 == 8:
            fault = chance.choice(["low", "high", "reset", "gap", "none"])
            lasts = chance.randrange(1, 4)
            value = chance.randrange(100) if fault == "reset" else value
            at_ms += POLL * 40 if fault == "gap" else 0
        at_ms += POLL
        value += chance.randrange(0, 2_000)
        false = {"low": chance.randrange(100), "high": value + 10**8} if lasts > 0 else {}
        samples.append((at_ms, float(false.get(fault, value))))
    return samples


def test_a_year_of_minutes_takes_less_than_a_second() -> None:
    """525,600 samples with events become a curve and 17,520 slots in a second of work at most."""
    samples = [(position * MINUTE, position * 37.5) for position in range(525_601)]
    for false in (1_000, 200_000, 400_000):
        samples[false] = (samples[false][0], 0.0)
    worked_s = []
    for _ in range(3):
        began = time.process_time()
        curve = energy_curve(samples, CounterFacts(10, 1e9, 100_000))
        slots = slot_energies(curve, range(0, 525_600 * MINUTE + 1, 30 * MINUTE))
        worked_s.append(time.process_time() - began)
    assert min(worked_s) < 1
    assert kinds(curve) == ["glitch"] * 3
    assert curve.milli_wh[-1] == 525_600 * 37_500 == sum(slot.milli_wh for slot in slots)
    assert len(slots) == 17_520
