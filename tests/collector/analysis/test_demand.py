"""Demand, contract power, peaks and shaving."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from itertools import pairwise
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collector.analysis import contract_power, monthly_maxima, shave, shaving_curve, top_peaks
from collector.analysis.demand import MonthMaximum
from collector.billing.demand import billed_demand
from collector.billing.load import AgreedPower, Terms
from collector.rollup.periods import Calendar, midnight_ms
from collector.tariffs.days import TariffDays
from tests.collector.analysis.loads import BERLIN, TOKYO, circuit, kinds, load, of_kw
from tests.collector.billing.loads import month_of, previous, shipped

NAN = float("nan")
POWERS = st.lists(st.floats(0, 1000) | st.just(NAN), min_size=48, max_size=96)


def known(kw: list[float]) -> bool:
    """Whether any of the powers is known."""
    return not all(np.isnan(kw))


@pytest.mark.parametrize("billing_day", [1, 2, 15, 28])
def test_billing_months_are_those_of_the_books(billing_day: int) -> None:
    """Months have the names and days that the totals' own calendar gives them."""
    calendar = Calendar(TOKYO, billing_day=billing_day)
    for month in monthly_maxima(load(1.0, days=400), billing_day):
        window = calendar.billing_month_named(month.month)
        assert midnight_ms(TOKYO, month.first) == window.start_ms
        assert midnight_ms(TOKYO, month.end) == window.end_ms
        assert calendar.billing_month_of(month.at.date()) == month.month


def test_demand_is_of_half_hours_not_of_quarter_hours() -> None:
    """A quarter hour of 100 kW beside an idle one is a demand of 50 kW."""
    slots = load(lambda at: 100.0 if (at.hour, at.minute) == (9, 30) else 0.0, days=1, minutes=15)
    (month,) = monthly_maxima(slots)
    assert (month.peak_kw, month.at.hour, month.at.minute) == (50.0, 9, 30)


def test_months_of_which_nothing_is_known_are_left_out() -> None:
    """A month without readings has no maximum; one with a hole has that of the rest."""
    slots = load(5.0, days=92)
    slots.loc["2026-07", "kwh"] = NAN
    slots.loc["2026-08-01":"2026-08-30", "kwh"] = NAN
    found = monthly_maxima(slots)
    assert [(month.month.month, month.peak_kw) for month in found] == [(6, 5.0), (8, 5.0)]
    assert found[1].evidence.known == pytest.approx(1 / 31)


def test_the_day_on_which_clocks_change_belongs_to_its_month() -> None:
    """March of a summer-time zone ends with its own last half hour."""
    found = monthly_maxima(load(5.0, days=61, first=date(2026, 3, 1), zone=BERLIN))
    assert [month.evidence.slots for month in found] == [31 * 48 - 2, 30 * 48]
    assert all(month.whole for month in found)


def maximum(month: str, kw: float) -> MonthMaximum:
    """A month's maximum, with the evidence of some day."""
    first = date.fromisoformat(f"{month}-01")
    (found,) = monthly_maxima(of_kw([kw] * 48, first))
    return found


def test_contract_power_looks_back_twelve_months() -> None:
    """The month and the eleven before it count, what is older does not (実量制)."""
    maxima = [maximum("2025-06", 300), maximum("2025-07", 250), maximum("2026-06", 200)]
    assert contract_power(maxima).kw == 250
    assert contract_power(maxima, date(2026, 5, 9)).kw == 300
    assert contract_power(maxima, lookback_months=13).kw == 300
    assert len(contract_power(maxima).missing) == 10
    assert contract_power(maxima).evidence == maxima[1].evidence


@pytest.mark.parametrize(("kw", "billed"), [(249.5, 250), (249.4999, 249), (250.5, 251)])
def test_contract_power_is_rounded_half_up(kw: float, billed: float) -> None:
    """To 1 kW, a half up."""
    assert contract_power([maximum("2026-06", kw)]).kw == billed


