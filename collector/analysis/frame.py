"""The frame every analysis takes: one meter's energy by slot, in the site's own time.

``slots`` is a ``pandas.DataFrame`` with a row for every slot of its stretch, none left out. Its
index ``start`` is a ``DatetimeIndex`` in the site's time zone, regular in absolute time (30 or 15
minutes; a day on which clocks change has 46 or 50 half hours), each label a slot's start. Columns,
all float64:

| column | unit | meaning |
|---|---|---|
| ``kwh`` | kWh | active energy; NaN where any part of the slot is unknown |
| ``estimated_kwh`` | kWh | the part of ``kwh`` that was bridged over a gap |
| ``coverage`` | 0 to 1 | the measured share of the slot's time |
| ``export_kwh`` | kWh | energy given back; NaN where not measured |
| ``reactive_kvarh`` | kvarh | lagging reactive energy; NaN where not measured |
| ``reactive_export_kvarh`` | kvarh | leading reactive energy; NaN where not measured |

Absent is NaN, never zero.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta, tzinfo
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

COLUMNS = (
    "kwh", "estimated_kwh", "coverage", "export_kwh", "reactive_kvarh", "reactive_export_kvarh",
)  # fmt: skip
FIELDS = (*COLUMNS, "missing")
"""The fields of stored totals that a frame is made from."""
UNKNOWN_FROM = 1e-9
"""A slot of which a larger share of the time is missing has no energy that could be compared."""
Floats = npt.NDArray[np.float64]
A_SECOND = {"s": 1, "ms": 1_000, "us": 1_000_000, "ns": 1_000_000_000}
"""How many of the units that an index counts in are a second."""


def slot_index(zone: tzinfo, first: date, end: date, minutes: int) -> pd.DatetimeIndex:
    """The starts of all slots from local midnight of ``first`` to that of ``end``, excluded."""
    start, stop = (pd.Timestamp(day).tz_localize(zone) for day in (first, end))
    step = f"{minutes}min"
    return pd.date_range(start, stop, freq=step, inclusive="left", name="start")


def frame_of(
    start_ms: Sequence[int], fields: Mapping[str, Sequence[Any]], index: pd.DatetimeIndex
) -> pd.DataFrame:
    """The frame over ``index`` of stored slots: their starts (UTC ms) and ``FIELDS``.

    A slot that is not stored is unknown.
    """
    held = pd.DataFrame(
        {name: np.asarray(fields[name], dtype=np.float64) for name in FIELDS},
        index=pd.to_datetime(np.asarray(start_ms, dtype="int64"), unit="ms", utc=True),
    )
    held.loc[held["missing"] > UNKNOWN_FROM, ["kwh", "estimated_kwh"]] = np.nan
    frame = held.loc[:, list(COLUMNS)].reindex(index.tz_convert("UTC"))
    frame.index = index
    frame["coverage"] = frame["coverage"].fillna(0.0)
    return frame


def frame_from_kwh(kwh: pd.Series[float]) -> pd.DataFrame:
    """The frame of energy alone (kWh a slot, index as above, NaN where unknown): all measured."""
    known = kwh.notna()
    frame = pd.DataFrame(index=kwh.index.rename("start"), columns=list(COLUMNS), dtype=np.float64)
    frame["kwh"] = kwh.astype(np.float64)
    frame["estimated_kwh"] = np.where(known, 0.0, np.nan)
    frame["coverage"] = known.astype(np.float64)
    return frame


def index_of(slots: pd.DataFrame | pd.Series[float]) -> pd.DatetimeIndex:
    """The index of slot starts. Raises ``ValueError`` when it is none in a time zone."""
    index = slots.index
    if not isinstance(index, pd.DatetimeIndex) or index.tz is None:
        raise ValueError("slots need an index of instants in the site's time zone")
    return index


def slot_hours(slots: pd.DataFrame | pd.Series[float]) -> float:
    """How long a slot is (h). Raises ``ValueError`` with fewer than two slots."""
    index = index_of(slots)
    if len(index) < 2:
        raise ValueError("two slots at least are needed to know how long a slot is")
    instants = index.asi8
    return int(instants[1] - instants[0]) / (3600 * A_SECOND[index.unit])


def power_kw(slots: pd.DataFrame) -> pd.Series[float]:
    """Mean power of each slot (kW): the demand, where a slot is the demand interval."""
    return slots["kwh"] / slot_hours(slots)


def half_hours(slots: pd.DataFrame) -> pd.DataFrame:
    """The same in half hours: two quarter hours are one, unknown when either is.

    A quarter hour that stands alone at an end makes a half hour that is not known. Raises
    ``ValueError`` for slots of another length.
    """
    length = slot_hours(slots)
    if length not in (0.25, 0.5):
        raise ValueError(f"slots have 15 or 30 minutes, not {length * 60:g}")
    if length == 0.5:
        return slots
    index = index_of(slots)
    if index[0].minute % 30 or len(index) % 2:
        return _resampled(slots)
    # A year of quarter hours passes here for each circuit: pairs are added as they stand.
    pairs = slots.to_numpy(dtype=np.float64).reshape(-1, 2, slots.shape[1]).sum(axis=1)
    summed = pd.DataFrame(pairs, index=index[::2], columns=slots.columns)
    summed["coverage"] /= 2
    return summed


def _resampled(slots: pd.DataFrame) -> pd.DataFrame:
    rule = slots.resample("30min")
    summed = rule.sum(min_count=2)
    summed["coverage"] = rule["coverage"].sum() / 2
    return summed


def local_days(index: pd.DatetimeIndex) -> pd.DatetimeIndex:
    """The local midnight each slot's day begins with (no time zone: a label of the date)."""
    return index.tz_localize(None).normalize()


def slot_of_day(index: pd.DatetimeIndex, hours: float = 0.5) -> npt.NDArray[np.int64]:
    """The number of each slot in its day by the clock on the wall, 0 at midnight."""
    minutes = np.asarray(index.hour * 60 + index.minute, dtype=np.int64)
    return minutes // round(hours * 60)


def days_between(first: date, end: date) -> int:
    """The number of days from ``first`` to ``end``, excluded."""
    return (end - first) // timedelta(days=1)
