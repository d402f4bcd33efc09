"""Days by half hours, and the clock they stand on."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from collector.analysis.grid import clock_of, day_grid, kinds_of, known_kw
from tests.collector.analysis.loads import BERLIN, kinds, load, of_kw


def test_a_day_of_46_half_hours_has_two_it_does_not_know() -> None:
    """The hour that clocks skip is unknown, and the day is whole all the same."""
    grid = day_grid(load(6.0, days=1, first=date(2026, 3, 29), zone=BERLIN))
    assert np.flatnonzero(np.isnan(grid.kw[0])).tolist() == [4, 5]
    assert grid.known.tolist() == [1.0]


def test_a_day_of_50_half_hours_has_the_mean_of_the_hour_that_comes_twice() -> None:
    """The hour that comes twice is the mean of both; the day's least is of all 50."""
    slots = load(6.0, days=1, first=date(2026, 10, 25), zone=BERLIN)
    slots.iloc[4, 0] = 1.0
    grid = day_grid(slots)
    assert grid.kw[0, 4] == (2.0 + 6.0) / 2
    assert (grid.min_kw[0], grid.max_kw[0], grid.known[0]) == (2.0, 6.0, 1.0)


def test_a_day_cut_by_the_period_is_not_whole() -> None:
    """A day of which the frame holds only a part counts as that part."""
    grid = day_grid(load(6.0, days=3).iloc[24:-10])
    assert grid.known.tolist() == [0.5, 1.0, 38 / 48]
    assert grid.whole.tolist() == [False, True, False]


def test_unknown_half_hours_are_no_zeros() -> None:
    """An unknown half hour lowers neither the day's mean nor its least."""
    grid = day_grid(of_kw([4.0] * 24 + [float("nan")] * 24))
    assert (grid.min_kw[0], grid.known[0]) == (4.0, 0.5)
    assert np.isnan(grid.kw[0, 24:]).all()


def test_a_day_of_which_nothing_is_known() -> None:
    """A day without readings has no least power and is not whole."""
    grid = day_grid(of_kw([float("nan")] * 48 + [3.0] * 48))
    assert np.isnan(grid.min_kw[0])
    assert grid.whole.tolist() == [False, True]


def test_the_clock_of_an_index_with_holes() -> None:
    """An index that is not regular is read as it stands."""
    index = load(1.0, days=2).index.delete(list(range(3, 50)))
    assert isinstance(index, pd.DatetimeIndex)
    clock = clock_of(index)
    assert clock.minute[:4].tolist() == [0, 30, 60, 60]
    assert clock.day_of[:4].tolist() == [0, 0, 0, 1]


def test_wrong_input_is_said_in_a_line() -> None:
    """No slots, nothing known, and a day without a kind each have their line."""
    with pytest.raises(ValueError, match="no slots"):
        clock_of(pd.DatetimeIndex([], tz="Asia/Tokyo"))
    with pytest.raises(ValueError, match="no slot of the period is known"):
        known_kw(of_kw([float("nan")] * 48))
    with pytest.raises(ValueError, match="the kind of 2026-06-08 is not known"):
        kinds_of(pd.date_range("2026-06-01", periods=8), kinds(7))
