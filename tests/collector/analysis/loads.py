"""Loads to test with: a few days in half hours, of which every number is chosen."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from collector.analysis.frame import frame_from_kwh, slot_index
from collector.analysis.site_load import CircuitLoad

TOKYO = ZoneInfo("Asia/Tokyo")
BERLIN = ZoneInfo("Europe/Berlin")
MONDAY = date(2026, 6, 1)
Power = Callable[[datetime], float]


def load(
    power_kw: Power | float,
    days: int = 7,
    first: date = MONDAY,
    zone: ZoneInfo = TOKYO,
    minutes: int = 30,
) -> pd.DataFrame:
    """A frame of days whose mean power at each slot's start is given (kW; NaN: unknown)."""
    index = slot_index(zone, first, first + timedelta(days=days), minutes)
    kw = [power_kw(at) if callable(power_kw) else power_kw for at in index.to_pydatetime()]
    return frame_from_kwh(pd.Series(np.array(kw) * minutes / 60, index=index))


def of_kw(kw: list[float], first: date = MONDAY) -> pd.DataFrame:
    """A frame of these half hours' mean powers, from midnight on (kW; NaN: unknown)."""
    start = pd.Timestamp(first).tz_localize(TOKYO)
    index = pd.date_range(start, periods=len(kw), freq="30min", name="start")
    return frame_from_kwh(pd.Series(np.array(kw, dtype=np.float64) / 2, index=index))


def circuit(
    name: str, slots: pd.DataFrame, parent: str | None = None, rated_kw: float | None = None
) -> CircuitLoad:
    """A circuit of that id."""
    return CircuitLoad(name, name.title(), slots, parent, rated_kw)


def kinds(
    days: int = 7, first: date = MONDAY, other: Mapping[date, str] | None = None
) -> pd.Series[str]:
    """The kinds of days: Saturdays, Sundays, else working; ``other`` stands over them."""
    dates = pd.date_range(first, periods=days, freq="D")
    usual = {5: "saturday", 6: "sunday"}
    named = [(other or {}).get(day.date(), usual.get(day.weekday(), "working")) for day in dates]
    return pd.Series(named, index=dates)


def shift(kw: float = 100.0, idle_kw: float = 10.0, first: int = 8, end: int = 17) -> Power:
    """Work on weekdays from ``first`` to ``end`` o'clock, else idle."""

    def power(at: datetime) -> float:
        return kw if at.weekday() < 5 and first <= at.hour < end else idle_kw

    return power
