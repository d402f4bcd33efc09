"""`collector intensity`: import the grid's carbon intensity, show it, hint when to use power.

A signal with a measurement of its own in the store: nothing here enters a reported total.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, time, timedelta
from decimal import Decimal
from enum import StrEnum
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer

from collector import config
from collector.commands.columns import bytes_of, zone_named
from collector.commands.intensity_documents import (
    HOUR_MS,
    hints_document,
    import_document,
    show_day,
    show_document,
    show_hints,
    show_import,
)
from collector.commands.terminal import (
    DEFAULT_CONFIG,
    ConfigOption,
    JsonOption,
    day_named,
    one_line,
    print_json,
    site_named,
)
from collector.errors import CollectorError
from collector.intensity.advice import Load, advise
from collector.intensity.areas import area_key, area_name, zone_of
from collector.intensity.matching import Claim, SlotEnergy
from collector.intensity.merge import merge
from collector.intensity.point import IntensityPoint, Parsed
from collector.intensity.series import IntensitySeries, clipped, fields_of, point_of
from collector.intensity.sources import Stated, parse_source
from collector.intensity.timed_csv import read_timed_values
from collector.rollup.periods import midnight_ms
from collector.rollup.totals import SITE_METER, Period
from collector.site_config import SiteSettings
from collector.storage import open_stores
from collector.storage.port import ReadingStore, Row
from collector.storage.schema import GRID_INTENSITY
from edge_agent.process.verb_group import verb_group

GRID_METER = "_grid"
"""Stands for the grid of an area: the ``meter`` of its rows, whose ``site`` is the area."""
LONGEST_WINDOW_H = 24.0
app = verb_group(
    no_args_is_help=True,
    help="The grid's carbon intensity by the half hour: a signal for shifting load, never part of "
    "a reported total.",
)


class Source(StrEnum):
    """The kinds of file."""

    AREA_SUPPLY = "area-supply"
    CARBONINTENSITY_UK = "carbonintensity-uk"
    ELECTRICITY_MAPS = "electricity-maps"
    CSV = "csv"


class BoundaryName(StrEnum):
    """What the figures count."""

    DIRECT = "direct"
    LIFECYCLE = "lifecycle"


class LabelsName(StrEnum):
    """Which end of an interval a time stands for."""

    START = "start"
    END = "end"


class UnitName(StrEnum):
    """What a CSV's figures are in."""

    GRAMS = "g/kWh"
    KILOGRAMS = "kg/kWh"


class KindName(StrEnum):
    """What a CSV's figures are."""

    ACTUAL = "actual"
    FORECAST = "forecast"
    ESTIMATED = "estimated"


DayOption = Annotated[str, typer.Option("--day", help="A local day: 2026-04-01.")]
ZoneOption = Annotated[str, typer.Option("--time-zone", help="An IANA name: Asia/Tokyo.")]


# Import.


@app.command("import")
def import_file(
    path: Annotated[Path, typer.Argument(metavar="FILE", readable=False)],
    source: Annotated[Source, typer.Option(help="What kind of file it is.")],
    area: Annotated[
        str | None, typer.Option(help="Where the file does not tell: 03, de, ...")
    ] = None,
    boundary: Annotated[
        BoundaryName | None,
        typer.Option(help="direct or lifecycle; area-supply weighs fuels directly by default."),
    ] = None,
    labels: Annotated[
        LabelsName | None, typer.Option(help="area-supply: which end a time stands for.")
    ] = None,
    unit: Annotated[UnitName | None, typer.Option(help="csv: what figures are in.")] = None,
    kind: Annotated[KindName | None, typer.Option(help="csv: actual by default.")] = None,
    time_zone: ZoneOption = "",
    time_column: Annotated[str | None, typer.Option(help='csv: "time" by default.')] = None,
    value_column: Annotated[str | None, typer.Option(help='csv: "value" by default.')] = None,
    replace: Annotated[
        bool, typer.Option("--replace", help="Write over whatever is held for these times.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Read the file, store nothing; needs no settings.")
    ] = False,
    config_path: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
) -> None:
    """Import a file of grid intensity: an operator's area supply CSV, JSON or a CSV of your own.

    You fetch the file yourself: no licence statement was found for the Japanese operators' files,
    so this program neither fetches them nor comes with any. Importing again is harmless.
    """
    with one_line():
        stated = Stated(
            area=area,
            boundary=boundary.value if boundary else None,
            labels=labels.value if labels else None,
            unit=unit.value if unit else None,
            kind=kind.value if kind else None,
            time_zone=zone_named(time_zone) if time_zone else None,
            time_column=time_column,
            value_column=value_column,
        )
        parsed = parse_source(source.value, path.name, bytes_of(path), stated)
        stored = None if dry_run else _store_points(config_path, parsed, replace)
        document = import_document(parsed, stored)
        if as_json:
            print_json(document)
        else:
            show_import(parsed, document)
        if not parsed.points:
            hint = "the reasons are above" if parsed.refused else "the file holds no figures yet"
            raise CollectorError(f"nothing of {path.name} was taken", hint)


