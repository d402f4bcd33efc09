"""Load, demand and diversity factors."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collector.analysis import demand_factor, diversity, load_factor_of, load_factors
from tests.collector.analysis.loads import BERLIN, circuit, load, of_kw

NAN = float("nan")


def test_the_two_load_factors_have_two_names() -> None:
    """Mean over peak and mean over contract differ when the contract is not the peak."""
    found = load_factor_of(of_kw([20.0] * 24 + [100.0] * 24), contract_kw=150)
    assert (found.lf_peak, found.lf_contract) == (0.6, 0.4)
    assert (found.kwh, found.utilisation_hours) == (1440.0, 14.4)
    assert found.loss_factor == pytest.approx((0.04 + 1) / 2)


def test_unknown_half_hours_count_for_nothing() -> None:
    """Unknown time is neither load nor hours."""
    found = load_factor_of(of_kw([NAN] * 24 + [50.0] * 12 + [100.0] * 12))
    assert (found.lf_peak, found.hours, found.evidence.known) == (0.75, 12.0, 0.5)
    assert found.lf_contract is None


def test_a_load_of_nothing_has_no_factor() -> None:
    """With no power at all the ratios are not defined, and are not zero."""
    found = load_factor_of(of_kw([0.0] * 48))
    assert (found.lf_peak, found.utilisation_hours, found.loss_factor) == (None, None, None)


def test_wrong_contract_power_and_nothing_known() -> None:
    """Each wrong use has its line."""
    with pytest.raises(ValueError, match="above 0 kW"):
        load_factor_of(of_kw([1.0] * 48), 0)
    with pytest.raises(ValueError, match="no slot of the period is known"):
        load_factor_of(of_kw([NAN] * 48))
    with pytest.raises(ValueError, match="nameplates"):
        demand_factor(100, 0)
    assert demand_factor(60, 100) == 0.6


@pytest.mark.parametrize("over", ["day", "month"])
def test_factors_of_days_and_months_without_readings(over: str) -> None:
    """A day or month without readings, or without load, has no factor."""
    slots = load(lambda at: 10.0 + at.hour, days=92)
    slots.loc["2026-07", "kwh"] = NAN
    slots.loc["2026-08", "kwh"] = 0.0
    found = load_factors(slots, over="month" if over == "month" else "day")
    june = 1 if over == "month" else 30
    assert found.to_list()[:june] == [pytest.approx(21.5 / 33)] * june
    assert found.loc["2026-07":].isna().all()
    assert len(found) == (3 if over == "month" else 92)


def test_factors_over_a_year_end_and_summer_time() -> None:
    """Months are told apart over the new year; a day of 46 half hours has the mean of 46."""
    found = load_factors(load(5.0, days=40, first=date(2026, 12, 1)), "month")
    assert [start.date() for start in found.index] == [date(2026, 12, 1), date(2027, 1, 1)]
    slots = load(lambda at: 10.0 if at.hour >= 12 else 0.0, 1, date(2026, 3, 29), BERLIN)
    assert load_factors(slots).tolist() == [pytest.approx(24 / 46)]


def test_diversity_of_peaks_that_miss_each_other() -> None:
    """Two circuits that never run together: the sum of peaks is twice the peak of the sum."""
    day, night = of_kw([80.0] * 24 + [0.0] * 24), of_kw([0.0] * 24 + [80.0] * 24)
    whole = of_kw([80.0] * 48)
    found = diversity(
        [circuit("a", day, "hall"), circuit("b", night, "hall"), circuit("hall", whole)]
    )
    assert (found.factor, found.coincidence, found.circuits) == (2.0, 0.5, ("a", "b"))
    assert (found.sum_of_peaks_kw, found.peak_of_sum_kw) == (160.0, 80.0)


def test_diversity_looks_where_all_circuits_are_known() -> None:
    """A peak in an hour in which another circuit is unknown does not count."""
    one, two = of_kw([100.0] + [10.0] * 47), of_kw([NAN] + [10.0] * 47)
    found = diversity([circuit("a", one), circuit("b", two)])
    assert (found.factor, found.known_slots) == (1.0, 47)


def test_diversity_of_nothing() -> None:
    """No circuits, no common half hour, no load: each has its line."""
    with pytest.raises(ValueError, match="needs circuits"):
        diversity([])
    gone = of_kw([NAN] * 48)
    with pytest.raises(ValueError, match="no half hour in which all circuits are known"):
        diversity([circuit("a", gone), circuit("b", of_kw([1.0] * 48))])
    with pytest.raises(ValueError, match="no circuit has a load"):
        diversity([circuit("a", of_kw([0.0] * 48))])


@settings(deadline=None, max_examples=40)
@given(
    st.integers(1, 4).flatmap(
        lambda n: st.lists(
            st.lists(st.floats(0.1, 1000) | st.just(NAN), min_size=8, max_size=8),
            min_size=n,
            max_size=n,
        )
    )
)
def test_diversity_is_one_or_more(loads: list[list[float]]) -> None:
    """The sum of the peaks is never below the peak of the sum."""
    if not (~np.isnan(np.array(loads)).any(axis=0)).any():
        return
    found = diversity([circuit(f"c{number}", of_kw(kw)) for number, kw in enumerate(loads)])
    assert found.factor >= 1 - 1e-12
    assert found.factor * found.coincidence == pytest.approx(1)
    assert found.factor <= len(loads) + 1e-9


@settings(deadline=None, max_examples=40)
@given(st.lists(st.floats(0.1, 1000) | st.just(NAN), min_size=2, max_size=96))
def test_load_factors_lie_between_nothing_and_one(kw: list[float]) -> None:
    """Load factor and loss factor are above 0 and up to 1, the loss factor between lf² and lf."""
    if np.isnan(kw).all():
        return
    found = load_factor_of(of_kw(kw))
    assert found.lf_peak is not None
    assert found.loss_factor is not None
    assert 0 < found.lf_peak <= 1 + 1e-12
    assert found.lf_peak**2 <= found.loss_factor * (1 + 1e-9)
    assert found.loss_factor <= found.lf_peak * (1 + 1e-9)
