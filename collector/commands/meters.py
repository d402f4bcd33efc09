"""`collector meters`: the meters of a site, what their counters did, and a person's word on it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from collector import config
from collector.accounts.period_text import period_of, window_of
from collector.app import Collector
from collector.commands import meter_corrections, meter_imports
from collector.commands.explain import PeriodArgument
from collector.commands.meter_places import (
    ELECTRICITY,
    END_OF_TIME_MS,
    MeterArgument,
    Place,
    SiteArgument,
    counted,
    iso,
    local,
    place_named,
)
from collector.commands.terminal import (
    DEFAULT_CONFIG,
    ConfigOption,
    JsonOption,
    day_named,
    one_line,
    open_collector,
    out,
    print_json,
    print_table,
    site_named,
)
from collector.errors import CollectorError
from collector.gather.account_book import today_of
from collector.rollup.counters import CounterEvent
from collector.rollup.energy import PeriodEnergy
from collector.rollup.periods import Calendar, Window, midnight_ms
from collector.rollup.site_calendar import calendar_of
from collector.rollup.site_tree import tree_of
from collector.rollup.sums import energy_of
from collector.rollup.tree_energy import Balance, balance
from collector.site_config import MeterSettings, SiteSettings
from collector.state.identities import Identity
from collector.summarise.series import curve_of
from edge_agent.process.verb_group import verb_group

app = verb_group(no_args_is_help=True, help="Meters: list, events, corrections, files, balance.")
app.command("correct")(meter_corrections.correct)
app.command("replaced")(meter_corrections.replaced)
app.command("corrections")(meter_corrections.corrections)
app.command("take-back")(meter_corrections.take_back)
app.command("import")(meter_imports.import_)
app.command("imports")(meter_imports.imports)
app.command("undo")(meter_imports.undo)


@dataclass(frozen=True, slots=True)
class _Listed:
    """A meter with what is known of it."""

    place: Place
    parent: str | None
    last: tuple[int, float] | None
    identity: Identity | None

    @property
    def counter(self) -> float | None:
        """What the counter stands at, in the meter's unit."""
        return None if self.last is None else self.place.amount(self.last[1])


@app.command("list")
def list_(
    site: Annotated[str, typer.Argument(help="One site only.")] = "",
    path: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
) -> None:
    """List the meters: what each is part of today, its counter, serial number and ratio."""
    with one_line(), open_collector(config.load(path)) as collector:
        settings = collector.settings
        sites = (site_named(settings, site),) if site else settings.sites
        found = [listed for one in sites for listed in _listed(collector, one)]
        if as_json:
            print_json({"meters": [_listed_row(listed) for listed in found]})
        elif not found:
            out.print("there are no meters in the settings: add [[sites.meters]]", markup=False)
        else:
            for table in _listed_tables(found):
                print_table(table)


@app.command()
def events(
    site: SiteArgument,
    meter: MeterArgument,
    first: Annotated[str, typer.Option("--from", help="First day: 2026-04-01.")] = "",
    last: Annotated[str, typer.Option("--to", help="Last day, included.")] = "",
    path: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
) -> None:
    """List what was decided on a meter's counter: when, what, the energy booked, and why."""
    with one_line(), open_collector(config.load(path)) as collector:
        place = counted(place_named(collector.settings, site, meter))
        window = _window(collector, place, first, last)
        found = list(_events(collector, place, window)) if window else []
        if as_json:
            rows = [_event_row(event, place) for event in found]
            print_json({"site": site, "meter": meter, "unit": place.unit, "events": rows})
        elif window is None:
            out.print(f"{meter} has no readings", markup=False)
        elif not found:
            out.print(f"the counter of {meter} did nothing but count", markup=False)
        else:
            _show_events(found, place)


