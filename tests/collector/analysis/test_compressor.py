"""Compressor states, idle energy, leaks and the rule for pressure."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collector.analysis.compressor import (
    STATES,
    Thresholds,
    compressor_use,
    leak_ratio,
    leak_ratio_of_power,
    pressure_saving,
    states_of,
)
from collector.analysis.frame import frame_from_kwh
from collector.analysis.rules_of_thumb import rule_of_thumb, rules_of_thumb


def _minutes(kw: list[float]) -> pd.DataFrame:
    index = pd.date_range("2025-04-01", periods=len(kw), freq="1min", tz="Asia/Tokyo")
    return frame_from_kwh(pd.Series(kw, index=index) / 60.0)


def test_states_by_share_of_rated_power() -> None:
    """Of 37 kW: 1 kW is off, 12 kW unloaded, 36 kW loaded, unknown stays unknown."""
    found = states_of(_minutes([1.0, 12.0, 36.0, np.nan]), 37.0)
    assert [STATES[state] for state in found] == ["off", "unload", "load", "unknown"]


def test_the_limits_belong_to_the_middle() -> None:
    """Exactly 5 % and exactly 60 % are unloaded: off is below, loaded above."""
    found = states_of(_minutes([5.0, 60.0]), 100.0)
    assert [STATES[state] for state in found] == ["unload", "unload"]


def test_thresholds_are_editable() -> None:
    """A machine with an inverter is loaded from 20 % on."""
    found = states_of(_minutes([12.0, 3.0]), 37.0, Thresholds(load_above=0.20))
    assert [STATES[state] for state in found] == ["load", "unload"]


def test_hours_and_energy_by_state() -> None:
    """Two hours at 36, one at 12 and one at 0 kW: 72 kWh loaded, 12 idle, none off."""
    use = compressor_use(_minutes([36.0] * 120 + [12.0] * 60 + [0.0] * 60), 37.0)
    assert (use.load_hours, use.unload_hours, use.off_hours) == pytest.approx((2.0, 1.0, 1.0))
    assert (use.load_kwh, use.idle_kwh, use.total_kwh) == pytest.approx((72.0, 12.0, 84.0))
    assert use.idle_share == pytest.approx(12.0 / 84.0)
    assert not use.mixed


def test_closed_hours_are_told_apart() -> None:
    """What runs while the plant is closed: an hour of idling after work."""
    closed = np.array([False] * 60 + [True] * 120)
    use = compressor_use(_minutes([36.0] * 60 + [12.0] * 60 + [0.0] * 60), 37.0, closed=closed)
    assert (use.closed_kwh, use.closed_running_hours) == pytest.approx((12.0, 1.0))


def test_half_hours_are_said_to_mix() -> None:
    """Slots of half an hour hold several states, and the result says so."""
    index = pd.date_range("2025-04-01", periods=4, freq="30min", tz="Asia/Tokyo")
    assert compressor_use(frame_from_kwh(pd.Series(9.0, index=index)), 37.0).mixed


@settings(deadline=None)
@given(st.lists(st.floats(0.0, 40.0), min_size=2, max_size=60))
def test_states_share_all_energy(kw: list[float]) -> None:
    """Energy of the states adds up to all, but for what is drawn when off; hours to the time."""
    use = compressor_use(_minutes(kw), 37.0)
    assert use.load_kwh + use.unload_kwh <= use.total_kwh + 1e-9
    assert use.off_hours + use.unload_hours + use.load_hours == pytest.approx(len(kw) / 60.0)
    assert use.total_kwh - use.load_kwh - use.unload_kwh <= 0.05 * 37.0 * use.off_hours + 1e-9


def test_the_leak_test() -> None:
    """Loaded 3 of 12 minutes while nobody takes air: a quarter leaks, by time or mean power."""
    assert leak_ratio(3.0, 9.0) == 0.25
    assert leak_ratio_of_power((3 * 36.0 + 9 * 12.0) / 12.0, 12.0, 36.0) == pytest.approx(0.25)


def test_pressure_is_a_range_from_data() -> None:
    """0.1 MPa less saves 8 to 9 % of 50,000 kWh under load, half of it for half the pressure."""
    saved = pressure_saving(50_000.0, 0.1)
    assert (saved.low_kwh, saved.high_kwh) == pytest.approx((4000.0, 4500.0))
    assert saved.rule.confidence == "medium"
    assert saved.rule.source
    assert pressure_saving(50_000.0, 0.05).low_kwh == pytest.approx(2000.0)


def test_every_rule_of_thumb_is_sourced() -> None:
    """Each row is a range with a source, and no id comes twice."""
    rows = rules_of_thumb()
    assert len({row.id for row in rows}) == len(rows)
    assert all(row.low <= row.high and row.source and row.says for row in rows)
    with pytest.raises(KeyError):
        rule_of_thumb("none-such")


def test_wrong_inputs_are_refused() -> None:
    """No rating, thresholds out of order, a mask of other length, nothing known, odd tests."""
    slots = _minutes([12.0, 36.0])
    with pytest.raises(ValueError, match="rated power"):
        states_of(slots, 0.0)
    with pytest.raises(ValueError, match="off_below < load_above"):
        Thresholds(off_below=0.7)
    with pytest.raises(ValueError, match="one value a slot"):
        compressor_use(slots, 37.0, closed=np.array([True]))
    with pytest.raises(ValueError, match="no slot has a known energy"):
        compressor_use(_minutes([np.nan, np.nan]), 37.0)
    with pytest.raises(ValueError, match="leak test"):
        leak_ratio(0.0, 0.0)
    with pytest.raises(ValueError, match="between the unloaded and the loaded"):
        leak_ratio_of_power(40.0, 12.0, 36.0)
    with pytest.raises(ValueError, match="lower_by_mpa"):
        pressure_saving(1.0, 8.0)
