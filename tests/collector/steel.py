"""A real load profile: a steel plant's year of quarter hours, as frames and as plain numbers.

UCI "Steel Industry Energy Consumption" (CC BY 4.0): each label marks the END of its quarter hour,
and the last row of every day reads 0:00 of the same date.
"""

from __future__ import annotations

import csv
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from collector.analysis.frame import frame_from_kwh, half_hours

SEOUL = ZoneInfo("Asia/Seoul")
_HERE = Path(__file__).resolve().parents[2]
CSV = _HERE.parent / "shared" / "data" / "steel_industry" / "Steel_industry_data.csv"
QUARTER = timedelta(minutes=15)


@lru_cache(maxsize=1)
def steel_rows() -> tuple[tuple[datetime, float, float, float], ...]:
    """Every quarter hour as its start (naive, on the wall), kWh, lagging and leading kvarh."""
    with CSV.open(encoding="utf-8", newline="") as file:
        rows = [
            (_start(row[0]), float(row[1]), float(row[2]), float(row[3]))
            for row in list(csv.reader(file))[1:]
        ]
    return tuple(sorted(rows))


@lru_cache(maxsize=1)
def _quarter_hours() -> pd.DataFrame:
    rows = steel_rows()
    index = pd.DatetimeIndex([row[0] for row in rows], name="start").tz_localize(SEOUL)
    numbers = np.array([row[1:] for row in rows], dtype=np.float64)
    frame = frame_from_kwh(pd.Series(numbers[:, 0], index=index))
    frame["reactive_kvarh"] = numbers[:, 1]
    frame["reactive_export_kvarh"] = numbers[:, 2]
    return frame


@lru_cache(maxsize=1)
def _half_hours() -> pd.DataFrame:
    return half_hours(_quarter_hours())


def steel_quarter_hours() -> pd.DataFrame:
    """The year in quarter hours (``collector.analysis.frame``), a copy of its own."""
    return _quarter_hours().copy()


def steel_half_hours() -> pd.DataFrame:
    """The year in half hours (``collector.analysis.frame``), a copy of its own."""
    return _half_hours().copy()


def steel_day_kinds() -> pd.Series[str]:
    """The kind of each date: Saturdays, Sundays, else working (no holidays are marked in it)."""
    dates = pd.date_range("2018-01-01", "2018-12-31", freq="D")
    kinds = {5: "saturday", 6: "sunday"}
    return pd.Series([kinds.get(day.weekday(), "working") for day in dates], index=dates)


def _start(label: str) -> datetime:
    # Naive on purpose: labels are what the wall clock said.
    end = datetime.strptime(label, "%d/%m/%Y %H:%M")  # noqa: DTZ007
    if end.hour == end.minute == 0:
        end += timedelta(days=1)
    return end - QUARTER
