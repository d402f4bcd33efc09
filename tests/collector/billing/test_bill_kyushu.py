"""A Kyushu bill worked by hand to the last digit: bands, contract power, power factor, levy."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from collector.billing.bill import bill
from collector.billing.lines import Bill
from collector.billing.load import AgreedPower, BilledMonth, Terms
from collector.rollup.periods import midnight_ms
from collector.tariffs.series import Series, SeriesEntry
from collector.tariffs.tariff import Tariff
from tests.collector.billing.loads import TOKYO, month_of, previous, shipped

KYUSHU = shipped("jp-kyushu-industrial-tou-a-6kv")
PF_92, PF_98 = 0.426, 0.203
"""Lagging kvarh for a kWh: 100 / sqrt(1 + 0.426^2) = 92.0003, 100 / sqrt(1 + 0.203^2) = 98.001."""


def with_fuel(tariff: Tariff, month: date, yen_per_kwh: str) -> Tariff:
    """The tariff with one month of fuel adjustment."""
    entry = SeriesEntry(month, date(month.year, month.month + 1, 1), Decimal(yen_per_kwh))
    fuel = Series("jp-kyushu-fuel-adjustment-hv", "fuel", (entry,))
    others = [series for series in tariff.series if series.id != fuel.id]
    return replace(tariff, series=(*others, fuel))


def by_part(found: Bill) -> dict[str, tuple[Decimal, Decimal]]:
    """Quantity and amount of each line by its part."""
    return {line.part: (line.quantity, line.amount) for line in found.lines}


def figures(quantity: str, amount: str) -> tuple[Decimal, Decimal]:
    """A line's quantity and amount."""
    return Decimal(quantity), Decimal(amount)


def test_a_summer_month_to_the_last_digit() -> None:
    """July 2025, 100 kW, half a kWh more at its very start.

    4 Sundays and Marine Day are night: 26 working days of 3 h peak and 11 h daytime, the rest
    night. The contract power is that of November, 143.6 kW to the kW, at a power factor of 92 %.
    The levy of 74,400.5 kWh is 296,113.99 yen, its fraction cut; so is that of the total.
    """
    load = month_of("2025-07", lambda number: 101.0 if number == 0 else 100.0, kvar_share=PF_92)
    tariff = with_fuel(KYUSHU, date(2025, 7, 1), "-1.50")
    terms = Terms(previous=previous("contract", m2024_07=199.0, m2024_11=143.6, m2025_06=120.0))
    found = bill(load, tariff, terms)
    assert by_part(found) == {
        "contract": figures("144", "286961.0976"),  # 144 x 2142.78 x (185 - 92) / 100
        "peak": figures("7800", "153972.00"),
        "summer_day": figures("28600", "493922.00"),
        "night": figures("38000.5", "576467.585"),
        "fuel": figures("74400.5", "-111600.750"),
        "levy": figures("74400.5", "296113"),
    }
    assert found.total == Decimal("1695834")
    assert found.currency == "JPY"
    assert found.warnings == (
        f"{KYUSHU.id}: medium confidence in its figures (figures read on the page; "
        "the year they apply from is inferred)",
        "Basic charge: only 2 of the 11 months before are known",
    )


@pytest.mark.parametrize(
    ("month", "working_days"), [("2025-12", 25), ("2026-01", 23), ("2025-05", 22)]
)
def test_the_tariffs_own_days_are_night(month: str, working_days: int) -> None:
    """Dec 30 and 31, Jan 1 to 3, May 1 and 2 and the holidays of May cost the night price."""
    found = by_part(bill(month_of(month), KYUSHU))
    daytime = Decimal(working_days * 14 * 100)
    night = Decimal(31 * 24 * 100) - daytime
    assert found["other_day"] == (daytime, daytime * Decimal("16.32"))
    assert found["night"] == (night, night * Decimal("15.17"))


