"""Two periods or meters side by side."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from collector.analysis import Side, compare_loads
from tests.collector.analysis.loads import kinds, load, of_kw, shift

NAN = float("nan")
JULY = date(2026, 7, 1)


def test_months_with_other_weekends_are_compared_day_by_day() -> None:
    """The same plant in another month has not changed, though its sums differ."""
    found = compare_loads(
        Side("June", load(shift(), 30), kinds(30)),
        Side("July", load(shift(), 31, JULY), kinds(31, JULY)),
    )
    assert found.first.kwh != found.second.kwh
    assert found.change_kwh_a_day == 0.0
    assert found.first_kwh_a_day == pytest.approx(found.second.kwh / 31)
    assert (found.first.base_kw, found.second.peak_kw) == (10.0, 100.0)


def test_a_change_of_working_days_only() -> None:
    """Ten percent less at work shows in that group alone, weighted with the second's days."""
    found = compare_loads(
        Side("before", load(shift(100, 0), 28), kinds(28)),
        Side("after", load(shift(90, 0), 28), kinds(28)),
    )
    changes = {each.group: each.change_share for each in found.groups}
    assert changes["working"] == pytest.approx(-0.1)
    assert (changes["saturday"], changes["off"]) == (None, None)
    assert found.change_kwh_a_day == pytest.approx(-90 * 20 / 28)
    assert found.change_share == pytest.approx(-0.1)


def test_a_group_that_one_side_lacks_is_left_out_of_the_whole() -> None:
    """Working days alone are compared with working days; the others stand without change."""
    found = compare_loads(
        Side("week", load(5.0, 5), kinds(5)), Side("fortnight", load(6.0, 14), kinds(14))
    )
    saturday = next(each for each in found.groups if each.group == "saturday")
    assert (saturday.first_kwh, saturday.second_kwh, saturday.change_kwh) == (None, 144.0, None)
    assert np.isnan(saturday.first_kw).all()
    assert (found.first_kwh_a_day, found.second_kwh_a_day) == (120.0, 144.0)


def test_nothing_in_common() -> None:
    """A working day and a Sunday cannot be compared: no change, no zero."""
    sunday = date(2026, 6, 7)
    found = compare_loads(
        Side("Monday", load(5.0, 1), kinds(1)),
        Side("Sunday", load(5.0, 1, sunday), kinds(1, sunday)),
    )
    assert (found.first_kwh_a_day, found.change_kwh_a_day, found.change_share) == (None,) * 3


def test_a_side_of_which_nothing_is_known() -> None:
    """Said in a line."""
    with pytest.raises(ValueError, match="no slot of the period is known"):
        compare_loads(Side("a", load(5.0, 1), kinds(1)), Side("b", of_kw([NAN] * 48), kinds(1)))
