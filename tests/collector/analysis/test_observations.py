"""What models are fitted to: slots added up to hours and days, unknown ones left out."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from collector.analysis.frame import frame_from_kwh
from collector.analysis.observations import (
    daily_kwh,
    daily_temperature,
    hourly_kwh,
    interval_of,
    observations,
)


def _slots(first: str, days: int, zone: str = "Asia/Tokyo") -> pd.DataFrame:
    start = pd.Timestamp(first).tz_localize(zone)
    index = pd.date_range(start, start + pd.DateOffset(days=days), freq="30min", inclusive="left")
    return frame_from_kwh(pd.Series(1.0, index=index))


def test_a_day_with_an_unknown_slot_is_unknown() -> None:
    """A day of which one half hour is missing has no energy to compare, the others have theirs."""
    slots = _slots("2025-04-01", 3)
    slots.iloc[50, 0] = np.nan
    kwh = daily_kwh(slots)
    assert kwh.iloc[[0, 2]].tolist() == [48.0, 48.0]
    assert np.isnan(kwh.iloc[1])


def test_days_on_which_clocks_change_are_whole() -> None:
    """A day of 46 or 50 half hours is a day like others, in its own energy."""
    assert daily_kwh(_slots("2025-03-29", 3, "Europe/Berlin")).tolist() == [48.0, 46.0, 48.0]
    assert daily_kwh(_slots("2025-10-25", 3, "Europe/Berlin")).tolist() == [48.0, 50.0, 48.0]


def test_hours_need_both_halves() -> None:
    """An hour is the sum of its slots, and unknown when either is."""
    slots = _slots("2025-04-01", 1)
    slots.iloc[3, 0] = np.nan
    kwh = hourly_kwh(slots)
    assert kwh.iloc[[0, 2]].tolist() == [2.0, 2.0]
    assert np.isnan(kwh.iloc[1])
    assert len(kwh) == 24


def test_daily_temperature_needs_most_of_the_day() -> None:
    """A day's mean stands on 20 known hours at least, be they hours or half hours."""
    hours = pd.date_range("2025-04-01", periods=48, freq="h", tz="Asia/Tokyo")
    celsius = pd.Series(np.arange(48.0), index=hours)
    celsius.iloc[24:29] = np.nan
    daily = daily_temperature(celsius)
    assert daily.iloc[0] == pytest.approx(11.5)
    assert np.isnan(daily.iloc[1])
    halves = pd.date_range("2025-04-01", periods=48, freq="30min", tz="Asia/Tokyo")
    assert daily_temperature(pd.Series(20.0, index=halves)).tolist() == [20.0]


def test_intervals_are_told_by_the_usual_distance() -> None:
    """Hours, days (also across a change of clocks) and months are known for what they are."""
    assert interval_of(pd.date_range("2025-03-29", periods=5, freq="h")) == "hourly"
    assert interval_of(pd.date_range("2025-03-29", periods=3, tz="Europe/Berlin")) == "daily"
    assert interval_of(pd.date_range("2025-01-01", periods=5, freq="MS")) == "monthly"
    with pytest.raises(ValueError, match="hours, days or months"):
        interval_of(pd.date_range("2025-01-01", periods=5, freq="W"))
    with pytest.raises(ValueError, match="two points"):
        interval_of(pd.date_range("2025-01-01", periods=1))


def test_points_need_every_driver() -> None:
    """A point counts where its energy and all drivers are known; values keep their order."""
    index = pd.date_range("2025-01-01", periods=5)
    kwh = pd.Series([1.0, np.nan, 3.0, 4.0, 5.0], index=index)
    pieces = pd.Series([10.0, 20.0, np.nan, 40.0], index=index[:4])
    points = observations(kwh, {"pieces": pieces}, 2)
    assert points.kwh.tolist() == [1.0, 4.0]
    assert points.drivers["pieces"].tolist() == [10.0, 40.0]
    assert points.evidence.coverage == pytest.approx(0.4)
    grid = points.on_the_grid(np.array([7.0, 8.0]))
    assert grid[[0, 3]].tolist() == [7.0, 8.0]
    assert np.isnan(grid[[1, 2, 4]]).all()


def test_slots_without_a_zone_are_refused() -> None:
    """Days of a place need its time zone."""
    slots = _slots("2025-04-01", 1).tz_localize(None)
    with pytest.raises(ValueError, match="time zone"):
        daily_kwh(slots)
