"""What the demo shows in the terminal: a bar for the past, a table for the present."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.console import Console, Group
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

ENERGY = "#0072B2"
CO2 = "#009E73"
ALARM = "#D55E00"


@dataclass(frozen=True, slots=True)
class MeterLine:
    """One meter as the live table shows it; None where nothing is known yet."""

    name: str
    power_kw: float | None
    today_kwh: float | None
    today_co2_kg: float | None
    provisional: bool
    age_s: float | None
    quality: str


@dataclass(frozen=True, slots=True)
class PipelineLine:
    """How far the readings have come."""

    outbox_depth: int
    messages: int
    stored: int
    fault: str


def progress(console: Console) -> Progress:
    """The bar of the replayed past."""
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(bar_width=None, complete_style=ENERGY, finished_style=ENERGY),
        TextColumn("{task.percentage:>3.0f} %"),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
        console=console,
    )


def live_view(title: str, meters: Sequence[MeterLine], pipeline: PipelineLine) -> Group:
    """The live table: figures by meter, the pipeline's state below it."""
    table = Table(title=title, title_justify="left", expand=False)
    table.add_column("Meter")
    for heading in ("kW", "kWh today", "kg CO2 today", "age"):
        table.add_column(heading, justify="right")
    table.add_column("quality")
    for line in meters:
        table.add_row(
            line.name,
            _number(line.power_kw, 1, ENERGY),
            _number(line.today_kwh, 1, ENERGY),
            _number(line.today_co2_kg, 1, CO2),
            _age(line.age_s),
            line.quality,
        )
    flow = (
        f"outbox {pipeline.outbox_depth:,}   messages {pipeline.messages:,}   "
        f"stored {pipeline.stored:,} readings"
    )
    parts: list[Table | Text] = [table, Text(flow)]
    if any(line.provisional for line in meters):
        parts.append(Text("CO2 is provisional: another factor stands in for today's", "dim"))
    if pipeline.fault:
        parts.append(Text(pipeline.fault, style=ALARM))
    return Group(*parts)


def _number(value: float | None, digits: int, colour: str) -> Text:
    if value is None:
        return Text("no data", style="dim")
    return Text(f"{value:,.{digits}f}", style=colour)


def _age(age_s: float | None) -> Text:
    if age_s is None:
        return Text("never", style=ALARM)
    return Text(f"{age_s:.0f} s", style=ALARM if age_s > 10 else "")
