"""The weights of fuels: what is shipped, which set applies, and every fault of a file at once."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from collector.errors import FactorError
from collector.intensity.fuels import FuelLibrary, read_weights
from collector.intensity.mix import FUELS

SOURCE = """
[[source]]
id = "office"
title = "Table"
publisher = "Office"
licence = "CC BY 4.0"
attribution = "Office"
"""
SET = """
[[set]]
id = "{id}"
boundary = "{boundary}"
unit = "{unit}"
valid_from = {start}
known_on = 2026-01-01
weights = [
{weights}
]
"""
WEIGHT = '{{ fuel = "{fuel}", value = "{value}", source = "office" }},\n'


def weights(value: str = "0.5", leave_out: str = "") -> str:
    """One row of each fuel."""
    rows = [WEIGHT.format(fuel=fuel, value=value) for fuel in FUELS if fuel != leave_out]
    return "".join(rows)


def a_set(
    id: str = "a",
    boundary: str = "direct",
    unit: str = "kg/kWh",
    start: str = "2020-04-01",
    rows: str | None = None,
) -> str:
    """One set."""
    rows = weights() if rows is None else rows
    return SET.format(id=id, boundary=boundary, unit=unit, start=start, weights=rows)


def read(folder: Path, text: str) -> FuelLibrary:
    """The library of a file with that text."""
    file = folder / "fuels.toml"
    file.write_text(text, encoding="utf-8")
    return read_weights(file)


def faults(folder: Path, text: str) -> list[str]:
    """The lines with which the file is refused."""
    with pytest.raises(FactorError) as refused:
        read(folder, text)
    assert refused.value.hint
    return refused.value.message.splitlines()


@pytest.mark.parametrize(
    ("boundary", "fuel", "kg_per_kwh"),
    [
        ("direct", "coal", "0.760"), ("direct", "lng", "0.370"), ("direct", "oil", "0.406"),
        ("direct", "thermal", "0.575"), ("direct", "nuclear", "0"),
        ("lifecycle", "coal", "0.943"), ("lifecycle", "oil", "0.738"),
        ("lifecycle", "lng", "0.474"),
        ("lifecycle", "nuclear", "0.019"), ("lifecycle", "hydro", "0.011"),
        ("lifecycle", "geothermal", "0.013"), ("lifecycle", "solar", "0.059"),
        ("lifecycle", "wind", "0.026"), ("lifecycle", "thermal", "0.700"),
    ],
)  # fmt: skip
def test_the_shipped_weights_are_those_of_their_sources(
    boundary: str, fuel: str, kg_per_kwh: str
) -> None:
    """Electricity Maps' direct defaults and CRIEPI's life cycle, digit by digit."""
    held = next(held for held in FuelLibrary.shipped().sets if held.boundary == boundary)
    by_name = {str(name): value for name, value in held.kg_per_kwh.items()}
    assert by_name[fuel] == Decimal(kg_per_kwh)


def test_every_shipped_weight_names_its_source() -> None:
    """Title, publisher and licence stand behind every fuel of every set."""
    for held in FuelLibrary.shipped().sets:
        assert held.sources.keys() == held.kg_per_kwh.keys() == set(FUELS)
        assert all(s.title and s.publisher and s.licence for s in held.sources.values())


def test_the_set_of_the_day_applies(tmp_path: Path) -> None:
    """An old set ends where the new one begins; the day of the interval decides."""
    old = a_set("old").replace("known_on", "valid_to = 2024-04-01\nknown_on")
    library = read(tmp_path, SOURCE + old + a_set("new", start="2024-04-01"))
    assert library.on("direct", date(2024, 3, 31)).id == "old"
    assert library.on("direct", date(2024, 4, 1)).id == "new"


def test_a_day_without_weights_is_an_error(tmp_path: Path) -> None:
    """Before the first set there is no weight, and none is made up."""
    library = read(tmp_path, SOURCE + a_set())
    with pytest.raises(FactorError, match=r"no direct weights of fuels apply on 2016-01-01") as no:
        library.on("direct", date(2016, 1, 1))
    assert no.value.hint


def test_all_faults_of_a_file_are_told_at_once(tmp_path: Path) -> None:
    """A missing fuel, a wrong unit of one value, an unknown source and a double set: four lines."""
    first = a_set("a", rows=weights(leave_out="coal") + "")
    second = a_set("b", rows=weights().replace('"0.5"', '"760"', 1))
    third = a_set("c", "lifecycle", rows=weights().replace('"office"', '"nobody"', 1))
    assert faults(tmp_path, SOURCE + first + second + third) == [
        "fuels.toml: set a: coal: has no weight, needs one",
        "fuels.toml: set b: nuclear: 760 cannot be kg/kWh; is it g/kWh?",
        "fuels.toml: set c: nuclear: source nobody is not in the file",
        "fuels.toml: set b: applies to the same boundary and days as a",
    ]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("set = 1", "source: Field required"),
        ("[[set", "cannot be read"),
        (SOURCE + a_set(unit="g/kWh"), "set.0.unit: Input should be 'kg/kWh'"),
        (SOURCE + a_set(rows=weights() + WEIGHT.format(fuel="coal", value="0.1")), "has 2 weights"),
        (SOURCE + a_set(rows=weights("half")), "set.0.weights.0.value"),
        (SOURCE + a_set(rows=weights() + WEIGHT.format(fuel="peat", value="1")), "weights.12.fuel"),
        (SOURCE + a_set(start="2025-01-01").replace("known_on", "valid_to = 2024-01-01\nknown_on"),
         "valid_to: 2024-01-01 is not after 2025-01-01"),
        (SOURCE + a_set("a") + a_set("a", "lifecycle"), "set a: the id is given twice"),
    ],
)  # fmt: skip
def test_a_file_with_a_fault_is_refused_with_its_place(
    tmp_path: Path, text: str, told: str
) -> None:
    """Each wrong input is one line with the file and the path of the value."""
    assert any(told in line for line in faults(tmp_path, text))
