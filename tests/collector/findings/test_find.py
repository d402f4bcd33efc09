"""All rules together: ranking, overlaps, totals, years, and loads nothing can be said of."""

from __future__ import annotations

import ast
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collector.errors import CollectorError, FactorError
from collector.factors.lookup import FactorLibrary
from collector.findings.carbon import carbon_of
from collector.findings.draft import Draft, Rule, Texts
from collector.findings.find import find
from collector.findings.finding import Finding, Overlap, Range, Said, Silence, with_cost
from collector.findings.overlap import total_of
from collector.findings.prices import flat_prices
from collector.findings.rules import table
from collector.findings.yearly import year_share, year_weights
from collector.site_config import ContractSettings, SiteSettings
from tests.collector.findings.plants import (
    CARBON,
    KYUSHU,
    WORKS,
    agreed_tariff,
    found_in,
    of_rule,
    plant_of,
    silent,
    tariff_of,
    year_of,
)


def _wasteful() -> tuple[Finding, ...]:
    year = year_of()
    kw = np.where(year.closed, 30.0, year.load(60.0, 12.0, at_lunch=60.0))
    return found_in(plant_of(year, {"press": kw, "light": year.load(40.0, 15.0)})).found


def test_findings_are_ranked_by_yen_and_keep_their_keys() -> None:
    """The dearest comes first; a second run gives the same keys and figures."""
    found = _wasteful()
    assert len(found) >= 3
    yen = [finding.yen.mid for finding in found]
    assert yen == sorted(yen, reverse=True)
    assert found == _wasteful()
    assert "standby:works:press" in [finding.key for finding in found]


def test_each_half_hour_is_worth_its_own_price() -> None:
    """Yen are the sum over slots of kWh x the price of the slot, levy and all, by hand."""
    year = year_of()
    kw = np.where(year.closed, 30.0, year.load(60.0, 2.0))
    load = plant_of(year, {"press": kw})
    prices = tariff_of(load)
    (finding,) = of_rule(found_in(load, "closed_day", prices=prices), "closed_day")
    above = np.where(year.closed, 28.0, 0.0) * 0.5 * 0.8
    assert finding.kwh.mid == pytest.approx(above.sum())
    assert finding.yen.mid == pytest.approx(float((above * prices.per_kwh).sum()))
    assert finding.yen.mid != pytest.approx(finding.kwh.mid * prices.mean, rel=0.01)


def test_a_clean_plant_under_its_tariff_has_no_finding() -> None:
    """A plant without waste, its power factor at 98 % and its load flat, is left alone."""
    year = year_of()
    kw = year.load(200.0, 5.0, at_lunch=30.0)
    load = plant_of(year, {"press": kw}, kvar=0.2 * kw)
    found = found_in(load, prices=tariff_of(load))
    assert found.found == ()
    assert {said.rule for said in found.silences} >= {"standby", "peak", "power_factor"}


def test_all_texts_are_there_in_both_languages() -> None:
    """No finding is without a text, in Japanese and in English, and ranges are in order."""
    for finding in _wasteful():
        for name in ("measure", "before", "after", "why", "price_basis"):
            assert finding.text(name, "ja")
            assert finding.text(name, "en")
        assert len(finding.caveats("ja")) == len(finding.caveats("en"))
        for amount in (finding.kwh, finding.yen, finding.co2_t, finding.crude_oil_kl):
            assert amount.low <= amount.mid <= amount.high
        assert finding.pictures


def test_the_same_kwh_is_not_counted_twice() -> None:
    """A site's parent meter and its child save the same: the total is that of one."""
    year = year_of()
    kw = year.load(60.0, 10.0)
    load = plant_of(year, {"main": kw, "press": kw}, parents={"press": "main"})
    (finding,) = of_rule(found_in(load, "standby"), "standby")
    twin = replace(finding, key="standby:works:main", overlaps=(Overlap(finding.key, 1.0),))
    total = total_of([finding, replace(twin, yen=finding.yen.times(0.5))])
    assert total.yen == finding.yen
    assert dict(total.counted)["standby:works:main"] == 0.0


def test_overlaps_of_one_circuit_are_told_on_both() -> None:
    """Pressure and idling of a compressor save in the same slots: each names the other."""
    year = year_of()
    from collector.site_config import EquipmentSettings

    plate = EquipmentSettings(kind="compressor", rated_kw=37.0, pressure_mpa=0.8)
    plant = replace(WORKS, equipment={"air": plate})
    load = plant_of(year, {"air": year.load(0.4 * 37), "press": year.load(80.0)})
    found = found_in(load, "compressor_idle", "compressor_pressure", plant=plant).found
    assert len(found) == 2
    idle, pressure = found
    assert dict((o.key, o.share) for o in pressure.overlaps)[idle.key] == pytest.approx(1.0)
    assert dict((o.key, o.share) for o in idle.overlaps)[pressure.key] == pytest.approx(0.08 / 0.6)
    assert total_of(found).kwh.mid == pytest.approx(idle.kwh.mid)


