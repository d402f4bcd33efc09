"""`collector factors add` and `import`: new rows for the plant's own folder, checked first.

Both say which keys and windows get a first or another value and what that changes in the plant,
and write a file whole or not at all.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from collector.commands.factor_effect import (
    Effect,
    MonthsOption,
    effect_of,
    effect_view,
    show_effect,
    show_next_step,
)
from collector.commands.factor_folder import FolderOption, SettingsOption, own_folder
from collector.commands.terminal import JsonOption, day_named, err, one_line, out, print_json
from collector.errors import CollectorError, FactorError
from collector.factors.changes import Change, changes
from collector.factors.factor import Factor
from collector.factors.lookup import FactorLibrary
from collector.factors.ministry_import import ListEdition, ListImport, import_list
from collector.factors.new_row import appended, values_of
from collector.factors.own_folder import Draft, library_of, put, with_draft
from collector.factors.record import change_record, day_text
from edge_agent.process.bounded import SETTINGS_BYTES, bytes_in

SHOWN_CHANGES = 20
DryRunOption = Annotated[bool, typer.Option("--dry-run", help="Say what would change, no more.")]


def _value(text: str) -> Any:
    return typer.Option(help=text, show_default=False, rich_help_panel="Values of the row")


Given = str | None


def add(
    ctx: typer.Context,
    file: Annotated[
        Path | None, typer.Option("--from", help="A TOML file with the values of one row.")
    ] = None,
    into: Annotated[str, typer.Option(help="The file of your folder it goes to.")] = "own.toml",
    id: Annotated[Given, _value("A new id, never used before: own-2026-A0000-M.")] = None,
    region: Annotated[Given, _value("JP, GB, US-CAMX")] = None,
    supplier: Annotated[Given, _value("The supplier's number")] = None,
    supplier_name: Annotated[Given, _value("The supplier's name")] = None,
    menu: Annotated[Given, _value("The menu's letter")] = None,
    menu_name: Annotated[Given, _value("The menu as printed")] = None,
    kind: Annotated[Given, _value("named, residual, whole, national, substitute or part")] = None,
    method: Annotated[Given, _value("jp_shk_basic, jp_shk_adjusted, location, ...")] = None,
    value: Annotated[Given, _value("kg/kWh as printed: 0.452")] = None,
    unit: Annotated[Given, _value("kg/kWh, and nothing else")] = None,
    gas: Annotated[Given, _value("CO2, CO2e, CH4 or N2O")] = None,
    gwp: Annotated[Given, _value("Of CO2e: AR4, AR5, AR6 or as_published")] = None,
    scheme: Annotated[Given, _value("shk, ghgp, industry or project")] = None,
    scope: Annotated[Given, _value("2, 3.3 or none")] = None,
    boundary: Annotated[Given, _value("generation, consumption or lifecycle")] = None,
    definition: Annotated[Given, _value("Which quantity the name means")] = None,
    valid_from: Annotated[Given, _value("First day of activity: 2025-04-01")] = None,
    valid_to: Annotated[Given, _value("Day after the last; none: open")] = None,
    time_zone: Annotated[Given, _value("Of the window, if not the region's")] = None,
    measured_from: Annotated[Given, _value("First day it was measured")] = None,
    measured_to: Annotated[Given, _value("Day after the last measured")] = None,
    known_on: Annotated[Given, _value("From when it could be known")] = None,
    status: Annotated[Given, _value("official, corrected, preliminary, withdrawn")] = None,
    supersedes: Annotated[Given, _value("The id of the row it corrects")] = None,
    note: Annotated[Given, _value("What a reader must know")] = None,
    title: Annotated[Given, _value("Of the publication")] = None,
    publisher: Annotated[Given, _value("Who published it")] = None,
    revision: Annotated[Given, _value("Which edition it is")] = None,
    published_on: Annotated[Given, _value("The day as printed")] = None,
    licence: Annotated[Given, _value("Of the publication")] = None,
    attribution: Annotated[Given, _value("How it is to be cited")] = None,
    url: Annotated[Given, _value("Where it was found")] = None,
    via: Annotated[Given, _value("Through what it was read")] = None,
    path: SettingsOption = None,
    folder: FolderOption = None,
    by_month: MonthsOption = False,
    dry_run: DryRunOption = False,
    as_json: JsonOption = False,
) -> None:
    """Append one checked row to a file of your own folder; what the loader refuses is refused."""
    with one_line():
        own = own_folder(path, folder)
        row = values_of(file, ctx.params)
        draft = appended(own, into, row)
        old, new = library_of(own), with_draft(own, draft)
        found = changes(old, new)
        written = None if dry_run else put(own, draft)
        effect = effect_of(path, own, old, new, by_month)
    if as_json:
        print_json({"added": row["id"], **_outcome(written, found, effect)})
        return
    _tell(found)
    show_effect(effect)
    out.print(f"{row['id']}: {_where(written, draft, own)}", markup=False)
    show_next_step(effect, path)


def import_(
    file: Annotated[Path, typer.Argument(help="The list, as text (pdftotext -layout) or CSV.")],
    published_on: Annotated[str, typer.Option(help="As printed: 2026-01-09.")],
    known_on: Annotated[str, typer.Option(help="The day this edition could be known.")],
    activity_year: Annotated[int, typer.Option(help="Fiscal year of activity: 2025.")],
    url: Annotated[str, typer.Option(help="Where the list was found.")] = "",
    path: SettingsOption = None,
    folder: FolderOption = None,
    by_month: MonthsOption = False,
    dry_run: DryRunOption = False,
    as_json: JsonOption = False,
) -> None:
    """Import the Japanese ministries' yearly list into your own folder.

    Exit code 1 when a line was refused; the others are taken all the same.
    """
    with one_line():
        own = own_folder(path, folder)
        edition = ListEdition(published_on, day_named(known_on), activity_year, url)
        old = library_of(own)
        found = import_list(file.name, _bytes(file), edition, old)
        new, written = _taken(found, old, own, dry_run)
        changed = changes(old, new)
        effect = effect_of(path, own, old, new, by_month) if found.draft else Effect()
    if as_json:
        print_json({**_outcome(written, changed, effect), **_counts(found)})
    else:
        _tell(changed)
        if found.draft:
            show_effect(effect)
        _tell_import(found, own, written)
        show_next_step(effect, path)
    if found.refused:
        raise typer.Exit(1)


def _bytes(file: Path) -> bytes:
    try:
        return bytes_in(file, SETTINGS_BYTES)
    except OSError as error:
        hint = "write the path of the list"
        raise CollectorError(f"{file} cannot be read: {error.strerror}", hint) from error


def _taken(
    found: ListImport, old: FactorLibrary, own: Path, dry_run: bool
) -> tuple[FactorLibrary, Path | None]:
    if found.draft is None:
        return old, None
    if (own / found.draft.name).exists():
        hint = "give this edition its own --known-on, or take that file away"
        raise FactorError(f"{own / found.draft.name} is there already", hint)
    new = with_draft(own, found.draft)
    return new, None if dry_run else put(own, found.draft)


def _outcome(written: Path | None, changed: Iterable[Change], effect: Effect) -> dict[str, object]:
    return {
        "file": str(written) if written else None,
        "changes": [change_record(change) for change in changed],
        "plant": effect_view(effect),
    }


def _counts(found: ListImport) -> dict[str, object]:
    refused = [{"line": r.at, "text": r.text, "reason": r.reason} for r in found.refused]
    return {"taken": len(found.taken), "unchanged": found.unchanged, "refused": refused}


def _tell(found: Sequence[Change]) -> None:
    for change in found[:SHOWN_CHANGES]:
        row, before = change.factor, change.before
        who = " ".join(filter(None, (row.region, row.supplier, row.menu or row.kind, row.method)))
        was = f" (was {before.kg_per_kwh})" if before and change.after else ""
        text = f"{change.kind}: {who} {_window(row)}: {row.kg_per_kwh} kg/kWh{was}"
        out.print(text, markup=False)
    if len(found) > SHOWN_CHANGES:
        out.print(f"and {len(found) - SHOWN_CHANGES:,} more changes (--json lists them all)")


def _tell_import(found: ListImport, own: Path, written: Path | None) -> None:
    for line in found.refused:
        err.print(f"line {line.at}: {line.reason}: {line.text}", markup=False)
    counts = f"{len(found.taken):,} rows taken, {found.unchanged:,} held already"
    where = _where(written, found.draft, own) if found.draft else "nothing new, nothing written"
    out.print(f"{counts}, {len(found.refused):,} lines refused; {where}", markup=False)


def _where(written: Path | None, draft: Draft, own: Path) -> str:
    return f"written to {written}" if written else f"would be written to {own / draft.name}"


def _window(row: Factor) -> str:
    return f"{row.valid_from} to {day_text(row.valid_to) or 'open'}"