@app.command("balance")
def balance_(
    site: SiteArgument,
    period: PeriodArgument,
    path: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
) -> None:
    """Check every parent against the sum of its children.

    Exit code 1 when one of them is off by more than its settings allow.
    """
    with one_line(), open_collector(config.load(path)) as collector:
        of_site = site_named(collector.settings, site)
        calendar = calendar_of(of_site)
        span = period_of(period, calendar)
        found = dict(_balances(collector, of_site, calendar, window_of(span, calendar)))
        if as_json:
            rows = [_balance_row(parent, held) for parent, held in found.items()]
            print_json({"site": site, "period": str(span), "balances": rows})
        elif not found:
            out.print("no meter of this site is part of another", markup=False)
        else:
            _show_balances(found)
    if any(held is not None and not held.within for held in found.values()):
        raise typer.Exit(1)


# The list.


def _listed(collector: Collector, site: SiteSettings) -> Iterator[_Listed]:
    calendar = calendar_of(site)
    parents = tree_of(site.meters).parents(today_of(site))
    for meter in site.meters:
        place = Place(site, meter, calendar)
        last = collector.store.last_before(*place.key, END_OF_TIME_MS)
        history = collector.state.identities.history(site.id, meter.id)
        identity = history[-1] if history else None
        yield _Listed(place, parents.get(meter.id), last, identity)


def _listed_row(listed: _Listed) -> dict[str, Any]:
    site, meter, last, identity = (
        *(listed.place.site, listed.place.meter),
        *(listed.last, listed.identity),
    )
    return {
        "site": site.id,
        "meter": meter.id,
        "name": meter.name,
        "medium": meter.medium,
        "unit": listed.place.unit,
        "parent": listed.parent,
        "virtual": meter.virtual,
        "last_reading_at": None if last is None else iso(last[0], site),
        "last_reading": None if last is None else last[1],
        "quantity": meter.quantity,
        "counter": listed.counter,
        "serial": None if identity is None else identity.serial or None,
        "ratio": None if identity is None else identity.ratio,
        "since": None if identity is None else iso(identity.from_ms, site),
    }


def _listed_tables(found: Iterable[_Listed]) -> Iterator[Table]:
    for site, held in groupby(found, key=lambda listed: listed.place.site):
        table = Table(title=site.id)
        for heading in ("meter", "part of", "last reading"):
            table.add_column(heading, no_wrap=True)
        table.add_column("counter", justify="right", no_wrap=True)
        table.add_column("serial, ratio")
        for listed in held:
            reading = _last_reading(listed, site)
            table.add_row(_names(listed.place.meter), listed.parent or "", *reading)
        yield table


def _names(meter: MeterSettings) -> str:
    # One below the other: beside each other they leave no room for the counter on 80 columns.
    return meter.id if meter.name == meter.id else f"{meter.id}\n{meter.name}"


def _last_reading(listed: _Listed, site: SiteSettings) -> tuple[str, str, str]:
    known = _identity(listed.identity)
    if listed.last is None or listed.counter is None:
        return "computed" if listed.place.meter.virtual else "none yet", "", known
    counter = f"{listed.counter:,.3f} {listed.place.unit}"
    return local(listed.last[0], site)[:16], counter, known


def _identity(identity: Identity | None) -> str:
    if identity is None:
        return ""
    ratio = "" if identity.ratio is None else f" x{identity.ratio:g}"
    return f"{identity.serial}{ratio}".strip()


# Events.


def _window(collector: Collector, place: Place, first: str, last: str) -> Window | None:
    """The days asked for, or all there are readings for; None without readings."""
    oldest = collector.store.first_from(*place.key, 0)
    newest = collector.store.last_before(*place.key, END_OF_TIME_MS)
    if oldest is None or newest is None:
        return None
    zone = place.site.zone
    start_ms = midnight_ms(zone, day_named(first)) if first else oldest[0]
    end_ms = newest[0] + 1
    if last:
        end_ms = midnight_ms(zone, day_named(last) + timedelta(days=1))
    if last and first and end_ms <= start_ms:
        raise CollectorError(f"--to {last} is before --from {first}", "exchange them")
    if end_ms <= start_ms:
        read = f"its readings: {local(oldest[0], place.site)} to {local(newest[0], place.site)}"
        raise CollectorError(f"{place.meter.id} has no readings in these days", read)
    return Window(start_ms, end_ms)


