"""Which factor applies, and what is said when none does."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.errors import FactorError
from collector.factors.lookup import FactorLibrary
from tests.collector.factors.sample import GOOD, SAME_MENU, library

LIBRARY = FactorLibrary.shipped()
MAY_2025 = date(2025, 5, 1)
BASIC, ADJUSTED = "jp_shk_basic", "jp_shk_adjusted"


@pytest.mark.parametrize(
    ("supplier", "menu", "method", "on", "found", "status"),
    [
        ("A0269", "M", ADJUSTED, date(2025, 4, 1), "A0269-M-adjusted", "official"),
        ("A0269", "A", BASIC, date(2026, 3, 31), "A0269-A-basic", "official"),
        ("A0269", "M", ADJUSTED, date(2026, 4, 1), "A0269-M-adjusted", "provisional"),
        ("A0269", "M", ADJUSTED, date(2018, 1, 1), "A0269-M-adjusted", "provisional"),
        ("東京電力エナジーパートナー(株)", "M", BASIC, MAY_2025, "A0269-M-basic", "official"),
        ("A0269", "", ADJUSTED, MAY_2025, "A0269-M-adjusted", "official"),
        ("A0269", None, ADJUSTED, MAY_2025, "A0269-M-adjusted", "official"),
        ("A0269", "Z", ADJUSTED, MAY_2025, "A0269-M-adjusted", "provisional"),
        ("tepco-power-grid", "", BASIC, MAY_2025, "tepco-power-grid-whole-basic", "official"),
        ("", "", ADJUSTED, MAY_2025, "national-average", "fallback"),
        ("A0269", "M", "location", MAY_2025, "national-average", "official"),
        (None, None, "jp_shk_substitute", MAY_2025, "substitute", "official"),
    ],
)
def test_japan(
    supplier: str | None,
    menu: str | None,
    method: str,
    on: date,
    found: str,
    status: str,
) -> None:
    """Menu, else residual, else whole; without a supplier the average stands in, marked."""
    match = LIBRARY.find("JP", supplier, menu, method, on)
    assert (match.factor.id, match.status) == (f"jp-shk-r6-{found}", status)


@pytest.mark.parametrize(
    ("region", "method", "on", "found", "status"),
    [
        ("KR", "location", date(2018, 6, 1), "kr-gir-2024", "provisional"),
        ("KR", "location", date(2030, 6, 1), "kr-gir-2024", "official"),
        ("GB", "location", date(2025, 12, 31), "desnz-2025-GB", "official"),
        ("GB", "location", date(2026, 1, 1), "desnz-2026-GB", "official"),
        ("GB", "location", date(2027, 1, 1), "desnz-2026-GB", "provisional"),
        ("GB", "location", date(2024, 1, 1), "desnz-2025-GB", "provisional"),
        ("DE", "location", date(2023, 6, 1), "eea-2023-DE", "official"),
        ("DE", "market_residual", date(2024, 6, 1), "aib-2024-DE", "official"),
        ("US-CAMX", "location", date(2023, 6, 1), "egrid-2023-CAMX", "official"),
        ("AU", "market_residual", date(2025, 8, 1), "nga-2025-AU-residual", "official"),
        ("AT", "market_residual", date(2023, 8, 1), "eea-2023-AT", "fallback"),
        ("KR", "market_residual", date(2025, 8, 1), "kr-gir-2024", "fallback"),
        ("JP", "market_residual", date(2025, 8, 1), "jp-shk-r6-national-average", "fallback"),
        ("VN", "location", date(2024, 8, 1), "ember-2024-VN", "fallback"),
        ("US-NONE", "location", date(2023, 8, 1), "egrid-2023-US", "fallback"),
        ("US", "location", date(2023, 8, 1), "egrid-2023-US", "official"),
        ("US", "location", date(2022, 8, 1), "egrid-2022-US", "official"),
        ("TW", "location", date(2025, 8, 1), "moea-TW-2025", "provisional"),
        ("PH-LV", "location", date(2020, 8, 1), "doe-PH-LV", "provisional"),
        ("GB", "scope3_td", date(2026, 8, 1), "desnz-2026-GB-td", "official"),
        ("AU-ACT", "scope3_upstream_td", date(2025, 8, 1), "nga-2025-AU-scope3", "fallback"),
    ],
)
def test_other_regions(region: str, method: str, on: date, found: str, status: str) -> None:
    """A region's average or residual mix; else another year's, region's or method's, marked."""
    match = LIBRARY.find(region, "anyone", "", method, on)
    assert (match.factor.id, match.status) == (found, status)


def test_a_preliminary_row_is_never_official() -> None:
    """A figure its publisher calls preliminary is provisional even within its window."""
    match = LIBRARY.find("JP", "A0275", "B", "jp_shk_adjusted", date(2023, 6, 1))
    assert (match.factor.id, match.status) == ("jp-shk-r4-A0275-B-adjusted", "provisional")


def test_the_local_date_decides_at_the_turn_of_the_fiscal_year() -> None:
    """Case 12: the last day of FY2024 and the first of FY2025 have different factors."""
    last = LIBRARY.find("JP", "A0274", "C", "jp_shk_basic", date(2025, 3, 31))
    first = LIBRARY.find("JP", "A0274", "C", "jp_shk_basic", date(2025, 4, 1))
    assert last.factor.kg_per_kwh == Decimal("0.464")
    assert first.factor.kg_per_kwh == Decimal("0.457")
    assert last.status == first.status == "official"


def test_later_knowledge_can_be_left_out() -> None:
    """As known before anything was published, there is nothing to find."""
    with pytest.raises(FactorError, match="no emission factor for JP A0269"):
        LIBRARY.find("JP", "A0269", "M", "jp_shk_basic", MAY_2025, known_on=date(2013, 6, 30))


@pytest.mark.parametrize(
    ("region", "supplier", "method", "hint"),
    [
        ("JP", "A0296", "jp_shk_adjusted", "A0269 東京電力エナジーパートナー"),
        ("JP", "東京電力", "jp_shk_adjusted", "A0269 東京電力エナジーパートナー"),
        ("JP", "A0269", "shk", "A0269 has the menus A, B, C"),
        ("KR", "", "scope3_td", "KR has the methods lifecycle_average, location"),
        ("GB", "", "scope3_wtt", "scope3_wtt of GB has the parts generation, td"),
        ("JPN", "", "location", "no factor of region JPN is held; near: JP"),
        ("JP", "A0269", "scope3_td", "JP has the methods jp_industry_average_adjusted"),
        ("DE", "E.ON", "jp_shk_basic", "no supplier of DE is held"),
    ],
)
def test_nothing_found_says_what_is_there(
    region: str, supplier: str, method: str, hint: str
) -> None:
    """No factor is an error that lists near suppliers, menus, methods or regions; never zero."""
    with pytest.raises(FactorError) as error:
        LIBRARY.find(region, supplier, "", method, MAY_2025)
    assert error.value.message.startswith(f"no emission factor for {region}")
    assert hint in error.value.hint


@pytest.mark.parametrize(
    ("supplier", "menu", "method", "on", "found", "status"),
    [
        ("A0267", "", BASIC, date(2021, 5, 1), "r2-A0267-whole-basic", "provisional"),
        ("A0272", "", BASIC, date(2016, 5, 1), "h27-A0272-whole-basic", "official"),
        ("A0274", "C", BASIC, date(2022, 5, 1), "r3-A0274-whole-basic-corrected", "provisional"),
        ("A0270", "B", ADJUSTED, date(2013, 5, 1), "h24-A0270-whole-adjusted", "provisional"),
        ("A0271", "", ADJUSTED, date(2024, 5, 1), "r5-A0271-other-adjusted", "official"),
    ],
)
def test_a_row_of_the_day_comes_before_one_of_another_year(
    supplier: str, menu: str, method: str, on: date, found: str, status: str
) -> None:
    """The company as a whole in its own year is nearer than today's menu."""
    match = LIBRARY.find("JP", supplier, menu, method, on)
    assert (match.factor.id, match.status) == (f"jp-shk-{found}", status)


