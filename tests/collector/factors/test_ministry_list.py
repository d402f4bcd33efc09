"""The ministries' list as text or CSV: which lines hold something, and what cannot be read."""

from __future__ import annotations

from decimal import Decimal

import pytest

from collector.errors import FactorError
from collector.factors.ministry_list import ListLine, activity_year_named, decoded, read_list
from tests.collector.factors.ministry_sample import CSV, LAYOUT


def line(text: str) -> ListLine:
    """The only line found in the text."""
    (found,) = read_list(text)
    return found


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932"])
def test_encodings(encoding: str) -> None:
    """UTF-8, with a mark or without, and Shift-JIS are the same text."""
    text = CSV.replace("－", "-")
    assert decoded(text.encode(encoding)) == text


@pytest.mark.parametrize(
    ("content", "message", "hint"),
    [
        (b"%PDF-1.7 ...", "the file is a PDF", "pdftotext -layout"),
        (b"PK\x03\x04 ...", "the file is a workbook", "CSV"),
        (b"\xff\xfe\x00\x81", "neither UTF-8 nor Shift-JIS", "UTF-8"),
    ],
)
def test_other_files_are_refused(content: bytes, message: str, hint: str) -> None:
    """A PDF, a workbook or another encoding is one error that says what to do."""
    with pytest.raises(FactorError, match=message) as error:
        decoded(content)
    assert hint in error.value.hint


def test_the_year_it_is_for() -> None:
    """The list names the fiscal year of activity in the Japanese calendar."""
    assert activity_year_named(LAYOUT) == 2025
    assert activity_year_named("○令和元年度の温室効果ガス排出量を算定する際") == 2019
    assert activity_year_named("○令和１０年度の温室効果ガス排出量を算定する際") == 2028
    assert activity_year_named(CSV) is None


def test_layout_lines() -> None:
    """Notes, headings and page numbers are left out; lines of rows keep their line number."""
    found = read_list(LAYOUT)
    assert len(found) == 16
    first = found[0]
    assert (first.at, first.number, first.name) == (14, "A9001", "(株)一行電力")
    assert (first.basic, first.adjusted, first.marked) == (
        Decimal("0.000422"),
        Decimal("0.000422"),
        True,
    )


def test_full_width_text() -> None:
    """Full-width digits, letters, spaces and brackets are read as their plain forms."""
    menu = "メニューＢ（残差）  ０.０００３７４   0.000375   7.17"
    found = line(f"Ａ９００６　　　全角・電力（株）      {menu}")
    assert (found.number, found.name, found.menu) == ("A9006", "全角・電力(株)", "メニューB(残差)")
    assert (found.basic, found.adjusted) == (Decimal("0.000374"), Decimal("0.000375"))


def test_a_capture_rate_is_no_coefficient() -> None:
    """Two decimals are a capture rate; a line of number and rate alone has no values."""
    found = line("A0893   Miraiつのエナジー(株)                          2.35    需要のため")
    assert not found.has_values
    assert found.number == "A0893"


def test_three_coefficients_on_a_line_are_a_fault() -> None:
    """Which of three numbers is which cannot be known."""
    assert line("A9001  X   0.000422  0.000422  0.000423").fault == "3 coefficients on one line"


def test_cells() -> None:
    """CSV columns are found by their headings; zeros may be short, marks in brackets."""
    found = read_list(CSV)
    assert [row.at for row in found] == [2, 3, 4, 5, 6, 7]
    assert (found[0].marked, found[0].adjusted) == (True, Decimal("0.000422"))
    assert (found[1].basic, found[2].number, found[2].menu) == (Decimal(0), "", "メニューM(残差)")


def test_cells_in_another_order_and_with_tabs() -> None:
    """Other columns between them, and tabs, do no harm."""
    heading = ["No", "メニュー名", "登録番号", "事業者名", "調整後排出係数", "基礎排出係数"]
    row = ["1", "メニューA", "A0001", "X", "0.0002", "0.0001"]
    found = line("\n".join(["\t".join(heading), "\t".join(row)]))
    assert (found.number, found.name, found.menu) == ("A0001", "X", "メニューA")
    assert (found.basic, found.adjusted) == (Decimal("0.0001"), Decimal("0.0002"))


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        ("A0001,X,メニューA,0.00O45,0.00045", "0.00O45 is not a coefficient"),
        ("A0001,X,メニューA,about 0.0004,n/a", "about 0.0004 is not a coefficient; n/a is not"),
        ("A269,X,,0.00045,0.00045", "A269 is not a registration number"),
    ],
)
def test_cells_that_cannot_be_read(row: str, fault: str) -> None:
    """Text in a number is a fault of that line, with the text."""
    heading = CSV.splitlines()[0]
    assert fault in line(f"{heading}\n{row},,\n").fault


def test_a_missing_column_is_named() -> None:
    """A table without the adjusted column is not this list."""
    text = "登録番号,電気事業者名,メニュー名,基礎排出係数,把握率\nA0001,X,,0.0004,100\n"
    with pytest.raises(FactorError, match="no column 調整後"):
        read_list(text)


def test_a_table_without_headings_has_the_lists_order() -> None:
    """Without headings the columns are number, retailer, menu, basic, adjusted."""
    found = line("A0001,X,メニューA,0.0001,0.0002\n")
    assert (found.number, found.adjusted) == ("A0001", Decimal("0.0002"))


@pytest.mark.parametrize(
    ("cell", "menu"),
    [
        ("メニューＡ", "メニューA"),
        ("Ｍ（残差）", "メニューM(残差)"),
        ("B", "メニューB"),
        ("残差", "(残差)"),
        ("（参考値）", "(参考値)事業者全体"),
        ("(参考値) 事業者全体", "(参考値)事業者全体"),
        ("夜の電気", "夜の電気"),
    ],
)
def test_menus_as_people_write_them(cell: str, menu: str) -> None:
    """A menu of a table is the list's own, with or without the word for menu."""
    assert line(f"A0001,X,{cell},0.0001,0.0002\n").menu == menu
