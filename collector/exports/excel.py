"""Writes a workbook for Excel: formulas stay alive with their value cached, text stays text.

The only file that knows xlsxwriter.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from math import isfinite
from pathlib import Path
from typing import Any
from unicodedata import east_asian_width

from collector.reports.book import Book, BookCell, CellStyle, Formula, Sheet
from collector.reports.book_names import check_names

LONGEST_TEXT = 32_767
"""Characters an Excel cell holds."""
WIDEST_COLUMN = 60.0
NARROWEST_COLUMN = 6.0
ROWS_MEASURED = 500
PORTRAIT_CHARACTERS = 95.0
"""Sheets wider than this (characters) print in landscape."""
_A4 = 9
_FONT = "Yu Gothic"
_LOOKS: dict[CellStyle, Mapping[str, object]] = {
    "text": {"valign": "top"},
    "head": {
        "bold": True, "bg_color": "#e8eef4", "bottom": 1, "text_wrap": True, "valign": "vcenter",
    },
    "title": {"bold": True, "font_size": 15},
    "note": {"font_color": "#56606c", "font_size": 10, "valign": "top"},
    "kwh": {"num_format": "#,##0"},
    "kw": {"num_format": "#,##0.0"},
    "kg": {"num_format": "#,##0.0"},
    "tonnes": {"num_format": "#,##0.000"},
    "gj": {"num_format": "#,##0.0"},
    "kl": {"num_format": "#,##0.00"},
    "yen": {"num_format": "#,##0"},
    "factor": {"num_format": "0.000000"},
    "percent": {"num_format": "0.0%"},
    "number": {"num_format": "#,##0.00"},
    "integer": {"num_format": "#,##0"},
    "date": {"num_format": "yyyy-mm-dd", "align": "left"},
    "moment": {"num_format": "yyyy-mm-dd hh:mm", "align": "left"},
    "input": {
        "bg_color": "#fff4cc", "border": 1, "border_color": "#d0a020", "num_format": "#,##0.####",
    },
}  # fmt: skip


def write_book(book: Book, path: Path) -> None:
    """Write the workbook.

    Raises ``OSError`` for what cannot be written, ``ValueError`` for a name that a sheet cannot
    have (``book_names.sheet_names`` makes good ones) and for a book without sheets.
    """
    import xlsxwriter
    from xlsxwriter.exceptions import FileCreateError

    check_names([sheet.name for sheet in book.sheets])
    workbook = xlsxwriter.Workbook(str(path), {"in_memory": True})
    formats = {
        style: workbook.add_format({"font_name": _FONT, **look}) for style, look in _LOOKS.items()
    }
    for sheet in book.sheets:
        _write_sheet(workbook.add_worksheet(sheet.name), sheet, formats)
    try:
        workbook.close()
    except FileCreateError as error:
        raise (
            error.args[0] if isinstance(error.args[0], OSError) else OSError(str(error))
        ) from error


def _write_sheet(worksheet: Any, sheet: Sheet, formats: Mapping[CellStyle, Any]) -> None:
    for row, cells in enumerate(sheet.rows):
        for column, cell in enumerate(cells):
            _write_cell(worksheet, row, column, cell, formats[cell.style])
    widths = [*sheet.widths, *fitted_widths(sheet)[len(sheet.widths) :]]
    for column, width in enumerate(widths):
        worksheet.set_column(column, column, width)
    if sheet.frozen_rows:
        worksheet.freeze_panes(sheet.frozen_rows, 0)
        worksheet.repeat_rows(0, sheet.frozen_rows - 1)
    worksheet.set_paper(_A4)
    worksheet.set_margins(left=0.5, right=0.5, top=0.7, bottom=0.6)
    worksheet.set_footer("&L&A&R&P / &N")
    worksheet.fit_to_pages(1, 0)
    if sum(widths) > PORTRAIT_CHARACTERS:
        worksheet.set_landscape()


def _write_cell(worksheet: Any, row: int, column: int, cell: BookCell, look: Any) -> None:
    """Write by the value's own kind: no text is looked at for what it might mean."""
    value = cell.value
    if isinstance(value, Formula):
        cached = value.value
        if isinstance(cached, float) and not isfinite(cached):
            cached = ""
        worksheet.write_formula(row, column, value.text, look, cached)
    elif isinstance(value, str):
        worksheet.write_string(row, column, _storable(value), look)
    elif isinstance(value, datetime):
        worksheet.write_datetime(row, column, value.replace(tzinfo=None), look)
    elif isinstance(value, date):
        worksheet.write_datetime(row, column, value, look)
    elif value is None or not isfinite(value):
        worksheet.write_blank(row, column, None, look)
    else:
        worksheet.write_number(row, column, value, look)


def _storable(text: str) -> str:
    # A lone half of a surrogate pair cannot be written as UTF-8.
    return text.encode("utf-8", "replace").decode("utf-8")[:LONGEST_TEXT]


def fitted_widths(sheet: Sheet) -> list[float]:
    """A width for every column (characters), by its first cells; Japanese counts double.

    Titles and notes run over the cells beside them and do not count.
    """
    columns = max((len(row) for row in sheet.rows), default=0)
    widths = [NARROWEST_COLUMN] * columns
    for row in sheet.rows[:ROWS_MEASURED]:
        for column, cell in enumerate(row):
            if cell.style not in ("title", "note"):
                widths[column] = max(widths[column], _characters(cell) + 2)
    return [min(width, WIDEST_COLUMN) for width in widths]


def _characters(cell: BookCell) -> float:
    value = cell.value.value if isinstance(cell.value, Formula) else cell.value
    if value is None:
        return 0.0
    if isinstance(value, str):
        return float(sum(2 if east_asian_width(letter) in "WFA" else 1 for letter in value))
    if isinstance(value, date):
        return 16.0 if isinstance(value, datetime) else 10.0
    return len(f"{value:,.2f}") * 1.0
