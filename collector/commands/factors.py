"""`collector factors`: look into the emission factors, add to them, import the ministries' list.

Reading needs no settings. The plant's own factors are in the folder named by [factors] in the
settings, or by --folder.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from collector.commands import factors_write
from collector.commands.factor_folder import (
    FolderOption,
    KnownOnOption,
    SettingsOption,
    folder_named,
    library_named,
)
from collector.commands.terminal import (
    JsonOption,
    day_named,
    one_line,
    out,
    print_json,
    print_table,
)
from collector.errors import FactorError
from collector.factors.factor import Factor
from collector.factors.files import examine, own_files, shipped_files
from collector.factors.history import HistoryRow
from collector.factors.history import history as rows_over_time
from collector.factors.missing import near_words
from collector.factors.record import day_text, factor_record
from edge_agent.process.verb_group import verb_group

app = verb_group(no_args_is_help=True, help="The CO2 factors: look, check, add, import.")
app.command()(factors_write.add)
app.command("import")(factors_write.import_)


@app.command("list")
def list_(
    region: Annotated[str, typer.Option(help="A region: JP, GB, US-CAMX.")] = "",
    supplier: Annotated[str, typer.Option(help="A supplier: A0269, or its name.")] = "",
    method: Annotated[str, typer.Option(help="A method: location, jp_shk_adjusted.")] = "",
    on: Annotated[str | None, typer.Option(help="Only those that apply on that day.")] = None,
    known_on: KnownOnOption = None,
    path: SettingsOption = None,
    folder: FolderOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the factors that stand, or stood on --known-on."""
    with one_line():
        library = library_named(path, folder)
        known = day_named(known_on) if known_on else None
        rows = [
            row
            for row in library.factors
            if library.is_known(row, known)
            and region in ("", row.region)
            and (not supplier or supplier in (row.supplier, row.supplier_name))
            and method in ("", row.method)
        ]
        if on:
            day = day_named(on)
            rows = [row for row in rows if row.covers(day)]
    if as_json:
        records = [factor_record(row, library) for row in rows]
        print_json({"snapshot_id": library.snapshot_id, "factors": records})
        return
    _print(rows, [""] * len(rows))
    out.print(f"{len(rows):,} of {len(library.factors):,} rows; set {library.snapshot_id}")


@app.command()
def show(
    factor_id: Annotated[str, typer.Argument(metavar="ID", help="The id of a factor.")],
    path: SettingsOption = None,
    folder: FolderOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show all that is known of one factor: source, licence, windows, corrections."""
    with one_line():
        library = library_named(path, folder)
        factor = library.factor(factor_id)
        if factor is None:
            near = near_words(factor_id, [row.id for row in library.factors])
            raise FactorError(f"there is no factor {factor_id}", f"near: {', '.join(near)}")
    record = factor_record(factor, library)
    if as_json:
        print_json(record)
        return
    unit = f"kg {factor.gas}/kWh"
    out.print(f"[bold]{record['kg_per_kwh']}[/] {unit}  {factor.supplier_name} {factor.menu_name}")
    table = Table(show_header=False)
    source = record.pop("source")
    for name, value in {**record, **source}.items():
        if value not in (None, ""):
            table.add_row(name.replace("_", " ").replace("kwh", "kWh"), str(value))
    print_table(table)


@app.command()
def history(
    region: Annotated[str, typer.Argument(help="A region: JP, GB, US-CAMX.")],
    supplier: Annotated[str, typer.Argument(help="A supplier of it.")] = "",
    menu: Annotated[str, typer.Argument(help="A menu of the supplier: M.")] = "",
    path: SettingsOption = None,
    folder: FolderOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show values over the years, with what was superseded and where a name changed its meaning."""
    with one_line():
        library = library_named(path, folder)
        rows = rows_over_time(library, region, supplier, menu)
    if as_json:
        records = [
            {**factor_record(row.factor, library), "break_before": row.break_before} for row in rows
        ]
        print_json({"snapshot_id": library.snapshot_id, "rows": records})
        return
    _print([row.factor for row in rows], [_mark(row) for row in rows])


@app.command()
def check(
    files: Annotated[list[Path] | None, typer.Argument(help="Factor files; none: all.")] = None,
    path: SettingsOption = None,
    folder: FolderOption = None,
    as_json: JsonOption = False,
) -> None:
    """Look for faults in factor files, together with the shipped ones. Exit code 1 for any."""
    with one_line():
        own = folder_named(path, folder)
        given = [file.resolve() for file in files or ()]
        rest = [file for file in (own_files(own) if own else ()) if file.resolve() not in given]
        paths = (*shipped_files(), *rest, *(files or ()))
        rows, faults = examine(paths)
    if as_json:
        record = {"ok": not faults, "files": len(paths), "rows": len(rows), "faults": faults}
        print_json(record)
    else:
        for fault in faults:
            out.print(fault, markup=False)
        count = f"{len(faults)} faults" if len(faults) != 1 else "1 fault"
        out.print(f"{len(rows):,} rows in {len(paths)} files, {count if faults else 'no fault'}")
    if faults:
        raise typer.Exit(1)


def _mark(row: HistoryRow) -> str:
    marks = []
    if row.break_before:
        marks.append(f"from here another quantity ({row.factor.definition})")
    if row.superseded_by:
        marks.append(f"superseded {row.superseded_by.known_on} by {row.superseded_by.id}")
    return "; ".join(marks)


def _print(rows: Sequence[Factor], marks: Sequence[str]) -> None:
    # Two lines a row: a table of nine columns is unreadable on a screen of eighty characters.
    for row, mark in zip(rows, marks, strict=True):
        value = f"{format(row.kg_per_kwh, 'f'):>8} kg/kWh"
        out.print(f"[bold]{value}[/]  {_window(row)}  {row.method}, {row.status}")
        who = " ".join(filter(None, (row.supplier_name or row.region, row.menu_name)))
        gas = row.gas if row.gwp in ("none", "as_published") else f"{row.gas} ({row.gwp})"
        told = (who, f"{gas}, known on {row.known_on}", row.id, mark)
        out.print(f"{'':10}{'; '.join(filter(None, told))}", markup=False)


def _window(row: Factor) -> str:
    return f"{day_text(row.valid_from) or 'not stated'} to {day_text(row.valid_to) or 'open'}"
