"""CSV and Parquet: read back, safe in a spreadsheet, the same bytes for the same report."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import math
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pyarrow.parquet as pq
import pytest

from collector.exports.calm_text import BEGINS_A_FORMULA
from collector.exports.data_table import DataTable, data_tables, unique
from collector.exports.plain_column import number_in
from collector.exports.tables import (
    csv_bytes,
    parquet_bytes,
    write_csv,
    write_parquet,
)
from collector.reports.report import Cell, Column, Report, Row, Table
from tests.collector.exports.sample_report import HOSTILE, sample_report


def _named(report: Report, title: str) -> DataTable:
    return next(table for table in data_tables(report) if table.title == title)


def _read(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def _table(columns: tuple[Column, ...], *rows: tuple[Cell, ...]) -> Report:
    report = sample_report("en")
    table = Table("t", columns, tuple(Row(cells) for cells in rows))
    return replace(report, sections=(replace(report.sections[0], blocks=(table,)),))


def test_numbers_are_the_ones_behind_the_texts() -> None:
    """A table's numbers come unrounded in the column's unit, a bar's share in percent."""
    columns = (
        Column("Circuit", align="left"),
        Column("Energy", "kWh"),
        Column("Share", "%", bar="energy"),
        Column("Remark"),
    )
    report = _table(
        columns,
        (Cell("a"), Cell("1,235", 1234.567), Cell("25.0", 0.25), Cell("x")),
        (Cell("b"), Cell("–"), Cell("–"), Cell("")),
    )
    assert _read(csv_bytes(_named(report, "t"))) == [
        ["Circuit", "Energy (kWh)", "Share (%)", "Remark"],
        ["a", "1234.567", "25", "x"],
        ["b", "", "", ""],
    ]


def test_a_column_that_says_more_than_a_number_stays_text() -> None:
    """A cell like "3 to 5" would be lost as a number, so its column is text."""
    report = _table(
        (Column("a"), Column("b")), (Cell("x"), Cell("3", 3.0)), (Cell("y"), Cell("3 to 5"))
    )
    assert [row[1] for row in _read(csv_bytes(_named(report, "t")))] == ["b", "3", "3 to 5"]


def test_what_is_not_finite_is_left_out() -> None:
    """NaN and infinity are not known, so the field is empty."""
    report = _table(
        (Column("a"), Column("b")),
        (Cell("x"), Cell("1", 1.0)),
        (Cell("y"), Cell("–", math.nan)),
        (Cell("z"), Cell("–", math.inf)),
    )
    assert [row[1] for row in _read(csv_bytes(_named(report, "t")))] == ["b", "1", "", ""]


def test_moments_are_written_in_the_site_s_time() -> None:
    """The first half hour of the week begins at midnight in Tokyo, nine hours before UTC's."""
    rows = _read(csv_bytes(_named(sample_report("en"), "Power every 30 minutes")))
    assert rows[0] == ["From (Asia/Tokyo)", "Value (kW)", "Quality"]
    assert rows[1][0] == "2026-11-16T00:00:00+09:00"
    assert rows[111] == ["2026-11-18T07:00:00+09:00", "", "missing"]
    assert rows[145][2] == "estimated"


@pytest.mark.parametrize(
    ("title", "head", "count"),
    [
        (
            "When power is used",
            ["Row", "Row label", "Column", "Column label", "Value (kW)", "Quality"],
            960,
        ),
        ("Duration curve", ["Series", "Hours (h)", "Value (kW)"], 8_760),
        ("Weekdays", ["Series", "Time of day", "Value (kW)", "Lowest (kW)", "Highest (kW)"], 96),
        (
            "Largest first",
            [
                "Name",
                "Sure (1,000 yen a year)",
                "Sure (estimated part) (1,000 yen a year)",
                "Range (1,000 yen a year)",
            ],
            12,
        ),
        ("CO₂ by month", ["Name", "CO₂ (t-CO₂)", "CO₂ (estimated part) (t-CO₂)"], 12),
        ("Figures", ["Section", "Figure", "Value", "Unit", "Note", "Mark"], 5),
    ],
)
def test_every_picture_gives_its_data(title: str, head: list[str], count: int) -> None:
    """A row a cell, point or bar; units stand in the heads."""
    rows = _read(csv_bytes(_named(sample_report("en"), title)))
    assert rows[0] == head
    assert len(rows) == count + 1


