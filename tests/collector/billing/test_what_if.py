"""The same load otherwise: another tariff, another contract power, one kilowatt less."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from collector.billing.load import Terms
from collector.billing.what_if import bills, compare, hours_of_use, value_of_one_kw
from collector.tariffs.tariff import TariffError
from tests.collector.billing.loads import month_of, previous, shipped

KYUSHU = shipped("jp-kyushu-industrial-tou-a-6kv")
FLAT = shipped("example-flat")


def test_a_kilowatt_less_is_worth_21856_yen_a_year() -> None:
    """2,142.78 x 0.85 x 12 at a power factor of 100 %, and at 98 % a little more."""
    assert value_of_one_kw(KYUSHU, Decimal(100), 2025, Decimal(0)) == Decimal("21856.356")
    assert value_of_one_kw(KYUSHU, Decimal(98), 2025, Decimal(0)) == Decimal("22370.6232")


def test_a_kilowatt_less_by_season_and_year() -> None:
    """Four summer months of 14 and twelve of 8 dollars; of a yearly pair the price that applies."""
    us, germany = shipped("example-us-tou-ratchet"), shipped("example-de-2500h")
    assert value_of_one_kw(us, Decimal(100), 2025, Decimal(0)) == 4 * 14 + 12 * 8
    for hours, eur in ((2499, 20), (2500, 110)):
        found = value_of_one_kw(germany, Decimal(100), 2025, Decimal(hours))
        assert round(found, 10) == eur


def test_hours_of_use_take_the_months_for_a_year() -> None:
    """A constant load is used 8,760 hours; a month of 31 days stands for 8,928."""
    assert hours_of_use([month_of("2025-07", 50.0)], KYUSHU) == 31 * 24 * 12
    year = [month_of(f"2025-{number:02}", 50.0) for number in range(1, 13)]
    assert hours_of_use(year, KYUSHU) == 8760
    assert hours_of_use(year, FLAT) == 0


def test_another_tariff_for_the_same_month() -> None:
    """July at 100 kW: every kind of line beside the other tariff's."""
    found = compare([month_of("2025-07")], KYUSHU, FLAT)
    kinds = {kind.kind: (kind.now, kind.otherwise) for kind in found.kinds()}
    assert kinds["energy"] == (Decimal("1224354.00"), Decimal(1860000))
    assert kinds["demand"] == (Decimal("214278.00"), Decimal(0))
    assert kinds["fixed"] == (Decimal(0), Decimal(1000))
    assert found.saving == found.now[0].total - found.otherwise[0].total == -126_256


def test_another_contract_power() -> None:
    """80 kW agreed instead of 100 measured saves 20 kW of basic charge."""
    found = compare([month_of("2025-07")], KYUSHU, KYUSHU, contract_kw=Decimal(80))
    (demand,) = (kind for kind in found.kinds() if kind.kind == "demand")
    assert demand.saving == 20 * Decimal("2142.78")


def test_currencies_are_not_mixed() -> None:
    """Yen and euro are not compared."""
    with pytest.raises(TariffError, match="example-de-2500h is in EUR, not in JPY"):
        compare([month_of("2025-07")], KYUSHU, shipped("example-de-2500h"))


def test_earlier_months_are_history_of_later_ones() -> None:
    """A peak in May sets the contract power of June and July; only July is asked for."""
    months = [month_of("2025-05", 180.0), month_of("2025-06", 90.0), month_of("2025-07", 90.0)]
    (july,) = bills(months, KYUSHU, from_day=date(2025, 7, 1))
    assert july.lines[0].quantity == 180
    known = Terms(previous=previous("contract", m2024_12=195.2))
    found = bills(months, KYUSHU, known)
    assert [one.lines[0].quantity for one in found] == [195, 195, 195]
