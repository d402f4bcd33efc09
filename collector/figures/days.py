"""The figures of days: heat map, what is usual, and a day's own, for every day that is touched.

What is usual on a day stands on the eight weeks before it, so a touched day touches the days of
eight weeks after it as well.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import date

from collector.figures.day_figures import Usual, day_figures
from collector.figures.day_load import DayLoad, load_row, walls_of
from collector.figures.operating import ALL_OFF, Off, declared_off, found_off
from collector.figures.plant import A_DAY, FigurePlant
from collector.figures.typical import BACK_DAYS, Bands, History, bands_of
from collector.rollup.periods import SLOT_MS, Window
from collector.rollup.totals import SITE_METER
from collector.storage.figure_schema import DAY_FIGURES, TYPICAL_SLOT
from collector.storage.port import Row

_BACK = BACK_DAYS * A_DAY


@dataclass(slots=True)
class OffHours:
    """When nobody works on a local day, worked out once for all meters of a site.

    ``history`` is the site's.
    """

    plant: FigurePlant
    history: History
    _found: dict[date, Off | None] = field(default_factory=dict)

    def on(self, day: date) -> Off | None:
        """The off hours of the day; None on a working day on which they cannot be told."""
        if not self.plant.kinds.works(day):
            return ALL_OFF
        hours = self.plant.settings.calendar.hours
        if hours is not None:
            return declared_off(hours)
        if day not in self._found:
            working = bands_of(self.history.before(day, "working"))
            self._found[day] = found_off(self.history.before(day), working)
        return self._found[day]


@dataclass(frozen=True, slots=True)
class TouchedDays:
    """Days of one meter whose totals changed, and ``standing``: those and what stands on them."""

    touched: frozenset[date]
    standing: frozenset[date]

    @classmethod
    def of(cls, touched: Collection[date], today: date) -> TouchedDays:
        """Nothing stands on a day yet that lies after ``today``."""
        after = (day + number * A_DAY for day in touched for number in range(1, BACK_DAYS + 1))
        held = frozenset(touched)
        return cls(held, held | {day for day in after if day <= today})

    @property
    def first(self) -> date:
        """The first of them."""
        return min(self.touched)

    @property
    def end(self) -> date:
        """The day after the last of them."""
        return max(self.standing) + A_DAY


def off_hours(plant: FigurePlant, first: date, end: date) -> OffHours:
    """The off hours of the days from ``first`` to before ``end``, from the stored heat map."""
    return OffHours(plant, _history(plant, SITE_METER, first, end))


def _history(plant: FigurePlant, meter: str, first: date, end: date) -> History:
    profiles = plant.profiles(meter, first - _BACK, end)
    return History(profiles, plant.groups(first - _BACK, end))


def load_rows(plant: FigurePlant, meter: str, days: TouchedDays) -> list[Row]:
    """The heat map's rows of the touched days."""
    loads = plant.loads(meter, days.first, max(days.touched) + A_DAY)
    found = (loads.get(day) or _nothing(plant, day) for day in sorted(days.touched))
    return [load_row(plant.site, meter, load) for load in found]


def day_rows(plant: FigurePlant, meter: str, days: TouchedDays, off: OffHours) -> Iterator[Row]:
    """The rows of ``DAY_FIGURES`` and ``TYPICAL_SLOT``; the heat map's are stored already."""
    history = _history(plant, meter, days.first, days.end)
    loads = plant.loads(meter, days.first, days.end)
    typical = meter == SITE_METER or meter in plant.circuits
    for day in sorted(days.standing):
        load = loads.get(day)
        if load is None and day not in days.touched and day != plant.today:
            continue
        usual = _usual(history, off, day)
        shown = load or _nothing(plant, day)
        if typical and usual.bands is not None:
            yield from _typical_rows(plant, meter, shown.window, usual.bands)
        if load is not None or day in days.touched:
            fields = day_figures(load, usual) if load else {"coverage": 0.0}
            yield Row(DAY_FIGURES, plant.site, meter, shown.window.start_ms, fields)


def _usual(history: History, off: OffHours, day: date) -> Usual:
    alike = history.before(day, history.groups[day])
    return Usual(bands_of(alike), alike, off.on(day), history.base_kw(day))


def _typical_rows(plant: FigurePlant, meter: str, day: Window, bands: Bands) -> Iterator[Row]:
    for number, wall in enumerate(walls_of(plant.calendar, day)):
        middle, low, high = bands.median[wall], bands.low[wall], bands.high[wall]
        if middle is not None and low is not None and high is not None:
            fields: dict[str, float | str] = {
                "expected_kw": middle,
                "low_kw": low,
                "high_kw": high,
            }
            at_ms = day.start_ms + number * SLOT_MS
            yield Row(TYPICAL_SLOT, plant.site, meter, at_ms, fields)


def _nothing(plant: FigurePlant, day: date) -> DayLoad:
    return DayLoad(day, plant.window(day, day + A_DAY), (), (None,) * 48)
