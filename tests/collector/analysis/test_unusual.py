"""Unusual days."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from collector.analysis import unusual_days
from collector.analysis.unusual import robust_z
from tests.collector.analysis.loads import kinds, load, shift

NAN = float("nan")


def noisy(days: int = 35, seed: int = 1) -> pd.DataFrame:
    """Five weeks of day shifts, every half hour 3 % up or down."""
    rng = np.random.default_rng(seed)
    slots = load(shift(100, 40), days)
    slots["kwh"] *= 1 + 0.03 * rng.standard_normal(len(slots))
    return slots


def test_a_usual_month_has_no_unusual_day() -> None:
    """Ordinary spread is not told."""
    found = unusual_days(noisy(), kinds(35), "year")
    assert (found.days, found.judged) == ((), 35)


def test_a_night_left_on_and_an_afternoon_off() -> None:
    """Both are told, the most energy first, with when and how much; less has its sign."""
    slots = load(shift(100, 40), 35)
    rng = np.random.default_rng(2)
    slots["kwh"] *= 1 + 0.03 * rng.standard_normal(len(slots))
    slots.loc["2026-06-10 17:00":"2026-06-10 23:30", "kwh"] = 50.0
    slots.loc["2026-06-18 08:00":"2026-06-18 15:30", "kwh"] = 20.0
    off, night = unusual_days(slots, kinds(35), "year").days
    assert (night.day, night.first_slot, night.end_slot) == (date(2026, 6, 10), 34, 48)
    assert night.kwh == pytest.approx(7 * 60, rel=0.03)
    assert night.worst_z > 3.5
    assert (off.day, off.first_slot, off.end_slot, off.group) == (
        date(2026, 6, 18),
        16,
        32,
        "working",
    )
    assert off.kwh == pytest.approx(-8 * 60, rel=0.03)
    assert off.worst_z < -3.5


def test_one_half_hour_is_not_enough() -> None:
    """Two half hours in a row make a day unusual, and enough energy."""
    slots = load(shift(100, 40), 35)
    slots.loc["2026-06-10 20:00", "kwh"] = 5000.0
    slots.loc["2026-06-11 20:00":"2026-06-11 20:30", "kwh"] = 30.0
    assert unusual_days(slots, kinds(35), "year").days == ()


def test_days_without_five_alike_are_not_judged() -> None:
    """Four Saturdays cannot say what a Saturday is; days with holes are not judged either."""
    slots = load(shift(100, 40), 28)
    slots.loc["2026-06-03", "kwh"] = NAN
    assert unusual_days(slots, kinds(28), "year").judged == 19


def test_robust_z_of_values_all_alike() -> None:
    """With all alike there is no z; with most alike the mean deviation stands in."""
    z = robust_z(np.array([[1.0, 1.0], [1.0, 1.0], [1.0, 1.0], [1.0, 9.0], [1.0, NAN]]))
    assert np.isnan(z[:, 0]).all()
    assert z[3, 1] == pytest.approx(8 / (1.2533 * 2))
    assert np.isnan(z[4, 1])


def test_robust_z_by_hand() -> None:
    """0.6745 x (x - median) / MAD."""
    z = robust_z(np.array([[1.0], [2.0], [3.0], [4.0], [10.0]]))
    assert z[:, 0].tolist() == pytest.approx([-1.349, -0.6745, 0.0, 0.6745, 4.7215])
