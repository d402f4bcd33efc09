"""Capacitors by one load and by the profile."""

from __future__ import annotations

import math

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collector.analysis.capacitor import capacitor_kvar
from collector.analysis.frame import frame_from_kwh
from collector.analysis.power_factor import kvar_needed


def test_a_hundred_kilowatts_from_80_to_95_percent() -> None:
    """100 kW from 0.80 to 0.95 needs 100 (0.75 - 0.32868) = 42.1 kvar."""
    assert capacitor_kvar(100.0, 0.80, 0.95) == pytest.approx(42.13, abs=0.01)


@settings(deadline=None)
@given(st.floats(1.0, 1000.0), st.floats(0.5, 0.95), st.floats(0.5, 1.0))
def test_the_target_is_reached(kw: float, factor: float, target: float) -> None:
    """With the capacitor the power factor is the target, or was better already."""
    kvar = kw * math.tan(math.acos(factor)) - capacitor_kvar(kw, factor, target)
    assert kw / math.hypot(kw, kvar) == pytest.approx(max(factor, target), abs=1e-9)


def test_a_profile_that_does_not_vary_needs_the_same() -> None:
    """Of a constant load the profile's own figure is this one."""
    index = pd.date_range("2025-04-01", periods=48, freq="30min", tz="Asia/Tokyo")
    slots = frame_from_kwh(pd.Series(50.0, index=index))
    slots["reactive_kvarh"] = 50.0 * math.tan(math.acos(0.80))
    found = kvar_needed(slots, 95.0)
    assert found.mean_kvar == pytest.approx(capacitor_kvar(100.0, 0.80, 0.95))


def test_wrong_inputs_are_refused() -> None:
    """Percent instead of shares, and a power below zero, are errors."""
    with pytest.raises(ValueError, match="up to 1"):
        capacitor_kvar(100.0, 80.0, 0.95)
    with pytest.raises(ValueError, match="below zero"):
        capacitor_kvar(-1.0, 0.8, 0.95)
