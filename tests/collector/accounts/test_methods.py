"""Which factor counts a kWh, by which method."""

from __future__ import annotations

from datetime import date

import pytest

from collector.accounts.contracts import Contract
from collector.accounts.methods import MARKET, Lookup, in_scope_3, own_method, worst
from collector.factors.lookup import FactorLibrary
from tests.collector.accounts.books import CONTRACT, factor, library

OCTOBER = date(2025, 10, 1)
SHIPPED = FactorLibrary.shipped()


def test_the_methods_of_japan() -> None:
    """SHK basic and adjusted, location- and market-based; nothing upstream is published."""
    methods = Lookup(SHIPPED).methods(CONTRACT)
    assert methods == ("jp_shk_basic", "jp_shk_adjusted", "location", "market")


def test_the_methods_of_great_britain() -> None:
    """Location- and market-based, losses, and both parts of the upstream emissions."""
    methods = Lookup(SHIPPED).methods(Contract(date(2020, 1, 1), "GB"))
    assert methods[:2] == ("location", "market")
    assert set(methods[2:]) == {"scope3_td", "scope3_wtt:generation", "scope3_wtt:td"}
    assert all(in_scope_3(method) for method in methods[2:])


@pytest.mark.parametrize(
    ("method", "id_"),
    [
        ("jp_shk_basic", "basic"),
        ("jp_shk_adjusted", "adjusted"),
        ("location", "average"),
        ("market", "basic"),
    ],
)
def test_the_factor_of_each_method_in_japan(method: str, id_: str) -> None:
    """Market-based takes the menu's basic factor, location-based the national average."""
    applied = Lookup(library()).applied(CONTRACT, method, OCTOBER)
    assert applied.factor is not None
    assert (applied.factor.id, applied.status, applied.reason) == (id_, "official", "")


def test_before_fiscal_2024_market_based_takes_the_adjusted_factor() -> None:
    """Until then basic meant fuel only and knew nothing of menus."""
    window = {"valid_from": date(2023, 4, 1), "valid_to": date(2024, 4, 1)}
    held = library(
        factor("old-basic", "jp_shk_basic", "0.45", **window),
        factor("old-adjusted", "jp_shk_adjusted", "0.35", **window),
    )
    applied = Lookup(held).applied(CONTRACT, MARKET, date(2024, 3, 31))
    assert applied.factor is not None
    assert applied.factor.id == "old-adjusted"


def test_without_a_supplier_the_substitute_value_falls_in() -> None:
    """It is marked as a fallback, and so is location-based for market-based."""
    held = library(factor("substitute", "jp_shk_substitute", "0.416", kind="substitute"))
    nobody = Contract(date(2020, 4, 1), "JP")
    basic = Lookup(held).applied(nobody, "jp_shk_basic", OCTOBER)
    market = Lookup(held).applied(nobody, MARKET, OCTOBER)
    assert basic.factor is not None
    assert market.factor is not None
    assert (basic.factor.id, basic.status) == ("substitute", "fallback")
    assert (market.factor.id, market.status) == ("average", "fallback")
    assert "代替値" in basic.reason
    assert "no supplier" in market.reason


def test_a_supplier_that_is_not_held_has_no_figure() -> None:
    """SHK has none, with the reason; it is never zero and never another supplier's."""
    stranger = Contract(date(2020, 4, 1), "JP", "S9", "M")
    applied = Lookup(library()).applied(stranger, "jp_shk_basic", OCTOBER)
    assert (applied.factor, applied.status) == (None, "missing")
    assert "S9" in applied.reason


def test_market_based_elsewhere_is_the_residual_mix_else_the_grid() -> None:
    """Germany has a residual mix; Great Britain none, so its grid average falls in, marked."""
    lookup = Lookup(SHIPPED)
    german = lookup.applied(Contract(date(2020, 1, 1), "DE"), MARKET, date(2024, 6, 1))
    british = lookup.applied(Contract(date(2020, 1, 1), "GB"), MARKET, date(2026, 6, 1))
    assert german.factor is not None
    assert british.factor is not None
    assert (german.factor.method, german.status) == ("market_residual", "official")
    assert (british.factor.method, british.status) == ("location", "fallback")


def test_a_suppliers_own_factor_comes_before_the_residual_mix() -> None:
    """Only for the contract that names the supplier; its standing is told as anywhere."""
    place = {"region": "DE", "valid_from": date(2024, 1, 1), "valid_to": date(2025, 1, 1)}
    own = factor("own", "market_supplier", "0.1", **place)
    mix = factor("mix", "market_residual", "0.7", **place, supplier="", menu="", kind="residual")
    lookup = Lookup(library(own, mix))
    first = date(2020, 1, 1)
    named, nobody = Contract(first, "DE", "S1", "M"), Contract(first, "DE")
    told = [
        (applied.factor and applied.factor.id, applied.status)
        for applied in (
            lookup.applied(named, MARKET, date(2024, 6, 1)),
            lookup.applied(named, MARKET, date(2025, 6, 1)),
            lookup.applied(Contract(first, "DE", "S9"), MARKET, date(2024, 6, 1)),
            lookup.applied(nobody, MARKET, date(2024, 6, 1)),
        )
    ]
    assert told == [
        ("own", "official"),
        ("own", "provisional"),
        ("mix", "official"),
        ("mix", "official"),
    ]


def test_the_settings_call_market_based_by_its_factor() -> None:
    """Every other method has one name everywhere."""
    assert own_method("market_residual") == MARKET
    assert own_method("jp_shk_adjusted") == "jp_shk_adjusted"


def test_a_lifecycle_average_is_a_fallback() -> None:
    """A country without an official average gets the other kind of figure only with its mark."""
    applied = Lookup(SHIPPED).applied(Contract(date(2020, 1, 1), "TH"), "location", OCTOBER)
    assert applied.factor is not None
    assert (applied.factor.method, applied.status) == ("lifecycle_average", "fallback")
    assert "TH" in applied.reason


def test_why_a_figure_is_provisional() -> None:
    """Another year's row, a menu that is not there, and a preliminary row each say so."""
    lookup = Lookup(library(factor("early", "jp_shk_basic", "0.6", menu="P", status="preliminary")))
    later = lookup.applied(CONTRACT, "jp_shk_basic", date(2026, 6, 1))
    assert later.status == "provisional"
    assert later.reason == "the row for activity from 2025-04-01 to 2026-03-31 stands in"
    early = lookup.applied(Contract(date(2020, 4, 1), "JP", "S1", "P"), "jp_shk_basic", OCTOBER)
    assert early.reason == "its publisher calls it preliminary"
    residual = factor("rest", "jp_shk_basic", "0.6", menu="", kind="residual")
    other = Contract(date(2020, 4, 1), "JP", "S1", "X")
    stands_in = Lookup(library(residual)).applied(other, "jp_shk_basic", OCTOBER)
    assert (stands_in.status, stands_in.reason) == (
        "provisional",
        "the residual row stands in for JP S1 menu X",
    )


def test_a_sum_is_as_firm_as_its_weakest_part() -> None:
    """Official, provisional, fallback, missing: in this order."""
    assert worst(["official", "fallback", "provisional"]) == "fallback"
    assert worst(["official"]) == "official"