def _store_points(config_path: Path, parsed: Parsed, replace: bool) -> Mapping[str, int]:
    counts = {"written": 0, "unchanged": 0, "kept": 0}
    areas: dict[str, list[IntensityPoint]] = defaultdict(list)
    for point in parsed.points:
        areas[point.area].append(point)
    with _open(config_path) as (_, store):
        found = {
            area: merge(_held(store, area, *_span(points)), points, replace)
            for area, points in areas.items()
        }
        for area, merged in found.items():
            store.write_rows([_row(area, point) for point in merged.to_write])
            counts["written"] += len(merged.to_write)
            counts["unchanged"] += merged.unchanged
            counts["kept"] += merged.kept
    return counts


def _row(area: str, point: IntensityPoint) -> Row:
    return Row(GRID_INTENSITY, area, GRID_METER, point.start_ms, fields_of(point))


def _span(points: Sequence[IntensityPoint]) -> tuple[int, int]:
    return min(point.start_ms for point in points), max(point.end_ms for point in points)


# Show.


@app.command()
def show(
    area: Annotated[str, typer.Argument(help="jp-01 to jp-10, gb, gb-1 to gb-17, de, ...")],
    day: DayOption,
    time_zone: ZoneOption = "",
    config_path: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
) -> None:
    """Show a day of an area: its mean, its cleanest and dirtiest hour, every interval."""
    with one_line():
        key = area_key(area)
        zone = zone_named(time_zone) if time_zone else zone_of(key)
        if zone is None:
            raise CollectorError(f"the time zone of {key} is not known", "add --time-zone")
        first = day_named(day)
        span = (midnight_ms(zone, first), midnight_ms(zone, first + timedelta(days=1)))
        with _open(config_path) as (_, store):
            series = _series(store, key, *span)
        document = show_document(series, key, span, zone)
        if as_json:
            print_json(document)
        else:
            show_day(document, first)


# Hints.


@app.command()
def hints(
    site: Annotated[str, typer.Argument(help="The id of a site in the settings.")],
    area: Annotated[
        str, typer.Option(help="The grid's area: jp-03, gb-13, de; else the site's grid_area.")
    ] = "",
    day: DayOption = "",
    month: Annotated[str, typer.Option("--month", help="A month instead: 2026-04.")] = "",
    kw: Annotated[float, typer.Option(min=0.001, help="The load that could move, kW.")] = 100.0,
    hours: Annotated[
        float, typer.Option(min=0.5, max=LONGEST_WINDOW_H, help="How long it runs, hours.")
    ] = 2.0,
    now: Annotated[
        str, typer.Option(help="When it begins today: 18:00; else the dirtiest hours.")
    ] = "",
    then: Annotated[
        str, typer.Option(help="When it would begin: 11:30; else the cleanest hours.")
    ] = "",
    generation: Annotated[
        Path | None,
        typer.Option(help="A CSV time,kwh of the generation behind the certificates."),
    ] = None,
    config_path: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
) -> None:
    """When to use power, what moving a load would change, and how far use matches by the hour.

    All of it is a signal and enters no total. A month is judged by its typical day.
    """
    with one_line(), _open(config_path) as (settings, store):
        plant = site_named(settings, site)
        span = _span_asked(day, month, plant.zone)
        used = _use(store, plant, *span)
        grid = _grid_of(plant, area)
        advice = advise(
            _series(store, grid, *span),
            span,
            plant.zone,
            Load(Decimal(str(kw)), round(hours * HOUR_MS), _clock(now), _clock(then)),
            used,
            list(_claims(plant, *span)),
            _generation(generation, plant.zone) if generation else (),
        )
        document = hints_document(advice, plant, grid, _reported(store, plant, *span))
    if as_json:
        print_json(document)
    else:
        show_hints(document)


def _grid_of(site: SiteSettings, area: str) -> str:
    named = area or site.grid_area
    if not named:
        hint = 'add --area jp-03, or grid_area = "jp-03" to the site in the settings'
        raise CollectorError(f"the grid's area of site {site.id} is not known", hint)
    return area_key(named)


