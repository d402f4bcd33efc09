"""Factor files: what is refused, and that the shipped ones say what their sources say."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

import pytest

from collector.errors import FactorError
from collector.factors.factor import Factor
from collector.factors.lookup import FactorLibrary

PUBLISHED = Path(__file__).parents[4] / "shared/reference/co2-factors.csv"
SET = """
[[set]]
id = "x"
title = "Table"
publisher = "Office"
revision = "1"
published_on = "2025"
licence = "CC BY 4.0"
attribution = "Office"
region = "XX"
valid_from = 2025-04-01
valid_to = 2026-04-01
known_on = 2025-01-01
status = "official"
unit = "kg/kWh"
gas = "CO2"
"""
ROW = 'id = "x-1", supplier = "S1", supplier_name = "S", menu = "A", kind = "named", method = "m"'
OTHER_MENU = ROW.replace("x-1", "x-2").replace('"A"', '"B"')
SAME_MENU = ROW.replace("x-1", "x-2")
GOOD = f'{ROW}, value = "0.4"'


def text(*rows: str, shared: str = SET) -> str:
    """A file of one set with the rows."""
    return f"{shared}factors = [{', '.join(f'{{ {row} }}' for row in rows)}]\n"


def load(folder: Path, content: str) -> FactorLibrary:
    """The library of one file."""
    path = folder / "x.toml"
    path.write_text(content, encoding="utf-8")
    return FactorLibrary.load([path])


def test_a_row_carries_its_source(tmp_path: Path) -> None:
    """Values shared by a set are every row's, and a row may give its own."""
    rows = text(f'{ROW}, value = "0.452"', f'{OTHER_MENU}, value = "0", valid_to = 2025-05-01')
    one, two = load(tmp_path, rows).factors
    assert (one.kg_per_kwh, one.source.publisher) == (Decimal("0.452"), "Office")
    assert one.valid_to is not None
    assert two.valid_to is not None
    assert (one.valid_to.year, two.valid_to.month) == (2026, 5)


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (text(f'{ROW}, value = "0.000452"'), "row x-1: value: 0.000452 cannot be kg/kWh"),
        (text(f'{ROW}, value = "452"'), "row x-1: value: 452 cannot be kg/kWh"),
        (text(f"{ROW}, value = 0.452"), "row x-1: value: input should be a valid string"),
        (text(GOOD, shared=SET.replace("kg/kWh", "t/kWh")), "unit: input"),
        (text(GOOD, shared=SET.replace('title = "Table"\n', "")), "title: field"),
        (text(GOOD, shared=SET.replace('licence = "CC BY 4.0"', "")), "licence"),
        (text(GOOD, shared=SET.replace("2026-04", "2025-04")), "not after"),
        (text(GOOD, f'{ROW}, value = "0.5"'), "row x-1: the id is also in"),
        (
            text(GOOD, f'{SAME_MENU}, value = "0.5"'),
            "row x-1: applies to the same key and days as x-2",
        ),
        (text(f'{ROW}, value = "0.4", supersedes = "y"'), "supersedes y, which is not there"),
        (text(f'{ROW}, value = "0.4", colour = "red"'), "colour: extra inputs"),
        (text(GOOD.replace('menu = "A", ', "")), "needs supplier and menu"),
        (text(GOOD.replace('supplier_name = "S", ', "")), "supplier_name: missing"),
        (SET + "factors = []\n", "set x: has no factors"),
        ('[[sets]]\nid = "x"\n', "must hold [[set]] tables"),
        ("[[set", "x.toml: cannot be read"),
    ],
)
def test_faults_are_refused_by_file_and_row(tmp_path: Path, content: str, fault: str) -> None:
    """A file with a fault is not loaded, and the line names the file, the row and the fault."""
    with pytest.raises(FactorError) as error:
        load(tmp_path, content)
    assert fault in error.value.message
    assert "x.toml" in error.value.message
    assert error.value.hint


def test_all_faults_come_at_once(tmp_path: Path) -> None:
    """Two faults are two lines."""
    rows = text(f'{ROW}, value = "452"', f'{SAME_MENU}, value = "-1"')
    with pytest.raises(FactorError) as error:
        load(tmp_path, rows)
    assert len(error.value.message.splitlines()) == 2


def test_a_missing_file_is_a_fault(tmp_path: Path) -> None:
    """A file that is not there is named."""
    with pytest.raises(FactorError, match=r"none\.toml: cannot be read"):
        FactorLibrary.load([tmp_path / "none.toml"])


def test_a_correction_may_overlap_what_it_corrects(tmp_path: Path) -> None:
    """A row that names the old one replaces it from the day it was known."""
    rows = text(
        GOOD,
        f'{SAME_MENU}, value = "0.5", supersedes = "x-1", known_on = 2025-06-01',
    )
    library = load(tmp_path, rows)
    on, known_on = library.factors[0].valid_from, library.factors[0].known_on
    assert library.find("XX", "S1", "A", "m", on).factor.id == "x-2"
    assert library.find("XX", "S1", "A", "m", on, known_on).factor.id == "x-1"


def test_every_shipped_row_says_where_it_comes_from() -> None:
    """Each shipped factor has a readable id, a source, a licence and a window."""
    factors = FactorLibrary.shipped().factors
    assert len(factors) > 400
    for factor in factors:
        assert factor.id.isascii()
        assert factor.source.title
        assert factor.source.licence
        assert factor.source.attribution


def _published() -> Mapping[tuple[str, ...], list[dict[str, str]]]:
    rows: dict[tuple[str, ...], list[dict[str, str]]] = {}
    with PUBLISHED.open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            number = re.match(r"A\d{4}", row["supplier"])
            supplier = row["supplier"].removeprefix(f"{number[0]} ") if number else row["supplier"]
            menu = row["menu"].split(" [")[0]
            key = (row["region"], supplier, menu, row["method"], row["valid_from"], row["gas"])
            rows.setdefault(key, []).append(row)
    return rows


def _key(factor: Factor) -> tuple[str, ...]:
    days = factor.valid_from.isoformat()
    return (
        *(factor.region, factor.supplier_name, factor.menu_name),
        *(factor.method, days, factor.gas),
    )


@pytest.mark.skipif(
    not PUBLISHED.exists(), reason="the collected tables are not beside this folder"
)
def test_shipped_rows_are_those_that_were_read() -> None:
    """Row by row, value, window and publication are those of the collected tables, verified."""
    published = _published()
    for factor in FactorLibrary.shipped().factors:
        rows = [
            row
            for row in published[_key(factor)]
            if Decimal(row["value_kg_per_kwh"]) == factor.kg_per_kwh
        ]
        assert len(rows) == 1, factor.id
        assert rows[0]["confidence"] == "verified"
        assert rows[0]["valid_to"] == (factor.valid_to.isoformat() if factor.valid_to else "")
        assert rows[0]["source_title"].startswith(factor.source.title.rstrip(")")), factor.id


@pytest.mark.skipif(
    not PUBLISHED.exists(), reason="the collected tables are not beside this folder"
)
def test_japan_of_fy2025_is_complete() -> None:
    """Every verified row of Japan's customers for activity of FY2025 is shipped."""
    wanted = [
        row
        for rows in _published().values()
        for row in rows
        if row["region"] == "JP"
        and row["valid_from"] == "2025-04-01"
        and row["confidence"] == "verified"
        and row["method"] != "jp_shk_unadjusted"
    ]
    shipped = [row for row in FactorLibrary.shipped().factors if row.id.startswith("jp-shk-r6-")]
    assert len(shipped) == len(wanted) == 234