def test_another_quantity_never_stands_in_unmarked() -> None:
    """Basic of FY2025 counts certificates: for FY2020 it is a fallback, not just another year."""
    match = LIBRARY.find("JP", "A0009", "F", BASIC, date(2020, 5, 1))
    assert (match.factor.definition, match.status) == ("with_certificates", "fallback")
    adjusted = LIBRARY.find("JP", "A0009", "F", ADJUSTED, date(2020, 5, 1))
    assert adjusted.status == "provisional"


def test_the_same_window_is_the_same_match() -> None:
    """Days between two edges share one match, so that a year costs one look-up."""
    first = LIBRARY.find("JP", "A0269", "M", ADJUSTED, date(2025, 4, 1))
    assert LIBRARY.find("JP", "A0269", "M", ADJUSTED, date(2026, 3, 31)) is first
    assert LIBRARY.find("JP", "A0269", "M", ADJUSTED, date(2026, 4, 1)) is not first


def test_a_withdrawn_row_is_found_only_before_its_withdrawal() -> None:
    """As known the day before it is official; from the withdrawal on there is nothing."""
    gone = (
        f'{SAME_MENU}, value = "0.4", supersedes = "x-1", status = "withdrawn",'
        " known_on = 2025-06-01"
    )
    held = library(GOOD, gone)
    before, withdrawal = held.factors
    asked = ("XX", "S1", "A", "m", MAY_2025)
    match = held.find(*asked, date(2025, 5, 31))
    assert (match.factor, match.status) == (before, "official")
    for known_on in (date(2025, 6, 1), None):
        with pytest.raises(FactorError, match="no emission factor"):
            held.find(*asked, known_on)
    assert held.known_until(before) == withdrawal.known_on
    assert not held.is_known(withdrawal)


