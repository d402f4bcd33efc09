"""`collector weather`: outdoor temperatures of a site from files, listed and taken back."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Sequence
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
from collector.commands.meter_places import ByOption, SiteArgument, iso, local
from collector.commands.taken_text import Wording, show_taken
from collector.commands.terminal import (
    DEFAULT_CONFIG,
    ConfigOption,
    JsonOption,
    one_line,
    open_collector,
    out,
    print_json,
    site_named,
)
from collector.errors import CollectorError
from collector.imports.half_hours import Label
from collector.imports.slots import SlotFile
from collector.imports.taking_in import (
    END_OF_TIME_MS,
    ImportEntry,
    Origin,
    Taken,
    require_slots,
)
from collector.imports.weather import Degrees, WeatherColumns, read_weather
from collector.imports.weather_taking_in import Weather, WeatherShelf
from collector.site_config import SiteSettings
from collector.storage.port import ReadingStore, Row
from collector.storage.schema import WEATHER, WEATHER_METER
from edge_agent.process.verb_group import verb_group

KIND = "weather"
app = verb_group(
    no_args_is_help=True,
    help="Outdoor temperatures of a site: files taken in, listed, taken back.",
)


class LabelName(StrEnum):
    """Which end of its stretch a time stands for."""

    START = "start"
    END = "end"


class UnitName(StrEnum):
    """What the figures are in."""

    CELSIUS = "C"
    FAHRENHEIT = "F"


_LABELS: dict[LabelName | None, Label] = {LabelName.START: "start", LabelName.END: "end"}
_UNITS: dict[UnitName | None, Degrees] = {UnitName.CELSIUS: "C", UnitName.FAHRENHEIT: "F"}


@app.command("import")
def import_(
    site: SiteArgument,
    file: FileArgument,
    by: ByOption,
    station: Annotated[str, typer.Option(help="気象庁: one of the stations, 仙台.")] = "",
    time_column: Annotated[str, typer.Option(help="The times.")] = "",
    value_column: Annotated[str, typer.Option(help="The temperatures.")] = "",
    label: Annotated[LabelName | None, typer.Option(help="What a time stands for.")] = None,
    unit: Annotated[UnitName | None, typer.Option(help="Else what the header says.")] = None,
    date_order: DateOrderOption = None,
    decimal: DecimalOption = None,
    replace: Annotated[bool, typer.Option("--replace", help="Over values that stand.")] = False,
    dry_run: DryRunOption = False,
    path: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
) -> None:
    """Take temperatures in: a 気象庁 download as it is, or any CSV of times and degrees."""
    with one_line(), open_collector(config.load(path)) as collector:
        of_site = site_named(collector.settings, site)
        told = WeatherColumns(
            *(time_column, value_column, station),
            *(_LABELS.get(label), _UNITS.get(unit)),
            *(date_order_of(date_order), mark_of(decimal)),
        )
        data = bytes_of(file)
        read = read_weather(data, str(file), told, of_site.zone)
        require_slots(read)
        if not by.strip():
            raise CollectorError("who takes the file in is not said", "write --by NAME")
        origin = Origin(file.name, hashlib.sha256(data).hexdigest(), KIND, by, _now_ms())
        shelf = _shelf(collector)
        if dry_run:
            taken = shelf.would_take(site, read, replace=replace)
        else:
            taken = shelf.take_in(site, read, origin, replace=replace)
        if as_json:
            print_json({**_taken_row(read, taken, of_site), "dry_run": dry_run})
        else:
            _show_taken(read, taken, of_site, dry_run)


@app.command()
def imports(
    site: SiteArgument, path: ConfigOption = DEFAULT_CONFIG, as_json: JsonOption = False
) -> None:
    """List the files of temperatures taken in for a site, taken back or not."""
    with one_line(), open_collector(config.load(path)) as collector:
        of_site = site_named(collector.settings, site)
        entries = collector.state.imports.list(site, WEATHER_METER)
        if as_json:
            print_json({"site": site, "imports": [_entry_row(e, of_site) for e in entries]})
        elif not entries:
            hint = f"collector weather import {site} FILE --by NAME"
            out.print(f"no file has been taken in: {hint}", markup=False)
        else:
            for entry in entries:
                _show_entry(entry, of_site)


@app.command()
def undo(
    import_id: Annotated[int, typer.Argument(metavar="ID", help="From: imports SITE.")],
    by: ByOption,
    path: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
) -> None:
    """Take an import back: what stood before it stands again."""
    with one_line(), open_collector(config.load(path)) as collector:
        site = _shelf(collector).undo(import_id, by, _now_ms())
        if as_json:
            print_json({"id": import_id, "site": site, "taken_back_by": by})
        else:
            out.print(f"import {import_id} is taken back", markup=False)
            out.print("what stood before it stands again")


class Rows:
    """The temperatures of the store, as ``WeatherShelf`` takes them."""

    def __init__(self, store: ReadingStore) -> None:
        self._store = store

    def read(self, site: str) -> Sequence[Weather]:
        """Every row of the site, taken back or not, in order of time."""
        rows = self._store.read_rows(WEATHER, site, WEATHER_METER, 0, END_OF_TIME_MS)
        return [
            Weather(
                row.at_ms,
                round(float(row.fields["duration_s"]) * 1000),
                round(float(row.fields["temperature_c"]) * 1000),
                str(row.fields["source"]),
            )
            for row in rows
        ]

    def write(self, site: str, rows: Sequence[Weather]) -> None:
        """Store the rows durably, each over the one of its start."""
        self._store.write_rows([_stored(site, row) for row in rows])


def _stored(site: str, row: Weather) -> Row:
    fields: dict[str, float | str] = {
        "temperature_c": row.milli_c / 1000,
        "duration_s": row.duration_ms / 1000,
        "source": row.source,
    }
    return Row(WEATHER, site, WEATHER_METER, row.start_ms, fields)


def _now_ms() -> int:
    return time.time_ns() // 1_000_000


def _shelf(collector: Collector) -> WeatherShelf:
    collector.store.check()
    return WeatherShelf(Rows(collector.store), collector.state.imports, WEATHER_METER)


# Saying it.


def _mean_c(read: SlotFile) -> float:
    hours = sum(slot.end_ms - slot.start_ms for slot in read.slots)
    weighed = sum(slot.milli_wh * (slot.end_ms - slot.start_ms) for slot in read.slots)
    return weighed / hours / 1000


def _taken_row(read: SlotFile, taken: Taken, site: SiteSettings) -> dict[str, Any]:
    return {
        "id": taken.import_id,
        "same_as": taken.same_as,
        "taken": taken.slots,
        "known": taken.known,
        "replaced": taken.replaced,
        "mean_c": round(_mean_c(read), 3),
        "from": iso(read.slots[0].start_ms, site),
        "to": iso(read.slots[-1].end_ms, site),
        "refused": [{"line": line, "reason": reason} for line, reason in read.refusals],
        "notices": list(read.notices),
    }


def _show_taken(read: SlotFile, taken: Taken, site: SiteSettings, dry_run: bool) -> None:
    first, last = (local(at, site) for at in (read.slots[0].start_ms, read.slots[-1].end_ms))
    out.print(f"[bold]mean {_mean_c(read):,.1f} °C[/]", end="  ")
    out.print(f"{first} to {last}", markup=False)
    show_taken(read, taken, Wording("temperatures", "collector weather undo"), dry_run)


def _entry_row(entry: ImportEntry, site: SiteSettings) -> dict[str, Any]:
    return {
        "id": entry.id,
        "file": entry.file,
        "sha256": entry.sha256,
        "from": iso(entry.from_ms, site),
        "to": iso(entry.to_ms, site),
        "temperatures": entry.slots,
        "made_at": iso(entry.made_at_ms, site),
        "by": entry.by,
        "taken_back_by": entry.taken_back_by,
        "taken_back_at": None if entry.stands else iso(entry.taken_back_at_ms or 0, site),
    }


def _show_entry(entry: ImportEntry, site: SiteSettings) -> None:
    first, last = (local(at, site)[:10] for at in (entry.from_ms, entry.to_ms - 1))
    back = f"; taken back by {entry.taken_back_by}" if entry.taken_back_by else ""
    out.print(f"{first} to {last}  import {entry.id}", markup=False)
    what = f"{entry.file}, {entry.slots:,} temperatures, by {entry.by}{back}"
    out.print(f"    {what}", markup=False)
