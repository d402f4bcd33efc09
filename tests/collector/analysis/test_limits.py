"""The limits of baselines: data with sources, held against figures."""

from __future__ import annotations

import pytest

from collector.analysis.limits import Check, Limit, checks, rules

FIGURES = {"coverage": 0.95, "points": 365.0, "days": 365.0, "cv_rmse": 0.17, "nmbe": 0.0}


def test_every_row_bounds_something_and_is_sourced() -> None:
    """Each limit has a bound, a source and how sure that is; K has a row for each interval."""
    for limit in rules().limits:
        assert (limit.at_least is None) != (limit.at_most is None)
        assert limit.source
        assert limit.confidence in ("high", "medium", "low")
    assert set(rules().k) == {"hourly", "daily", "monthly"}
    assert rules().most_beyond == 0.05
    assert (rules().most_uncertain, rules().at_confidence) == (0.5, 0.68)


def test_calibrated_limits_are_of_their_interval() -> None:
    """17 % is beyond the 15 % of months, within the 30 % of hours, and days have no row."""
    found = {
        interval: [
            (check.limit.at_most, check.passed)
            for check in checks(FIGURES, interval, 12.0)
            if check.limit.of == "cv_rmse"
        ]
        for interval in ("monthly", "hourly", "daily")
    }
    assert found == {"monthly": [(0.15, False)], "hourly": [(0.30, True)], "daily": []}


def test_a_figure_that_is_not_there_is_not_held_against_anything() -> None:
    """A plain mean has no R², so it is not asked for one."""
    assert all(check.limit.of != "r_squared" for check in checks(FIGURES, "daily", 12.0))


@pytest.mark.parametrize(("figure", "passed"), [(0.89, False), (0.9, True), (1.0, True)])
def test_a_lower_bound(figure: float, passed: bool) -> None:
    """At least 90 %: the bound itself is enough, and the line says what is needed."""
    limit = Limit("coverage", 0.9, None, True, "a source", "high")
    check = Check(limit, figure)
    assert check.passed is passed
    assert check.why == f"coverage is {figure:.4g}, at least 0.9 needed: a source"


def test_an_upper_bound_that_is_advice() -> None:
    """At most 366 days: one more is beyond, and the line says advised."""
    limit = Limit("days", None, 366.0, False, "a source", "high")
    assert Check(limit, 366.0).passed
    assert not Check(limit, 367.0).passed
    assert Check(limit, 367.0).why == "days is 367, at most 366 advised: a source"
