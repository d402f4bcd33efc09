"""Standby, closed days, after hours, the lunch break."""

from __future__ import annotations

from datetime import date, datetime, time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collector.analysis import (
    DeclaredHours,
    after_hours,
    closed_day_load,
    declared_mask,
    lunch_idle,
    standby_by_circuit,
    standby_of,
)
from collector.analysis.frame import index_of
from tests.collector.analysis.loads import circuit, kinds, load, of_kw, shift

NAN = float("nan")
DAY_SHIFT = DeclaredHours(time(8), time(17))


def test_the_worked_example_of_standby() -> None:
    """(15 h x 260 d + 24 h x 105 d) x 3 kW = 19,260 kWh: a 6 kW standby less the 3 kW needed."""
    slots = load(shift(100, 6, 8, 17), 364)
    found = standby_of(slots)
    assert found.kw == 6.0
    assert found.hours == 15 * 260 + 24 * 104
    assert found.kwh * 3 / 6 + 24 * 3 == 19_260


def test_standby_of_given_hours() -> None:
    """With the calendar's hours, what runs on after them is standby too."""
    slots = load(shift(100, 10, 8, 18))
    inside = declared_mask(index_of(slots), kinds(), DAY_SHIFT)
    found = standby_of(slots, inside)
    assert found.kwh == 5 * 100 + (168 - 50) * 10
    assert found.operating_kwh == 5 * 9 * 100
    assert (found.hours, found.hours_share) == (123.0, 123 / 168)


def test_standby_by_circuit() -> None:
    """Each circuit's load while the site stands still, the most energy first."""
    slots = load(shift(100, 10))
    circuits = [
        circuit("lamp", load(shift(5, 0.5))),
        circuit("air", load(shift(30, 8))),
        circuit("gone", load(NAN)),
    ]
    found = standby_by_circuit(circuits, slots)
    assert [(owner.id, each.kw) for owner, each in found] == [("air", 8.0), ("lamp", 0.5)]


def test_a_plant_that_never_rests_has_no_standby() -> None:
    """No idle half hour: no standby power, no energy."""
    slots = of_kw([50.0] * 48)
    found = standby_of(slots, np.ones(48, dtype=np.bool_))
    assert (found.kw, found.kwh, found.share) == (None, 0.0, 0.0)
    assert standby_of(of_kw([0.0] * 48), np.ones(48, dtype=np.bool_)).share is None


def test_a_mask_of_another_length() -> None:
    """A mask that does not fit, and nothing known, each have a line."""
    short = np.ones(47, dtype=np.bool_)
    for verb in (standby_of, after_hours):
        with pytest.raises(ValueError, match="47 half hours, the load has 48"):
            verb(of_kw([1.0] * 48), short)
    with pytest.raises(ValueError, match="no slot of the period is known"):
        standby_of(of_kw([NAN] * 48), np.ones(48, dtype=np.bool_))


@settings(deadline=None, max_examples=40)
@given(
    st.lists(st.tuples(st.floats(0, 1000) | st.just(NAN), st.booleans()), min_size=2, max_size=96)
)
def test_standby_and_operating_are_all(slots: list[tuple[float, bool]]) -> None:
    """Standby and operating energy add up to all that is known; hours likewise."""
    kw = [power for power, _ in slots]
    if np.isnan(kw).all():
        return
    runs = np.array([on for _, on in slots], dtype=np.bool_)
    idle, busy = standby_of(of_kw(kw), runs), standby_of(of_kw(kw), ~runs)
    assert idle.kwh + idle.operating_kwh == pytest.approx(np.nansum(kw) / 2)
    assert idle.kwh == busy.operating_kwh
    assert idle.hours + busy.hours == np.count_nonzero(~np.isnan(kw)) / 2
    assert idle.share is None or 0 <= idle.share <= 1


def test_closed_days_are_sundays_holidays_and_closed_ones() -> None:
    """Saturdays are not closed days unless asked for; a day with a hole does not count."""
    slots = load(lambda at: 4.0 if at.weekday() == 6 else 10.0, 14)
    slots.loc["2026-06-14 00:00":"2026-06-14 11:30", "kwh"] = NAN
    day_kinds = kinds(14, other={date(2026, 6, 3): "holiday"})
    found = closed_day_load(slots, day_kinds)
    assert (found.days, found.kwh, found.kw) == (2, 24 * 4 + 240, 7.0)
    assert found.working_kw == 10.0
    assert closed_day_load(slots, day_kinds, ("saturday",)).days == 2


def test_no_closed_day() -> None:
    """A week of work has none: said in a line."""
    with pytest.raises(ValueError, match="no closed day that is known"):
        closed_day_load(load(5.0, 5), kinds(5))