def test_a_withdrawn_value_may_be_replaced_later() -> None:
    """After a withdrawal a new row may take the key and days; as known between, there is none."""
    gone = f'{SAME_MENU}, value = "0.4", supersedes = "x-1", status = "withdrawn"'
    third = SAME_MENU.replace("x-2", "x-3") + ', value = "0.6", known_on = 2025-09-01'
    held = library(GOOD, f"{gone}, known_on = 2025-06-01", third)
    asked = ("XX", "S1", "A", "m", MAY_2025)
    assert held.find(*asked).factor.id == "x-3"
    assert held.find(*asked, date(2025, 5, 1)).factor.id == "x-1"
    with pytest.raises(FactorError):
        held.find(*asked, date(2025, 7, 1))


def test_a_suppliers_own_factor_comes_before_the_residual_mix() -> None:
    """Market-based: contract, residual mix, location, the last one marked (GHG Protocol)."""
    own = 'id = "x-1", supplier = "S1", supplier_name = "S", kind = "whole"'
    held = library(
        f'{own}, method = "market_supplier", value = "0.1"',
        'id = "x-2", kind = "residual", method = "market_residual", value = "0.6"',
        'id = "x-3", kind = "national", method = "location", value = "0.4"',
    )
    assert held.find("XX", "S1", "", "market_residual", MAY_2025).factor.id == "x-1"
    assert held.find("XX", "S2", "", "market_residual", MAY_2025).factor.id == "x-2"
    market = {m.method: m.factor.id for m in held.matches("XX", "S", None, MAY_2025)}
    assert market == {"location": "x-3", "market_residual": "x-1"}


YEARS = st.integers(2015, 2030)


@given(
    years=st.lists(st.tuples(YEARS, st.integers(1, 2999)), unique_by=lambda year: year[0]),
    on=st.dates(date(2014, 1, 1), date(2031, 12, 31)),
)
def test_a_day_has_the_row_of_its_year_or_the_nearest_earlier(
    years: list[tuple[int, int]], on: date
) -> None:
    """Inside a window its row, official; outside the latest one before, else the first."""
    rows = [
        f'id = "x-{year}", kind = "national", method = "location", value = "{value / 1000:.3f}",'
        f" valid_from = {year}-01-01, valid_to = {year + 1}-01-01"
        for year, value in years
    ]
    if not rows:
        return
    held = [year for year, _ in years]
    match = library(*rows).find("XX", None, None, "location", on)
    earlier = [year for year in held if year <= on.year]
    assert match.factor.id == f"x-{max(earlier) if earlier else min(held)}"
    assert match.status == ("official" if on.year in held else "provisional")
