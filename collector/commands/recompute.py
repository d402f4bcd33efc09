"""`collector recompute`: book CO2 and cost anew where knowledge has changed and energy has not."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer
from rich.table import Table

from collector import config
from collector.commands.terminal import (
    DEFAULT_CONFIG,
    ConfigOption,
    JsonOption,
    err,
    one_line,
    open_collector,
    print_json,
    print_table,
    site_named,
)
from collector.errors import CollectorError
from collector.summarise.rebook import RebookReport

FromOption = Annotated[
    datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="First day.")
]
ToOption = Annotated[
    datetime | None, typer.Option("--to", formats=["%Y-%m-%d"], help="Last day, included.")
]
CostOption = Annotated[bool, typer.Option("--cost", help="Book energy cost anew as well.")]
SiteOption = Annotated[str, typer.Option("--site", help="One site; left out: all of them.")]


def recompute(
    path: ConfigOption = DEFAULT_CONFIG,
    site: SiteOption = "",
    first: FromOption = None,
    last: ToOption = None,
    cost: CostOption = False,
    as_json: JsonOption = False,
) -> None:
    """Book CO2 anew with the contracts and factors held now; closed periods keep their figures.

    Needs no raw readings: it works from the stored days, and for cost from their slots.
    """
    days = first and first.date(), last and last.date()
    with one_line(), open_collector(config.load(path)) as collector:
        if days[0] and days[1] and days[1] < days[0]:
            raise CollectorError(f"--to {days[1]} is before --from {days[0]}", "exchange them")
        held = collector.settings.sites
        chosen = [site_named(collector.settings, site)] if site else held
        reports = {one.id: collector.rebook(one, *days, cost=cost) for one in chosen}
    if as_json:
        print_json(reports)
    else:
        _show(reports)
    if any(report.faults for report in reports.values()):
        raise typer.Exit(1)


def _show(reports: dict[str, RebookReport]) -> None:
    table = Table()
    table.add_column("site", overflow="fold")
    for heading in ("meter days", "totals changed", "kg CO2 before", "kg CO2 after"):
        table.add_column(heading, justify="right", no_wrap=True)
    for site, report in reports.items():
        kg = (_kg(report.co2_kg_before), _kg(report.co2_kg_after))
        table.add_row(site, f"{report.days:,}", f"{report.totals_changed:,}", *kg)
    print_table(table)
    for report in reports.values():
        for note in report.notes:
            err.print(f"note: {note}", markup=False)
        for fault in report.faults:
            err.print(f"collector: {fault}", markup=False)


def _kg(figure: float | None) -> str:
    return "none" if figure is None else f"{figure:,.1f}"
