"""A meter's local day as 48 half hours by the wall clock, out of stored slots. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from collector.rollup.periods import SLOT_MS, Calendar, Window
from collector.storage.figure_schema import HALF_HOURS, LOAD_DAY
from collector.storage.port import Row, TotalColumns

Kw48 = tuple[float | None, ...]
"""Mean kW of each half hour by the wall clock, 00:00 first; None where unknown or not there."""
SLOT_FIELDS = ("kwh", "missing", "reactive_kvarh", "reactive_export_kvarh")
HOURS = 0.5
UNKNOWN_FROM = 1e-9
"""A half hour of which a larger share is missing has no energy that could be compared ..."""
WHOLE_FROM = 0.8
"""... and a day is whole from this known share on: both as ``collector.analysis`` has it."""


class Slot(NamedTuple):
    """A known half hour: start (UTC ms), its number by the wall clock (0 to 47), energies."""

    start_ms: int
    wall: int
    kwh: float
    lagging_kvarh: float | None
    leading_kvarh: float | None


@dataclass(frozen=True, slots=True)
class DayLoad:
    """The known half hours of a local day, in order of time, and the day as ``Kw48``.

    ``share`` is how much of the day's half hours is known (0 to 1).
    """

    day: date
    window: Window
    slots: tuple[Slot, ...]
    kw: Kw48

    @property
    def share(self) -> float:
        """Known half hours over those the day has: 46 or 50 where clocks change."""
        return len(self.slots) * SLOT_MS / (self.window.end_ms - self.window.start_ms)

    @property
    def whole(self) -> bool:
        """Whether it is known well enough to be compared."""
        return self.share >= WHOLE_FROM


def day_loads(calendar: Calendar, columns: TotalColumns) -> dict[date, DayLoad]:
    """The days of half hours as the store holds them, by date; a day without any is not there.

    ``columns`` has ``SLOT_FIELDS``.
    """
    found: list[tuple[Window, list[Slot]]] = []
    end_ms = -1
    walls: tuple[int, ...] = ()
    values = (columns.values[name] for name in SLOT_FIELDS)
    for start_ms, kwh, missing, lagging, leading in zip(columns.start_ms, *values, strict=True):
        if missing > UNKNOWN_FROM:
            continue
        if start_ms >= end_ms:
            window = calendar.day(start_ms)
            end_ms, walls = window.end_ms, walls_of(calendar, window)
            found.append((window, []))
        wall = walls[(start_ms - window.start_ms) // SLOT_MS]
        found[-1][1].append(Slot(start_ms, wall, kwh, lagging, leading))
    return {
        (day := calendar.date_of(window.start_ms)): DayLoad(
            day, window, tuple(slots), by_the_wall(slots)
        )
        for window, slots in found
    }


def walls_of(calendar: Calendar, day: Window) -> tuple[int, ...]:
    """The number by the wall clock (0 to 47) of each half hour of a local day."""
    count = (day.end_ms - day.start_ms + SLOT_MS - 1) // SLOT_MS
    if count == len(HALF_HOURS):
        return _PLAIN
    starts = (day.start_ms + number * SLOT_MS for number in range(count))
    clocks = (datetime.fromtimestamp(start_ms / 1000, calendar.zone) for start_ms in starts)
    return tuple(clock.hour * 2 + clock.minute // 30 for clock in clocks)


_PLAIN = tuple(range(len(HALF_HOURS)))


def by_the_wall(slots: list[Slot]) -> Kw48:
    """The half hours by the wall clock; one that comes twice is averaged."""
    kw: list[float | None] = [None] * len(HALF_HOURS)
    for slot in slots:
        held = kw[slot.wall]
        new = slot.kwh / HOURS
        kw[slot.wall] = new if held is None else (held + new) / 2
    return tuple(kw)


def load_row(site: str, meter: str, load: DayLoad) -> Row:
    """The day as a row of the heat map."""
    known = {name: kw for name, kw in zip(HALF_HOURS, load.kw, strict=True) if kw is not None}
    fields: dict[str, float | str] = {"known": float(len(known)), **known}
    return Row(LOAD_DAY, site, meter, load.window.start_ms, fields)


def kw_of(fields: Mapping[str, float | str]) -> Kw48:
    """The half hours of a stored row of the heat map."""
    return tuple(map(fields.get, HALF_HOURS))  # type: ignore[arg-type]


def is_whole(kw: Kw48) -> bool:
    """Whether a day of the heat map is known for 80 %; a half hour that clocks skip counts not."""
    return len(kw) - kw.count(None) >= WHOLE_FROM * len(kw)
