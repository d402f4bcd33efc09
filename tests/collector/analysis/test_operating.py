"""Operating hours: found, declared, compared."""

from __future__ import annotations

from datetime import date, datetime, time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collector.analysis import (
    DeclaredHours,
    compare_operating,
    declared_mask,
    operating_mask,
    operating_threshold,
    operating_week,
)
from collector.analysis.frame import index_of
from collector.analysis.operating import runs_of
from tests.collector.analysis.loads import BERLIN, MONDAY, kinds, load, of_kw, shift

NAN = float("nan")
DAY_SHIFT = DeclaredHours(time(8), time(17))


def test_the_threshold_stands_at_three_tenths() -> None:
    """Near base + 0.3 of the way to near peak."""
    assert operating_threshold(load(shift(110, 10), 14)) == pytest.approx(10 + 0.3 * 100)
    assert operating_threshold(load(shift(110, 10), 14), share=0.5) == pytest.approx(60)


def test_short_gaps_are_merged_then_short_runs_dropped() -> None:
    """A half hour's pause is work, a half hour's work is none; an hour of either is itself."""
    kw = [0, 9, 0, 9, 0, 0, 9, 0, 0, 9, 9, 0, 0, 0]
    mask = operating_mask(of_kw([float(each) for each in kw]), threshold_kw=5)
    assert np.flatnonzero(mask).tolist() == [1, 2, 3, 9, 10]


def test_unknown_half_hours_do_not_operate_but_in_a_short_gap() -> None:
    """A hole of half an hour in a run is bridged, a longer one is not."""
    kw = [9.0, 9.0, NAN, 9.0, 9.0, NAN, NAN, 9.0, 9.0, 0.0, NAN, 0.0]
    mask = operating_mask(of_kw(kw), threshold_kw=5)
    assert np.flatnonzero(mask).tolist() == [0, 1, 2, 3, 4, 7, 8]


def test_an_even_load_cannot_be_told_apart() -> None:
    """A load without a day and a night asks for declared hours; so does nothing known."""
    for slots in (load(50.0, 14), load(0.0, 14)):
        with pytest.raises(ValueError, match="the load is even"):
            operating_mask(slots)
    with pytest.raises(ValueError, match="no slot of the period is known"):
        operating_week(of_kw([NAN] * 96))


def test_the_week_votes() -> None:
    """Hours of the week operate that mostly did; holidays do not vote, holes neither."""
    slots = load(shift(100, 10), 28)
    slots.loc["2026-06-08", "kwh"] = 5.0
    slots.loc["2026-06-15", "kwh"] = NAN
    week = operating_week(slots)
    assert week.hours_a_week == 45
    assert week.votes[0, 10] == pytest.approx(2 / 3)
    holiday = kinds(28, other={date(2026, 6, 8): "holiday"})
    assert operating_week(slots, holiday).votes[0, 10] == 1.0
    assert week.mask(index_of(slots)).sum() == 45 * 2 * 4


def test_hours_that_nobody_knows_do_not_operate() -> None:
    """Three days have no vote for the rest of the week: unknown, and not operating."""
    week = operating_week(load(shift(100, 10), 3))
    assert np.isnan(week.votes[4]).all()
    assert not week.operating[4].any()


def test_declared_hours_of_working_days() -> None:
    """Without hours a working day is whole; with hours only they are, on working days."""
    index = index_of(load(0.0, 7))
    whole = declared_mask(index, kinds())
    assert whole.sum() == 5 * 48
    assert declared_mask(index, kinds(), DAY_SHIFT).sum() == 5 * 18
    late = DeclaredHours(time(13), time(0))
    assert declared_mask(index, kinds(), late).sum() == 5 * 22


