"""`collector calendar`: which days a plant works, by its own calendar and the public one."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated

import typer
from rich.table import Table

from collector import config
from collector.accounts.period_text import period_of
from collector.calendars.plant_calendar import DayKind, PlantCalendar
from collector.commands.terminal import (
    DEFAULT_CONFIG,
    ConfigOption,
    JsonOption,
    one_line,
    out,
    print_json,
    site_named,
)
from collector.rollup.site_calendar import calendar_of

LONGEST_DAYS = 62
"""More days than this are counted, not listed, on the screen."""


@dataclass(frozen=True, slots=True)
class _Day:
    day: date
    kind: DayKind
    works: bool
    name: str


def calendar(
    site: Annotated[str, typer.Argument(help="The id of a site in the settings.")],
    period: Annotated[str, typer.Argument(help="2026-05, FY2026, 2026 or FROM/TO.")],
    path: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
) -> None:
    """Show which days a site works, which it is closed, and why."""
    with one_line():
        found = site_named(config.load(path), site)
        span = period_of(period, calendar_of(found))
        plant = PlantCalendar.of(found.calendar)
    days = [_typed(plant, span.first + timedelta(days=n)) for n in range(span.length)]
    counts = Counter(day.kind for day in days)
    working = sum(day.works for day in days)
    if as_json:
        print_json({"site": site, "working_days": working, "kinds": counts, "days": days})
        return
    out.print(f"[bold]{working:,}[/] working days of {len(days):,}  {site}  {period}")
    out.print(", ".join(f"{kind} {count:,}" for kind, count in counts.items()))
    if len(days) <= LONGEST_DAYS:
        out.print(_table(days))


def _typed(plant: PlantCalendar, day: date) -> _Day:
    found = plant.day_type(day)
    return _Day(day, found.kind, plant.works(day), found.name)


def _table(days: list[_Day]) -> Table:
    table = Table()
    for heading in ("day", "", "kind", "holiday"):
        table.add_column(heading, overflow="fold")
    for day in days:
        style = "" if day.works else "dim"
        table.add_row(str(day.day), f"{day.day:%a}", day.kind, day.name, style=style)
    return table
