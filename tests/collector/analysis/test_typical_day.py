"""Typical days, weekdays overlaid, calendar heat."""

from __future__ import annotations

import re
from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collector.analysis import calendar_heat, typical_days, weekday_overlay
from collector.analysis.frame import index_of
from collector.analysis.typical_day import Seasons, percentiles, seasons_of
from tests.collector.analysis.loads import BERLIN, kinds, load, of_kw, shift

NAN = float("nan")


def test_groups_of_days_have_their_own() -> None:
    """Working days, Saturdays and days off, whatever they are off for."""
    holiday = {
        date(2026, 6, 3): "holiday",
        date(2026, 6, 13): "closed",
        date(2026, 6, 20): "working",
    }
    found = typical_days(load(shift(100, 10), 28), kinds(28, other=holiday), "year")
    assert {day.group: day.days for day in found} == {"working": 20, "saturday": 2, "off": 6}
    working = found[0]
    assert working.median_kw is not None
    assert working.median_kw.tolist() == [10.0] * 16 + [100.0] * 18 + [10.0] * 14
    assert working.kwh == 9 * 100 + 15 * 10


def test_too_few_days_make_no_typical_day() -> None:
    """Four days give the reason and what is needed, no curve; the fifth makes one."""
    found = {day.group: day for day in typical_days(load(5.0, 35), kinds(35), "year")}
    assert found["saturday"].median_kw is not None
    saturday = typical_days(load(5.0, 28), kinds(28), "year")[1]
    assert (saturday.days, saturday.median_kw, saturday.kwh) == (4, None, None)
    assert (saturday.gate.passed, saturday.gate.figure, saturday.gate.limit) == (False, 4, 5)
    assert "five days" in saturday.gate.why
    assert typical_days(load(5.0, 28), kinds(28), "year", least_days=4)[1].median_kw is not None


def test_days_with_holes_do_not_count() -> None:
    """A day known for less than 80 % is not typical; its absence is in the evidence."""
    slots = load(5.0, 14)
    slots.loc["2026-06-02", "kwh"] = NAN
    working = typical_days(slots, kinds(14), "year")[0]
    assert (working.days, working.evidence.known) == (9, 0.9)


def test_a_half_hour_that_is_never_known_stays_unknown() -> None:
    """It is NaN in the curve, and the day has no energy: nothing is made up."""
    slots = load(5.0, 14)
    slots.loc[index_of(slots).hour == 3, "kwh"] = NAN
    working = typical_days(slots, kinds(14), "year")[0]
    assert working.median_kw is not None
    assert np.flatnonzero(np.isnan(working.median_kw)).tolist() == [6, 7]
    assert working.kwh is None


@pytest.mark.parametrize(
    ("season", "names"),
    [
        ("year", ["year"] * 12),
        ("quarter", ["q1"] * 3 + ["q2"] * 3 + ["q3"] * 3 + ["q4"] * 3),
        (
            "meteorological",
            ["dec-feb"] * 2 + ["mar-may"] * 3 + ["jun-aug"] * 3 + ["sep-nov"] * 3 + ["dec-feb"],
        ),
        ("month", re.findall("...", "janfebmaraprmayjunjulaugsepoctnovdec")),
    ],
)
def test_seasons(season: Seasons, names: list[str]) -> None:
    """Each month lies in its season, named by months or quarters."""
    months = pd.date_range("2026-01-15", periods=12, freq="30D")
    assert seasons_of(months, season).tolist() == names


def test_a_kind_of_day_that_is_missing() -> None:
    """Every day needs its kind."""
    with pytest.raises(ValueError, match="the kind of 2026-06-08 is not known"):
        typical_days(load(5.0, 14), kinds(7))


def test_the_overlay_of_a_week() -> None:
    """A week has one day of each weekday; three days leave four weekdays unknown."""
    assert weekday_overlay(load(5.0, 7)).days == (1,) * 7
    found = weekday_overlay(load(5.0, 3))
    assert found.days == (1, 1, 1, 0, 0, 0, 0)
    assert np.isnan(found.median_kw[3:]).all()


def test_heat_has_a_row_a_day_on_days_of_any_length() -> None:
    """Every day has 48 columns; what clocks skip is empty, and so is what is unknown."""
    heat = calendar_heat(load(5.0, 3, date(2026, 3, 28), BERLIN))
    assert heat.kw.shape == (3, 48)
    assert np.isnan(heat.kw).sum() == 2
    assert [day.date() for day in heat.dates] == [date(2026, 3, day) for day in (28, 29, 30)]
    assert np.isnan(calendar_heat(of_kw([NAN] * 48)).kw).all()


@settings(deadline=None, max_examples=40)
@given(
    st.lists(
        st.lists(st.floats(-100, 100) | st.just(NAN), min_size=3, max_size=3),
        min_size=1,
        max_size=12,
    )
)
def test_percentiles_are_numpys(rows: list[list[float]]) -> None:
    """Percentiles down the columns are those of numpy over what is known."""
    given_rows = np.array(rows)
    found = percentiles(given_rows, 10, 50, 90)
    for column in range(3):
        known = given_rows[:, column][~np.isnan(given_rows[:, column])]
        if not len(known):
            assert np.isnan(found[:, column]).all()
        else:
            expected = np.percentile(known, [10, 50, 90])
            assert found[:, column] == pytest.approx(expected, abs=1e-9)


def test_percentiles_of_no_rows() -> None:
    """Without rows all is unknown."""
    assert np.isnan(percentiles(np.empty((0, 48)), 50)).all()
