"""The duration curve."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collector.analysis import duration_curve
from tests.collector.analysis.loads import load, of_kw

NAN = float("nan")


@settings(deadline=None, max_examples=40)
@given(st.lists(st.floats(0, 1000) | st.just(NAN), min_size=2, max_size=96))
def test_the_area_under_the_curve_is_the_energy(kw: list[float]) -> None:
    """Whatever the load, the curve falls and holds the energy of what is known, no more."""
    slots = of_kw(kw)
    if np.isnan(kw).all():
        with pytest.raises(ValueError, match="no slot of the period is known"):
            duration_curve(slots)
        return
    curve = duration_curve(slots)
    assert curve.kwh == pytest.approx(slots["kwh"].sum())
    assert (np.diff(curve.kw) <= 0).all()
    assert curve.hours[-1] == np.count_nonzero(~np.isnan(kw)) / 2
    assert curve.kw[-1] <= curve.near_base_kw <= curve.near_peak_kw <= curve.kw[0]


def test_hours_above() -> None:
    """Hours above a power, and above a share of the largest: strictly above."""
    curve = duration_curve(of_kw([100.0] * 4 + [90.0] * 10 + [10.0] * 34))
    assert curve.hours_above(10) == 7.0
    assert curve.hours_above_share() == 2.0


def test_points_to_draw() -> None:
    """Few powers give few points, many are thinned evenly, the ends always there."""
    assert len(duration_curve(of_kw([3.0, 1.0])).points()) == 2
    points = duration_curve(load(lambda at: float(at.hour), days=30)).points(10)
    assert len(points) == 10
    assert (points[0], points[-1]) == ((0.5, 23.0), (720.0, 0.0))


def test_quarter_hours_are_halved_first() -> None:
    """Demand is of half hours: quarter hours are added before they are ranked."""
    curve = duration_curve(load(lambda at: 40.0 if at.minute in (0, 30) else 0.0, 1, minutes=15))
    assert curve.kw.tolist() == [20.0] * 48
