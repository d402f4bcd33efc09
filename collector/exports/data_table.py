"""What a report holds, as plain tables: its figures, its tables and the data of its pictures.

This is the one source of the workbook, CSV and Parquet. Numbers are the ones behind the texts, in
the column's unit; what is not known is None. Moments carry the report's time zone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from collector.exports.picture_data import picture_data
from collector.exports.plain_column import Field, PlainColumn, known_number
from collector.reports.numbers import ABSENT
from collector.reports.report import Cell, Figure, Language, Note, Report, Row, Table

DataKind = Literal["figures", "table", "picture"]
_UNKNOWN = frozenset({"", ABSENT, "-", "—"})
"""Texts of a cell that say there is no number."""

_WORDS: dict[str, dict[Language, str]] = {
    "figures": {"ja": "数値", "en": "Figures"},
    "section": {"ja": "節", "en": "Section"},
    "figure": {"ja": "項目", "en": "Figure"},
    "value": {"ja": "値", "en": "Value"},
    "unit": {"ja": "単位", "en": "Unit"},
    "note": {"ja": "備考", "en": "Note"},
    "badge": {"ja": "区分", "en": "Mark"},
}


@dataclass(frozen=True, slots=True)
class DataTable:
    """One table: ``name`` is stable and ASCII, ``title`` is for people.

    ``source`` holds the rows of a report's table as they were (their levels and sums), () for
    pictures and figures.
    """

    name: str
    title: str
    section: str
    kind: DataKind
    columns: tuple[PlainColumn, ...]
    rows: tuple[tuple[Field, ...], ...]
    source: tuple[Row, ...] = ()


def data_tables(report: Report) -> tuple[DataTable, ...]:
    """The report's figures first, then its blocks in order; notes have no data."""
    return (_figures(report), *_blocks(report))


def _figures(report: Report) -> DataTable:
    language = report.language
    sections = [("", report.figures), *((part.title, part.figures) for part in report.sections)]
    rows = tuple(_figure(title, figure) for title, figures in sections for figure in figures)
    heads = ("section", "figure", "value", "unit", "note", "badge")
    columns = tuple(PlainColumn(_WORDS[head][language], "", "text") for head in heads)
    return DataTable("00-figures", _WORDS["figures"][language], "", "figures", columns, rows)


def _figure(section: str, figure: Figure) -> tuple[Field, ...]:
    note = " ".join(filter(None, (figure.note, figure.share_of)))
    return (section, figure.label, figure.value, figure.unit, note, figure.badge)


def _blocks(report: Report) -> Iterator[DataTable]:
    for number, section in enumerate(report.sections, 1):
        for place, block in enumerate(section.blocks, 1):
            if isinstance(block, Note):
                continue
            name = f"{number:02d}-{place:02d}"
            if isinstance(block, Table):
                columns, rows = _table(block)
                title = block.title or section.title
                yield DataTable(
                    f"{name}-table", title, section.title, "table", columns, rows, block.rows
                )
            else:
                columns, rows = picture_data(block, report)
                yield DataTable(
                    f"{name}-picture", block.title, section.title, "picture", columns, rows
                )


def _table(table: Table) -> tuple[tuple[PlainColumn, ...], tuple[tuple[Field, ...], ...]]:
    held = [
        _column([row.cells[at] if at < len(row.cells) else Cell("") for row in table.rows])
        for at in range(len(table.columns))
    ]
    columns = []
    for number, (column, (fields, decimals)) in enumerate(zip(table.columns, held, strict=True)):
        numeric = decimals is not None
        # The number of a bar is a share; its unit is that of the text, percent.
        if numeric and column.bar:
            fields = [100 * field if isinstance(field, float) else None for field in fields]
        label = column.label or f"{number + 1}"
        kind: Literal["number", "text"] = "number" if numeric else "text"
        columns.append(PlainColumn(label, column.unit, kind, decimals or 0))
        held[number] = (fields, decimals)
    rows = tuple(zip(*(fields for fields, _ in held), strict=True))
    return tuple(columns), rows


def _column(cells: Sequence[Cell]) -> tuple[list[Field], int | None]:
    """The fields and the decimals shown; None where it is a column of texts.

    It holds numbers when every cell has one, or a text that says that there is none.
    """
    numbers = [known_number(cell.number) for cell in cells]
    if not any(number is not None for number in numbers) or any(
        number is None and cell.text.strip() not in _UNKNOWN
        for number, cell in zip(numbers, cells, strict=True)
    ):
        return [cell.text for cell in cells], None
    return list(numbers), max(_decimals(cell.text) for cell in cells)


def _decimals(text: str) -> int:
    """How many decimals a text shows, 0 when it is no number."""
    whole, point, decimals = text.strip().rpartition(".")
    return len(decimals) if point and whole and decimals.isdigit() else 0


def unique(names: Iterable[str]) -> tuple[str, ...]:
    """The names, with a number behind those that were there before."""
    taken: set[str] = set()
    found: list[str] = []
    for name in names:
        fresh, number = name, 2
        while fresh in taken:
            fresh, number = f"{name} ({number})", number + 1
        taken.add(fresh)
        found.append(fresh)
    return tuple(found)
