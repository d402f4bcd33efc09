"""The library: shipped tariffs, the plant's own folder, versions by day."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from collector.tariffs.library import TariffLibrary
from collector.tariffs.tariff import TariffError
from tests.collector.tariffs.tariff_text import FLAT, HEAD, SOURCE, library

KYUSHU = "jp-kyushu-industrial-tou-a-6kv"
FUEL = f"""
[[series]]
id = "jp-kyushu-fuel-adjustment-hv"
title = "燃料費調整単価"
{SOURCE}
entries = [{{ from = "2025-07", value = -1.23 }}]
"""


def test_every_shipped_tariff_says_where_it_comes_from() -> None:
    """Each has source, date and confidence; the examples are marked so and sell nothing."""
    tariffs = TariffLibrary.shipped().tariffs
    assert len({tariff.id for tariff in tariffs}) >= 6
    for tariff in tariffs:
        assert tariff.source.title
        assert tariff.source.published_on
        assert tariff.id.isascii()
        assert tariff.id.startswith("example-") == (tariff.status == "example")
        if tariff.status == "example":
            assert tariff.supplier == "none (example)"


@pytest.mark.parametrize(
    ("bill_month", "yen_per_kwh"),
    [
        ("2012-07", None),
        ("2012-08", "0.22"),
        ("2019-04", "2.90"),
        ("2019-05", "2.95"),
        ("2024-05", "3.49"),
        ("2025-04", "3.49"),
        ("2025-05", "3.98"),
        ("2026-04", "3.98"),
        ("2026-05", "4.18"),
        ("2027-05", None),
    ],
)
def test_the_levy_changes_with_the_may_bill(bill_month: str, yen_per_kwh: str | None) -> None:
    """A fiscal year's levy runs from its May bill to the next April bill, and not a month on."""
    series = {known.id: known for known in TariffLibrary.shipped().series}
    entry = series["jp-renewable-levy"].entry(date.fromisoformat(f"{bill_month}-01"))
    assert (None if entry is None else entry.value) == (yen_per_kwh and Decimal(yen_per_kwh))


def test_a_doubtful_levy_says_so() -> None:
    """The levy of 2026 rests on one retailer's notice and is marked; that of 2025 is not."""
    series = {known.id: known for known in TariffLibrary.shipped().series}
    levy = series["jp-renewable-levy"]
    sources = [levy.entry(date(year, 6, 1)) for year in (2025, 2026)]
    marks = [entry.source.confidence for entry in sources if entry and entry.source]
    assert marks == ["high", "medium"]


def test_a_folder_adds_the_months_of_a_shipped_series(tmp_path: Path) -> None:
    """A plant's own file with a shipped series' id gives the shipped tariff its prices."""
    (tmp_path / "fuel.toml").write_text(FUEL, encoding="utf-8")
    tariff = TariffLibrary.shipped().with_folder(tmp_path).find(KYUSHU, date(2025, 7, 1))
    fuel = next(adder for adder in tariff.adders if adder.id == "fuel")
    july = tariff.price_of(fuel, date(2025, 7, 1))
    assert july is not None
    assert july.value == Decimal("-1.23")
    assert tariff.price_of(fuel, date(2025, 8, 1)) is None
    shipped = TariffLibrary.shipped().find(KYUSHU, date(2025, 7, 1))
    assert shipped.price_of(fuel, date(2025, 7, 1)) is None


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    """The error names the folder."""
    with pytest.raises(TariffError, match="nowhere is not a folder"):
        TariffLibrary.shipped().with_folder(tmp_path / "nowhere")


def test_versions_are_found_by_day(tmp_path: Path) -> None:
    """Each version holds from its first day to before the last; a gap has none."""
    first = HEAD + "valid_to = 2021-01-01\n" + FLAT
    second = HEAD.replace("2020-01-01", "2022-01-01") + FLAT
    found = library(tmp_path, first + second)
    assert found.find("own", date(2020, 12, 31)).valid_from == date(2020, 1, 1)
    assert found.find("own", date(2022, 1, 1)).valid_from == date(2022, 1, 1)
    with pytest.raises(TariffError, match="own has no version for 2021-06-01") as caught:
        found.find("own", date(2021, 6, 1))
    assert caught.value.hint == "the nearest version holds from 2020-01-01 to 2021-01-01"
    assert found.nearest("own", date(2021, 6, 1)).valid_from == date(2020, 1, 1)
    assert found.nearest("own", date(2019, 6, 1)).valid_from == date(2020, 1, 1)


def test_an_unknown_id_brings_those_like_it() -> None:
    """A misspelt id is answered with the right one."""
    with pytest.raises(TariffError, match="no tariff jp-kyushu-tou") as caught:
        TariffLibrary.shipped().find("jp-kyushu-tou", date(2025, 7, 1))
    assert KYUSHU in caught.value.hint
