"""Bills under the rules of other countries: ratchets, 15 minutes, kVA, tiers, price pairs, tax."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from collector.billing.bill import bill, previous_month
from collector.billing.errors import BillError
from collector.billing.load import AgreedPower, BilledMonth, PreviousMonth, Terms
from collector.tariffs.days import TariffDays
from collector.tariffs.rounding import Rounding
from collector.tariffs.tariff import Tariff, When
from tests.collector.billing.loads import BERLIN, NEW_YORK, TOKYO, month_of, previous, shipped

GERMANY = shipped("example-de-2500h")
US = shipped("example-us-tou-ratchet")
MARKET = shipped("example-jp-agreed-market")
FLAT = shipped("example-flat")


def german(month: BilledMonth, hours: int) -> Terms:
    """Eleven months before of a peak of 100 kW, so that the year has the hours of use."""
    whole = Decimal(hours) * 100 - month.kwh
    known = {charge.id: Decimal(100) for charge in GERMANY.demand}
    names = [date(2024, number, 1) for number in range(8, 13)]
    names += [date(2025, number, 1) for number in range(1, 7)]
    kwh = [Decimal(1000)] * 10 + [whole - 10000]
    return Terms(previous=tuple(map(PreviousMonth, names, kwh, [known] * 11)))


@pytest.mark.parametrize(
    ("hours", "part", "eur_per_kw", "eur_per_kwh"),
    [(2499, "below_2500h", "20.00", "0.060"), (2500, "from_2500h", "110.00", "0.024")],
)
def test_german_price_pairs_switch_at_2500_hours(
    hours: int, part: str, eur_per_kw: str, eur_per_kwh: str
) -> None:
    """July at 20 kW: the yearly peak of 100 kW costs a twelfth, at the pair of the year's hours."""
    july = month_of("2025-07", 20.0, 15, BERLIN)
    found = bill(july, GERMANY, german(july, hours))
    (demand,) = found.lines_of("demand")
    (energy,) = found.lines_of("energy")
    assert (demand.part, demand.quantity, demand.price) == (part, Decimal(100), Decimal(eur_per_kw))
    assert demand.amount == 100 * Decimal(eur_per_kw) * (Decimal(1) / 12)
    assert energy.amount == 14880 * Decimal(eur_per_kwh)


def test_german_tax_is_added_and_rounded_to_the_cent() -> None:
    """19 % of 166.67 + 892.80 + 2,232.00 + 40.00, and the total to the cent."""
    july = month_of("2025-07", 20.0, 15, BERLIN, kvar_share=0.3)
    found = bill(july, GERMANY, german(july, 2499))
    before = Decimal(2000) / 12 + Decimal("892.80") + Decimal("2232.00") + 40
    tax = found.amount("tax")
    assert tax == Decimal("632.98")  # 19 % of 3,331.4667
    assert found.total == (before + tax).quantize(Decimal("0.01"))
    assert not found.lines_of("reactive")


def test_reactive_energy_beyond_the_free_share_is_charged() -> None:
    """At 60 kvarh for 100 kWh, 48.43 are free."""
    july = month_of("2025-07", 20.0, 15, BERLIN, kvar_share=0.6)
    (line,) = bill(july, GERMANY, german(july, 2499)).lines_of("reactive")
    assert line.quantity == 8928 - Decimal("14880") * Decimal("0.4843")
    assert line.amount == line.quantity * Decimal("0.012")


def test_a_tariff_of_15_minutes_refuses_slots_of_30() -> None:
    """The mean of 30 minutes hides the demand of 15: refused, with a hint."""
    with pytest.raises(BillError, match="mean of 15 minutes, the slots have 30") as caught:
        bill(month_of("2025-07", 20.0, 30, BERLIN), GERMANY)
    assert "slot_minutes" in caught.value.hint


def test_days_when_clocks_change_are_whole() -> None:
    """March in Berlin has 743 hours, October 745, and none of them is missing."""
    for name, hours in (("2025-03", 743), ("2025-10", 745)):
        month = month_of(name, 20.0, 15, BERLIN)
        found = bill(month, GERMANY)
        assert found.lines_of("energy")[0].quantity == 20 * hours
        assert not any("missing" in text for text in found.warnings)


def test_a_ratchet_bills_a_share_of_the_years_peak() -> None:
    """January at 60 kW: 80 % of July's 200 kW are 160; winter has no on-peak demand."""
    terms = Terms(previous=previous("facility", m2024_07=200.0, m2024_12=70.0))
    found = bill(month_of("2025-01", 60.0, 15, NEW_YORK), US, terms)
    (line,) = found.lines_of("demand")
    assert (line.part, line.quantity, line.amount) == ("facility", Decimal(160), Decimal(1280))
    assert line.formula == "160 kW × 8 (80 % of 2024-07's)"