def test_cells_of_a_heat_map_know_their_labels() -> None:
    """A cell stands under the last label at or before it."""
    rows = _read(csv_bytes(_named(sample_report("en"), "When power is used")))
    assert rows[1 + 6 * 48 + 13] == ["7", "11/6", "14", "6:00", "39", "measured"]
    assert rows[1 + 3 * 48 + 7] == ["4", "11/1", "8", "0:00", "", "missing"]


@pytest.mark.parametrize("name", [*HOSTILE, "＝1+1", "＋1", "\n=1"])
def test_no_text_can_become_a_formula(name: str) -> None:
    """In fields and in heads alike, a text that a spreadsheet might run gets a quote before it."""
    report = _table((Column(name), Column("b")), (Cell(name), Cell("x")))
    rows = _read(csv_bytes(_named(report, "t")))
    fields = [rows[0][0], rows[1][0]]
    assert not any(field.startswith(BEGINS_A_FORMULA) for field in fields)
    assert [field.removeprefix("'") for field in fields] == [name.removeprefix("'")] * 2


def test_japanese_excel_can_open_it() -> None:
    """The file begins with the mark of UTF-8 and its lines end as Windows ends them."""
    content = csv_bytes(_named(sample_report("ja"), "月別の電力量"))
    assert content.startswith(b"\xef\xbb\xbf")
    assert content.count(b"\r\n") == 4
    assert "計".encode() in content


def test_parquet_comes_back_with_types() -> None:
    """Texts, numbers with nulls and moments with their zone are read as such."""
    table = pq.read_table(io.BytesIO(parquet_bytes(_named(sample_report("ja"), "30分ごとの電力"))))
    assert [str(field.type) for field in table.schema] == [
        "timestamp[ms, tz=Asia/Tokyo]",
        "double",
        "string",
    ]
    first: datetime = table.column(0)[0].as_py()
    assert first.isoformat() == "2026-11-16T00:00:00+09:00"
    assert table.column(1).null_count == 8
    assert table.num_rows == 336


def test_parquet_of_nothing_and_of_twins_can_be_read() -> None:
    """A table without rows keeps its columns; columns of one name are told apart."""
    table = pq.read_table(
        io.BytesIO(parquet_bytes(_named(_table((Column("a"), Column("a"))), "t")))
    )
    assert (table.num_rows, table.column_names) == (0, ["a", "a (2)"])


@pytest.mark.parametrize(("write", "ending"), [(write_csv, "csv"), (write_parquet, "parquet")])
@pytest.mark.parametrize("names", [(), HOSTILE], ids=["plain", "hostile"])
def test_the_manifest_tells_what_is_inside(
    tmp_path: Path, write: Any, ending: str, names: tuple[str, ...]
) -> None:
    """Every file is listed with its rows and its SHA-256; names are plain and do not change."""
    report = sample_report("ja", names)
    write(report, tmp_path / "a.zip")
    with ZipFile(tmp_path / "a.zip") as held:
        manifest = json.loads(held.read("manifest.json"))
        assert held.namelist() == [*(entry["name"] for entry in manifest["files"]), "manifest.json"]
        for entry in manifest["files"]:
            content = held.read(entry["name"])
            assert entry["sha256"] == hashlib.sha256(content).hexdigest()
            assert entry["bytes"] == len(content)
    assert [entry["name"] for entry in manifest["files"]][:3] == [
        f"00-figures.{ending}", f"01-01-picture.{ending}", f"01-02-picture.{ending}",
    ]  # fmt: skip
    assert (manifest["title"], manifest["time_zone"]) == (report.title, "Asia/Tokyo")


@pytest.mark.parametrize("write", [write_csv, write_parquet])
def test_the_same_report_gives_the_same_bytes(tmp_path: Path, write: Any) -> None:
    """Written twice, the zips do not differ in a byte; another figure changes them."""
    report = sample_report("en")
    for name, one in (
        ("a", report),
        ("b", sample_report("en")),
        ("c", replace(report, figures=())),
    ):
        write(one, tmp_path / name)
    a, b, c = [(tmp_path / name).read_bytes() for name in "abc"]
    assert a == b
    assert a != c


def test_texts_that_are_numbers() -> None:
    """Thousands and the minus of print are understood; dates, ranges and names are not numbers."""
    texts = ("1,234.5", "−12", "0", "+3", "1,23", "2026-11", "1〜2", "", "–", "1e5")
    assert [number_in(text) for text in texts] == [1234.5, -12.0, 0.0, 3.0, *[None] * 6]


def test_names_are_told_apart() -> None:
    """The second and third of a name get a number, also where that is taken."""
    assert unique(["a", "a", "a (2)", "a"]) == ("a", "a (2)", "a (2) (2)", "a (3)")
