"""`collector energy`: the counter engine over a logger's file, so that anyone can check a figure.

Needs no settings, no store and no network.
"""

from __future__ import annotations

import gc
import math
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer
from rich.table import Table as Figures

from collector.commands.columns import (
    DateOrderName,
    DateOrderOption,
    DecimalName,
    DecimalOption,
    FileArgument,
    bytes_of,
    date_order_of,
    mark_of,
    zone_named,
)
from collector.commands.terminal import JsonOption, err, one_line, out, print_json, print_table
from collector.errors import StopError
from collector.imports.logged_energy import LoggedEnergy, Stretch, energy_of, logged_counter
from collector.imports.table import Columns, Table, read_table
from collector.rollup.counters import CounterEvent, CounterFacts

MILLI_WH_PER_KWH = 1_000_000
SHOWN_FAULTS = 3
FALLS_OF_A_COUNTER = 0.02
"""Where more of the rows fall than this, the column is hardly a counter's."""


class Register(StrEnum):
    """The counter's register, after whose last count it begins again at zero."""

    U16 = "u16"
    U32 = "u32"
    U48 = "u48"
    U64 = "u64"


class PowerUnit(StrEnum):
    """What the power column is written in."""

    W = "W"
    KW = "kW"


@dataclass(frozen=True, slots=True)
class _Question:
    """The file and what the user said of it."""

    path: Path
    columns: Columns
    zone: ZoneInfo
    unit_wh: Decimal
    rated_kw: float | None
    modulus: int | None
    power_unit_w: int
    slot_minutes: int
    gap_minutes: float | None
    skip_faulty: bool


