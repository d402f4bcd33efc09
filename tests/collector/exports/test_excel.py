"""Workbooks: reopened by another library, their formulas recomputed by a third."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, get_args

import formulas
import openpyxl
import pytest

from collector.exports.excel import fitted_widths, write_book
from collector.exports.report_book import book_of
from collector.reports.book import Book, BookCell, CellStyle, Formula, Sheet
from collector.reports.report import Cell, Column, Report, Row, Table
from tests.collector.exports.sample_report import HOSTILE, circuits, months, sample_report


def _book(*cells: BookCell) -> Book:
    return Book((Sheet("a", (cells,)),))


def _reopened(path: Path, values: bool = False) -> Any:
    return openpyxl.load_workbook(path, data_only=values)


def _tables_alone(report: Report) -> Report:
    sections = tuple(
        replace(part, blocks=tuple(block for block in part.blocks if isinstance(block, Table)))
        for part in report.sections
    )
    return replace(report, sections=sections)


def _with_table(table: Table) -> Report:
    report = sample_report("en")
    return replace(report, sections=(replace(report.sections[0], blocks=(table,)),))


def test_every_value_comes_back_as_what_it_is(tmp_path: Path) -> None:
    """Numbers, texts, days, moments and nothing are read as such by another library."""
    at = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
    values = (1.5, 2, "文字", date(2026, 11, 23), at, None, float("nan"), float("inf"))
    write_book(
        _book(
            *(BookCell(value, "date" if isinstance(value, date) else "text") for value in values)
        ),
        tmp_path / "a.xlsx",
    )
    (row,) = _reopened(tmp_path / "a.xlsx")["a"].iter_rows()
    found = [cell.value for cell in row]
    day, moment = datetime(2026, 11, 23), datetime(2026, 11, 23, 9, 30)  # noqa: DTZ001
    assert found == [1.5, 2, "文字", day, moment, None, None, None]


@pytest.mark.parametrize(
    "text", [*HOSTILE, "https://example.org", "=1+1", "{=1}", "\x00\x07", "\ud800"]
)
def test_text_never_becomes_a_formula_or_a_link(tmp_path: Path, text: str) -> None:
    """Whatever it begins with, a text is a text cell without a link."""
    write_book(_book(BookCell(text)), tmp_path / "a.xlsx")
    cell = _reopened(tmp_path / "a.xlsx")["a"]["A1"]
    assert cell.data_type == "s"
    assert cell.hyperlink is None
    if text.isprintable():
        assert cell.value == text


def test_a_text_longer_than_a_cell_is_cut(tmp_path: Path) -> None:
    """40,000 characters do not break the file."""
    write_book(_book(BookCell("長" * 40_000)), tmp_path / "a.xlsx")
    assert len(_reopened(tmp_path / "a.xlsx")["a"]["A1"].value) == 32_767


def test_a_formula_is_live_and_its_value_is_there(tmp_path: Path) -> None:
    """Programs that calculate see the formula, programs that only read see its value."""
    cells = (
        BookCell(2.0),
        BookCell(3.0),
        BookCell(Formula("=SUM(A1:B1)", 5.0), "kwh"),
        BookCell(Formula('=IF(A1>1,"多","少")', "多")),
    )
    write_book(_book(*cells), tmp_path / "a.xlsx")
    assert _reopened(tmp_path / "a.xlsx")["a"]["C1"].value == "=SUM(A1:B1)"
    read = _reopened(tmp_path / "a.xlsx", values=True)["a"]
    assert (read["C1"].value, read["D1"].value) == (5, "多")


def test_looks_of_cells(tmp_path: Path) -> None:
    """Thousands are separated, a percentage is one, a cell to fill in is tinted."""
    styles: tuple[CellStyle, ...] = get_args(CellStyle)
    write_book(_book(*(BookCell(1234.5, style) for style in styles)), tmp_path / "a.xlsx")
    (row,) = _reopened(tmp_path / "a.xlsx")["a"].iter_rows()
    looks = dict(zip(styles, row, strict=True))
    assert looks["kwh"].number_format == "#,##0"
    assert looks["tonnes"].number_format == "#,##0.000"
    assert looks["percent"].number_format == "0.0%"
    assert looks["head"].font.bold
    assert looks["input"].fill.fgColor.rgb == "FFFFF4CC"
    assert {cell.font.name for cell in row} == {"Yu Gothic"}


def test_the_sheet_prints_on_a4_with_its_head_on_each_page(tmp_path: Path) -> None:
    """Frozen rows stay in sight and are repeated; wide sheets lie on their side."""
    row = tuple(BookCell("見出し", "head") for _ in range(3))
    sheets = (Sheet("a", (row, row), (20.0, 10.0), frozen_rows=1), Sheet("b", (row,), (50.0, 60.0)))
    write_book(Book(sheets), tmp_path / "a.xlsx")
    book = _reopened(tmp_path / "a.xlsx")
    assert (book["a"].freeze_panes, book["b"].freeze_panes) == ("A2", None)
    assert book["a"].print_title_rows == "$1:$1"
    assert [book[name].page_setup.orientation for name in "ab"] == ["portrait", "landscape"]
    assert {book[name].page_setup.paperSize for name in "ab"} == {9}
    assert book["a"].column_dimensions["A"].width == pytest.approx(20, abs=1)
    assert book["a"].column_dimensions["C"].width == pytest.approx(8, abs=1)


def test_japanese_gets_double_width() -> None:
    """A column of six full-width characters is as wide as one of twelve letters."""
    sheet = Sheet(
        "a", ((BookCell("六文字の見出"), BookCell("twelveletter"), BookCell(1_234_567.0)),)
    )
    assert fitted_widths(sheet) == [14, 14, 14]
    assert max(fitted_widths(Sheet("a", ((BookCell("x" * 500),),)))) == 60


@pytest.mark.parametrize("name", ["", "a" * 32, "a/b", "[x]", "'a", "History", "a\u202eb"])
def test_a_name_excel_refuses_is_refused_with_a_better_one(tmp_path: Path, name: str) -> None:
    """The error says what to name the sheet; no file is left."""
    with pytest.raises(ValueError, match="name it"):
        write_book(Book((Sheet(name, ()),)), tmp_path / "a.xlsx")
    assert list(tmp_path.iterdir()) == []


def test_two_sheets_of_one_name_and_none_are_refused(tmp_path: Path) -> None:
    """Names differ even when case does not count; an empty book is no book."""
    with pytest.raises(ValueError, match=r"name it 'A \(2\)'"):
        write_book(Book((Sheet("a", ()), Sheet("A", ()))), tmp_path / "a.xlsx")
    with pytest.raises(ValueError, match="at least one sheet"):
        write_book(Book(()), tmp_path / "a.xlsx")


@pytest.mark.parametrize("language", ["ja", "en"])
def test_formulas_recomputed_give_the_cached_values(tmp_path: Path, language: Any) -> None:
    """A second spreadsheet engine finds the values the file already holds, sums of the report."""
    path = tmp_path / "a.xlsx"
    write_book(book_of(_tables_alone(sample_report(language, HOSTILE))), path)
    computed = formulas.ExcelModel().loads(str(path)).finish().calculate()
    live, cached = _reopened(path), _reopened(path, values=True)
    checked = 0
    for sheet in live:
        for cell in (cell for row in sheet for cell in row if cell.data_type == "f"):
            found = computed[f"'[a.xlsx]{sheet.title.upper()}'!{cell.coordinate}"].value[0, 0]
            assert float(found) == pytest.approx(
                cached[sheet.title][cell.coordinate].value, rel=1e-12
            )
            checked += 1
    assert checked == 5 + 12


def test_sums_are_live_where_they_are_sums() -> None:
    """The site's kWh is the sum of its circuits below, its peak is not; months add up above."""
    above, below = book_of(_with_table(circuits(False))), book_of(_with_table(months(False)))
    total, last = above.sheets[1].rows[3], below.sheets[1].rows[-1]
    assert total[1].value == Formula("=SUM(B5:B34)", sum(1000.5 + 10 * n for n in range(30)))
    assert total[3].value == 480.0
    assert last[1].value == Formula("=SUM(B4:B5)", 30_200.0)