@pytest.mark.parametrize(
    ("kvar_share", "yen", "told"),
    [
        (0.0, "182136.300", "(185 - 100)/100"),  # 100 x 2142.78 x 0.85
        (PF_98, "186421.860", "(185 - 98)/100"),
        (PF_92, "199278.540", "(185 - 92)/100"),
        (1.0, "244276.920", "(185 - 71)/100"),  # 70.71 % half up: a surcharge
    ],
)
def test_the_power_factor_multiplies_the_basic_charge(
    kvar_share: float, yen: str, told: str
) -> None:
    """100 kW at 2,142.78 yen, times (185 - PF) / 100, said so in the formula."""
    found = bill(month_of("2025-07", kvar_share=kvar_share), KYUSHU)
    (line,) = found.lines_of("demand")
    assert line.amount == Decimal(yen)
    assert line.formula == f"100 kW × 2142.78 × {told} (this month's largest)"


def test_without_reactive_energy_the_power_factor_is_neutral_or_as_given() -> None:
    """85 % is neither discount nor surcharge; a typed value is used; both are said."""
    neutral = bill(month_of("2025-07"), KYUSHU)
    assert neutral.amount("demand") == Decimal("214278.00")
    assert any("power factor taken as 85 %" in text for text in neutral.warnings)
    given = bill(month_of("2025-07"), KYUSHU, Terms(power_factor_percent=Decimal(98)))
    assert given.amount("demand") == Decimal("186421.8600")
    assert any("power factor 98 % as given" in text for text in given.warnings)


def test_a_power_factor_of_part_of_the_month_says_so() -> None:
    """Slots without reactive energy are left out of both sums, and counted in a warning."""
    load = month_of("2025-07", kvar_share=PF_98)
    slots = [replace(s, lagging_milli_varh=None) for s in load.all_slots[:96]]
    partly = replace(load, all_slots=(*slots, *load.all_slots[96:]))
    found = bill(partly, KYUSHU)
    assert found.amount("demand") == Decimal("186421.860")
    assert "power factor without 96 of 1488 slots: not measured there" in found.warnings


def test_contract_power_falls_when_the_old_peak_is_twelve_months_ago() -> None:
    """Eleven months back still counts, twelve does not."""
    july_before = Terms(previous=previous("contract", m2024_07=199.0))
    august_before = Terms(previous=previous("contract", m2024_08=199.0))
    load = month_of("2025-07")
    assert bill(load, KYUSHU, july_before).lines[0].quantity == 100
    assert bill(load, KYUSHU, august_before).lines[0].quantity == 199
    assert "(2024-08's)" in bill(load, KYUSHU, august_before).lines[0].formula


@pytest.mark.parametrize(("kw", "billed"), [(100.49, "100"), (100.5, "101"), (100.51, "101")])
def test_contract_power_is_rounded_half_up_to_the_kilowatt(kw: float, billed: str) -> None:
    """100.5 kW are billed as 101."""
    found = bill(month_of("2025-07", lambda n: kw if n == 700 else 50.0), KYUSHU)
    assert found.lines[0].quantity == Decimal(billed)


def test_an_agreed_power_stands_from_its_day_on() -> None:
    """Ten days at the measured 100 kW, twenty-one at the agreed 80 kW, each by its days."""
    terms = Terms(agreed=(AgreedPower(Decimal(80), date(2025, 7, 11)),))
    first, second = bill(month_of("2025-07", kvar_share=0.0), KYUSHU, terms).lines_of("demand")
    assert (first.quantity, second.quantity) == (Decimal(100), Decimal(80))
    assert first.amount == 100 * Decimal("2142.78") * Decimal("0.85") * (Decimal(10) / 31)
    assert second.amount == 80 * Decimal("2142.78") * Decimal("0.85") * (Decimal(21) / 31)
    assert second.formula.endswith("21/31 days (agreed from 2025-07-11)")


