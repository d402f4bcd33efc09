"""`collector meters import`, `imports`, `undo`: files of others as the series of a meter."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import Annotated, Any

import typer

from collector import config
from collector.app import Collector
from collector.commands.columns import (
    DateOrderOption,
    DecimalOption,
    DryRunOption,
    FileArgument,
    bytes_of,
    date_order_of,
    mark_of,
)
from collector.commands.meter_places import (
    ELECTRICITY,
    ByOption,
    MeterArgument,
    Place,
    SiteArgument,
    iso,
    local,
    place_named,
)
from collector.commands.taken_text import Wording, show_taken
from collector.commands.terminal import (
    DEFAULT_CONFIG,
    ConfigOption,
    JsonOption,
    err,
    one_line,
    open_collector,
    out,
    print_json,
    site_named,
)
from collector.errors import CollectorError
from collector.imports.columns_found import FileColumns, Label, read_file
from collector.imports.holes import missing_between
from collector.imports.slots import SlotFile
from collector.imports.taking_in import (
    ImportEntry,
    Origin,
    SeriesKey,
    Shelf,
    Taken,
    require_slots,
)
from collector.rollup.site_calendar import calendar_of
from collector.site_config import SiteSettings
from collector.storage.schema import WEATHER_METER
from edge_agent.contract.wire import Birth, MeterCard

FILE_AGENT = "file"
FILE_INTERVAL_S = 600.0
"""Taken as poll interval of a series from files: three of it, half an hour, are no gap yet."""


class Kind(StrEnum):
    """What a file holds."""

    HALF_HOURS = "half-hours"
    READINGS = "readings"
    CONSUMPTION = "consumption"
    GREEN_BUTTON = "green-button"
    PRODUCTION = "production"


class LabelName(StrEnum):
    """Which end of its slot a time stands for."""

    START = "start"
    END = "end"


def import_(
    site: SiteArgument,
    meter: MeterArgument,
    file: FileArgument,
    kind: Annotated[
        Kind,
        typer.Option(help="Intervals, typed-in readings, use by month or day, what was made."),
    ],
    by: ByOption,
    unit: Annotated[str, typer.Option(help="kWh, kW, MWh ...; else what the header says.")] = "",
    time_column: Annotated[str, typer.Option(help="Times, dates or months.")] = "",
    clock_column: Annotated[str, typer.Option(help="The time of day, if it stands apart.")] = "",
    value_column: Annotated[str, typer.Option(help="Figures; not for one column a slot.")] = "",
    last_column: Annotated[str, typer.Option(help="The last day of a stretch, included.")] = "",
    only: Annotated[
        str, typer.Option(help="Rows of one supply point: COLUMN=VALUE; green-button: series=1.")
    ] = "",
    label: Annotated[LabelName | None, typer.Option(help="What a slot's time stands for.")] = None,
    slot_minutes: Annotated[int | None, typer.Option(help="Where the file does not tell.")] = None,
    date_order: DateOrderOption = None,
    decimal: DecimalOption = None,
    rest_is_zero: Annotated[
        bool, typer.Option("--rest-is-zero", help="production: 0 on days without a row.")
    ] = False,
    replace: Annotated[bool, typer.Option("--replace", help="Over values that stand.")] = False,
    dry_run: DryRunOption = False,
    path: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
) -> None:
    """Take a file in as the series of a meter that no agent reads."""
    with one_line(), open_collector(config.load(path)) as collector:
        place = _importable(place_named(collector.settings, site, meter))
        told = FileColumns(
            *(time_column, clock_column, value_column, last_column, only, unit),
            label=_LABELS.get(label),
            slot_minutes=slot_minutes,
            date_order=date_order_of(date_order),
            decimal=mark_of(decimal),
            rest_is_zero=rest_is_zero,
        )
        data = bytes_of(file)
        counts = "" if place.meter.medium == ELECTRICITY else place.unit
        of_site = (place.site.zone, counts, place.site.billing_day)
        read = read_file(data, str(file), kind.value, told, *of_site)
        require_slots(read)
        if dry_run:
            would = _shelf(collector).would_take(_key(place), read, replace=replace)
            _tell(read, would, place, as_json, dry_run=True)
            return
        origin = Origin(file.name, hashlib.sha256(data).hexdigest(), kind.value, by, _now_ms())
        _take_in(collector, place, read, origin, replace, as_json)


_LABELS: dict[LabelName | None, Label] = {LabelName.START: "start", LabelName.END: "end"}


def imports(
    site: SiteArgument, path: ConfigOption = DEFAULT_CONFIG, as_json: JsonOption = False
) -> None:
    """List the files taken in for a site, taken back or not."""
    with one_line(), open_collector(config.load(path)) as collector:
        of_site = site_named(collector.settings, site)
        listed = collector.state.imports.list(site)
        entries = [entry for entry in listed if entry.meter != WEATHER_METER]
        if as_json:
            print_json({"site": site, "imports": [_entry_row(e, of_site) for e in entries]})
        elif not entries:
            hint = f"collector meters import {site} METER FILE --kind KIND --by NAME"
            out.print(f"no file has been taken in: {hint}", markup=False)
        else:
            _show_entries(entries, of_site)


def undo(
    import_id: Annotated[int, typer.Argument(metavar="ID", help="From: imports SITE.")],
    by: ByOption,
    path: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
) -> None:
    """Take an import back: what stood before it stands again."""
    with one_line(), open_collector(config.load(path)) as collector:
        ledger = collector.state.imports
        entry = ledger.entry(import_id)
        if entry is None:
            hint = "the ids are in: collector meters imports SITE"
            raise CollectorError(f"there is no import {import_id}", hint)
        if entry.meter == WEATHER_METER:
            hint = f"collector weather undo {import_id} --by NAME"
            raise CollectorError(f"import {import_id} is weather", hint)
        place = place_named(collector.settings, entry.site, entry.meter)
        taken = _shelf(collector).undo(_key(place), import_id, by, _now_ms())
        report = collector.summarise_once()
        if as_json:
            print_json({"id": import_id, "taken_back_by": by, "faults": report.faults})
        else:
            out.print(f"import {import_id} ({entry.file}) is taken back", markup=False)
            out.print("what stood before it stands again")
        _end((*_of_store(taken), *report.faults))


def _now_ms() -> int:
    return time.time_ns() // 1_000_000


# Doing it.


def _shelf(collector: Collector) -> Shelf:
    return Shelf(collector.store, collector.state.imports, collector.state.dirty)


def _key(place: Place) -> SeriesKey:
    return SeriesKey(*place.key, place.meter.unit_per_count)


def _importable(place: Place) -> Place:
    if place.meter.virtual:
        what = f"{place.meter.id} is computed from other meters"
        raise CollectorError(what, "import into one of those, or into a meter of its own")
    return place


def _take_in(
    collector: Collector, place: Place, read: SlotFile, origin: Origin, replace: bool, as_json: bool
) -> None:
    if not origin.by.strip():
        raise CollectorError("who takes the file in is not said", "write --by NAME")
    taken = _shelf(collector).take_in(_key(place), read, origin, replace=replace)
    if taken.import_id is not None:
        _leave_card(collector, place, origin)
    report = collector.summarise_once()
    _tell(read, taken, place, as_json, faults=report.faults)
    _end((*_of_store(taken), *report.faults))


def _leave_card(collector: Collector, place: Place, origin: Origin) -> None:
    # So that the engine takes half-hourly edges for a course without gaps.
    site, meter = place.site.id, place.meter.id
    step_wh = 0.001 / place.meter.unit_per_count
    card = MeterCard(site, meter, place.meter.name, FILE_AGENT, FILE_INTERVAL_S, step_wh)
    birth = Birth(FILE_AGENT, FILE_AGENT, 0, "", origin.at_ms, (card,))
    collector.state.cards.remember(birth)


def _of_store(taken: Taken) -> tuple[str, ...]:
    if not taken.refused_by_store:
        return ()
    hint = "are they older than [store] raw_retention_days?"
    return (f"{taken.refused_by_store} readings were refused by the store ({hint})",)


def _end(faults: tuple[str, ...]) -> None:
    for fault in faults:
        err.print(f"collector: {fault}", markup=False)
    if faults:
        raise typer.Exit(1)


# Saying it.


def _tell(
    read: SlotFile,
    taken: Taken,
    place: Place,
    as_json: bool,
    dry_run: bool = False,
    faults: Sequence[str] = (),
) -> None:
    if as_json:
        print_json({**_taken_row(read, taken, place), "dry_run": dry_run, "faults": faults})
    else:
        _show_taken(read, taken, place, dry_run)


def _taken_row(read: SlotFile, taken: Taken, place: Place) -> dict[str, Any]:
    missing, holes = missing_between(read.slots)
    return {
        "id": taken.import_id,
        "same_as": taken.same_as,
        "taken": taken.slots,
        "known": taken.known,
        "replaced": taken.replaced,
        "missing": missing,
        "holes": holes,
        "amount": _amount(read, place),
        "unit": place.unit,
        "from": iso(read.slots[0].start_ms, place.site),
        "to": iso(read.slots[-1].end_ms, place.site),
        "refused": [{"line": line, "reason": reason} for line, reason in read.refusals],
        "notices": list(read.notices),
    }


def _amount(read: SlotFile, place: Place) -> float:
    return sum(slot.milli_wh for slot in read.slots) / place.milli_per_unit


def _show_taken(read: SlotFile, taken: Taken, place: Place, dry_run: bool) -> None:
    first, last = (local(at, place.site) for at in (read.slots[0].start_ms, read.slots[-1].end_ms))
    out.print(f"[bold]{_amount(read, place):,.3f} {place.unit}[/]", end="  ")
    out.print(f"{first} to {last}", markup=False)
    wording = Wording("slots", "collector meters undo", _missing(read))
    show_taken(read, taken, wording, dry_run)


def _missing(read: SlotFile) -> str:
    missing, holes = missing_between(read.slots)
    return f", {missing:,} missing in {holes:,} hole{'s' * (holes > 1)}" if holes else ""


def _entry_row(entry: ImportEntry, site: SiteSettings) -> dict[str, Any]:
    amount, unit = _of_entry(entry, site)
    return {
        "id": entry.id,
        "meter": entry.meter,
        "quantity": entry.quantity,
        "file": entry.file,
        "sha256": entry.sha256,
        "kind": entry.kind,
        "from": iso(entry.from_ms, site),
        "to": iso(entry.to_ms, site),
        "slots": entry.slots,
        "amount": amount,
        "unit": unit,
        "made_at": iso(entry.made_at_ms, site),
        "by": entry.by,
        "taken_back_by": entry.taken_back_by,
        "taken_back_at": None if entry.stands else iso(entry.taken_back_at_ms or 0, site),
    }


def _show_entries(entries: Iterable[ImportEntry], site: SiteSettings) -> None:
    for entry in entries:
        amount, unit = _of_entry(entry, site)
        first, last = (local(at, site)[:10] for at in (entry.from_ms, entry.to_ms - 1))
        out.print(f"[bold]{amount:,.3f} {unit}[/]", end="  ")
        out.print(f"{first} to {last}  {entry.meter}, import {entry.id}", markup=False)
        back = f"; taken back by {entry.taken_back_by}" if entry.taken_back_by else ""
        what = f"{entry.file}, {entry.kind}, {entry.slots:,} slots, by {entry.by}{back}"
        out.print(f"    {what}", markup=False)


def _of_entry(entry: ImportEntry, site: SiteSettings) -> tuple[float, str]:
    # A meter may have left the settings since; its imports stay in the ledger.
    for meter in site.meters:
        if meter.id == entry.meter:
            place = Place(site, meter, calendar_of(site))
            return entry.milli_wh / place.milli_per_unit, place.unit
    return entry.milli_wh / 1e6, "kWh"
