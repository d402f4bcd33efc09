"""`collector summarise`: totals brought up to date, or days computed again."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from datetime import date, datetime
from typing import Annotated

import typer
from rich.table import Table

from collector import config
from collector.app import Collector
from collector.commands.terminal import (
    DEFAULT_CONFIG,
    ConfigOption,
    JsonOption,
    err,
    one_line,
    open_collector,
    out,
    print_json,
)
from collector.errors import CollectorError
from collector.rollup.totals import SITE_METER, UNMEASURED_METER
from collector.summarise import SummariseReport

FromOption = Annotated[
    datetime | None,
    typer.Option("--from", formats=["%Y-%m-%d"], help="First day to compute again."),
]
ToOption = Annotated[
    datetime | None, typer.Option("--to", formats=["%Y-%m-%d"], help="Last day, included.")
]


def summarise(
    path: ConfigOption = DEFAULT_CONFIG,
    first: FromOption = None,
    last: ToOption = None,
    as_json: JsonOption = False,
) -> None:
    """Bring the totals up to date; with --from or --to, compute those days again.

    The figures that boards and alerts show are made from them at once.
    """
    from_day, to_day = first and first.date(), last and last.date()
    with one_line(), open_collector(config.load(path)) as collector:
        if from_day and to_day and to_day < from_day:
            raise CollectorError(f"--to {to_day} is before --from {from_day}", "exchange them")
        if from_day or to_day:
            collector.mark(from_day, to_day)
        report = collector.summarise_once()
        collector.figures_once()
        if as_json:
            print_json(dataclasses.asdict(report))
        else:
            _show(report, _rows(collector, from_day, to_day))
    if report.faults:
        raise typer.Exit(1)


def _rows(
    collector: Collector, first: date | None, last: date | None
) -> Iterator[tuple[str, str, float, float | None, float]]:
    """Answer site, meter, kWh, kg CO2 and mean coverage of each meter over the days."""
    for site in collector.settings.sites:
        from_ms, to_ms = collector.span_ms(site, first, last)
        meters = [meter.id for meter in site.meters]
        for meter in [*meters, UNMEASURED_METER, SITE_METER]:
            days = collector.store.read_totals(site.id, meter, "1d", from_ms, to_ms)
            if not days:
                continue
            # Days without a factor leave the sum without one: a part must not look like a whole.
            co2 = [day.co2_kg for day in days if day.co2_kg is not None]
            co2_kg = sum(co2) if len(co2) == len(days) else None
            coverage = sum(day.coverage for day in days) / len(days)
            kwh = sum(day.kwh for day in days)
            yield site.id, meter, kwh, co2_kg, coverage


_SUMS = {SITE_METER: "(whole site)", UNMEASURED_METER: "(unmeasured)"}


def _show(
    report: SummariseReport, rows: Iterator[tuple[str, str, float, float | None, float]]
) -> None:
    table = Table()
    table.add_column("site", overflow="fold")
    table.add_column("meter", overflow="fold")
    for heading in ("kWh", "kg CO2", "coverage"):
        table.add_column(heading, justify="right", no_wrap=True)
    for site, meter, kwh, co2_kg, coverage in rows:
        co2 = "" if co2_kg is None else f"{co2_kg:,.1f}"
        name = _SUMS.get(meter, meter)
        table.add_row(site, name, f"{kwh:,.1f}", co2, f"{coverage:.1%}")
    out.print(table)
    out.print(f"{report.windows} windows computed, {report.totals_written} totals written")
    for event in report.events:
        out.print(event, markup=False)
    for note in report.notes:
        err.print(f"note: {note}", markup=False)
    for fault in report.faults:
        err.print(f"collector: {fault}", markup=False)
