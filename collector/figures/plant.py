"""What is at hand while one site's figures are made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from collector.calendars.plant_calendar import PlantCalendar
from collector.figures.day_load import SLOT_FIELDS, DayLoad, Kw48, day_loads, kw_of
from collector.figures.typical import GROUPS, Group
from collector.rollup.members import ELECTRICITY
from collector.rollup.periods import SLOT_MS, Calendar, Window, midnight_ms
from collector.rollup.site_calendar import calendar_of
from collector.rollup.site_tree import tree_of
from collector.rollup.totals import SITE_METER, Period
from collector.rollup.tree import Tree
from collector.site_config import SiteSettings
from collector.storage.figure_schema import LOAD_DAY
from collector.storage.port import ReadingStore
from collector.summarise.library import Library

PRODUCTION = "production"
A_DAY = timedelta(days=1)


@dataclass(frozen=True)
class FigurePlant:
    """A site with its calendars, tree and store, at an instant (UTC ms)."""

    store: ReadingStore
    settings: SiteSettings
    library: Library
    now_ms: int

    @property
    def site(self) -> str:
        """The site's id."""
        return self.settings.id

    @cached_property
    def calendar(self) -> Calendar:
        """Slots, days, months and years."""
        return calendar_of(self.settings)

    @cached_property
    def kinds(self) -> PlantCalendar:
        """Which days the plant works."""
        return PlantCalendar.of(self.settings.calendar)

    @cached_property
    def tree(self) -> Tree:
        """Which meter is part of which."""
        return tree_of(self.settings.meters)

    @cached_property
    def today(self) -> date:
        """The local day of the instant."""
        return self.calendar.date_of(self.now_ms)

    @property
    def slot(self) -> Period:
        """The demand interval."""
        return "15m" if self.settings.slot_minutes == 15 else "30m"

    @cached_property
    def electric(self) -> tuple[str, ...]:
        """The site, then its meters of electricity."""
        own = (meter.id for meter in self.settings.meters if meter.medium == ELECTRICITY)
        return (SITE_METER, *own)

    @cached_property
    def measured(self) -> frozenset[str]:
        """The meters that send readings of their own."""
        return frozenset(meter.id for meter in self.settings.meters if not meter.virtual)

    @cached_property
    def production(self) -> tuple[str, ...]:
        """The meters that count what is made."""
        return tuple(m.id for m in self.settings.meters if m.medium == PRODUCTION)

    @cached_property
    def circuits(self) -> tuple[str, ...]:
        """The circuits right below the intake; where there are none, the intakes themselves."""
        shape = self.tree.on(self.today)
        below = [name for top in shape.top for name in (shape.branches.get(top) or (top,))]
        return tuple(dict.fromkeys(name for name in below if name in self.electric))

    @cached_property
    def leaves(self) -> tuple[str, ...]:
        """The circuits that are nobody's parent: none of them counts another's energy."""
        shape = self.tree.on(self.today)
        parents = set(shape.parents.values())
        return tuple(m for m in self.electric[1:] if m in shape.parents and m not in parents)

    def name_of(self, meter: str) -> str:
        """The name people read of a meter."""
        return next((m.name for m in self.settings.meters if m.id == meter), meter)

    def english_name_of(self, meter: str) -> str:
        """The name of a meter on English pages."""
        own = (m.name_en for m in self.settings.meters if m.id == meter)
        return next(own, "") or self.name_of(meter)

    def of_passed(self, share: float, day: date) -> float:
        """A share of a local day as one of what has passed of it, but for the newest half hour.

        Until a day is over the rest of it is no gap, nor are readings that are on their way.
        """
        if day < self.today - A_DAY:
            return share
        window = self.window(day, day + A_DAY)
        passed_ms = min(self.now_ms, window.end_ms) - SLOT_MS - window.start_ms
        if self.now_ms >= window.end_ms + SLOT_MS:
            return share
        if passed_ms <= 0:
            return 1.0
        return min(1.0, share * (window.end_ms - window.start_ms) / passed_ms)

    @cached_property
    def _groups(self) -> dict[date, Group]:
        return {}

    def group(self, day: date) -> Group:
        """The group of a local day."""
        found = self._groups.get(day)
        if found is None:
            found = self._groups[day] = GROUPS[self.kinds.day_type(day).kind]
        return found

    def groups(self, first: date, end: date) -> dict[date, Group]:
        """The group of each local day from ``first`` to before ``end``."""
        days = (first + number * A_DAY for number in range((end - first).days))
        return {day: self.group(day) for day in days}

    def window(self, first: date, end: date) -> Window:
        """The stretch of local days, end excluded."""
        zone = self.settings.zone
        return Window(midnight_ms(zone, first), midnight_ms(zone, end))

    def profiles(self, meter: str, first: date, end: date) -> dict[date, Kw48]:
        """The stored days of the heat map."""
        span = self.window(first, end)
        rows = self.store.read_rows(LOAD_DAY, self.site, meter, span.start_ms, span.end_ms)
        return {self.calendar.date_of(row.at_ms): kw_of(row.fields) for row in rows}

    def loads(self, meter: str, first: date, end: date) -> Mapping[date, DayLoad]:
        """The days as their stored half hours tell."""
        span = self.window(first, end)
        columns = self.store.read_total_columns(
            *(self.site, meter, "30m", SLOT_FIELDS), span.start_ms, span.end_ms
        )
        return day_loads(self.calendar, columns)