def _events(collector: Collector, place: Place, window: Window) -> Iterator[CounterEvent]:
    curve = curve_of(collector.store, collector.evidence, place.site.id, place.meter, window)
    return (event for event in curve.events if window.start_ms <= event.at_ms < window.end_ms)


def _event_row(event: CounterEvent, place: Place) -> dict[str, Any]:
    return {
        "at": iso(event.at_ms, place.site),
        "kind": event.kind,
        "booked": event.booked_milli_wh / place.milli_per_unit,
        "low": place.of_milli(event.low_milli_wh),
        "high": place.of_milli(event.high_milli_wh),
        "ruled": event.ruled,
        "reason": event.reason,
    }


def _show_events(found: Iterable[CounterEvent], place: Place) -> None:
    table = Table("at", "event")
    for heading in (f"booked {place.unit}", "at least", "at most"):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("decided by", overflow="fold")
    held = list(found)
    for event in held:
        milli = (event.booked_milli_wh, event.low_milli_wh, event.high_milli_wh)
        shown = ("" if (n := place.of_milli(m)) is None else f"{n:,.3f}" for m in milli)
        by = "a person" if event.ruled else "the engine"
        table.add_row(local(event.at_ms, place.site), event.kind, *shown, by)
    print_table(table)
    for event in held:
        line = f"{local(event.at_ms, place.site)} {event.kind}: {event.reason}"
        out.print(line, markup=False)


# The balance.


def _balances(
    collector: Collector, site: SiteSettings, calendar: Calendar, whole: Window
) -> Iterator[tuple[str, Balance | None]]:
    tree = tree_of(site.meters)
    days = [
        datetime.fromtimestamp(w.start_ms / 1000, site.zone).date()
        for w in calendar.windows("1d", whole)
    ]
    parents = {parent for day in days for parent in tree.branches(day)}
    slots = {meter.id: _slots(collector, site, meter, calendar, whole) for meter in site.meters}
    for parent in sorted(parents):
        yield parent, balance(parent, slots, tree, calendar, whole)


def _slots(
    collector: Collector,
    site: SiteSettings,
    meter: MeterSettings,
    calendar: Calendar,
    whole: Window,
) -> dict[int, PeriodEnergy]:
    if meter.medium != ELECTRICITY:
        return {}
    totals = collector.store.read_totals(site.id, meter.id, "30m", whole.start_ms, whole.end_ms)
    return {
        total.start_ms: energy_of(total, calendar.window("30m", total.start_ms).end_ms)
        for total in totals
    }


def _balance_row(parent: str, held: Balance | None) -> dict[str, Any]:
    return {
        "parent": parent,
        "parent_kwh": None if held is None else held.parent_kwh,
        "children_kwh": None if held is None else held.children_kwh,
        "difference_kwh": None if held is None else held.difference_kwh,
        "difference_percent": None if held is None else held.difference_percent,
        "limit_percent": None if held is None else held.limit_percent,
        "within": None if held is None else held.within,
        "compared": 0.0 if held is None else held.coverage,
    }


def _show_balances(found: dict[str, Balance | None]) -> None:
    table = Table()
    table.add_column("parent", no_wrap=True)
    for heading in ("kWh", "children kWh", "apart kWh", "apart"):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("")
    for parent, held in found.items():
        table.add_row(parent, *(_balance_cells(held) if held else ("", "", "", "", "no data")))
    print_table(table)
    for parent, held in found.items():
        if held is not None and held.coverage < 1:
            known = f"compared over {held.coverage:.1%} of the time, where all of them are known"
            out.print(f"{parent}: {known}", markup=False)


def _balance_cells(held: Balance) -> tuple[str | Text, ...]:
    kwh = (f"{held.parent_kwh:,.3f}", f"{held.children_kwh:,.3f}", f"{held.difference_kwh:+,.3f}")
    percent = "" if held.difference_percent is None else f"{held.difference_percent:+.2f}%"
    word, colour = ("within", "green") if held.within else ("off", "red")
    return (*kwh, percent, Text(f"{word} {held.limit_percent:g}%", style=colour))