def _row(name: str, number: float | None, level: int = 0, strong: bool = False) -> Row:
    return Row((Cell(name), Cell("–" if number is None else f"{number}", number)), level, strong)


@pytest.mark.parametrize(
    ("rows", "formula"),
    [
        ((_row("sum", 7.0, strong=True), _row("a", 3.0, 1), _row("b", 4.0, 1)), "=SUM(B5:B6)"),
        (
            (
                _row("sum", 7.0, strong=True),
                _row("a", 3.0, 1),
                _row("aa", 1.0, 2),
                _row("b", 4.0, 1),
            ),
            "=B5+B7",
        ),
        (
            (_row("a", 3.0), _row("x", None), _row("b", 4.0), _row("sum", 7.0, strong=True)),
            "=SUM(B4:B6)",
        ),
        ((_row("a", 3.0), _row("b", 4.5), _row("sum", 7.0, strong=True)), None),
        ((_row("a", 7.0), _row("b", 0.0), _row("largest", 7.0, strong=True)), None),
        ((_row("a", 7.0, strong=True),), None),
    ],
)
def test_which_rows_a_sum_adds(rows: tuple[Row, ...], formula: str | None) -> None:
    """Rows of the first level up to the next sum; what is no sum of two stays a value."""
    table = Table("t", (Column("name", align="left"), Column("E", "kWh")), rows)
    sheet = book_of(_with_table(table)).sheets[1]
    found = [
        cell.value.text for row in sheet.rows for cell in row if isinstance(cell.value, Formula)
    ]
    assert found == ([formula] if formula else [])


