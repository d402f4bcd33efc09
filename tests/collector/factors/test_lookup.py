"""Which factor applies, and what is said when none does."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from collector.errors import FactorError
from collector.factors.lookup import FactorLibrary

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
        ("A0267", "", BASIC, date(2021, 5, 1), "A0267-F-basic", "provisional"),
        ("", "", ADJUSTED, MAY_2025, "national-average", "official"),
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
    """Menu, else residual, else whole; without a supplier the average; outside provisional."""
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
    ],
)
def test_other_regions(region: str, method: str, on: date, found: str, status: str) -> None:
    """A region's average or residual mix; the latest earlier year stands in, else the next."""
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
        LIBRARY.find("JP", "A0269", "M", "jp_shk_basic", MAY_2025, known_on=date(2025, 12, 31))


@pytest.mark.parametrize(
    ("region", "supplier", "method", "hint"),
    [
        ("JP", "A0296", "jp_shk_adjusted", "A0269 東京電力エナジーパートナー"),
        ("JP", "東京電力", "jp_shk_adjusted", "A0269 東京電力エナジーパートナー"),
        ("JP", "A0269", "shk", "A0269 has the menus A, B, C"),
        ("KR", "", "market_residual", "KR has the methods location"),
        ("JPN", "", "location", "no factor of region JPN is held; near: JP"),
        ("JP", "A0269", "market_residual", "JP has the methods jp_shk_adjusted"),
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
