"""Contract power, peak shift, staggered start, power factor, tariffs: planted and clean."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest

from collector.analysis.frame import index_of
from collector.analysis.site_load import SiteLoad
from collector.billing.what_if import value_of_one_kw
from collector.findings.overlap import total_of
from collector.findings.plant import Plant
from collector.tariffs.days import TariffDays
from collector.tariffs.tariff import EnergyCharge, Market, Tariff, Tier
from tests.collector.findings.plants import (
    KYUSHU,
    agreed_tariff,
    found_in,
    of_rule,
    plant_of,
    silent,
    tariff_of,
    year_of,
)

ONE_KW = float(value_of_one_kw(KYUSHU, Decimal(100), 2026, Decimal(0)))


def test_a_kw_is_worth_what_the_tariff_says() -> None:
    """2,142.78 yen at a power factor of 100 % is 21,856 yen a year."""
    load = plant_of(year_of(), {"press": year_of().load(80.0)})
    assert tariff_of(load).one_kw == pytest.approx(2142.78 * 0.85 * 12)
    assert round(ONE_KW) == 21_856


def test_an_agreed_power_50_kw_too_high_is_found() -> None:
    """Agreed at 50 kW above the year's largest demand: the range reaches 50 kW, with its worth."""
    year = year_of()
    load = plant_of(year, {"press": year.load(200.0, 10.0)})
    prices = tariff_of(load, agreed_tariff(), agreed_kw=250)
    (finding,) = of_rule(found_in(load, "contract_power", prices=prices), "contract_power")
    assert finding.kw is not None
    assert finding.kw.low == pytest.approx(30.0)
    assert finding.kw.mid == pytest.approx(40.0)
    assert finding.kw.high == pytest.approx(50.0)
    assert finding.yen.high == pytest.approx(50 * ONE_KW)
    assert finding.kwh.high == 0
    assert any("1.5" in caveat for caveat in finding.caveats("ja"))


def test_an_agreed_power_with_little_reserve_is_clean() -> None:
    """Agreed 3 % above the largest demand: no finding, and both figures are told."""
    year = year_of()
    load = plant_of(year, {"press": year.load(200.0)})
    prices = tariff_of(load, agreed_tariff(), agreed_kw=206)
    found = found_in(load, "contract_power", prices=prices)
    assert not found.found
    assert "206 kW" in silent(found, "contract_power").why_en


def test_where_demand_sets_the_contract_its_half_hour_is_named() -> None:
    """Under a measured demand charge the silence tells which half hour sets the contract."""
    year = year_of()
    kw = year.load(200.0)
    kw[year.works.nonzero()[0][100]] = 260.0
    load = plant_of(year, {"press": kw})
    said = silent(found_in(load, "contract_power", prices=tariff_of(load)), "contract_power")
    assert "260 kW" in said.why_en
    assert not said.lacking


def test_a_few_slots_above_the_rest_are_a_peak() -> None:
    """Three half hours of 60 kW above the year are found with their kW and a 12 month caveat."""
    year = year_of()
    kw = year.load(200.0, 20.0)
    kw[year.works.nonzero()[0][[40, 41, 400]]] = 260.0
    load = plant_of(year, {"press": kw, "light": year.load(10.0)})
    (finding,) = of_rule(found_in(load, "peak", prices=tariff_of(load)), "peak")
    assert finding.kw is not None
    assert finding.kw.mid == pytest.approx(60.0)
    assert finding.yen.mid == pytest.approx(60.0 * ONE_KW)
    assert "3 half hours" in finding.why_en
    assert "press 260 kW" in finding.why_en
    assert any("12 months" in caveat for caveat in finding.caveats("en"))
    assert finding.kwh.mid == 0


def test_what_a_lower_demand_takes_to_pay_is_told_by_the_tariff() -> None:
    """Agreed: with the agreement; looking back 11 months: after 12; monthly: in every month."""
    year = year_of()
    kw = year.load(200.0, 20.0)
    kw[year.works.nonzero()[0][[40, 41, 400]]] = 260.0
    load = plant_of(year, {"press": kw})
    monthly = replace(
        KYUSHU, demand=tuple(replace(charge, lookback_months=0) for charge in KYUSHU.demand)
    )
    said = [
        of_rule(found_in(load, "peak", prices=prices), "peak")[0].caveats("en")[0]
        for prices in (
            tariff_of(load, agreed_tariff(), agreed_kw=300),
            tariff_of(load),
            tariff_of(load, monthly),
        )
    ]
    for caveat, words in zip(said, ("agreement", "12 months", "each month's own"), strict=True):
        assert words in caveat


def test_two_ways_to_lower_one_peak_are_not_added() -> None:
    """Shaving and a staggered start lower the same demand: the total counts it once."""
    year = year_of()
    kw = year.load(200.0, 20.0)
    first = np.flatnonzero(year.works & (year.hour == 8))[::20]
    kw[first] = 260.0
    load = plant_of(year, {"press": kw})
    found = found_in(load, "peak", "staggered_start", prices=tariff_of(load)).found
    assert {finding.rule for finding in found} == {"peak", "staggered_start"}
    assert all(finding.overlaps for finding in found)
    assert total_of(found).yen.mid == pytest.approx(max(f.yen.mid for f in found))


def test_a_flat_top_has_no_peak_to_shave() -> None:
    """When hundreds of slots are as high as the highest, nothing is proposed."""
    year = year_of()
    load = plant_of(year, {"press": year.load(200.0)})
    found = found_in(load, "peak", prices=tariff_of(load))
    assert not found.found
    assert "0.0%" in silent(found, "peak").why_en


