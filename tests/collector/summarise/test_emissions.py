"""The CO2 of a site: by contract, day and method."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from collector.factors.lookup import FactorLibrary
from collector.rollup.sums import Emissions
from collector.site_config import ContractSettings, SiteSettings
from collector.summarise.emissions import SiteEmissions

FACTORS = FactorLibrary.shipped()
KWH = 1_000_000


def site(*contracts: ContractSettings, method: str = "jp_shk_adjusted") -> SiteSettings:
    """A site in Tokyo with the contracts."""
    return SiteSettings(id="s", time_zone="Asia/Tokyo", co2_method=method, contracts=contracts)


def contract(supplier: str, menu: str, from_date: date, region: str = "JP") -> ContractSettings:
    """A contract from a day on."""
    return ContractSettings(region=region, supplier=supplier, menu=menu, from_date=from_date)


def test_the_contract_in_force_decides() -> None:
    """From the day a new contract begins, its factor applies."""
    tokyo = contract("A0269", "M", date(2025, 4, 1))
    tohoku = contract("A0268", "D", date(2025, 10, 1))
    emissions = SiteEmissions(site(tohoku, tokyo), FACTORS)
    before = emissions.of(1000 * KWH, date(2025, 9, 30)).own
    after = emissions.of(1000 * KWH, date(2025, 10, 1)).own
    assert before is not None
    assert after is not None
    assert (before.kg, before.factor_id) == (Decimal(452), "jp-shk-r6-A0269-M-adjusted")
    assert (after.kg, after.factor_id) == (Decimal(421), "jp-shk-r6-A0268-D-adjusted")
    assert emissions.faults == ()


def test_a_stand_in_is_provisional() -> None:
    """Activity outside the factor's window is computed and marked."""
    emissions = SiteEmissions(site(contract("A0269", "M", date(2020, 4, 1))), FACTORS)
    emission = emissions.of(KWH, date(2026, 4, 1)).own
    assert emission is not None
    assert emission.provisional


def test_methods_stand_side_by_side() -> None:
    """Case 4: the rare row whose basic differs; market is the basic one, location the average."""
    emissions = SiteEmissions(site(contract("A0045", "D", date(2025, 4, 1))), FACTORS)
    found = emissions.of(KWH, date(2025, 4, 1))
    kg = {method: emission.kg for method, emission in found.by_method.items()}
    assert found.own == found.by_method["jp_shk_adjusted"]
    assert kg == {
        "location": Decimal("0.423"),
        "market": Decimal("0.538"),
        "jp_shk_basic": Decimal("0.538"),
        "jp_shk_adjusted": Decimal("0.482"),
    }


def test_elsewhere_location_and_residual_mix() -> None:
    """In Germany market-based is the residual mix; the site's own method may be either."""
    german = contract("", "", date(2023, 1, 1), region="DE")
    for method, own in (("location", "location"), ("market_residual", "market")):
        emissions = SiteEmissions(site(german, method=method), FACTORS)
        found = emissions.of(KWH, date(2024, 6, 1))
        assert set(found.by_method) == {"location", "market"}
        assert found.own == found.by_method[own]
        assert found.by_method["location"].kg != found.by_method["market"].kg


def test_nothing_asked_for_is_nothing_missing() -> None:
    """A site without contracts has no CO2 and no fault."""
    emissions = SiteEmissions(site(), FACTORS)
    assert emissions.of(KWH, date(2025, 4, 1)) == Emissions()
    assert emissions.faults == ()


def test_days_before_the_first_contract_are_named_once() -> None:
    """Energy before any contract has no CO2; one line says from when there is one."""
    emissions = SiteEmissions(site(contract("A0269", "M", date(2025, 4, 1))), FACTORS)
    assert [emissions.of(KWH, date(2025, 3, day)) for day in (30, 31)] == [Emissions()] * 2
    assert len(emissions.faults) == 1
    assert "no contract before 2025-04-01" in emissions.faults[0]


def test_a_missing_factor_is_one_line_with_a_hint() -> None:
    """A supplier nobody knows gives no CO2, never zero, and one line naming near ones."""
    emissions = SiteEmissions(site(contract("A0296", "M", date(2025, 4, 1))), FACTORS)
    assert [emissions.of(KWH, date(2025, 5, day)).own for day in (1, 2)] == [None, None]
    (fault,) = emissions.faults
    assert fault.startswith("site s: no emission factor for JP A0296 menu M jp_shk_adjusted")
    assert "A0269" in fault
