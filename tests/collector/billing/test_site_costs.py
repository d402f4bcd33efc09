"""The price of a kWh by slot, and that booked cost adds up to the bill's energy lines."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collector.billing.bill import bill
from collector.billing.errors import BillError
from collector.billing.load import kwh_of
from collector.billing.site_costs import EnergyPrice
from collector.rollup.periods import Calendar
from tests.collector.billing.loads import BERLIN, NEW_YORK, TOKYO, month_of, shipped

KYUSHU = shipped("jp-kyushu-industrial-tou-a-6kv")
CALENDAR = Calendar(TOKYO)


def at(*parts: int) -> int:
    """An instant of Tokyo as UTC ms."""
    return round(datetime(*parts, tzinfo=TOKYO).astimezone(UTC).timestamp()) * 1000  # type: ignore[arg-type,misc]


@pytest.mark.parametrize(
    ("when", "yen_per_kwh"),
    [
        ((2025, 7, 1, 13, 0), "23.72"),  # 19.74 + 3.98
        ((2025, 7, 1, 12, 30), "21.25"),
        ((2025, 7, 1, 7, 30), "19.15"),
        ((2025, 7, 6, 13, 0), "19.15"),
        ((2025, 12, 30, 13, 0), "19.15"),
        ((2025, 4, 1, 13, 0), "19.81"),  # 16.32 + 3.49
    ],
)
def test_a_slots_price_is_its_band_and_the_levy(when: tuple[int, ...], yen_per_kwh: str) -> None:
    """Band and levy of the slot's day; the fuel adjustment that is not known is named."""
    price = EnergyPrice(KYUSHU, CALENDAR)
    assert price.price_per_kwh(at(*when)) == Decimal(yen_per_kwh)
    assert price.unknown(date(2025, 7, 1)) == ("Fuel adjustment",)
    assert price.exact


def test_the_levys_month_is_the_bills() -> None:
    """With billing day 15 the new levy begins on 15 April."""
    price = EnergyPrice(KYUSHU, Calendar(TOKYO, billing_day=15))
    assert price.price_per_kwh(at(2025, 4, 14, 23, 30)) == Decimal("15.17") + Decimal("3.49")
    assert price.price_per_kwh(at(2025, 4, 15, 0, 0)) == Decimal("15.17") + Decimal("3.98")


def test_tax_that_is_added_is_in_the_price() -> None:
    """Germany: (0.060 + 0.150) x 1.19, or with 3,000 hours of use (0.024 + 0.150) x 1.19."""
    germany, calendar = shipped("example-de-2500h"), Calendar(BERLIN, slot_minutes=15)
    assert EnergyPrice(germany, calendar).price_per_kwh(at(2025, 7, 1)) == Decimal("0.2499")
    many = EnergyPrice(germany, calendar, utilisation_hours=Decimal(3000))
    assert many.price_per_kwh(at(2025, 7, 1)) == Decimal("0.20706")


def test_tiers_are_told_not_to_be_exact() -> None:
    """A slot cannot know its tier: the first one's price, and not exact."""
    price = EnergyPrice(shipped("example-us-tou-ratchet"), Calendar(NEW_YORK, slot_minutes=15))
    assert not price.exact
    assert price.price_per_kwh(at(2025, 1, 15)) == Decimal("0.1000")


def test_a_market_price_that_is_not_known_is_no_price() -> None:
    """Market price with loss and fee, and the levy; None without a market price."""
    start = at(2025, 7, 1, 13, 0)
    tariff = shipped("example-jp-agreed-market")
    price = EnergyPrice(tariff, CALENDAR, market_prices={start: Decimal("9.70")})
    assert price.prices([start, start + 1_800_000]) == [Decimal("15.98"), None]


def test_bands_inside_slots_are_refused_at_once() -> None:
    """A band from 08:15 cannot be priced by half hours, and can by quarters."""
    night, day = KYUSHU.bands[3], KYUSHU.bands[2]
    early = replace(day, when=(replace(day.when[0], spans=((495, 1320),)),))
    tariff = replace(KYUSHU, bands=(*KYUSHU.bands[:2], early, night))
    with pytest.raises(BillError, match="lies in two time bands"):
        EnergyPrice(tariff, CALENDAR)


@settings(max_examples=15, deadline=None)
@given(
    kw=st.lists(st.floats(0, 1000, allow_nan=False), min_size=48, max_size=48),
    month=st.sampled_from(["2025-05", "2025-07", "2025-12"]),
    billing_day=st.sampled_from([1, 15]),
)
def test_booked_cost_is_the_bills_energy(kw: list[float], month: str, billing_day: int) -> None:
    """For any load, slots times their prices are the energy lines and what is added per kWh."""
    load = month_of(month, lambda number: kw[number % 48], billing_day=billing_day)
    if not load.milli_wh:
        return
    exact = replace(KYUSHU, rounding={})
    found = bill(load, exact)
    price = EnergyPrice(exact, Calendar(TOKYO, billing_day=billing_day))
    booked = sum(
        kwh_of(slot.milli_wh or 0) * (price.price_per_kwh(slot.start_ms) or 0)
        for slot in load.slots
    )
    assert booked == found.amount("energy") + found.amount("levy")
    assert sum(line.quantity for line in found.lines_of("energy")) == load.kwh


def test_a_year_of_thirty_circuits_is_priced_in_well_under_a_second() -> None:
    """17,520 slots for 30 circuits; the bound leaves room for a busy machine."""
    first = at(2025, 4, 1)
    starts = [first + number * 1_800_000 for number in range(17_520)]
    price = EnergyPrice(KYUSHU, CALENDAR)
    begun = time.process_time()
    for _ in range(30):
        assert len(price.prices(starts)) == 17_520
    assert time.process_time() - begun < 1