def _span_asked(day: str, month: str, zone: ZoneInfo) -> tuple[int, int]:
    if bool(day) == bool(month):
        raise CollectorError("one of --day and --month is needed", "add --day 2026-04-01")
    if month and not re.fullmatch(r"[0-9]{4}-(0[1-9]|1[0-2])", month):
        raise CollectorError(f"{month} is not a month", "write it as 2026-04")
    first = day_named(day or f"{month}-01")
    end = first + timedelta(days=1) if day else (first + timedelta(days=31)).replace(day=1)
    return midnight_ms(zone, first), midnight_ms(zone, end)


def _clock(text: str) -> time | None:
    if not text:
        return None
    try:
        return time.fromisoformat(text)
    except ValueError as error:
        raise CollectorError(f"{text} is not a time of day", "write it as 18:00") from error


def _use(store: ReadingStore, plant: SiteSettings, from_ms: int, to_ms: int) -> list[SlotEnergy]:
    period: Period = "15m" if plant.slot_minutes == 15 else "30m"
    slot_ms = plant.slot_minutes * 60_000
    return [
        SlotEnergy(total.start_ms, total.start_ms + slot_ms, _milli_wh(total.kwh))
        for total in store.read_totals(plant.id, SITE_METER, period, from_ms, to_ms)
    ]


def _claims(plant: SiteSettings, from_ms: int, to_ms: int) -> Iterator[Claim]:
    """The certificates whose vintage and use both touch the time."""

    def span_ms(first: date, end: date) -> tuple[int, int]:
        return midnight_ms(plant.zone, first), midnight_ms(plant.zone, end)

    for held in plant.certificates:
        used = span_ms(held.applies_from, held.applies_to)
        vintage = span_ms(held.vintage_from, held.vintage_to)
        if max(used[0], vintage[0], from_ms) < min(used[1], vintage[1], to_ms):
            yield Claim(_milli_wh(held.kwh), *vintage, held.tracking_no)


def _generation(path: Path, zone: ZoneInfo) -> list[SlotEnergy]:
    found = read_timed_values(bytes_of(path), "time", "kwh", zone)
    if found.refused or len(found.values) < 2:
        fault = found.refused[0] if found.refused else None
        told = f"{fault.where}: {fault.reason}" if fault else "fewer than two lines of figures"
        raise CollectorError(f"{path.name}: {told}", "write lines of time,kwh by the hour or slot")
    starts = sorted(value.at_ms for value in found.values)
    step_ms = min(later - earlier for earlier, later in pairwise(starts))
    return [
        SlotEnergy(value.at_ms, value.at_ms + step_ms, _milli_wh(value.value))
        for value in found.values
    ]


def _reported(
    store: ReadingStore, plant: SiteSettings, from_ms: int, to_ms: int
) -> dict[str, Any] | None:
    """The factor that the site's own totals stand on: what is reported, to be put beside."""
    days = store.read_totals(plant.id, SITE_METER, "1d", from_ms, to_ms)
    known = [day for day in days if day.co2_kg is not None]
    kwh = sum(Decimal(str(day.kwh)) for day in known)
    kg = sum(Decimal(str(day.co2_kg)) for day in known)
    if not kwh:
        return None
    factors = sorted({part for day in known for part in day.factor_id.split("+") if part})
    return {"method": plant.co2_method, "g_per_kwh": kg / kwh * 1000, "factors": factors}


# What the verbs share.


@contextmanager
def _open(config_path: Path) -> Iterator[tuple[config.CollectorSettings, ReadingStore]]:
    settings = config.load(config_path)
    store = open_stores(settings)
    try:
        store.check()
        yield settings, store
    finally:
        store.close()


def _held(store: ReadingStore, area: str, from_ms: int, to_ms: int) -> list[IntensityPoint]:
    rows = store.read_rows(GRID_INTENSITY, area, GRID_METER, from_ms, to_ms)
    return [point_of(area, row.at_ms, row.fields) for row in rows]


def _series(store: ReadingStore, area: str, from_ms: int, to_ms: int) -> IntensitySeries:
    # An hour that began before the range reaches into it.
    points = _held(store, area, from_ms - HOUR_MS, to_ms)
    series = IntensitySeries(clipped(IntensitySeries(points).points, from_ms, to_ms))
    if not series.points:
        hint = f"collector intensity import FILE --source ... for {area_name(area)}"
        raise CollectorError(f"no grid intensity of {area} is held for these days", hint)
    return series


def _milli_wh(kwh: float) -> int:
    return round(Decimal(str(kwh)).scaleb(6))
