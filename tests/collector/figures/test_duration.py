"""The duration curve in 101 points."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collector.figures.day_load import Kw48
from collector.figures.duration import duration_points

DAYS = st.lists(
    st.lists(st.none() | st.floats(0, 1e6), min_size=48, max_size=48).map(tuple),
    min_size=1,
    max_size=5,
)


@settings(deadline=None, max_examples=30)
@given(DAYS)
def test_the_curve_is_the_known_half_hours_ranked(days: list[Kw48]) -> None:
    """From peak to lowest; row n is what is reached or passed for n % of the known time."""
    known = [kw for day in days for kw in day if kw is not None]
    points = list(duration_points(days))
    if not known:
        assert points == []
        return
    assert [percent for percent, _, _ in points] == list(range(101))
    assert points[0][1:] == (max(known), 0.0)
    assert points[-1][1:] == (min(known), len(known) / 2)
    assert all(earlier[1] >= later[1] for earlier, later in pairwise(points))
    for percent, kw, hours in points:
        assert kw == pytest.approx(np.percentile(known, 100 - percent), rel=1e-9, abs=1e-6)
        assert hours == pytest.approx(len(known) / 2 * percent / 100)


def test_a_worked_curve() -> None:
    """101 half hours of 0 to 100 kW: row n is 100 - n kW."""
    values = [float(n) for n in range(101)] + [None] * 43
    days = [tuple(values[n * 48 : n * 48 + 48]) for n in range(3)]
    assert [kw for _, kw, _ in duration_points(days)] == [float(100 - n) for n in range(101)]
