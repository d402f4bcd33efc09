"""The shipped factors: row by row those of the collected tables, verified ones and no others."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from collector.factors.factor import UNSTATED, Factor
from collector.factors.lookup import FactorLibrary

TABLES = Path(__file__).parents[4] / "shared/reference"
FILES = ("co2-factors.csv", "co2-factors-japan-history.csv")
GASES = {
    "CO2": ("CO2", "none"),
    "CO2e": ("CO2e", "as_published"),
    "CO2e(AR5)": ("CO2e", "AR5"),
    "CO2 (labelled; one project argues it tracks CO2e)": ("CO2", "none"),
}
Row = tuple[object, ...]
beside = pytest.mark.skipif(
    not (TABLES / FILES[0]).exists(), reason="the collected tables are not beside this folder"
)
LIBRARY = FactorLibrary.shipped()


def _collected(confidence: str) -> Iterator[dict[str, str]]:
    for name in FILES:
        with (TABLES / name).open(encoding="utf-8") as file:
            yield from (row for row in csv.DictReader(file) if row["confidence"] == confidence)


def _read(row: dict[str, str]) -> Row:
    supplier = re.sub(r"^A\d{4} ", "", row["supplier"])
    menu = re.sub(r" \[.*\]$", "", row["menu"])
    window = (row["valid_from"], row["valid_to"])
    value = Decimal(row["value_kg_per_kwh"])
    return (row["region"], supplier, menu, row["method"], window, value, *GASES[row["gas"]])


def _shipped(factor: Factor) -> Row:
    begins = "" if factor.valid_from == UNSTATED else factor.valid_from.isoformat()
    window = (begins, factor.valid_to.isoformat() if factor.valid_to else "")
    who = (factor.region, factor.supplier_name, factor.menu_name, factor.method)
    return (*who, window, factor.kg_per_kwh, *factor.gas_key)


@beside
def test_shipped_rows_are_the_verified_ones() -> None:
    """Region, supplier, menu, method, window, value and gas: nothing missing, nothing extra."""
    verified = Counter(_read(row) for row in _collected("verified"))
    shipped = Counter(_shipped(factor) for factor in LIBRARY.factors)
    assert verified - shipped == Counter()
    assert shipped - verified == Counter()
    assert len(LIBRARY.factors) == 663


@beside
@pytest.mark.parametrize("confidence", ["memory", "single-source"])
def test_unverified_rows_are_not_shipped(confidence: str) -> None:
    """A figure from memory or from one place only is not among the shipped ones."""
    shipped = {_shipped(factor) for factor in LIBRARY.factors}
    unverified = [_read(row) for row in _collected(confidence)]
    assert unverified
    assert not shipped & set(unverified)


@beside
def test_numbers_and_titles_are_those_of_the_tables() -> None:
    """Registration number, publication and its date are those that were read."""
    read = {_read(row): row for row in _collected("verified")}
    for factor in LIBRARY.factors:
        row = read[_shipped(factor)]
        number = re.match(r"A\d{4}", row["supplier"])
        if number:
            assert factor.supplier == number[0], factor.id
        assert row["source_title"].startswith(factor.source.title.rstrip(")")), factor.id


def test_every_row_says_where_it_comes_from() -> None:
    """Each shipped factor has a readable id, a source, a licence and an attribution."""
    for factor in LIBRARY.factors:
        assert factor.id.isascii()
        assert factor.source.title
        assert factor.source.publisher
        assert factor.source.licence
        assert factor.source.attribution


def test_every_zone_is_one() -> None:
    """The time zone of a window is one that exists; only regions with several have none."""
    without = {factor.region for factor in LIBRARY.factors if not factor.time_zone}
    for factor in LIBRARY.factors:
        if factor.time_zone:
            ZoneInfo(factor.time_zone)
    countries = {"AU", "BR", "CA", "CA-NU", "EU", "EU27", "ID", "MX", "US"}
    grids = {"US-AZNM", "US-MROE", "US-MROW", "US-NWPP", "US-RFCM", "US-RFCW", "US-RMPA"}
    more = {"US-SPNO", "US-SPSO", "US-SRMV", "US-SRMW", "US-SRSO", "US-SRTV", "US-SRVC"}
    assert without == countries | grids | more


def test_basic_changes_its_meaning_in_fy2024() -> None:
    """Basic rows say which quantity they are, in a field and in words."""
    basic = [factor for factor in LIBRARY.factors if factor.method == "jp_shk_basic"]
    for factor in basic:
        after = factor.valid_from.isoformat() >= "2024-04-01"
        assert factor.definition == ("with_certificates" if after else "fuel_only")
        assert "basic (基礎) counts" in factor.note, factor.id
    assert {factor.definition for factor in basic} == {"with_certificates", "fuel_only"}


def test_decimals_are_those_printed() -> None:
    """A ministry's six decimals of t/kWh are three of kg/kWh, trailing zeros included."""
    rows = {factor.id: factor for factor in LIBRARY.factors}
    assert rows["jp-shk-r6-A0268-whole-basic"].decimals_published == 3
    assert rows["jp-shk-h30-A0272-whole-basic"].decimals_published == 2
    assert rows["egrid-2023-CAMX-CO2"].decimals_published == 7


def test_measured_year_precedes_activity_in_japan() -> None:
    """FY2024実績 applies to activity of FY2025; an industry's average to its own year."""
    rows = {factor.id: factor for factor in LIBRARY.factors}
    row = rows["jp-shk-r6-A0269-M-basic"]
    assert (str(row.measured_from), str(row.measured_to)) == ("2024-04-01", "2025-04-01")
    industry = rows["jp-industry-fy2015-adjusted"]
    assert industry.measured_from == industry.valid_from


def test_scopes_and_boundaries() -> None:
    """Losses and upstream are Scope 3 category 3; Canada counts consumption, Ember a life cycle."""
    rows = {factor.id: factor for factor in LIBRARY.factors}
    assert rows["desnz-2026-GB-td"].scope == "3.3"
    assert rows["desnz-2026-GB"].scope == "2"
    assert rows["eccc-v3-2025-ON"].boundary == "consumption"
    assert rows["ember-2024-JP"].boundary == "lifecycle"
    assert rows["cea-v21-IN-build-margin"].scheme == "project"
