"""The workbook of any report: figures and notes first, then each table and each picture's data."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from math import fsum

from collector.exports.data_table import DataTable, data_tables
from collector.exports.plain_column import Field, PlainColumn, number_in
from collector.reports.book import Book, BookCell, CellStyle, Formula, Sheet, Value
from collector.reports.book_names import sheet_names
from collector.reports.report import Figure, Language, Note, Report, Row
from collector.reports.sheet_rows import address

_SUMMARY: dict[Language, str] = {"ja": "概要", "en": "Summary"}
_HEADS: dict[Language, tuple[str, ...]] = {
    "ja": ("項目", "値", "単位", "区分", "備考"),
    "en": ("Figure", "Value", "Unit", "Mark", "Note"),
}
_SHEETS: dict[Language, tuple[str, str]] = {
    "ja": ("シート", "内容"),
    "en": ("Sheet", "What it holds"),
}
_HEAD_ROWS = 3
"""Rows above the data of a sheet: its title, an empty row, the heads."""
_EXACT = 1e-9
"""How far, as a share, a sum may be off for rounding in binary."""


def book_of(report: Report) -> Book:
    """The report as a workbook to go on working in.

    A marked row of a table is written as a live sum where it is the sum of the rows above it, or
    below it, up to the next marked row; else as the value it has.
    """
    tables = data_tables(report)[1:]
    wanted = [f"{number:02d} {table.title}" for number, table in enumerate(tables, 1)]
    names = sheet_names([_SUMMARY[report.language], *wanted])
    sheets = [_sheet(name, table) for name, table in zip(names[1:], tables, strict=True)]
    return Book((_summary(report, names, tables), *sheets))


def _summary(report: Report, names: Sequence[str], tables: Sequence[DataTable]) -> Sheet:
    rows: list[tuple[BookCell, ...]] = [
        (BookCell(report.title, "title"),),
        (BookCell(report.subtitle),),
        (BookCell(report.made, "note"),),
        (),
        *((BookCell(text, "note"),) for text in _notes(report)),
        (),
        tuple(BookCell(head, "head") for head in _HEADS[report.language]),
    ]
    figures = [*report.figures, *(one for part in report.sections for one in part.figures)]
    rows += [_figure(figure) for figure in figures]
    rows += [(), tuple(BookCell(head, "head") for head in _SHEETS[report.language])]
    rows += [
        (BookCell(name), BookCell(_whole(table)))
        for name, table in zip(names[1:], tables, strict=True)
    ]
    return Sheet(names[0], tuple(rows), widths=(34.0, 16.0, 12.0, 14.0, 60.0))


def _whole(table: DataTable) -> str:
    titles = (table.section, table.title)
    return titles[1] if titles[0] in ("", titles[1]) else f"{titles[0]}: {titles[1]}"


def _notes(report: Report) -> Iterator[str]:
    held = [*report.notes]
    held += [block for part in report.sections for block in part.blocks if isinstance(block, Note)]
    for note in held:
        yield f"{note.text} → {note.hint}" if note.hint else note.text


def _figure(figure: Figure) -> tuple[BookCell, ...]:
    number = number_in(figure.value)
    value = BookCell(figure.value)
    if number is not None:
        value = BookCell(number, _style(_decimals(figure.value)))
    note = " ".join(filter(None, (figure.note, figure.share_of)))
    return (
        BookCell(figure.label), value, BookCell(figure.unit), BookCell(figure.badge),
        BookCell(note, "note"),
    )  # fmt: skip


def _decimals(text: str) -> int:
    return len(text.partition(".")[2])


def _style(decimals: int) -> CellStyle:
    return ("integer", "kw", "number")[decimals] if decimals < 3 else "tonnes"


def _sheet(name: str, table: DataTable) -> Sheet:
    sums = _sums(table)
    rows: list[tuple[BookCell, ...]] = [
        (BookCell(_whole(table), "title"),),
        (),
        tuple(BookCell(column.head, "head") for column in table.columns),
    ]
    for number, fields in enumerate(table.rows):
        level = table.source[number].level if table.source else 0
        rows.append(tuple(
            _cell(field, column, level if at == 0 else 0, sums.get((number, at)))
            for at, (field, column) in enumerate(zip(fields, table.columns, strict=True))
        ))  # fmt: skip
    return Sheet(name, tuple(rows), frozen_rows=_HEAD_ROWS)


def _cell(field: Field, column: PlainColumn, level: int, formula: str | None) -> BookCell:
    value: Value = field
    if isinstance(field, str):
        return BookCell("\u3000" * level + field)
    if isinstance(field, datetime):
        return BookCell(value, "moment")
    if formula is not None and field is not None:
        value = Formula(formula, field)
    return BookCell(value, _style(column.decimals) if column.kind == "number" else "text")


def _sums(table: DataTable) -> dict[tuple[int, int], str]:
    """The formulas of the cells that are sums: by row and column, counted from 0."""
    found: dict[tuple[int, int], str] = {}
    for number, row in enumerate(table.source):
        for addends in _candidates(table.source, number) if row.strong else ():
            for at, column in enumerate(table.columns):
                if column.kind == "number" and _is_sum(table, number, addends, at):
                    found.setdefault((number, at), _formula(addends, at))
    return found


def _candidates(rows: Sequence[Row], strong: int) -> Iterator[list[int]]:
    """The rows a marked row may be the sum of: those above, then those below, of one level."""
    for step in (-1, 1):
        at, run = strong + step, []
        while 0 <= at < len(rows) and not rows[at].strong:
            run.append(at)
            at += step
        if run:
            top = min(rows[one].level for one in run)
            yield sorted(one for one in run if rows[one].level == top)


def _is_sum(table: DataTable, number: int, addends: Sequence[int], at: int) -> bool:
    """Whether it is, with two addends at least: the largest of a column is no sum."""
    value = table.rows[number][at]
    held = [field for row in addends if isinstance(field := table.rows[row][at], float)]
    if not isinstance(value, float) or sum(1 for one in held if one) < 2:
        return False
    return abs(fsum(held) - value) <= _EXACT * max(abs(value), *(abs(one) for one in held))


def _formula(addends: Sequence[int], at: int) -> str:
    first, last = addends[0], addends[-1]
    places = [address(at + 1, row + _HEAD_ROWS + 1) for row in addends]
    if last - first == len(places) - 1:
        return f"=SUM({places[0]}:{places[-1]})"
    return "=" + "+".join(places)