def test_a_half_is_not_tipped_by_binary_fractions() -> None:
    """Energies that add up to just a half are a half."""
    slots = load(0.0, days=1, minutes=15)
    slots.iloc[0:2, 0] = [62.375 + 1e-14, 62.375 - 3e-14]
    assert contract_power(monthly_maxima(slots)).kw == 250


@pytest.mark.parametrize(("kw", "negotiated"), [(499.9, False), (500.0, True)])
def test_from_500_kw_the_power_is_negotiated(kw: float, negotiated: bool) -> None:
    """At 500 kW the rule of the largest demand no longer holds (協議制)."""
    assert contract_power([maximum("2026-06", kw)]).negotiated is negotiated


def test_an_agreed_power_stands_over_the_demand_from_its_day() -> None:
    """Of the agreed powers the newest begun by the month's end counts."""
    maxima = [maximum("2026-05", 300), maximum("2026-06", 200)]
    agreed = [
        AgreedPower(Decimal(280), date(2026, 6, 15)),
        AgreedPower(Decimal(150), date(2026, 7, 1)),
    ]
    may, june = (contract_power(maxima, date(2026, m, 1), agreed=agreed) for m in (5, 6))
    assert (may.kw, may.agreed) == (300, False)
    assert (june.kw, june.agreed, june.demand_kw) == (280, True, 300)


def test_contract_power_of_unknown_months() -> None:
    """Without a known month there is no contract power."""
    with pytest.raises(ValueError, match="no month has a demand"):
        contract_power([])
    with pytest.raises(ValueError, match="no demand is known of the months up to 2030-01"):
        contract_power([maximum("2026-06", 10)], date(2030, 1, 1))


@pytest.mark.parametrize("billing_day", [0, 29])
def test_a_billing_day_there_is_not(billing_day: int) -> None:
    """Billing days are 1 to 28."""
    with pytest.raises(ValueError, match="a billing day is 1-28"):
        monthly_maxima(load(1.0), billing_day)


def test_no_slots_and_nothing_known() -> None:
    """Empty and unknown input: a line or nothing, no figure."""
    assert monthly_maxima(of_kw([NAN] * 48)) == ()
    with pytest.raises(ValueError, match="two slots"):
        monthly_maxima(of_kw([1.0]).iloc[:0])
    for verb in (top_peaks, lambda slots: shave(slots, 10)):
        with pytest.raises(ValueError, match="no slot of the period is known"):
            verb(of_kw([NAN] * 48))


def test_peaks_tell_who_made_them() -> None:
    """Each peak has its circuits, the largest first, what is left, its day and the weather."""
    press, oven = of_kw([10.0] * 47 + [60.0]), of_kw([20.0] * 48)
    site = of_kw([40.0] * 47 + [100.0])
    hours = pd.Series(
        np.arange(24.0), index=pd.date_range("2026-06-01", periods=24, freq="1h", tz=TOKYO)
    )
    circuits = [circuit("press", press, "hall"), circuit("oven", oven), circuit("hall", site)]
    first, second = top_peaks(site, circuits, 2, hours, kinds())
    assert first.at == datetime(2026, 6, 1, 23, 30, tzinfo=TOKYO)
    assert [(part.circuit, part.kw, part.share) for part in first.parts] == [
        ("press", 60.0, 0.6),
        ("oven", 20.0, 0.2),
    ]
    assert (first.rest_kw, first.temperature_c, first.day_kind) == (20.0, 23.0, "working")
    assert (second.kw, second.at.hour) == (40.0, 0)


def test_a_circuit_that_is_unknown_at_the_peak() -> None:
    """Its part is unknown, and so is what is left: never the whole remainder."""
    gone = of_kw([10.0] * 47 + [NAN])
    (peak,) = top_peaks(of_kw([40.0] * 47 + [100.0]), [circuit("press", gone)], 1)
    assert (peak.parts[0].kw, peak.parts[0].share, peak.rest_kw) == (None, None, None)
    assert (peak.temperature_c, peak.day_kind) == (None, "")