def test_a_report_becomes_a_summary_and_a_sheet_for_each_table_and_picture() -> None:
    """Figures are numbers with their unit; the pictures' data and the tables follow in order."""
    report = sample_report("ja")
    book = book_of(report)
    blocks = [block for part in report.sections for block in part.blocks]
    assert len(book.sheets) == 1 + sum(not hasattr(block, "hint") for block in blocks)
    cells = [tuple(cell.value for cell in row) for row in book.sheets[0].rows]
    assert ("削減できる電力量", 123456.0, "kWh", "", "年間") in cells
    assert ("CO₂は暫定値です。 → 係数の公表後に再算定",) in cells
    assert any(row[:1] == (book.sheets[1].name,) for row in cells)


def test_hostile_reports_give_good_sheets(tmp_path: Path) -> None:
    """Titles that Excel refuses as names, twice the same, are told apart; the file opens."""
    table = months(False)
    report = sample_report("en", HOSTILE)
    parts = tuple(
        replace(report.sections[0], title=name, blocks=(replace(table, title=name), table))
        for name in (*HOSTILE, "[]:*?/\\", "'", "")
    )
    book = book_of(replace(report, sections=parts, title=HOSTILE[0]))
    write_book(book, tmp_path / "a.xlsx")
    names = _reopened(tmp_path / "a.xlsx").sheetnames
    assert len(names) == len({name.lower() for name in names}) == 1 + 2 * len(parts)
    assert max(map(len, names)) <= 31


def test_a_folder_that_is_not_there_is_the_system_s_error(tmp_path: Path) -> None:
    """The caller gets the system's own error, whatever the library makes of it."""
    with pytest.raises(FileNotFoundError):
        write_book(_book(BookCell(1.0)), tmp_path / "none" / "a.xlsx")


def test_the_library_is_loaded_when_a_book_is_written() -> None:
    """Importing the exports does not load xlsxwriter, pyarrow, numpy or pandas."""
    code = (
        "import sys, collector.exports.render;"
        "print([n for n in ('xlsxwriter', 'pyarrow', 'numpy', 'pandas') if n in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