def test_before_an_agreed_power_only_its_own_days_count() -> None:
    """A peak after the change does not raise the power of the days before it."""
    load = month_of("2025-07", lambda n: 300.0 if n == 48 * 20 else 100.0)
    terms = Terms(agreed=(AgreedPower(Decimal(350), date(2025, 7, 11)),))
    assert [line.quantity for line in bill(load, KYUSHU, terms).lines_of("demand")] == [100, 350]


def test_five_hundred_kilowatts_end_this_tariff() -> None:
    """A demand of 500 kW is billed, and the bill says that the contract is made anew."""
    found = bill(month_of("2025-07", 500.0), KYUSHU)
    assert any("500 kW reaches 500 kW" in text for text in found.warnings)
    below = bill(month_of("2025-07", 499.0), KYUSHU)
    assert not any("reaches" in text for text in below.warnings)


def test_an_unknown_fuel_adjustment_is_told_and_left_out() -> None:
    """A month without a price has no line, and the warning says where to add it."""
    found = bill(month_of("2025-07"), KYUSHU)
    assert not found.lines_of("fuel")
    assert any("add the month to series jp-kyushu-fuel" in text for text in found.warnings)


def test_the_levy_follows_the_month_the_bill_ends_in() -> None:
    """The bill of 15 April to 14 May 2025 is May's and has the new levy; the one before has not."""
    may = bill(month_of("2025-05", billing_day=15), KYUSHU)
    april = bill(month_of("2025-04", billing_day=15), KYUSHU)
    assert (may.from_date, may.to_date) == (date(2025, 4, 15), date(2025, 5, 15))
    assert may.lines_of("levy")[0].price == Decimal("3.98")
    assert april.lines_of("levy")[0].price == Decimal("3.49")
    assert any("not on all days of the bill" in text for text in april.warnings)


def test_estimated_and_missing_energy_are_told_in_figures() -> None:
    """Two estimated slots are 100 kWh; three slots that are not there are 1.5 hours."""
    load = month_of("2025-07")
    slots = [
        replace(slot, quality="estimated", estimated_milli_wh=slot.milli_wh or 0) if n < 2 else slot
        for n, slot in enumerate(load.all_slots)
    ]
    slots[5] = replace(slots[5], milli_wh=None, quality="missing")
    found = bill(replace(load, all_slots=tuple([*slots[:-2]])), KYUSHU)
    assert "100 kWh in 2 slots are estimated" in found.warnings
    missing = [text for text in found.warnings if "missing" in text]
    assert missing == ["1.50 hours are missing, about 150 kWh at the mean of the rest"]


def test_a_slot_that_is_partly_unknown_counts_its_missing_time() -> None:
    """A quarter of an hour missing inside a slot is 0.25 hours."""
    load = month_of("2025-07")
    first = replace(load.all_slots[0], missing_ms=900_000)
    found = bill(replace(load, all_slots=(first, *load.all_slots[1:])), KYUSHU)
    assert "0.25 hours are missing, about 25 kWh at the mean of the rest" in found.warnings


def test_reactive_energy_at_night_does_not_count() -> None:
    """The power factor is that of 8 to 22 o'clock: 7:30 and 22:00 are outside, 21:30 inside."""
    load = month_of("2025-07", kvar_share=0.0)

    def formula(*halves: int) -> str:
        slots = tuple(
            replace(s, lagging_milli_varh=20 * (s.milli_wh or 0)) if n % 48 in halves else s
            for n, s in enumerate(load.all_slots)
        )
        return bill(replace(load, all_slots=slots), KYUSHU).lines[0].formula

    assert "(185 - 100)/100" in formula(0, 15, 44)
    assert "(185 - 81)/100" in formula(43)  # 28 / sqrt(28^2 + 20^2) = 81.37 %


def test_slots_of_other_months_are_left_out() -> None:
    """A month takes only what begins in it."""
    july = month_of("2025-07")
    wider = BilledMonth(
        "plant", TOKYO, july.first, july.end, month_of("2025-06").slots + july.slots
    )
    assert wider.kwh == july.kwh == Decimal(74400)
    assert wider.from_ms == midnight_ms(TOKYO, date(2025, 7, 1))
