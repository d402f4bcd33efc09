"""Power factor: as billed, what a target needs, leading at night."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collector.analysis import kvar_needed, leading_at_night, monthly_power_factor
from collector.analysis.contract_rules import high_voltage_rules
from collector.analysis.frame import index_of
from collector.billing.load import BilledMonth, BilledSlot
from collector.billing.power_factor import month_power_factor
from collector.tariffs.rounding import Rounding
from collector.tariffs.tariff import PowerFactorRule
from tests.collector.analysis.loads import load
from tests.collector.steel import SEOUL, steel_half_hours

NAN = float("nan")
RULE = high_voltage_rules().power_factor


def reactive(slots: pd.DataFrame, lagging: float, leading: float = 0.0) -> pd.DataFrame:
    """The frame with the same reactive energies (kvarh) in every slot."""
    slots["reactive_kvarh"] = lagging
    slots["reactive_export_kvarh"] = leading
    return slots


def billed(slots: pd.DataFrame, first: date, end: date) -> BilledMonth:
    """The same slots as a bill takes them: whole milli-Wh."""

    def whole(value: float) -> int | None:
        return None if np.isnan(value) else round(value * 1_000_000)

    starts = [round(at.timestamp() * 1000) for at in index_of(slots)]
    rows = zip(starts, slots["kwh"], slots["reactive_kvarh"], strict=True)
    return BilledMonth(
        "plant",
        SEOUL,
        first,
        end,
        tuple(BilledSlot(at, at + 1_800_000, whole(w), whole(q)) for at, w, q in rows),
    )


@pytest.mark.parametrize(
    "rule",
    [
        RULE,
        PowerFactorRule((1320, 480), Decimal(85), Decimal(95), Rounding("down", Decimal("0.1"))),
    ],
    ids=["day", "night"],
)
def test_the_figure_is_that_of_the_bill(rule: PowerFactorRule) -> None:
    """For months of the steel year, with holes, it is the one a bill is made with."""
    slots = steel_half_hours().loc["2018-02":"2018-04"]
    slots.loc["2018-03-05":"2018-03-11", "reactive_kvarh"] = NAN
    slots.loc["2018-04-02", "kwh"] = NAN
    for found in monthly_power_factor(slots, rule):
        end = (found.month + timedelta(days=31)).replace(day=1)
        bill = month_power_factor(billed(slots, found.month, end), rule)
        assert bill is not None
        assert Decimal(repr(found.percent)) == bill


@settings(deadline=None, max_examples=40)
@given(st.floats(0, 100), st.floats(0, 400), st.integers(1, 3))
def test_power_factor_of_a_steady_load(kwh: float, kvarh: float, months: int) -> None:
    """It is the cosine of the load, capped at 100, for every month alike."""
    slots = reactive(load(2 * kwh, months * 28, date(2026, 2, 1)), kvarh)
    found = monthly_power_factor(slots)
    if kwh <= 0:
        assert found == ()
        return
    assert len(found) == months
    for month in found:
        assert month.exact_percent == pytest.approx(100 * kwh / np.hypot(kwh, kvarh))
        assert abs(month.percent - month.exact_percent) <= 0.5 + 1e-9
        assert month.percent <= 100


def test_only_slots_with_both_energies_count() -> None:
    """A month without reactive energy is left out, one with half of it tells so."""
    slots = reactive(load(10.0, 61), 2.0)
    slots.loc["2026-07", "reactive_kvarh"] = NAN
    slots.loc["2026-06-16":"2026-06-30", "reactive_kvarh"] = NAN
    (june,) = monthly_power_factor(slots)
    assert (june.month, june.known, june.kwh) == (date(2026, 6, 1), 0.5, 15 * 140.0)


def test_billing_months_of_the_power_factor() -> None:
    """Months end on the day before the meter is read."""
    found = monthly_power_factor(reactive(load(10.0, 39), 2.0), billing_day=10)
    assert [month.month for month in found] == [date(2026, 6, 1), date(2026, 7, 1)]
    with pytest.raises(ValueError, match="a billing day is 1-28"):
        monthly_power_factor(reactive(load(10.0, 40), 2.0), billing_day=31)


def test_a_steady_load_needs_what_the_formula_says() -> None:
    """100 kW at 80 %: 75 kvar; to reach 95 % it takes 75 - 32.87 kvar, fixed or following."""
    found = kvar_needed(reactive(load(100.0), 37.5), 95)
    assert found.percent == pytest.approx(80)
    assert found.mean_kvar == pytest.approx(75 - 100 * (1 / 0.95**2 - 1) ** 0.5)
    assert found.fixed_kvar == pytest.approx(found.mean_kvar)
    assert found.hours == 7 * 14


def test_a_target_that_is_met_needs_nothing() -> None:
    """At 98 % no capacitor is needed for 95 %."""
    found = kvar_needed(reactive(load(100.0), 10.0), 95)
    assert (found.mean_kvar, found.fixed_kvar) == (0.0, 0.0)


def test_all_reactive_energy_must_go_for_100_percent() -> None:
    """For 100 % the fixed bank is as large as the largest lagging half hour."""
    slots = reactive(load(100.0), 10.0)
    slots.iloc[20, 4] = 30.0
    assert kvar_needed(slots, 100).fixed_kvar == pytest.approx(60.0)


@pytest.mark.parametrize("target", [0, -5, 100.5])
def test_a_target_there_is_not(target: float) -> None:
    """A power factor is above 0 and up to 100 %."""
    with pytest.raises(ValueError, match="above 0 and up to 100"):
        kvar_needed(reactive(load(1.0), 1.0), target)


def test_reactive_energy_that_nobody_measures() -> None:
    """Without it there is no capacitor to size, no leading to tell, no month."""
    slots = load(1.0)
    assert monthly_power_factor(slots) == ()
    with pytest.raises(ValueError, match="measure reactive energy"):
        kvar_needed(slots, 95)
    with pytest.raises(ValueError, match="is not measured at night"):
        leading_at_night(slots)


@settings(deadline=None, max_examples=40)
@given(
    st.lists(st.tuples(st.floats(0.1, 100), st.floats(0, 100)), min_size=48, max_size=48),
    st.floats(50, 100),
)
def test_the_fixed_bank_reaches_its_target(rows: list[tuple[float, float]], target: float) -> None:
    """Taken off slot by slot, never below nothing, the bank gives the target or better."""
    slots = load(0.0, 1)
    slots["kwh"], slots["reactive_kvarh"] = ([row[n] for row in rows] for n in (0, 1))
    found = kvar_needed(slots, target)
    day = slots.iloc[16:44]
    left = np.maximum(day["reactive_kvarh"] - found.fixed_kvar / 2, 0).sum()
    reached = 100 * day["kwh"].sum() / np.hypot(day["kwh"].sum(), left)
    assert reached >= target - 1e-6
    assert found.fixed_kvar >= found.mean_kvar - 1e-9
    if found.fixed_kvar > 0:
        assert reached == pytest.approx(target, abs=1e-6)


def test_leading_at_night_is_what_leads_after_lagging() -> None:
    """Only nights count, only what is left after lagging energy."""
    slots = reactive(load(1.0, 2), 1.0, 3.0)
    slots.loc["2026-06-02", "reactive_export_kvarh"] = 0.5
    slots.loc["2026-06-02 23:00", "reactive_export_kvarh"] = NAN
    found = leading_at_night(slots)
    assert (found.hours, found.known_hours, found.kvarh) == (10.0, 19.5, 40.0)
    assert (found.share, found.largest_kvar) == (10 / 19.5, 4.0)
    assert leading_at_night(reactive(load(1.0), 1.0)).largest_kvar == 0.0