def test_the_temperature_of_an_hour_without_a_reading() -> None:
    """A peak in an hour without weather has none."""
    hours = pd.Series(NAN, index=pd.date_range("2026-06-01", periods=24, freq="1h", tz=TOKYO))
    assert top_peaks(of_kw([1.0] * 48), n=1, temperature=hours)[0].temperature_c is None
    assert top_peaks(of_kw([1.0] * 48), n=1, temperature=hours[5:])[0].temperature_c is None


def test_shaving_tells_the_longest_time_above() -> None:
    """Energy, days and the longest time without a break; an unknown slot is not above."""
    kw = [10.0] * 96
    kw[20:24], kw[30], kw[60:62], kw[70] = [50.0] * 4, NAN, [100.0] * 2, 20.0
    found = shave(of_kw(kw), 20)
    assert (found.kw, found.slots, found.days) == (80.0, 6, 2)
    assert found.above_kwh == (4 * 30 + 2 * 80) / 2
    assert (found.longest_h, found.largest_kwh) == (2.0, 80.0)


def test_nothing_above_the_target() -> None:
    """A target at the peak has nothing to shave."""
    found = shave(of_kw([10.0] * 48), 10)
    assert (found.kw, found.above_kwh, found.slots, found.longest_h) == (0.0, 0.0, 0, 0.0)


@settings(deadline=None, max_examples=40)
@given(POWERS.filter(known), st.lists(st.floats(0, 1000), min_size=2, max_size=5))
def test_a_higher_target_shaves_no_more(kw: list[float], targets: list[float]) -> None:
    """The higher the target, the less energy, half hours and kW stand above it."""
    curve = shaving_curve(of_kw(kw), sorted(targets))
    for lower, higher in pairwise(curve):
        assert higher.above_kwh <= lower.above_kwh
        assert higher.slots <= lower.slots
        assert higher.kw <= lower.kw
        assert higher.largest_kwh <= lower.above_kwh + 1e-9
    assert all(found.largest_kwh <= found.above_kwh + 1e-9 for found in curve)


@settings(deadline=None, max_examples=40)
@given(POWERS.filter(known))
def test_peaks_fall_and_none_is_unknown(kw: list[float]) -> None:
    """Peaks come in falling order, each one of the known half hours, the first the largest."""
    found = [peak.kw for peak in top_peaks(of_kw(kw), n=5)]
    assert found == sorted(found, reverse=True)
    assert found[0] == np.nanmax(kw)


def test_hours_of_weather_that_begin_at_half_past() -> None:
    """In a zone half an hour beside UTC the hour's own temperature is found."""
    kolkata = ZoneInfo("Asia/Kolkata")
    hours = pd.Series(
        np.arange(24.0), index=pd.date_range("2026-06-01", periods=24, freq="1h", tz=kolkata)
    )
    slots = load(lambda at: at.hour + at.minute / 60, 1, zone=kolkata)
    assert [peak.temperature_c for peak in top_peaks(slots, n=3, temperature=hours)] == [23, 23, 22]


@pytest.mark.parametrize(
    ("own", "earlier"),
    [(143.5, {}), (100.0, {"2024-08": 180.5}), (100.0, {"2024-07": 180.5, "2025-02": 120.0})],
)
def test_contract_power_is_what_the_bill_takes(own: float, earlier: dict[str, float]) -> None:
    """The same months give the power that the demand charge of a bill is made with."""
    tariff = shipped("jp-kyushu-industrial-tou-a-6kv")
    charge = tariff.demand[0]
    before = previous(
        charge.id, **{f"m{name.replace('-', '_')}": kw for name, kw in earlier.items()}
    )
    month = month_of("2025-07", own)
    (billed,) = billed_demand(month, charge, TariffDays(tariff), Terms(previous=before))
    maxima = [maximum(name, kw) for name, kw in {**earlier, "2025-07": own}.items()]
    found = contract_power(maxima, date(2025, 7, 1))
    assert Decimal(repr(found.kw)) == billed.power
