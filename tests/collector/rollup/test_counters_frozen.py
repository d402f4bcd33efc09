"""Counters that stand still: told by the leap after it, or by measured power beside it."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.rollup.counters import Bridge, CounterEvent, CounterFacts, EnergyCurve, energy_curve
from collector.rollup.energy import slot_energies

MINUTE = 60_000
RATED = CounterFacts(step_wh=10, rated_power_w=100_000)
LOAD_W = 60_000.0
Samples = list[tuple[int, float]]


def minutes(count: int, frozen: range, caught_up: bool) -> Samples:
    """A reading a minute at 60 kW; within ``frozen`` the value of its first minute is shown."""
    lost = 0.0 if caught_up else 1_000.0 * len(frozen)
    return [
        (
            minute * MINUTE,
            1_000.0 * frozen.start
            if minute in frozen
            else 1_000.0 * minute - (lost if minute >= frozen.stop else 0),
        )
        for minute in range(count)
    ]


def powers(count: int) -> Samples:
    """The power beside it, a reading a minute."""
    return [(minute * MINUTE, LOAD_W) for minute in range(count)]


def only(curve: EnergyCurve) -> CounterEvent:
    """The one event of a curve."""
    (event,) = curve.events
    return event


def test_a_leap_that_fits_the_whole_stretch_is_spread_over_it() -> None:
    """An hour of equal values, then an hour's energy at once: estimated over the hour."""
    curve = energy_curve(minutes(180, range(60, 120), True), RATED)
    event = only(curve)
    assert (event.kind, event.at_ms, event.booked_milli_wh) == (
        "frozen",
        120 * MINUTE,
        60_000_000,
    )
    assert (event.low_milli_wh, event.high_milli_wh) == (0, 60_010_000)
    assert curve.bridges == (Bridge(60 * MINUTE, 120 * MINUTE, "estimated"),)
    assert curve.milli_wh[-1] == 179_000_000
    slots = slot_energies(curve, range(0, 180 * MINUTE + 1, 30 * MINUTE))
    assert [slot.milli_wh for slot in slots] == [30_000_000] * 5 + [29_000_000]
    assert [slot.estimated_ms for slot in slots] == [0, 0, 30 * MINUTE, 30 * MINUTE, 0, 0]


def test_a_leap_too_high_for_the_stretch_is_another_meter() -> None:
    """More than twice the rated power could move meanwhile: nothing of the leap is booked."""
    samples = [
        (at, wh + (500_000.0 if at >= 120 * MINUTE else 0.0))
        for at, wh in minutes(180, range(60, 120), True)
    ]
    assert only(energy_curve(samples, RATED)).kind == "replaced"


