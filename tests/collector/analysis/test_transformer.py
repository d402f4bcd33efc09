"""Transformer losses by hand and slot by slot, and merging with the real profile."""

from __future__ import annotations

import math
from datetime import date
from typing import Literal

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collector.analysis.frame import frame_from_kwh
from collector.analysis.reference_transformers import loss_standard, loss_standards
from collector.analysis.transformer import (
    Transformer,
    apparent_power_kva,
    merged,
    transformer_use,
)
from tests.collector.steel import CSV, steel_half_hours, steel_rows

UNIT = Transformer(kva=500.0, no_load_w=1000.0, load_loss_w=4000.0)


def _slots(kw: list[float], kvar: float | None = None) -> pd.DataFrame:
    index = pd.date_range("2025-04-01", periods=len(kw), freq="30min", tz="Asia/Tokyo")
    slots = frame_from_kwh(pd.Series(kw, index=index) / 2.0)
    if kvar is not None:
        slots["reactive_kvarh"] = kvar / 2.0
    return slots


def test_a_day_worked_by_hand() -> None:
    """12 h at 400 kW and 12 h at none, power factor 0.8 (500 kVA): 24 + 48 kWh lost."""
    use = transformer_use(UNIT, _slots([400.0] * 24 + [0.0] * 24), 0.8)
    assert use.no_load_kwh == pytest.approx(24.0)
    assert use.load_kwh == pytest.approx(48.0)
    assert (use.peak_load, use.mean_load) == pytest.approx((1.0, 0.5))
    assert use.rms_load == pytest.approx(math.sqrt(0.5))
    # All-day efficiency W / (W + 24 Pi + sum Pc t).
    assert use.efficiency == pytest.approx(4800.0 / (4800.0 + 24.0 + 48.0))
    assert use.kwh_a_year == pytest.approx(365.0 * 72.0)
    assert use.no_load_kwh_a_year == pytest.approx(8760.0)
    assert use.by_assumed_power_factor == 0.8


def test_the_best_load_is_where_losses_are_equal() -> None:
    """sqrt(1000 / 4000) is 50 %; there load and no-load losses are the same."""
    assert UNIT.best_load == 0.5
    assert UNIT.loss_w(np.array([0.0, 250.0, 500.0])).tolist() == [1000.0, 2000.0, 5000.0]


@settings(deadline=None)
@given(st.floats(0.02, 1.5))
def test_no_load_is_better_than_the_best(load: float) -> None:
    """Loss over load is smallest at the best load."""

    def part(at: float) -> float:
        return float(UNIT.loss_w(np.array([at * UNIT.kva]))[0]) / at

    assert part(load) >= part(UNIT.best_load) - 1e-9


def test_measured_reactive_energy_stands_over_an_assumption() -> None:
    """300 kW and 400 kvar are 500 kVA, whatever power factor is stated beside."""
    slots = _slots([300.0] * 4, kvar=400.0)
    assert apparent_power_kva(slots, 0.99).tolist() == pytest.approx([500.0] * 4)
    assert transformer_use(UNIT, slots).by_assumed_power_factor is None


def test_leading_current_loads_too() -> None:
    """Leading reactive energy counts against lagging: 400 of both cancel."""
    slots = _slots([300.0] * 4, kvar=400.0)
    slots["reactive_export_kvarh"] = 200.0
    assert apparent_power_kva(slots).tolist() == pytest.approx([300.0] * 4)


def test_unknown_slots_lose_as_the_mean_of_the_known() -> None:
    """A gap does not lower the year's loss, and the evidence tells of it."""
    whole = transformer_use(UNIT, _slots([200.0] * 48), 1.0)
    slots = _slots([200.0] * 48)
    slots.iloc[10:20, 0] = np.nan
    slots.iloc[10:20, 2] = 0.0
    holed = transformer_use(UNIT, slots, 1.0)
    assert holed.kwh == pytest.approx(whole.kwh)
    assert holed.efficiency == pytest.approx(whole.efficiency)
    assert holed.evidence.known_slots == 38


@pytest.mark.skipif(not CSV.exists(), reason="the steel year's file is not there")
def test_the_steel_year_slot_by_slot() -> None:
    """The yearly loss under a real profile is the sum over its half hours, in plain Python."""
    unit = Transformer(kva=750.0, no_load_w=1100.0, load_loss_w=7200.0)
    rows, lost = steel_rows(), 0.0
    for first, second in zip(rows[::2], rows[1::2], strict=True):
        kw = 2.0 * (first[1] + second[1])
        kvar = 2.0 * (first[2] + second[2] - first[3] - second[3])
        lost += 0.5 * (1.1 + (kw**2 + kvar**2) / 750.0**2 * 7.2)
    assert transformer_use(unit, steel_half_hours()).kwh == pytest.approx(lost)