def test_circuits_side_by_side_do_not_overlap() -> None:
    """Standby of two circuits adds up in full."""
    year = year_of()
    load = plant_of(year, {"a": year.load(60.0, 10.0), "b": year.load(60.0, 10.0)})
    found = found_in(load, "standby").found
    assert not any(finding.overlaps for finding in found)
    assert total_of(found).kwh.mid == pytest.approx(sum(f.kwh.mid for f in found))


@settings(deadline=None, max_examples=50)
@given(
    worth=st.lists(st.floats(1, 1e6), min_size=1, max_size=5),
    shares=st.lists(st.floats(0, 1), min_size=25, max_size=25),
)
def test_a_total_lies_between_the_dearest_and_the_sum(
    worth: list[float], shares: list[float]
) -> None:
    """Whatever overlaps, a total is no less than the dearest and no more than all."""
    base = _one()
    found = [
        replace(
            base,
            key=str(i),
            yen=Range(yen, yen, yen),
            overlaps=tuple(Overlap(str(j), shares[5 * i + j]) for j in range(len(worth)) if j != i),
        )
        for i, yen in enumerate(worth)
    ]
    total = total_of(found).yen.mid
    assert max(worth) * (1 - 1e-9) <= total <= sum(worth) * (1 + 1e-9)


def _one() -> Finding:
    if not _KEPT:
        year = year_of()
        load = plant_of(year, {"press": year.load(60.0, 10.0)})
        _KEPT.extend(found_in(load, "standby").found)
    return _KEPT[0]


_KEPT: list[Finding] = []


@given(
    kinds=st.lists(st.integers(0, 3), min_size=4, max_size=200),
    holes=st.lists(st.booleans(), min_size=200, max_size=200),
)
def test_known_slots_stand_for_all_of_their_kind(kinds: list[int], holes: list[bool]) -> None:
    """The weights of each kind with a known slot add up to its slots; unknown slots have none."""
    kind = np.array(kinds, dtype=np.int64)
    known = ~np.array(holes[: len(kinds)])
    weights = year_weights(known, kind, 365)
    assert (weights[~known] == 0).all()
    for number in set(kinds):
        expected = float((kind == number).sum()) if known[kind == number].any() else 0.0
        assert weights[kind == number].sum() == pytest.approx(expected)


def test_a_year_is_365_or_366_days_as_it_is() -> None:
    """A leap year is not shrunk, two years are halved, no days are refused."""
    assert (year_share(365), year_share(366), year_share(730)) == (1.0, 1.0, 0.5)
    with pytest.raises(ValueError, match="without days"):
        year_share(0)


def test_a_month_is_too_short_to_say_anything() -> None:
    """27 days give one silence that says how many are needed."""
    year = year_of(date(2025, 4, 1), date(2025, 4, 28))
    found = found_in(plant_of(year, {"press": year.load(60.0, 10.0)}))
    assert found.found == ()
    assert "28" in silent(found, "general").why_en


def test_a_load_of_which_nothing_is_known_is_a_silence() -> None:
    """A year without a single known slot asks for summarise, and raises nothing."""
    year = year_of()
    found = found_in(plant_of(year, {"press": np.full(len(year.index), np.nan)}, kvar=None))
    assert found.found == ()
    assert silent(found, "general").lacking


def test_what_a_rule_cannot_analyse_is_its_silence() -> None:
    """A rule that raises ValueError is silent with that text; the others go on."""

    def broken(case: object) -> object:
        raise ValueError("the load is odd")
        yield

    year = year_of()
    load = plant_of(year, {"press": year.load(60.0, 10.0)})
    rule = Rule("broken", Said("x", "x"), Said("x", "x"), "", broken)  # type: ignore[arg-type]
    found = find(load, flat_prices(load.slots, 20.0), CARBON, rules=[rule])
    assert found.silences == (
        Silence("broken", "", "分析できない: the load is odd", "the load is odd", lacking=True),
    )


