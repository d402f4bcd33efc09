"""`collector explain`: how a site's figures came about, from counters to kilograms."""

from __future__ import annotations

from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer

from collector import config
from collector.accounts.amounts import plain
from collector.accounts.derivation import (
    Agreement,
    CounterValue,
    MeterDerivation,
    SlotCounts,
    faults_of,
)
from collector.accounts.view import account_view
from collector.commands.account_text import (
    figure,
    instant,
    show_account,
    show_answer,
    show_meters,
    slots_text,
)
from collector.commands.derive import Explanation, explain_period
from collector.commands.terminal import (
    DEFAULT_CONFIG,
    ConfigOption,
    JsonOption,
    day_named,
    err,
    one_line,
    open_collector,
    out,
    print_json,
)
from collector.gather.account_book import checked_site, span_of
from collector.rollup.carbon import energy_kwh

PERIOD_HELP = "2026-11-03, 2026-11, FY2026, 2026, or FROM/TO with both days included."
SiteArgument = Annotated[str, typer.Argument(help="The id of a site.")]
PeriodArgument = Annotated[str, typer.Argument(help=PERIOD_HELP)]
KnownOnOption = Annotated[
    str | None,
    typer.Option("--known-on", help="As known on this day: YYYY-MM-DD. Left out: all there is."),
]


def explain(
    site_name: SiteArgument,
    period: PeriodArgument,
    path: ConfigOption = DEFAULT_CONFIG,
    known_on: KnownOnOption = None,
    as_json: JsonOption = False,
) -> None:
    """Print the whole derivation of a period: counters, events, kWh, factors, kilograms.

    Exit code 1 when figures that must be the same are not.
    """
    with one_line():
        settings = config.load(path)
        site = checked_site(settings, site_name)
        span = span_of(site, period)
        day = day_named(known_on) if known_on else None
        with open_collector(settings) as collector:
            found = explain_period(collector, site, span, day)
    if as_json:
        print_json(explanation_view(found, site.zone))
    else:
        _show(found, site.zone)
    if not found.agrees:
        raise typer.Exit(1)


def explanation_view(found: Explanation, zone: ZoneInfo) -> dict[str, Any]:
    """The derivation as JSON values; energies and kilograms are exact decimal text."""
    return {
        "site": found.site,
        "period": str(found.span),
        "from": instant(found.window.start_ms, zone),
        "to": instant(found.window.end_ms, zone),
        "meters": [_meter_view(meter, zone) for meter in found.meters],
        "slots": _slots_view(found.slots),
        "kwh": plain(found.account.kwh),
        "unmeasured_kwh": _kwh(found.unmeasured_milli_wh),
        "account": account_view(found.account),
        "checks": [_check_view(pair) for pair in found.agreements],
        "agrees": found.agrees,
        "notes": list(found.notes),
        "pending": found.pending,
    }


def _meter_view(meter: MeterDerivation, zone: ZoneInfo) -> dict[str, Any]:
    return {
        "meter": meter.meter,
        "name": meter.name,
        "parent": meter.parent,
        "formula": meter.formula,
        "first": _value_view(meter.first, zone),
        "last": _value_view(meter.last, zone),
        "kwh": _kwh(meter.milli_wh),
        "estimated_kwh": _kwh(meter.estimated_milli_wh),
        "stored_kwh": _kwh(meter.stored_milli_wh),
        "slots": _slots_view(meter.slots),
        "events": [
            {
                "at": instant(event.at_ms, zone),
                "kind": event.kind,
                "kwh_booked": _kwh(event.booked_milli_wh),
                "kwh_low": _kwh(event.low_milli_wh),
                "kwh_high": _kwh(event.high_milli_wh),
                "reason": event.reason,
                "ruled": event.ruled,
            }
            for event in meter.events
        ],
    }


def _value_view(value: CounterValue | None, zone: ZoneInfo) -> dict[str, Any] | None:
    return None if value is None else {"at": instant(value.at_ms, zone), "wh": value.wh}


def _slots_view(slots: SlotCounts) -> dict[str, int]:
    return {
        "measured": slots.measured,
        "estimated": slots.estimated,
        "partial": slots.partial,
        "missing": slots.missing,
    }


def _check_view(pair: Agreement) -> dict[str, Any]:
    return {
        "what": pair.what,
        "one": pair.one,
        "other": pair.other,
        "unit": pair.unit,
        "agrees": pair.agrees,
    }


def _kwh(milli_wh: int | None) -> str | None:
    return None if milli_wh is None else plain(energy_kwh(milli_wh))


def _show(found: Explanation, zone: ZoneInfo) -> None:
    show_answer(found.account)
    show_meters(found.meters, zone)
    unmeasured = found.unmeasured_milli_wh
    if unmeasured is not None:
        out.print(f"unmeasured: {figure(energy_kwh(unmeasured))} kWh", markup=False)
    out.print(f"site: slots: {slots_text(found.slots)}", markup=False)
    show_account(found.account)
    for note in found.notes:
        out.print(f"! {note}", markup=False)
    if found.pending:
        out.print(f"! {found.pending} stretches are not summed yet: collector summarise")
    faults = faults_of(found.agreements)
    for fault in faults:
        err.print(f"collector: {fault}", markup=False)
    if found.agreements and not faults:
        out.print(f"checked: {len(found.agreements)} figures are the same on both ways to them")
