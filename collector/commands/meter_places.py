"""What the verbs on meters share: a site's meter by its name, instants as people write them."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

import typer
from rich.table import Table

from collector.app import Collector
from collector.commands.terminal import err, out, print_json, print_table, site_named
from collector.config import CollectorSettings
from collector.errors import CollectorError
from collector.imports.times import DAY_MS, day_number, stamp
from collector.imports.wall_clock import WallClock
from collector.rollup.periods import Calendar, Window
from collector.rollup.site_calendar import calendar_of
from collector.rollup.totals import Total
from collector.site_config import MeterSettings, SiteSettings
from collector.summarise import SummariseReport
from collector.summarise.amounts import read_amounts

END_OF_TIME_MS = 7_258_118_400_000
INSTANT_HINT = "write 2026-04-01T12:00+09:00, or the site's own time: 2026-04-01 12:00"
ELECTRICITY = "electricity"

SiteArgument = Annotated[str, typer.Argument(help="The site's id.")]
MeterArgument = Annotated[str, typer.Argument(help="The meter's id.")]
ByOption = Annotated[str, typer.Option("--by", help="Who says so.")]


@dataclass(frozen=True, slots=True)
class Place:
    """A meter of a site, and the calendar it counts by."""

    site: SiteSettings
    meter: MeterSettings
    calendar: Calendar

    @property
    def key(self) -> tuple[str, str, str]:
        """Site, meter and the counter that is read."""
        return self.site.id, self.meter.id, self.meter.quantity

    @property
    def unit(self) -> str:
        """What its figures are in: kWh, or what a meter of another medium counts."""
        return "kWh" if self.meter.medium == ELECTRICITY else self.meter.unit or "units"

    @property
    def milli_per_unit(self) -> int:
        """Milli-Wh a kWh, or thousandths a unit of another medium."""
        return 1_000_000 if self.meter.medium == ELECTRICITY else 1_000

    def of_milli(self, milli: int | None) -> float | None:
        """Milli-Wh, or thousandths of another medium's unit, in the meter's unit."""
        return None if milli is None else milli / self.milli_per_unit

    def amount(self, counts: float) -> float:
        """What so many counts stand for: kWh, or the unit of another medium."""
        whole = counts * self.meter.unit_per_count
        return whole / 1000 if self.meter.medium == ELECTRICITY else whole


def place_named(settings: CollectorSettings, site_name: str, meter_name: str) -> Place:
    """The meter of that id. Raises ``CollectorError`` with the nearest id when there is none."""
    site = site_named(settings, site_name)
    for meter in site.meters:
        if meter.id == meter_name:
            return Place(site, meter, calendar_of(site))
    ids = [meter.id for meter in site.meters]
    near = difflib.get_close_matches(meter_name, ids, n=1)
    hint = f"did you mean {near[0]}?" if near else f"its meters: {', '.join(ids) or 'none'}"
    raise CollectorError(f"site {site.id} has no meter {meter_name} in the settings", hint)


def counted(place: Place) -> Place:
    """The meter, which has a counter. Raises ``CollectorError`` for one that is computed."""
    if place.meter.virtual:
        of = ", ".join((*place.meter.plus, *place.meter.minus))
        raise CollectorError(
            f"{place.meter.id} is computed from other meters", f"name one of: {of}"
        )
    return place


def instant_named(text: str, site: SiteSettings) -> int:
    """The instant (UTC ms) written with an offset, or in the site's own time.

    Raises ``CollectorError`` for what is no time, and for one the site's clocks skip or repeat.
    """
    try:
        found = stamp(text)
        wall_ms = found.clock_ms + (0 if found.instant else day_number(found, "ymd") * DAY_MS)
    except ValueError as error:
        raise CollectorError(f"--at: {error}", INSTANT_HINT) from error
    if found.instant or found.offset_ms is not None:
        return wall_ms - (found.offset_ms or 0)
    instants = WallClock(site.zone).instants(wall_ms)
    if len(instants) != 1:
        times = "twice" if instants else "never"
        hint = "write it with its offset: 2026-10-25T02:30+02:00"
        raise CollectorError(f"{text} comes {times} in {site.time_zone}", hint)
    return instants[0]


def local(at_ms: int, site: SiteSettings) -> str:
    """The instant as the site's clocks show it."""
    return f"{datetime.fromtimestamp(at_ms / 1000, site.zone):%Y-%m-%d %H:%M:%S}"


def iso(at_ms: int, site: SiteSettings) -> str:
    """The instant in ISO 8601, with the site's offset."""
    return datetime.fromtimestamp(at_ms / 1000, site.zone).isoformat()


# Days before and after.


@dataclass(frozen=True, slots=True)
class DayFigure:
    """What a local day of a meter came to before and after something changed (its unit)."""

    day: str
    before: float | None
    after: float | None


def day_totals(collector: Collector, place: Place, span: Window) -> dict[str, float]:
    """The stored figure of each local day that the span touches, by its date."""
    days = Window(
        place.calendar.day(span.start_ms).start_ms, place.calendar.day(span.end_ms - 1).end_ms
    )
    return {
        place.calendar.date_of(total.start_ms).isoformat(): total.kwh * 1e6 / place.milli_per_unit
        for total in _stored(collector, place, days)
    }


def _stored(collector: Collector, place: Place, days: Window) -> Iterable[Total]:
    site, meter = place.site.id, place.meter.id
    if place.meter.medium == ELECTRICITY:
        return collector.store.read_totals(site, meter, "1d", days.start_ms, days.end_ms)
    return read_amounts(collector.store, site, meter, "1d", days)


def compared(before: dict[str, float], after: dict[str, float]) -> list[DayFigure]:
    """The days of both, in order."""
    return [DayFigure(day, before.get(day), after.get(day)) for day in sorted({*before, *after})]


def recomputed(
    collector: Collector, place: Place, span: Window
) -> tuple[list[DayFigure], SummariseReport]:
    """Compute the span's totals again; answer its days before and after.

    Call it after what changes them has been written, and not before.
    """
    before = day_totals(collector, place, span)
    collector.state.dirty.mark(place.site.id, place.meter.id, span.start_ms, span.end_ms)
    report = collector.summarise_once()
    return compared(before, day_totals(collector, place, span)), report


def show_days(
    document: dict[str, Any],
    said: Iterable[str],
    figures: tuple[list[DayFigure], SummariseReport],
    place: Place,
    as_json: bool,
) -> None:
    """Print what was done and what the days touched came to; faults go to stderr.

    Ends with exit code 1 when the totals could not all be computed.
    """
    days, report = figures
    if as_json:
        print_json({**document, "unit": place.unit, "days": days, "faults": report.faults})
    else:
        for line in said:
            out.print(line, markup=False)
        print_table(_day_table(days, place.unit))
        for fault in report.faults:
            err.print(f"collector: {fault}", markup=False)
    if report.faults:
        raise typer.Exit(1)


def _day_table(days: Iterable[DayFigure], unit: str) -> Table:
    table = Table("day")
    for heading in (f"before {unit}", f"after {unit}", "difference"):
        table.add_column(heading, justify="right", no_wrap=True)
    for day in days:
        table.add_row(day.day, *_figures(day))
    return table


def _figures(day: DayFigure) -> Iterator[str]:
    yield "" if day.before is None else f"{day.before:,.3f}"
    yield "" if day.after is None else f"{day.after:,.3f}"
    yield f"{(day.after or 0.0) - (day.before or 0.0):+,.3f}"