def test_a_leap_after_power_stood_at_zero_is_another_meter() -> None:
    """Measured power shows that the machine was idle: the leap was not its energy."""
    samples = minutes(180, range(60, 120), True)
    idle = [(at, 0.0 if 60 <= at // MINUTE <= 120 else LOAD_W) for at, _ in samples]
    event = only(energy_curve(samples, RATED, power=idle))
    assert (event.kind, event.at_ms) == ("replaced", 120 * MINUTE)


def test_a_leap_at_the_newest_end_waits() -> None:
    """A leap after equal values may be a false value: it is judged when values have followed."""
    samples = minutes(121, range(60, 120), True)
    assert only(energy_curve(samples, RATED)).kind == "undecided"
    assert only(energy_curve([*samples, (121 * MINUTE, 60_010.0)], RATED)).kind == "glitch"


@pytest.mark.parametrize("first", [0, 60, 90, 118])
def test_a_window_says_that_it_begins_frozen(first: int) -> None:
    """What lies before a stretch of equal values matters: the curve says so when it is cut."""
    samples = minutes(180, range(60, 120), True)
    assert energy_curve(samples[first:], RATED).begins_frozen == (first >= 60)


def test_power_is_booked_while_the_counter_stands_still() -> None:
    """The counter lost an hour: the power's energy is booked, and all after it lies higher."""
    samples = minutes(180, range(60, 120), False)
    curve = energy_curve(samples, RATED, power=powers(180))
    event = only(curve)
    assert (event.kind, event.at_ms, event.booked_milli_wh) == ("frozen", 60 * MINUTE, 60_000_000)
    assert event.settled_ms == 63 * MINUTE
    assert (event.low_milli_wh, event.high_milli_wh) == (0, 200_010_000)
    assert curve.bridges == (Bridge(60 * MINUTE, 120 * MINUTE, "estimated"),)
    assert curve.milli_wh[-1] == 179_000_000
    assert curve.energy_at(90 * MINUTE) == 90_000_000


def test_a_counter_that_catches_up_is_not_booked_twice() -> None:
    """A short freeze that the rated power would allow: its own rise, shared out by the power."""
    samples = minutes(60, range(20, 25), True)
    power = [(at, 120_000.0 if at < 22 * MINUTE else 30_000.0) for at, _ in powers(60)]
    plain = energy_curve(samples, RATED)
    assert (plain.events, plain.milli_wh[-1]) == ((), 59_000_000)
    curve = energy_curve(samples, RATED, power=power)
    event = only(curve)
    assert (event.kind, event.booked_milli_wh) == ("frozen", 5_000_000)
    assert (event.low_milli_wh, event.high_milli_wh) == (4_990_000, 5_010_000)
    assert curve.milli_wh[-1] == 59_000_000
    assert curve.bridges == (Bridge(20 * MINUTE, 25 * MINUTE, "estimated"),)
    # 2,000 + 1,250 + 500 + 500 + 500 Wh by the power; the counter rose 5,000.
    assert curve.energy_at(21 * MINUTE) == 20_000_000 + round(5_000_000 * 2_000 / 4_750)


def test_an_idle_counter_is_not_frozen() -> None:
    """No power, power under the starting current, or fewer than five counts: nothing to book."""
    samples = [(minute * MINUTE, 500.0) for minute in range(24 * 60)]
    for power_w in (0.0, 300.0, -50_000.0):
        power = [(at, power_w) for at, _ in samples]
        assert energy_curve(samples, RATED, power=power).events == ()
    coarse = CounterFacts(step_wh=1_000_000, rated_power_w=100_000)
    power = [(at, 200_000.0) for at, _ in samples]
    assert energy_curve(samples, coarse, power=power).events == ()


def test_a_register_that_is_renewed_once_a_minute_is_not_frozen() -> None:
    """Polled every five seconds it stands still between two renewals, whatever flows."""
    samples = [(at, 1_000.0 * (at // MINUTE)) for at in range(0, 60 * MINUTE, 5_000)]
    power = [(at, LOAD_W) for at, _ in samples]
    curve = energy_curve(samples, RATED, power=power)
    assert (curve.events, curve.milli_wh[-1]) == ((), 59_000_000)


def test_a_peak_that_one_sample_met_is_no_freeze() -> None:
    """One sample of 100 kW in an hour of rest is a moment, not its two polls' energy."""
    samples = [(minute * MINUTE, 500.0) for minute in range(60)]
    power = [(at, 100_000.0 if at == 30 * MINUTE else 0.0) for at, _ in samples]
    assert energy_curve(samples, RATED, power=power).events == ()


def test_without_a_known_step_power_says_nothing() -> None:
    """A counter of unknown step may just be coarse: power beside it changes nothing."""
    samples = minutes(180, range(60, 120), False)
    curve = energy_curve(samples, CounterFacts(), power=powers(180))
    assert curve.milli_wh[-1] == 119_000_000


def test_power_that_was_not_measured_throughout_is_no_evidence() -> None:
    """A hole in the power, or none at all of it there: the counter alone counts."""
    samples = minutes(180, range(60, 120), False)
    holed = [sample for sample in powers(180) if not 70 <= sample[0] // MINUTE < 100]
    for power in (holed, powers(100), powers(180)[100:]):
        assert energy_curve(samples, RATED, power=power).milli_wh[-1] == 119_000_000


@pytest.mark.parametrize("wrong", [math.nan, math.inf])
def test_power_that_is_no_number_is_refused(wrong: float) -> None:
    """A wrong power names its instant and what to do; so does a wrong order."""
    samples = minutes(10, range(3, 5), True)
    with pytest.raises(ValueError, match=f"power at 5 ms is {wrong}: leave out"):
        energy_curve(samples, RATED, power=[(5, wrong)])
    with pytest.raises(ValueError, match="power samples are not in strict order"):
        energy_curve(samples, RATED, power=[(5, 1.0), (5, 1.0)])


@given(
    begin=st.integers(5, 60),
    length=st.integers(5, 60),
    loads=st.lists(st.integers(10, 90), min_size=130, max_size=130),
    caught_up=st.booleans(),
)
def test_a_freeze_beside_its_power_loses_and_doubles_nothing(
    begin: int, length: int, loads: list[int], caught_up: bool
) -> None:
    """Any load, lost or caught up: the booked energy is the true one, to a few counter steps."""
    power = [(minute * MINUTE, 1_000.0 * load) for minute, load in enumerate(loads)]
    true, lost, samples = 0.0, 0.0, Samples()
    for minute, load in enumerate(loads):
        if minute:
            true += (load + loads[minute - 1]) * 1_000 / 120
        if begin < minute <= begin + length:
            lost = true - samples[begin][1]
        shown = true - (lost if minute <= begin + length or not caught_up else 0.0)
        samples.append((minute * MINUTE, float(int(shown // 10) * 10)))
    curve = energy_curve(samples, RATED, power=power, closed=True)
    if curve.at_ms[-1] == samples[-1][0]:
        assert abs(curve.milli_wh[-1] - true * 1000) <= 40_000
    assert all(
        later >= earlier for earlier, later in zip(curve.milli_wh, curve.milli_wh[1:], strict=False)
    )