def test_what_is_left_on_after_hours() -> None:
    """An evening's oven is found from its first half hour to its last, above the base."""

    def power(at: datetime) -> float:
        left = 30.0 if at.day == 2 and 18 <= at.hour < 20 else 0.0
        return (100.0 if at.weekday() < 5 and 8 <= at.hour < 17 else 10.0) + left

    slots = load(power)
    inside = declared_mask(index_of(slots), kinds(), DAY_SHIFT)
    found = after_hours(slots, inside)
    assert (found.base_kw, found.limit_kw) == (10.0, 11.0)
    (time_on,) = found.times
    assert (time_on.start.hour, time_on.end.hour, time_on.start.day) == (18, 20, 2)
    assert (time_on.hours, time_on.kwh, time_on.kw) == (2.0, 60.0, 40.0)
    assert (found.kwh, found.hours) == (60.0, 2.0)


@pytest.mark.parametrize(
    ("base", "load_kw", "told"),
    [(100, 109, False), (100, 111, True), (2, 2.9, False), (2, 3.1, True)],
)
def test_after_hours_begins_at_ten_percent_and_one_kilowatt(
    base: float, load_kw: float, told: bool
) -> None:
    """The larger of both decides."""
    kw = [float(base)] * 48
    kw[10:12] = [load_kw] * 2
    found = after_hours(of_kw(kw), np.zeros(48, dtype=np.bool_))
    assert bool(found.times) is told


def test_shorter_than_asked_for_is_not_told() -> None:
    """With an hour as the least, half an hour is nothing; an unknown half hour ends a time."""
    kw = [1.0] * 48
    kw[4], kw[10], kw[11], kw[12] = 9.0, 9.0, NAN, 9.0
    mask = np.zeros(48, dtype=np.bool_)
    assert len(after_hours(of_kw(kw), mask).times) == 3
    assert after_hours(of_kw(kw), mask, shortest_h=1.0).times == ()


def lunch_break(idle: float, first: int = 24, end: int = 26) -> list[float]:
    """A working day of 100 kW from 8 to 17, 10 kW at night, ``idle`` kW in the break."""
    return [
        idle if first <= slot < end else 100.0 if 16 <= slot < 34 else 10.0 for slot in range(48)
    ]


def test_what_runs_through_lunch() -> None:
    """The break from 12 to 13 is found, 40 kW above the base of 10, 4/9 of what work adds."""
    found = lunch_idle(of_kw(lunch_break(50.0) * 5), kinds(5))
    assert found is not None
    assert (found.start, found.end, found.declared) == (time(12), time(13), False)
    assert (found.lunch_kw, found.beside_kw, found.base_kw, found.idle_kw) == (50, 100, 10, 40)
    assert found.idle_share == pytest.approx(4 / 9)
    assert (found.kwh, found.days) == (5 * 40, 5)


@pytest.mark.parametrize(
    "day",
    [lunch_break(95.0), lunch_break(50.0, 22, 28), lunch_break(50.0, 26, 34), [10.0] * 48],
    ids=["no dip", "half a day", "till the evening", "idle"],
)
def test_no_break_shows(day: list[float]) -> None:
    """A load that hardly dips, or for longer than a break, shows none."""
    assert lunch_idle(of_kw(day * 5), kinds(5)) is None


def test_a_declared_break_is_taken_as_it_is() -> None:
    """Only half hours that lie wholly in the break; it need not dip."""
    found = lunch_idle(
        of_kw(lunch_break(100.0) * 5), kinds(5), DeclaredHours(time(11, 45), time(13))
    )
    assert found is not None
    assert (found.start, found.end, found.declared) == (time(12), time(13), True)
    assert found.idle_kw == 90.0
    assert found.idle_share == 1.0


def test_no_working_day_and_too_short_a_break() -> None:
    """Each wrong use has its line."""
    with pytest.raises(ValueError, match="no working day"):
        lunch_idle(of_kw([NAN] * 96), kinds(2))
    with pytest.raises(ValueError, match="half an hour of the clock"):
        lunch_idle(of_kw([5.0] * 48), kinds(1), DeclaredHours(time(12, 10), time(12, 50)))


def test_a_break_nobody_measured() -> None:
    """Where the break's half hours are unknown on every day, none shows."""
    slots = of_kw(lunch_break(50.0) * 5)
    slots.loc[index_of(slots).hour == 12, "kwh"] = NAN
    assert lunch_idle(slots, kinds(5)) is None
    assert lunch_idle(slots, kinds(5), DeclaredHours(time(12), time(13))) is None