def test_a_price_without_demand_says_nothing_of_peaks() -> None:
    """Without a price on demand the peak rule is silent for want of it."""
    year = year_of()
    load = plant_of(year, {"press": year.load(200.0)})
    prices = replace(tariff_of(load), one_kw=0.0)
    for rule in ("peak", "staggered_start"):
        assert silent(found_in(load, rule, prices=prices), rule).lacking


def test_circuits_that_start_together_are_found() -> None:
    """A start 80 kW above the rest of the day in every month is found with circuits named."""
    year = year_of()
    first = year.works & (year.hour < 9)
    circuits = {
        "oven": np.where(first, 120.0, year.load(80.0, 1.0)),
        "press": np.where(first, 90.0, year.load(50.0, 1.0)),
    }
    load = plant_of(year, circuits)
    (finding,) = of_rule(
        found_in(load, "staggered_start", prices=tariff_of(load)), "staggered_start"
    )
    assert finding.kw is not None
    assert finding.kw.low < 80.0 <= finding.kw.high + 1e-6
    assert "oven" in finding.why_en
    assert "12 of 12 months" in finding.why_en


def test_a_gentle_start_is_clean() -> None:
    """A day that peaks in the afternoon has nothing to stagger."""
    year = year_of()
    kw = np.where(year.works & (year.hour >= 14), 150.0, year.load(100.0))
    load = plant_of(year, {"press": kw})
    assert not found_in(load, "staggered_start", prices=tariff_of(load)).found


def test_a_power_factor_of_88_is_worth_its_points() -> None:
    """PF 88 % at 200 kW: 12 points to 100 % at CP x unit x 0.01 x 12 each."""
    year = year_of()
    kw = year.load(200.0, 20.0, at_lunch=200.0)
    kvar = kw * np.tan(np.arccos(0.88))
    load = plant_of(year, {"press": kw}, kvar=kvar)
    (finding,) = of_rule(found_in(load, "power_factor", prices=tariff_of(load)), "power_factor")
    point = 200 * 2142.78 * 0.01 * 12
    assert finding.yen.high == pytest.approx(12 * point, rel=1e-6)
    assert finding.yen.mid == pytest.approx(10 * point, rel=1e-6)
    assert finding.yen.low == pytest.approx(7 * point, rel=1e-6)
    assert "88.0 %" in finding.why_en
    bank = float(finding.measure_en.split("about ")[1].split(" kvar")[0])
    billed = (year.hour >= 8) & (year.hour < 22)
    left = np.maximum(kvar[billed] - bank, 0.0).sum() / kw[billed].sum()
    assert np.cos(np.arctan(left)) == pytest.approx(0.98, abs=0.001)


def test_a_good_power_factor_is_clean_and_none_is_lacking() -> None:
    """98 % is no finding; without reactive energy the rule asks for it."""
    year = year_of()
    kw = year.load(200.0)
    good = plant_of(year, {"press": kw}, kvar=kw * np.tan(np.arccos(0.98)))
    assert not found_in(good, "power_factor", prices=tariff_of(good)).found
    bare = plant_of(year, {"press": kw}, kvar=None)
    said = silent(found_in(bare, "power_factor", prices=tariff_of(bare)), "power_factor")
    assert said.lacking
    assert "reactive" in said.why_en


def _offer(name: str, factor: str) -> Tariff:
    energy = tuple(
        EnergyCharge(charge.band, (Tier(None, charge.tiers[0].price * Decimal(factor)),))
        for charge in KYUSHU.energy
    )
    return replace(KYUSHU, id=name, name_en=name, name_ja=name, energy=energy)


def test_a_cheaper_tariff_is_found_by_billing_the_year_anew() -> None:
    """Energy 10 % cheaper saves a tenth of the energy charge; the dearer offer is passed over."""
    year = year_of()
    load = plant_of(year, {"press": year.load(200.0, 10.0)})
    offers = (_offer("dear", "1.1"), _offer("cheap", "0.9"))
    prices = tariff_of(load, others=offers)
    (finding,) = of_rule(found_in(load, "tariff_switch", prices=prices), "tariff_switch")
    charged = _energy_charge(load)
    assert finding.yen.mid == pytest.approx(0.1 * charged, rel=0.001)
    assert "cheap" in finding.measure_en
    assert finding.yen.low < finding.yen.mid < finding.yen.high


def _energy_charge(load: SiteLoad) -> float:
    prices = {"peak": 19.74, "summer_day": 17.27, "other_day": 16.32, "night": 15.17}
    days = TariffDays(KYUSHU)
    kwh: list[float] = load.slots["kwh"].tolist()
    bands = [days.bands(at.date())[(60 * at.hour + at.minute) // 15] for at in index_of(load.slots)]
    return sum(energy * prices[band] for energy, band in zip(kwh, bands, strict=True))


def test_tariffs_that_cannot_be_compared_are_named() -> None:
    """No offer, a market tariff without prices, and an agreed one without power: each a silence."""
    year = year_of()
    load = plant_of(year, {"press": year.load(200.0)})
    none = silent(found_in(load, "tariff_switch", prices=tariff_of(load)), "tariff_switch")
    assert "write an offer" in none.why_en
    market = replace(KYUSHU, id="market", market=Market("JP", Decimal(3), Decimal(2)))
    agreed = agreed_tariff()
    found = found_in(load, "tariff_switch", prices=tariff_of(load, others=(market, agreed)))
    said = [silence.why_en for silence in found.silences]
    assert any("market-linked" in why for why in said)
    assert any("agreed power" in why for why in said)


def test_rules_on_demand_need_a_tariff() -> None:
    """With a price alone, contract power, power factor and tariffs are silent for want of it."""
    year = year_of()
    load = plant_of(year, {"press": year.load(200.0)})
    found = found_in(load, plant=Plant())
    for rule in ("contract_power", "power_factor", "tariff_switch"):
        assert silent(found, rule).lacking
