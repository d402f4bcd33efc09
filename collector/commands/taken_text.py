"""What an import of a file did, as people read it: taken, known, refused, and how to undo it."""

from __future__ import annotations

from dataclasses import dataclass

from collector.commands.terminal import out
from collector.imports.slots import SlotFile
from collector.imports.taking_in import Taken

SHOWN_REFUSALS = 20


@dataclass(frozen=True, slots=True)
class Wording:
    """What the rows are (``slots``), what is missing among them, and the verb that undoes."""

    rows: str
    undo: str
    missing: str = ""


def show_taken(read: SlotFile, taken: Taken, wording: Wording, dry_run: bool) -> None:
    """Print what was taken, or would be, then what was assumed and what was refused."""
    rows, missing = wording.rows, wording.missing
    if dry_run and taken.slots:
        out.print(f"nothing is taken: {taken.slots:,} {rows} would be{missing}", end="")
        out.print(f", {taken.known:,} stand already, {taken.replaced:,} stand over other values")
    elif taken.import_id is None:
        same = "" if taken.same_as is None else f" (import {taken.same_as})"
        stand = f"all {taken.known:,} {rows} stand already{missing}{same}"
        out.print(f"nothing to take: {stand}", markup=False)
    else:
        out.print(f"import {taken.import_id}: {taken.slots:,} {rows} taken{missing}", end="")
        out.print(f", {taken.known:,} stood already, {taken.replaced:,} stand over other values")
        out.print(f"take it back with: {wording.undo} {taken.import_id} --by NAME")
    _show_refused(read)


def _show_refused(read: SlotFile) -> None:
    for line in read.notices:
        out.print(line, markup=False)
    for refusal in read.refusals[:SHOWN_REFUSALS]:
        out.print(f"refused: {refusal}", markup=False)
    if len(read.refusals) > SHOWN_REFUSALS:
        out.print(f"and {len(read.refusals) - SHOWN_REFUSALS:,} more rows refused")