def test_a_bill_that_cannot_be_made_silences_its_rule_alone() -> None:
    """An agreed tariff without its power silences its own rule; standby is found all the same."""
    year = year_of()
    load = plant_of(year, {"press": year.load(60.0, 10.0)})
    prices = tariff_of(load, agreed_tariff(), others=(KYUSHU,))
    found = found_in(load, "standby", "tariff_switch", prices=prices)
    assert of_rule(found, "standby")
    assert "agreed power" in silent(found, "tariff_switch").why_en


def test_every_rule_file_is_in_the_table_with_its_formula() -> None:
    """A file that defines RULE is a row of the table, and says its formula in its docstring."""
    folder = Path(table.__file__).parent
    files = [path for path in folder.glob("*.py") if "RULE = Rule(" in path.read_text("utf-8")]
    assert {path.stem for path in files} == {rule.name for rule in table.RULES}
    for path in files:
        docstring = ast.get_docstring(ast.parse(path.read_text("utf-8"))) or ""
        assert " = " in docstring or " x " in docstring, path.name


def test_what_is_worth_little_is_told_but_not_proposed() -> None:
    """A finding below a thousandth of the energy cost becomes a silence with its worth."""
    year = year_of()
    load = plant_of(year, {"tiny": year.load(3.0, 0.6), "press": year.load(5_000.0, 1.0)})
    found = found_in(load, "standby")
    assert found.found == ()
    assert "worth little" in silent(found, "standby", "tiny").why_en


def test_a_cost_gives_a_payback_where_something_is_saved() -> None:
    """100,000 yen against 50,000 a year are two years; a saving that may be nothing has none."""
    finding = replace(_one(), yen=Range(25_000, 50_000, 100_000))
    paid = with_cost(finding, Range(100_000, 100_000, 100_000))
    assert paid.payback_years == Range(1.0, 2.0, 4.0)
    unsure = replace(finding, yen=Range(0.0, 50_000, 100_000))
    assert with_cost(unsure, Range(1, 1, 1)).payback_years is None


def test_a_price_that_is_none_is_refused() -> None:
    """A price of zero is one clear line."""
    year = year_of()
    with pytest.raises(CollectorError, match="a price of 0"):
        flat_prices(plant_of(year, {"press": year.load(60.0)}).slots, 0.0)


def _site(**more: object) -> SiteSettings:
    return SiteSettings(id="works", time_zone="Asia/Tokyo", **more)  # type: ignore[arg-type]


def test_a_site_without_contract_has_no_factor_and_says_so() -> None:
    """No contract, and a contract before its first day, are one clear line each."""
    factors = FactorLibrary.shipped()
    with pytest.raises(FactorError, match="no contract on 2026-01-01"):
        carbon_of(_site(), factors, date(2026, 1, 1))
    later = ContractSettings(region="JP", supplier="A0269", from_date=date(2027, 1, 1))
    with pytest.raises(FactorError, match="no contract"):
        carbon_of(_site(contracts=(later,)), factors, date(2026, 1, 1))


def test_a_place_without_a_factor_is_named() -> None:
    """A region of which no factor is held is one line with the region in it."""
    nowhere = ContractSettings(region="XX", from_date=date(2020, 1, 1))
    site = _site(contracts=(nowhere,), co2_method="location")
    with pytest.raises(FactorError, match="XX"):
        carbon_of(site, FactorLibrary.shipped(), date(2026, 1, 1))


def test_the_factor_is_the_one_of_the_sites_method() -> None:
    """Basic and adjusted give different rows, each named in full."""
    contract = ContractSettings(region="JP", supplier="A0269", menu="M", from_date=date(2020, 1, 1))
    found = {
        method: carbon_of(
            _site(contracts=(contract,), co2_method=method),
            FactorLibrary.shipped(),
            date(2026, 3, 31),
        )
        for method in ("jp_shk_basic", "jp_shk_adjusted")
    }
    assert found["jp_shk_basic"].factor.endswith("basic")
    assert found["jp_shk_adjusted"].factor.endswith("adjusted")
    assert found["jp_shk_basic"].kl_per_kwh == pytest.approx(8.64 * 0.0258 / 1000)


def test_drafts_are_not_findings() -> None:
    """A draft without energy, demand or yen is worth nothing and never listed."""

    def idle(case: object) -> object:
        text = Said("x", "x")
        yield Draft(
            *("standby", "", Texts(text, text, text, text), "standby.share"),
            evidence=case.evidence,  # type: ignore[attr-defined]
            confidence="low",
        )

    year = year_of()
    load = plant_of(year, {"press": year.load(60.0)})
    rule = Rule("standby", Said("x", "x"), Said("x", "x"), "", idle)  # type: ignore[arg-type]
    assert find(load, flat_prices(load.slots, 20.0), CARBON, rules=[rule]).found == ()