def energy(
    path: FileArgument,
    time_column: Annotated[str, typer.Option(help="The column of times (or dates).")],
    counter_column: Annotated[str, typer.Option(help="The column of the counter.")],
    time_zone: Annotated[str, typer.Option(help="Where the clock stood: Asia/Tokyo.")],
    unit_wh: Annotated[float, typer.Option(help="Wh a count stands for.")],
    rated_kw: Annotated[float | None, typer.Option(help="Rated power of what is measured.")] = None,
    register: Annotated[Register | None, typer.Option(help="Width of the register.")] = None,
    rollover: Annotated[
        int | None, typer.Option(help="Counts after which it begins again at zero: 1000000.")
    ] = None,
    clock_column: Annotated[str, typer.Option(help="The time of day, if it stands apart.")] = "",
    power_column: Annotated[str, typer.Option(help="Power, as evidence beside the counter.")] = "",
    power_unit: Annotated[PowerUnit, typer.Option(help="What power is in.")] = PowerUnit.KW,
    slot_minutes: Annotated[int, typer.Option(help="30 or 15.")] = 30,
    gap_minutes: Annotated[
        float | None, typer.Option(help="A longer step is a gap; else 3 intervals, 15 at least.")
    ] = None,
    date_order: DateOrderOption = None,
    decimal: DecimalOption = None,
    skip_faulty_rows: Annotated[
        bool, typer.Option("--skip-faulty-rows", help="Leave out rows that cannot be read.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Energy from a counter in a file: kWh, slots, days, and every decision with its reason."""
    with one_line():
        asked = _Question(
            path,
            _columns(
                (time_column, clock_column, counter_column, power_column), date_order, decimal
            ),
            zone_named(time_zone),
            Decimal(repr(_positive(unit_wh, "--unit-wh", "10"))),
            None if rated_kw is None else _positive(rated_kw, "--rated-kw", "100"),
            _modulus(register, rollover),
            {PowerUnit.W: 1, PowerUnit.KW: 1000}[power_unit] if power_column else 0,
            _slot_minutes(slot_minutes),
            None if gap_minutes is None else _positive(gap_minutes, "--gap-minutes", "15"),
            skip_faulty_rows,
        )
        answer(asked, as_json)


def answer(asked: _Question, as_json: bool) -> None:
    """Read the file, run the engine, print what came out."""
    with _no_collection():
        table = _read(asked)
        counter = logged_counter(table, asked.unit_wh, asked.power_unit_w)
        facts = _facts(asked, table)
        gap_ms = round(asked.gap_minutes * 60_000) if asked.gap_minutes else counter.gap_limit_ms
        found = energy_of(counter, facts, asked.zone, asked.slot_minutes, gap_ms)
    if as_json:
        print_json(_document(found, asked, table, gap_ms))
    else:
        _show(found, asked, table)


@contextmanager
def _no_collection() -> Iterator[None]:
    # A year's rows are millions of small objects that all live on; looking for garbage among
    # them takes longer than reading them.
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


# What was asked.


def _columns(
    names: tuple[str, str, str, str], order: DateOrderName | None, decimal: DecimalName | None
) -> Columns:
    time, clock, counter, power = names
    values = (counter, power) if power else (counter,)
    return Columns(time, values, clock, date_order_of(order), mark_of(decimal))


def _positive(number: float, option: str, example: str) -> float:
    if not math.isfinite(number) or number <= 0:
        raise StopError(f"{option} {number:g}: must be above 0", f"for example {option} {example}")
    return number


def _slot_minutes(minutes: int) -> int:
    if minutes not in (15, 30):
        raise StopError(f"--slot-minutes {minutes}: slots have 30 or 15 minutes", "write 30 or 15")
    return minutes


def _modulus(register: Register | None, rollover: int | None) -> int | None:
    if register is not None and rollover is not None:
        raise StopError("--register and --rollover both tell where it begins again", "keep one")
    if rollover is not None:
        return round(_positive(rollover, "--rollover", "1000000"))
    return None if register is None else 2 ** int(register.value[1:])


def _facts(asked: _Question, table: Table) -> CounterFacts:
    _refuse_beyond(asked, table)
    return CounterFacts(
        step_wh=float(asked.unit_wh),
        modulus_wh=None if asked.modulus is None else float(asked.modulus * asked.unit_wh),
        rated_power_w=None if asked.rated_kw is None else asked.rated_kw * 1000,
    )


def _refuse_beyond(asked: _Question, table: Table) -> None:
    if asked.modulus is None:
        return
    for row in table.rows:
        count = row.values[0]
        if count is not None and count >= asked.modulus:
            what = (
                f"{table.name}, line {row.line}: the counter is at {count:,}, but begins again"
                f" at {asked.modulus:,}"
            )
            raise StopError(what, "correct --register or --rollover")


def _read(asked: _Question) -> Table:
    table = read_table(bytes_of(asked.path), str(asked.path), asked.columns, asked.zone)
    if table.refusals and not asked.skip_faulty:
        shown = "; ".join(map(str, table.refusals[:SHOWN_FAULTS]))
        more = len(table.refusals) - SHOWN_FAULTS
        rest = f"; and {more} more" if more > 0 else ""
        hint = "correct the file, or leave such rows out with --skip-faulty-rows"
        raise StopError(f"{table.name}: {shown}{rest}", hint)
    return table


# What came out.


def _document(found: LoggedEnergy, asked: _Question, table: Table, gap_ms: int) -> dict[str, Any]:
    curve, zone = found.curve, asked.zone
    return {
        "kwh": found.milli_wh / MILLI_WH_PER_KWH,
        "estimated_kwh": found.estimated_milli_wh / MILLI_WH_PER_KWH,
        "coverage": found.coverage,
        "from": _iso(curve.at_ms[0], zone),
        "to": _iso(curve.at_ms[-1], zone),
        "slot_minutes": asked.slot_minutes,
        "gap_minutes": gap_ms / 60_000,
        "slots": [_stretch(slot, zone) for slot in found.slots],
        "days": [{"day": _day(day, zone), **_stretch(day, zone)} for day in found.days],
        "events": [_event(event, zone) for event in curve.events],
        "notices": [*table.notices, *_doubts(found, table)],
        "refused": [{"line": fault.line, "reason": fault.reason} for fault in table.refusals],
    }


def _stretch(stretch: Stretch, zone: ZoneInfo) -> dict[str, Any]:
    known = stretch.energy
    return {
        "start": _iso(stretch.start_ms, zone),
        "kwh": None if known is None else known.kwh,
        "estimated_kwh": None if known is None else known.estimated_milli_wh / MILLI_WH_PER_KWH,
        "coverage": 0.0 if known is None else known.coverage,
        "quality": stretch.quality,
    }


def _event(event: CounterEvent, zone: ZoneInfo) -> dict[str, Any]:
    return {
        "at": _iso(event.at_ms, zone),
        "kind": event.kind,
        "kwh_booked": event.booked_milli_wh / MILLI_WH_PER_KWH,
        "reason": event.reason,
        "kwh_low": _kwh(event.low_milli_wh),
        "kwh_high": _kwh(event.high_milli_wh),
    }


def _kwh(milli_wh: int | None) -> float | None:
    return None if milli_wh is None else milli_wh / MILLI_WH_PER_KWH


def _iso(at_ms: int, zone: ZoneInfo) -> str:
    return datetime.fromtimestamp(at_ms / 1000, zone).isoformat()


def _day(stretch: Stretch, zone: ZoneInfo) -> str:
    return datetime.fromtimestamp(stretch.start_ms / 1000, zone).date().isoformat()


def _show(found: LoggedEnergy, asked: _Question, table: Table) -> None:
    curve, zone = found.curve, asked.zone
    out.print(f"[bold]{found.milli_wh / MILLI_WH_PER_KWH:,.3f} kWh[/]", end="  ")
    out.print(f"{_minute(curve.at_ms[0], zone)} to {_minute(curve.at_ms[-1], zone)}", markup=False)
    estimated = found.estimated_milli_wh / MILLI_WH_PER_KWH
    out.print(f"estimated {estimated:,.3f} kWh, measured {found.coverage:.1%} of the time")
    if curve.events:
        print_table(_event_rows(curve.events, zone))
    for event in curve.events:
        out.print(f"{_minute(event.at_ms, zone)} {event.kind}: {event.reason}", markup=False)
    print_table(_day_rows(found.days, zone))
    for line in (*table.notices, *map(str, table.refusals)):
        out.print(line, markup=False)
    for doubt in _doubts(found, table):
        err.print(f"note: {doubt}", markup=False)


def _doubts(found: LoggedEnergy, table: Table) -> Iterator[str]:
    falls = sum(event.kind in ("glitch", "reset", "rollover") for event in found.curve.events)
    if falls > FALLS_OF_A_COUNTER * len(table.rows):
        yield (
            f"the values fall {falls:,} times in {len(table.rows):,} rows: is it a counter?"
            " use by interval is read by collector bill csv and collector meters import"
        )


def _event_rows(events: Iterable[CounterEvent], zone: ZoneInfo) -> Figures:
    rows = Figures("at", "event")
    for heading in ("booked kWh", "at least", "at most"):
        rows.add_column(heading, justify="right", no_wrap=True)
    for event in events:
        bounds = (_figure(_kwh(event.low_milli_wh)), _figure(_kwh(event.high_milli_wh)))
        booked = _figure(event.booked_milli_wh / MILLI_WH_PER_KWH)
        rows.add_row(_minute(event.at_ms, zone), event.kind, booked, *bounds)
    return rows


def _day_rows(days: Iterable[Stretch], zone: ZoneInfo) -> Figures:
    rows = Figures("day")
    for heading in ("kWh", "estimated kWh", "measured"):
        rows.add_column(heading, justify="right", no_wrap=True)
    rows.add_column("quality", overflow="fold")
    for day in days:
        known = day.energy
        figures = ("", "") if known is None else (known.kwh, known.estimated_milli_wh / 1e6)
        shown = [value if isinstance(value, str) else _figure(value) for value in figures]
        coverage = f"{0.0 if known is None else known.coverage:.1%}"
        rows.add_row(_day(day, zone), *shown, coverage, day.quality)
    return rows


def _figure(kwh: float | None) -> str:
    return "" if kwh is None else f"{kwh:,.3f}"


def _minute(at_ms: int, zone: ZoneInfo) -> str:
    return f"{datetime.fromtimestamp(at_ms / 1000, zone):%Y-%m-%d %H:%M}"
