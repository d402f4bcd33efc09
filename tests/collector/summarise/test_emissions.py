"""The CO2 of a site: by contract, day and method."""

from __future__ import annotations

from datetime import date

from collector.factors.lookup import FactorLibrary
from collector.rollup.co2_totals import DayRates
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
    before = emissions.on(date(2025, 9, 30)).own
    after = emissions.on(date(2025, 10, 1)).own
    assert before is not None
    assert after is not None
    assert (before.kg(KWH), before.factor_id) == (0.452, "jp-shk-r6-A0269-M-adjusted")
    assert (after.kg(KWH), after.factor_id) == (0.421, "jp-shk-r6-A0268-D-adjusted")
    assert emissions.faults == ()


def test_a_stand_in_is_provisional() -> None:
    """Activity outside the factor's window is computed and marked."""
    emissions = SiteEmissions(site(contract("A0269", "M", date(2020, 4, 1))), FACTORS)
    rate = emissions.on(date(2026, 4, 1)).own
    assert rate is not None
    assert rate.provisional


def test_methods_stand_side_by_side() -> None:
    """Case 4: the rare row whose basic differs; market is the basic one, location the average."""
    emissions = SiteEmissions(site(contract("A0045", "D", date(2025, 4, 1))), FACTORS)
    found = emissions.on(date(2025, 4, 1))
    kg = {method: rate.kg(KWH) for method, rate in found.by_method.items()}
    assert found.own == found.by_method["jp_shk_adjusted"]
    assert kg == {
        "location": 0.423,
        "market": 0.538,
        "jp_shk_basic": 0.538,
        "jp_shk_adjusted": 0.482,
    }


def test_market_based_before_the_break_takes_the_adjusted_factor() -> None:
    """Until FY2023 activity basic meant fuel only: market-based takes the adjusted one there."""
    emissions = SiteEmissions(site(contract("A0274", "C", date(2020, 4, 1))), FACTORS)
    early = emissions.on(date(2022, 10, 1)).by_method
    assert early["market"].factor_id == early["jp_shk_adjusted"].factor_id
    late = emissions.on(date(2025, 10, 1)).by_method
    assert late["market"].factor_id == late["jp_shk_basic"].factor_id


def test_elsewhere_location_and_residual_mix() -> None:
    """In Germany market-based is the residual mix; the site's own method may be either."""
    german = contract("", "", date(2023, 1, 1), region="DE")
    for method, own in (("location", "location"), ("market_residual", "market")):
        emissions = SiteEmissions(site(german, method=method), FACTORS)
        found = emissions.on(date(2024, 6, 1))
        assert set(found.by_method) == {"location", "market"}
        assert found.own == found.by_method[own]
        assert found.by_method["location"].kg(KWH) != found.by_method["market"].kg(KWH)


def test_nothing_asked_for_is_nothing_missing() -> None:
    """A site without contracts has no CO2 and no fault."""
    emissions = SiteEmissions(site(), FACTORS)
    assert emissions.on(date(2025, 4, 1)) == DayRates()
    assert emissions.faults == ()


def test_days_before_the_first_contract_are_named_once() -> None:
    """Energy before any contract has no CO2; one line says from when there is one."""
    emissions = SiteEmissions(site(contract("A0269", "M", date(2025, 4, 1))), FACTORS)
    assert [emissions.on(date(2025, 3, day)) for day in (30, 31)] == [DayRates()] * 2
    assert len(emissions.faults) == 1
    assert "no contract before 2025-04-01" in emissions.faults[0]


def test_a_missing_factor_is_one_line_with_a_hint() -> None:
    """A supplier nobody knows gives no CO2, never zero, and one line naming near ones."""
    emissions = SiteEmissions(site(contract("A0296", "M", date(2025, 4, 1))), FACTORS)
    assert [emissions.on(date(2025, 5, day)).own for day in (1, 2)] == [None, None]
    (fault,) = emissions.faults
    assert fault.startswith("site s: no emission factor for JP A0296 menu M jp_shk_adjusted")
    assert "A0269" in fault