def test_a_ratchet_has_a_minimum() -> None:
    """Below 50 kW, 50 kW are billed."""
    (line,) = bill(month_of("2025-01", 10.0, 15, NEW_YORK), US).lines_of("demand")
    assert line.quantity == 50
    assert line.formula.endswith("(the tariff's minimum)")


def test_on_peak_demand_counts_only_its_hours() -> None:
    """300 kW at night and 120 kW at noon of a working day: on-peak 120, facility 300."""

    def load(number: int) -> float:
        return {8: 300.0, 50: 120.0}.get(number, 100.0)

    found = bill(month_of("2025-07", load, 15, NEW_YORK), US)
    assert {line.part: line.quantity for line in found.lines_of("demand")} == {
        "on_peak": 120,
        "facility": 300,
    }


def test_tiers_split_the_months_energy() -> None:
    """28,000 kWh in winter: 20,000 at 0.10, the rest at 0.095."""
    month = month_of("2025-11", 40.0, 15, NEW_YORK)
    first, rest = bill(month, US).lines_of("energy")
    assert (first.quantity, first.amount) == (Decimal(20000), Decimal("2000.0000"))
    assert rest.quantity == month.kwh - 20000 == 40 * 721 - 20000
    assert rest.amount == rest.quantity * Decimal("0.0950")


def test_a_minimum_charge_is_filled_up() -> None:
    """An idle month costs the minimum."""
    found = bill(
        month_of("2025-01", 0.01, 15, NEW_YORK), replace(US, minimum_per_month=Decimal(900))
    )
    assert found.total == Decimal("900.00")
    assert found.amount("minimum") > 0


def test_a_demand_by_the_day_counts_the_days() -> None:
    """A price per kW and day is multiplied by the 31 days of the month."""
    charge = replace(US.demand[1], per="day", minimum=Decimal(0))
    found = bill(month_of("2025-01", 60.0, 15, NEW_YORK), replace(US, demand=(charge,)))
    assert found.amount("demand") == 60 * 8 * 31


def test_a_season_price_is_split_by_days() -> None:
    """The bill of 15 September to 14 October charges 16 of 30 days at the summer price."""
    charge = replace(US.demand[0], when=())
    load = month_of("2025-10", 100.0, 15, NEW_YORK, billing_day=15)
    (line,) = bill(load, replace(US, demand=(charge,))).lines_of("demand")
    assert line.amount == 100 * 14 * (Decimal(16) / 30)
    assert "16/30 days" in line.formula


def in_kva(tariff: Tariff) -> Tariff:
    """The tariff with its facility demand in kVA."""
    return replace(tariff, demand=(replace(tariff.demand[1], unit="kVA"),))


def test_a_demand_in_kva_needs_reactive_energy() -> None:
    """80 kW and 60 kvar are 100 kVA; without reactive energy it is refused with a hint."""
    load = month_of("2025-01", 80.0, 15, NEW_YORK, kvar_share=0.75)
    (line,) = bill(load, in_kva(US)).lines_of("demand")
    assert (line.quantity, line.unit) == (Decimal(100), "kVA")
    with pytest.raises(BillError, match="kVA needs reactive energy") as caught:
        bill(month_of("2025-01", 80.0, 15, NEW_YORK), in_kva(US))
    assert "measure reactive energy" in caught.value.hint


def test_leading_energy_is_lagging_the_other_way_in_kva() -> None:
    """60 kvar lagging and 60 leading in the same slot are 80 kVA."""
    load = month_of("2025-01", 80.0, 15, NEW_YORK, kvar_share=0.75)
    slots = tuple(replace(s, leading_milli_varh=s.lagging_milli_varh) for s in load.all_slots)
    (line,) = bill(replace(load, all_slots=slots), in_kva(US)).lines_of("demand")
    assert line.quantity == 80


def test_leading_energy_does_not_lower_the_months_power_factor() -> None:
    """Only lagging reactive energy counts against 8 to 22 o'clock."""
    load = month_of("2025-07", 80.0, kvar_share=0.0)
    slots = tuple(replace(s, leading_milli_varh=s.milli_wh) for s in load.all_slots)
    found = bill(replace(load, all_slots=slots), shipped("jp-kyushu-industrial-tou-a-6kv"))
    assert "(185 - 100)/100" in found.lines_of("demand")[0].formula