@pytest.mark.skipif(not CSV.exists(), reason="the steel year's file is not there")
def test_merging_two_halves_of_a_real_plant() -> None:
    """Two units with half the load each: one alone saves its no-load loss less the load loss."""
    half = steel_half_hours()
    half[["kwh", "reactive_kvarh", "reactive_export_kvarh"]] /= 2.0
    unit = Transformer(kva=750.0, no_load_w=1100.0, load_loss_w=7200.0)
    found = merged(unit, half, unit, half, onto=unit)
    alone = transformer_use(unit, steel_half_hours())
    apart = transformer_use(unit, half)
    assert found.before_kwh_a_year == pytest.approx(2.0 * apart.kwh)
    assert found.after_kwh_a_year == pytest.approx(alone.kwh)
    assert found.saved_kwh_a_year == pytest.approx(1.1 * 8760.0 - alone.load_kwh / 2.0)
    assert found.hours_above_rated == 0.0


def test_loads_that_do_not_meet_are_not_added() -> None:
    """A day load and a night load on one unit peak at the larger, not at their sum."""
    day, night = _slots([400.0] * 24 + [0.0] * 24, 0.0), _slots([0.0] * 24 + [300.0] * 24, 0.0)
    found = merged(UNIT, day, UNIT, night, onto=UNIT)
    assert found.peak_load == pytest.approx(0.8)
    meeting = merged(UNIT, day, UNIT, day, onto=UNIT)
    assert (meeting.peak_load, meeting.hours_above_rated) == pytest.approx((1.6, 12.0))
    assert meeting.saved_kwh_a_year < 0.0


def test_wrong_inputs_are_refused() -> None:
    """No power factor, one that is none, other slots, nothing known, a nameplate of zero."""
    slots = _slots([100.0] * 4)
    with pytest.raises(ValueError, match="state a power factor"):
        transformer_use(UNIT, slots)
    with pytest.raises(ValueError, match="between 0 and 1"):
        transformer_use(UNIT, slots, 85.0)
    with pytest.raises(ValueError, match="the same slots"):
        merged(UNIT, slots, UNIT, _slots([100.0] * 6), onto=UNIT, power_factor=0.9)
    with pytest.raises(ValueError, match="no slot has a known load"):
        transformer_use(UNIT, _slots([math.nan] * 4), 0.9)
    with pytest.raises(ValueError, match="above zero"):
        Transformer(kva=500.0, no_load_w=0.0, load_loss_w=4000.0)


def test_the_loss_standard_has_its_row() -> None:
    """A 300 kVA three-phase 50 Hz unit may lose 16.6 x 300^0.696 W at 40 % load, less from 2026."""
    row = loss_standard(300.0, 3, 50, date(2025, 4, 1))
    assert row.loss_w(300.0) == pytest.approx(16.6 * 300.0**0.696)
    assert row.reference_load == 0.4
    newer = loss_standard(300.0, 3, 50, date(2026, 4, 1))
    assert newer.loss_w(300.0) == pytest.approx(14.5 * 300.0**0.694)
    assert loss_standard(750.0, 3, 60, date(2025, 4, 1)).reference_load == 0.5


@pytest.mark.parametrize("kva", [30.0, 300.0, 500.0, 750.0, 2000.0])
@pytest.mark.parametrize("hertz", [50, 60])
def test_the_third_standard_asks_for_less_loss(kva: float, hertz: Literal[50, 60]) -> None:
    """A row that was copied wrongly would show: each size may lose 3 to 25 % less from 2026."""
    before = loss_standard(kva, 3, hertz, date(2025, 4, 1)).loss_w(kva)
    after = loss_standard(kva, 3, hertz, date(2026, 4, 1)).loss_w(kva)
    assert 0.75 < after / before < 0.97


def test_every_row_of_the_standard_is_sourced() -> None:
    """Each row names its source and how sure it is; what is not held is an error with advice."""
    assert all(each.source and each.confidence for each in loss_standards())
    with pytest.raises(ValueError, match="use the nameplate"):
        loss_standard(3000.0, 3, 50, date(2026, 4, 1))
    with pytest.raises(ValueError, match="use the nameplate"):
        loss_standard(300.0, 3, 50, date(2010, 4, 1))
