"""Factor files: what is read, and what is refused, by file, set and row."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from collector.errors import FactorError
from collector.factors.files import examine, own_files
from collector.factors.lookup import FactorLibrary
from collector.factors.own_folder import Draft
from tests.collector.factors.sample import (
    GOOD,
    NATIONAL,
    OTHER_MENU,
    ROW,
    SAME_MENU,
    SET,
    load,
    text,
)


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
        (SET + 'factors = "none"\n', "set x: has no factors"),
        ('set = "x"\n', "must hold [[set]] tables"),
        (text(f'{ROW}, value = "0,4"'), "'0,4' is not a number as printed"),
        (text(GOOD, shared=SET.replace('"CO2"', '"CO2e(AR5)"')), "gas: input should be 'CO2'"),
        (text(f'{GOOD}, time_zone = "Asia/Tokio"'), "'Asia/Tokio' is not a time zone"),
        (text(f'{GOOD}, gwp = "AR5"'), "gwp: CO2 with AR5"),
        (text(GOOD, shared=SET.replace('"CO2"', '"CO2e"') + 'gwp = "none"\n'), "CO2e with none"),
        (text(f"{GOOD}, measured_from = 2024-04-01"), "give both or none"),
        (
            text(f"{GOOD}, measured_from = 2024-04-01, measured_to = 2024-04-01"),
            "measured_to: 2024-04-01 is not after",
        ),
        (text(f'{NATIONAL}, value = "0.4", scope = "3.3"'), "location is scope 2, not 3.3"),
        (text(f'{NATIONAL}, value = "0.4", scheme = "shk"'), "location belongs to ghgp, not shk"),
        (
            text(
                f"{GOOD.replace(chr(34) + 'm' + chr(34), chr(34) + 'jp_shk_basic' + chr(34))}"
                ', definition = "fuel_only"'
            ),
            "definition: jp_shk_basic from 2025-04-01 is with_certificates",
        ),
        (text(f"{GOOD.replace('named', 'national')}"), "national is of a region, not of supplier"),
        (text(f'{NATIONAL.replace("national", "part")}, value = "0.4"'), "a part needs menu"),
        (text(f'{GOOD}, status = "withdrawn"'), "withdrawn needs supersedes"),
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


CORRECTION = f'{SAME_MENU}, supersedes = "x-1", known_on = 2025-06-01'


@pytest.mark.parametrize(
    ("rows", "fault"),
    [
        (
            [GOOD, f'{SAME_MENU}, value = "0.5", supersedes = "x-1"'],
            "row x-2: known_on 2025-01-01 is not after that of x-1",
        ),
        (
            [GOOD, f'{CORRECTION.replace(chr(34) + "A", chr(34) + "B")}, value = "0.5"'],
            "row x-2: supersedes x-1, which has another key or window",
        ),
        (
            [GOOD, f'{CORRECTION}, value = "0.5", valid_to = 2025-10-01'],
            "row x-2: supersedes x-1, which has another key or window",
        ),
        (
            [f'{GOOD}, supersedes = "x-2"', f'{CORRECTION}, value = "0.5"'],
            "row x-1: supersedes x-2, which leads back to it",
        ),
        ([f'{GOOD}, supersedes = "x-1"'], "row x-1: supersedes x-1, which leads back to it"),
        (
            [
                GOOD,
                f'{CORRECTION}, value = "0.5"',
                f'{CORRECTION.replace("x-2", "x-3")}, value = "0.6"',
            ],
            "row x-3: x-1 is already superseded by x-2",
        ),
        (
            [GOOD, f'{CORRECTION}, value = "0.5", status = "withdrawn"'],
            "row x-2: withdraws x-1 but gives another value, 0.5",
        ),
    ],
)
def test_corrections_that_do_not_fit_are_refused(rows: list[str], fault: str) -> None:
    """A correction keeps key and window, comes later, once, and never in a circle."""
    _, faults = examine([Draft("x.toml", text(*rows))])
    assert f"x.toml: set x: {fault}" in "\n".join(faults)


def test_a_chain_of_corrections_is_well() -> None:
    """A correction may be corrected again; each stands from its day on."""
    rows = [GOOD, f'{CORRECTION}, value = "0.5"']
    third = SAME_MENU.replace("x-2", "x-3")
    rows.append(f'{third}, value = "0.6", supersedes = "x-2", known_on = 2025-07-01')
    factors, faults = examine([Draft("x.toml", text(*rows))])
    assert not faults
    assert [factor.id for factor in factors] == ["x-1", "x-2", "x-3"]


def test_gas_is_part_of_the_key() -> None:
    """CO2 and CO2e of one grid and year stand side by side; two of one gas do not."""
    co2e = NATIONAL.replace("x-1", "x-2") + ', gas = "CO2e", gwp = "AR5", value = "0.41"'
    again = NATIONAL.replace("x-1", "x-3") + ', value = "0.42"'
    assert examine([Draft("x.toml", text(f'{NATIONAL}, value = "0.4"', co2e))])[1] == ()
    _, faults = examine([Draft("x.toml", text(f'{NATIONAL}, value = "0.4"', co2e, again))])
    assert faults == ("x.toml: set x: row x-1: applies to the same key and days as x-3",)


def test_faults_between_files_name_both(tmp_path: Path) -> None:
    """An id of a shipped row cannot be used again in a file of one's own."""
    rows = text(GOOD.replace("x-1", "kr-gir-2024"))
    (tmp_path / "own.toml").write_text(rows, encoding="utf-8")
    with pytest.raises(FactorError, match=r"own\.toml: .*the id is also in kr\.toml: set kr-gir"):
        FactorLibrary.with_folder(tmp_path)


def test_a_plants_own_rows_stand_beside_the_shipped_ones(tmp_path: Path) -> None:
    """The library of a folder holds the shipped rows and the folder's; its name differs."""
    (tmp_path / "own.toml").write_text(text(GOOD), encoding="utf-8")
    (tmp_path / "notes.txt").write_text("not a factor file", encoding="utf-8")
    library, shipped = FactorLibrary.with_folder(tmp_path), FactorLibrary.shipped()
    assert len(library.factors) == len(shipped.factors) + 1
    assert library.factors[-1].id == "x-1"
    assert library.snapshot_id != shipped.snapshot_id


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    """A wrong folder in the settings is one line with a hint, never the shipped rows alone."""
    with pytest.raises(FactorError, match=r"the factor folder .*nowhere is not there") as error:
        own_files(tmp_path / "nowhere")
    assert error.value.hint