def test_a_sliding_window_finds_what_fixed_ones_split() -> None:
    """Two quarters of 200 kW across the half hour are 200 kW sliding, 150 fixed."""
    charge = replace(US.demand[1], interval_minutes=30, minimum=Decimal(0))
    load = month_of("2025-01", lambda n: 200.0 if n in (41, 42) else 100.0, 15, NEW_YORK)
    fixed = bill(load, replace(US, demand=(charge,)))
    sliding = bill(load, replace(US, demand=(replace(charge, window="sliding"),)))
    assert fixed.lines_of("demand")[0].quantity == 150
    assert sliding.lines_of("demand")[0].quantity == 200
    half_hours = month_of("2025-01", 100.0, 30, NEW_YORK)
    with pytest.raises(BillError, match="that slides, the slots have 30"):
        bill(half_hours, replace(US, demand=(replace(charge, window="sliding"),)))


def test_an_agreed_power_and_what_exceeds_it() -> None:
    """Contract 300 kW, demand 340: the excess costs one and a half times as much."""
    load = month_of("2025-07", lambda n: 340.0 if n == 900 else 200.0, kvar_share=0.0)
    terms = Terms(agreed=(AgreedPower(Decimal(300), date(2024, 1, 1)),))
    found = bill(load, MARKET, terms)
    assert found.amount("demand") == 300 * 2000 * Decimal("0.85")
    assert found.amount("excess") == 40 * 2000 * Decimal("0.85") * Decimal("1.5")
    assert found.amount("capacity") == 300 * 136


def test_an_agreed_power_must_be_given() -> None:
    """Without one the bill is refused, with the settings that give it."""
    with pytest.raises(BillError, match="contract is an agreed power, and none") as caught:
        bill(month_of("2025-07"), MARKET)
    assert "contract_powers" in caught.value.hint


def test_energy_at_the_market_price() -> None:
    """100 kWh at 9.70 / 0.97 + 2 yen; energy without a price is left out and told."""
    load = month_of("2025-07")
    first, second = load.slots[:2]
    prices = {first.start_ms: Decimal("9.70"), second.start_ms: Decimal("9.70")}
    agreed = (AgreedPower(Decimal(100), date(2024, 1, 1)),)
    found = bill(load, MARKET, Terms(agreed=agreed, market_prices=prices))
    (line,) = found.lines_of("market")
    assert (line.quantity, line.price, line.amount) == (Decimal(100), Decimal(12), Decimal(1200))
    assert "no market price of JP-Kyushu for 74300 kWh: left out" in found.warnings


def test_a_flat_tariff_with_a_fee() -> None:
    """74,400 kWh at 25 yen and 1,000 yen a month; an example says that it is one."""
    found = bill(month_of("2025-07"), FLAT)
    assert found.total == 74400 * 25 + 1000
    assert "example-flat is a worked example, no supplier's offer" in found.warnings


def test_a_month_without_energy_is_no_bill() -> None:
    """Nothing known is an error, not a bill of zero."""
    empty = BilledMonth("plant", TOKYO, date(2025, 7, 1), date(2025, 8, 1), ())
    with pytest.raises(BillError, match="no energy is known from 2025-07-01 to 2025-08-01"):
        bill(empty, FLAT)


def test_a_band_edge_inside_a_slot_is_refused() -> None:
    """A band that begins at 12:15 cannot be billed from half hours."""
    on, off, winter = US.bands
    days = ("working",)
    on = replace(on, when=(When(("summer",), days, ((735, 1080),)),))
    off = replace(off, when=(When(("summer",), days, ((1080, 735),)), off.when[1]))
    tariff = replace(US, bands=(on, off, winter), demand=())
    with pytest.raises(BillError, match="30 minutes at 2025-07-01 12:00 lies in two time bands"):
        bill(month_of("2025-07", 10.0, 30, NEW_YORK), tariff)


def test_the_kwh_of_a_band_are_rounded_where_the_tariff_says_so() -> None:
    """A tariff that bills whole kWh bills whole kWh."""
    kyushu = shipped("jp-kyushu-industrial-tou-a-6kv")
    half_up = {"kwh": Rounding("half_up", Decimal(1))}
    found = bill(month_of("2025-07", 100.001), replace(kyushu, rounding=half_up))
    assert [line.quantity for line in found.lines_of("energy")] == [7800, 28600, 38000]
    assert found.lines_of("levy")[0].quantity == 74401


def test_a_month_as_history() -> None:
    """What later bills must know: kWh and each charge's own demand, without ratchet or rounding."""
    found = previous_month(month_of("2025-07", 33.3, 15, NEW_YORK), US)
    assert found.month == date(2025, 7, 1)
    assert found.kwh == Decimal("33.3") * 744
    assert found.demand == {"on_peak": Decimal("33.3"), "facility": Decimal("33.3")}
    assert TariffDays(US).day_type(date(2025, 7, 4)) == "off"