def test_a_night_shift_belongs_to_the_day_it_began_on() -> None:
    """Friday's night ends on Saturday morning; Sunday's evening has none."""
    index = index_of(load(0.0, 7))
    mask = declared_mask(index, kinds(), DeclaredHours(time(22), time(6)))
    hours = {(at.weekday(), at.hour) for at in index[mask].to_pydatetime()}
    assert {(4, 22), (5, 5), (0, 22), (1, 0)} <= hours
    assert not {(5, 22), (6, 0), (6, 22), (5, 6)} & hours


def test_declared_hours_on_a_day_of_46_half_hours() -> None:
    """Hours are those of the wall clock, whatever the day's length."""
    slots = load(0.0, 1, date(2026, 3, 29), BERLIN)
    kind = kinds(1, date(2026, 3, 29), {date(2026, 3, 29): "working"})
    mask = declared_mask(index_of(slots), kind, DeclaredHours(time(0), time(6)))
    assert mask.sum() == 10


def test_detected_against_declared() -> None:
    """Running an hour early, standing still an afternoon and a Sunday's work are each told."""

    def power(at: datetime) -> float:
        if at.date() == date(2026, 6, 7):
            return 100.0 if 9 <= at.hour < 12 else 10.0
        if at.date() == date(2026, 6, 3) and at.hour >= 12:
            return 10.0
        return 100.0 if at.weekday() < 5 and 7 <= at.hour < 17 else 10.0

    found = compare_operating(load(power), kinds(), DAY_SHIFT)
    assert [(d.start.day, d.start.hour, d.end.hour, d.runs) for d in found.differences] == [
        *((day, 7, 8, True) for day in (1, 2, 3)),
        (3, 12, 17, False),
        *((day, 7, 8, True) for day in (4, 5)),
        (7, 9, 12, True),
    ]
    assert (found.running_outside_h, found.running_outside_kwh) == (8.0, 800.0)
    assert (found.idle_inside_h, found.declared_h, found.detected_h) == (5.0, 45.0, 48.0)
    assert found.differences[3].kwh == 50.0


def test_without_declared_hours_no_idleness_is_claimed() -> None:
    """A calendar of whole days says nothing of its nights."""
    found = compare_operating(load(shift()), kinds())
    assert (found.idle_inside_h, found.differences) == (0.0, ())


def test_what_is_unknown_differs_from_nothing() -> None:
    """A day without readings within declared hours is no day of standing still."""
    slots = load(shift())
    slots.loc["2026-06-03", "kwh"] = NAN
    found = compare_operating(slots, kinds(), DAY_SHIFT)
    assert (found.idle_inside_h, found.differences, found.declared_h) == (0.0, (), 36.0)


@settings(deadline=None, max_examples=40)
@given(st.lists(st.booleans(), max_size=60))
def test_runs_cover_what_is_true(values: list[bool]) -> None:
    """Runs cover all that is true, nothing else, and never touch."""
    mask = np.array(values, dtype=np.bool_)
    covered = np.zeros(len(mask), dtype=np.bool_)
    runs = runs_of(mask)
    for start, stop in runs:
        assert start < stop
        covered[start:stop] = True
    assert (covered == mask).all()
    assert (runs[1:, 0] > runs[:-1, 1]).all()


@settings(deadline=None, max_examples=40)
@given(st.lists(st.sampled_from([0.0, 10.0, NAN]), min_size=2, max_size=60))
def test_no_run_and_no_inner_gap_is_shorter_than_an_hour(kw: list[float]) -> None:
    """However the load jumps, what is left are hours."""
    mask = operating_mask(of_kw(kw), threshold_kw=5)
    runs = runs_of(mask)
    assert all(stop - start >= 2 for start, stop in runs)
    merged = operating_mask(of_kw([10.0 if on else 0.0 for on in mask]), threshold_kw=5)
    assert (merged == mask).all()


def test_declared_hours_need_every_kind() -> None:
    """A day without a kind has its line."""
    with pytest.raises(ValueError, match="is not known"):
        declared_mask(index_of(load(0.0, 9)), kinds(7, MONDAY))
