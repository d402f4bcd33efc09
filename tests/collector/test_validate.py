"""Verdicts on readings."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collector.validate import EARLIEST_MS, FUTURE_MS, Accepted, Quarantined, judge
from edge_agent.contract.quantity import QUANTITIES
from edge_agent.contract.reading import Reading

NOW_MS = 1_760_000_000_000
GOOD = {"active_power_w": 1200.0, "active_energy_import_wh": 5_000_000.0}


def reading(
    values: dict[str, float] | None = None,
    at_ms: int = NOW_MS,
    site: str = "sendai",
    meter: str = "press",
) -> Reading:
    """Make a reading that is good but for what the test changes."""
    return Reading(site, meter, at_ms, GOOD if values is None else values)


def reason(verdict: Accepted | Quarantined) -> str:
    """Answer the reason of a refusal."""
    assert isinstance(verdict, Quarantined)
    return verdict.reason


def test_a_good_reading_is_accepted_unchanged() -> None:
    """What is fit to be stored passes as it is."""
    good = reading()
    assert judge(good, NOW_MS) == Accepted(good)


def test_an_agent_clock_may_be_five_minutes_ahead_and_no_more() -> None:
    """A future date is refused with the hint to set the clock."""
    assert isinstance(judge(reading(at_ms=NOW_MS + FUTURE_MS), NOW_MS), Accepted)
    assert "future" in reason(judge(reading(at_ms=NOW_MS + FUTURE_MS + 1), NOW_MS))


def test_an_instant_before_2000_is_refused() -> None:
    """A clock that was never set is noticed."""
    assert isinstance(judge(reading(at_ms=EARLIEST_MS), NOW_MS), Accepted)
    assert "2000" in reason(judge(reading(at_ms=EARLIEST_MS - 1), NOW_MS))


def test_an_unknown_quantity_does_not_cost_the_known_ones() -> None:
    """A newer agent's extra quantity is left out and named."""
    verdict = judge(reading({**GOOD, "flux_wb": 1.0}), NOW_MS)
    assert verdict == Accepted(reading(), unknown=("flux_wb",))


def test_a_reading_of_unknown_quantities_alone_is_refused_naming_them() -> None:
    """Nothing known to store is a refusal that says which names came."""
    assert "flux_wb" in reason(judge(reading({"flux_wb": 1.0}), NOW_MS))


def test_a_reading_without_values_is_refused() -> None:
    """An empty poll is not a point."""
    assert reason(judge(reading({}), NOW_MS)) == "no value"


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_a_value_that_is_not_finite_is_refused(value: float) -> None:
    """No NaN and no infinity reaches the store."""
    assert "finite" in reason(judge(reading({"active_power_w": value}), NOW_MS))


@pytest.mark.parametrize("name", ["", "Sendai", "a/b", "_site", "x" * 64, "a b", "仙台", "a\n"])
def test_names_that_are_not_names_are_refused(name: str) -> None:
    """Site and meter follow the pattern of topics, so that no tag breaks a query."""
    assert "site" in reason(judge(reading(site=name), NOW_MS))
    assert "meter" in reason(judge(reading(meter=name), NOW_MS))


@pytest.mark.parametrize("name", [q.name for q in QUANTITIES.values() if q.kind == "counter"])
def test_a_negative_counter_is_refused(name: str) -> None:
    """Energy counters count from zero upwards."""
    assert f"{name} is negative" in reason(judge(reading({name: -1.0}), NOW_MS))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("voltage_l1_v", 1e7),
        ("frequency_hz", 5000.0),
        ("frequency_hz", -50.0),
        ("current_l1_a", 1e9),
        ("power_factor", 97.0),
        ("active_energy_import_wh", 1e30),
    ],
)
def test_values_no_plant_has_are_refused(name: str, value: float) -> None:
    """A wrong register or word order is refused, with the quantity's name."""
    assert name in reason(judge(reading({name: value}), NOW_MS))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("voltage_l1_v", 0.0),
        ("voltage_l1_l2_v", 275_000.0),
        ("frequency_hz", 0.0),
        ("active_power_w", -2_000_000.0),
        ("power_factor", -1.0),
    ],
)
def test_strange_but_possible_values_are_accepted(name: str, value: float) -> None:
    """An outage, a grid voltage or a plant that feeds in is data."""
    assert isinstance(judge(reading({name: value}), NOW_MS), Accepted)


def test_active_power_far_beyond_the_rating_is_refused_only_when_a_rating_is_known() -> None:
    """The rated power bounds the active power in both directions."""
    strong = reading({"active_power_w": -2_000_000.0})
    assert isinstance(judge(strong, NOW_MS), Accepted)
    assert isinstance(judge(strong, NOW_MS, rated_power_w=200_000.0), Accepted)
    assert "rated" in reason(judge(strong, NOW_MS, rated_power_w=100_000.0))


@settings(deadline=None)
@given(
    values=st.dictionaries(st.sampled_from([*QUANTITIES, "new_thing"]), st.floats()),
    at_ms=st.integers(0, 2**63),
    site=st.text(max_size=80),
)
def test_judging_never_raises_and_never_lets_bad_data_through(
    values: dict[str, float], at_ms: int, site: str
) -> None:
    """Whatever comes, the answer is a verdict, and an accepted reading is sound."""
    verdict = judge(reading(values, at_ms, site), NOW_MS)
    if isinstance(verdict, Accepted):
        kept = verdict.reading.values
        assert kept
        assert all(name in QUANTITIES and math.isfinite(kept[name]) for name in kept)
        assert EARLIEST_MS <= verdict.reading.at_ms <= NOW_MS + FUTURE_MS
