"""What somebody wants out of the store: which meters of a site, which days, which kind of series.

Blocks come a month of a meter at a time, so that years of many meters never fill the memory.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from collector.errors import CollectorError
from collector.rollup.members import ELECTRICITY
from collector.rollup.periods import SLOT_PERIODS_MS, Calendar, Window, midnight_ms
from collector.rollup.site_calendar import calendar_of
from collector.rollup.totals import PERIODS, SITE_METER, UNMEASURED_METER, Period
from collector.series.kinds import Amounts, Days, Readings, Series, SeriesRow, Totals
from collector.site_config import SiteSettings
from collector.storage.port import ReadingStore
from edge_agent.contract.quantity import QUANTITIES

What = Literal["totals", "slots", "days", "readings", "amounts", "completeness"]
SERIES_NAMES: tuple[What, ...] = ("totals", "slots", "days", "readings", "amounts", "completeness")
PSEUDO_METERS = {SITE_METER: ("全体", "Whole site"), UNMEASURED_METER: ("未計測分", "Unmeasured")}


@dataclass(frozen=True, slots=True)
class Wanted:
    """A series of some meters of a site over local days ``first`` to ``end`` (excluded)."""

    site: SiteSettings
    meters: tuple[str, ...]
    first: date
    end: date
    what: What
    series: Series

    @property
    def calendar(self) -> Calendar:
        """The site's calendar."""
        return calendar_of(self.site)

    @property
    def span(self) -> Window:
        """The days as instants (UTC ms)."""
        zone = self.site.zone
        return Window(midnight_ms(zone, self.first), midnight_ms(zone, self.end))

    def name_of(self, meter: str) -> str:
        """The name people read of a meter."""
        if meter in PSEUDO_METERS:
            return PSEUDO_METERS[meter][0]
        return next((m.name for m in self.site.meters if m.id == meter), meter)

    def blocks(self) -> Iterator[tuple[str, Sequence[SeriesRow]]]:
        """Each meter with its rows, a stretch at a time: holes are rows without figures."""
        for meter in self.meters:
            for span in self._stretches():
                yield meter, _filled(self.series, meter, span)

    def _stretches(self) -> Iterator[Window]:
        if isinstance(self.series, Readings):
            yield from self.calendar.windows("1d", self.span)
        elif isinstance(self.series, Totals | Amounts) and self.series.period in SLOT_PERIODS_MS:
            for month in self.calendar.windows("1mo", self.span):
                start_ms = max(month.start_ms, self.span.start_ms)
                yield Window(start_ms, min(month.end_ms, self.span.end_ms))
        else:
            yield self.span


def wanted(
    store: ReadingStore,
    site: SiteSettings,
    what: str,
    days: tuple[date, date],
    meters: Sequence[str] = (),
    period: str = "",
    quantities: Sequence[str] = (),
) -> Wanted:
    """What is asked for in words; ``days`` is the first and the one after the last.

    Without ``meters`` all that have such a series. Raises ``CollectorError`` with a hint for a
    word that is not known, and where no whole period lies in the days.
    """
    first, end = days
    if end <= first:
        raise CollectorError(f"{first} to {end} has no day", "choose a later last day")
    kind = what_named(what)
    names = _meters(site, kind, meters)
    if kind == "readings":
        asked = tuple(quantities) or _held(store, site, names, days)
        series: Series = Readings(store, site.id, tuple(map(quantity_named, asked)))
    else:
        series = _series(store, site, kind, period)
    found = Wanted(site, names, first, end, kind, series)
    grid = series.grid(found.span)
    if grid is not None and next(grid, None) is None:
        raise CollectorError(f"no whole {period} lies from {first} to {end}", "choose more days")
    return found


def what_named(text: str) -> What:
    """The kind of that name. Raises ``CollectorError`` with those there are."""
    for what in SERIES_NAMES:
        if what == text:
            return what
    raise CollectorError(f"{text} is not a kind of series", f"one of {', '.join(SERIES_NAMES)}")


def period_named(text: str, site: SiteSettings) -> Period:
    """The period of that name, as the site has it.

    Raises ``CollectorError`` for an unknown one, and for shift days or quarter hours where the
    site's settings have none.
    """
    calendar = calendar_of(site)
    slot: Period = "15m" if site.slot_minutes == 15 else "30m"
    there = {slot, *(level for level, _ in calendar.levels())}
    if text in there:
        return next(period for period in PERIODS if period == text)
    listed = ", ".join(period for period in PERIODS if period in there)
    raise CollectorError(f"{text} is not a period of {site.id}", f"one of {listed}")


def quantity_named(text: str) -> str:
    """The quantity of that name. Raises ``CollectorError`` with how to find one."""
    if text not in QUANTITIES:
        hint = "for example active_power_w or active_energy_import_wh"
        raise CollectorError(f"{text} is not a quantity of readings", hint)
    return text


def meters_of(site: SiteSettings, what: What) -> tuple[str, ...]:
    """The meters of a site that have such a series, and what stands for several of them."""
    if what == "amounts":
        return tuple(m.id for m in site.meters if m.medium != ELECTRICITY)
    if what in ("readings", "completeness"):
        return tuple(m.id for m in site.meters if not m.virtual)
    electric = (m.id for m in site.meters if m.medium == ELECTRICITY)
    return (*electric, SITE_METER, UNMEASURED_METER)


def _meters(site: SiteSettings, what: What, asked: Sequence[str]) -> tuple[str, ...]:
    there = meters_of(site, what)
    for meter in asked:
        if meter not in there:
            listed = ", ".join(there) or "none"
            raise CollectorError(f"{site.id} has no {what} of a meter {meter}", f"it has: {listed}")
    if not there:
        raise CollectorError(f"{site.id} has no meter with {what}", "choose another --what")
    return tuple(dict.fromkeys(asked)) or there


def _series(store: ReadingStore, site: SiteSettings, what: What, period: str) -> Series:
    calendar = calendar_of(site)
    if what == "completeness":
        _only(period, "1d", what)
        return Days(store, site.id, calendar)
    if what == "amounts":
        return Amounts(store, site.id, calendar, period_named(period or "1d", site))
    slot = f"{site.slot_minutes}m"
    if what in ("slots", "days"):
        own = slot if what == "slots" else "1d"
        _only(period, own, what)
        return Totals(store, site.id, calendar, period_named(own, site))
    return Totals(store, site.id, calendar, period_named(period or "1mo", site))


def _only(period: str, own: str, what: What) -> None:
    if period not in ("", own):
        raise CollectorError(f"{what} are of {own}, not {period}", "use totals with --period")


def _held(
    store: ReadingStore, site: SiteSettings, meters: Sequence[str], days: tuple[date, date]
) -> tuple[str, ...]:
    from_ms, to_ms = (midnight_ms(site.zone, day) for day in days)
    found = tuple(
        quantity
        for quantity in QUANTITIES
        if any(
            sample is not None and sample[0] < to_ms
            for sample in (store.first_from(site.id, meter, quantity, from_ms) for meter in meters)
        )
    )
    if not found:
        hint = "raw readings are kept for a while only: choose later days, or slots"
        raise CollectorError(f"no reading of {site.id} is stored in these days", hint)
    return found


def _filled(series: Series, meter: str, span: Window) -> Sequence[SeriesRow]:
    stored, grid = series.read(meter, span), series.grid(span)
    if grid is None:
        return stored
    by_start = {row.start_ms: row for row in stored}
    hole = series.hole()
    return [
        by_start.get(window.start_ms) or SeriesRow(window.start_ms, window.end_ms, hole)
        for window in grid
    ]
