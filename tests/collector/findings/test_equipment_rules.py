"""Transformers, compressors, lunch, cooling, the grid's signal: planted waste and clean plants."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from collector.findings.finding import SIGNAL_FACTOR
from collector.findings.plant import Plant
from collector.site_config import EquipmentSettings
from tests.collector.findings.plants import (
    WORKS,
    Floats,
    Year,
    found_in,
    of_rule,
    plant_of,
    silent,
    year_of,
)

HOURS = 8760.0


def _with(**equipment: EquipmentSettings) -> Plant:
    return replace(WORKS, equipment=equipment)


def _transformer(
    kva: float, no_load_w: float, load_loss_w: float | None = None
) -> EquipmentSettings:
    return EquipmentSettings(
        kind="transformer", kva=kva, no_load_w=no_load_w, load_loss_w=load_loss_w
    )


def test_an_unused_transformer_loses_its_no_load_loss_all_year() -> None:
    """450 W over 8,760 h are 3,942 kWh, give or take its tolerance."""
    year = year_of()
    load = plant_of(year, {"t1": year.load(0.0), "press": year.load(80.0)})
    found = found_in(load, "transformer_unused", plant=_with(t1=_transformer(300.0, 450.0)))
    (finding,) = found.found
    assert finding.kwh.mid == pytest.approx(0.45 * HOURS)
    assert finding.kwh.low < 3_942 < finding.kwh.high
    assert finding.confidence == "high"


def test_a_used_transformer_is_clean_and_a_bare_one_asks_for_its_plate() -> None:
    """A load of 27 % is in use; without no_load_w the rule asks for it."""
    year = year_of()
    load = plant_of(year, {"t1": year.load(80.0), "t2": year.load(80.0)})
    bare = EquipmentSettings(kind="transformer", kva=300.0)
    plant = _with(t1=_transformer(300.0, 450.0), t2=bare)
    found = found_in(load, "transformer_unused", plant=plant)
    assert not found.found
    assert not silent(found, "transformer_unused", "t1").lacking
    assert silent(found, "transformer_unused", "t2").lacking


def test_two_light_transformers_are_merged_by_simulation() -> None:
    """What one saves over two is Pi of the one switched off plus the difference of load losses."""
    year = year_of()
    one, other = year.load(60.0, 10.0), year.load(40.0, 10.0)
    plate = _transformer(300.0, 600.0, 3_000.0)
    plant = _with(t1=plate, t2=plate)
    load = plant_of(year, {"t1": one, "t2": other})
    (finding,) = found_in(load, "transformer_merge", plant=plant).found
    kva = [kw / 0.9 / 300.0 for kw in (one, other)]
    before = 2 * 600 + 3_000 * (kva[0] ** 2 + kva[1] ** 2)
    after = 600 + 3_000 * (kva[0] + kva[1]) ** 2
    assert finding.kwh.mid == pytest.approx(float((before - after).sum()) / 2 / 1000, rel=1e-6)
    assert finding.kwh.low < finding.kwh.mid < finding.kwh.high


def test_full_transformers_are_not_merged() -> None:
    """Two at 60 % each have no room for each other."""
    year = year_of()
    plate = _transformer(300.0, 600.0, 3_000.0)
    load = plant_of(year, {"t1": year.load(180.0), "t2": year.load(170.0)})
    found = found_in(load, "transformer_merge", plant=_with(t1=plate, t2=plate))
    assert not found.found
    assert not silent(found, "transformer_merge").lacking


def _compressor(
    rated_kw: float | None = None,
    unload_percent: float | None = None,
    pressure_mpa: float | None = None,
) -> EquipmentSettings:
    return EquipmentSettings(
        kind="compressor",
        rated_kw=rated_kw,
        unload_percent=unload_percent,
        pressure_mpa=pressure_mpa,
    )


def test_an_idling_compressor_is_found_by_its_load() -> None:
    """40 % unloaded, 70 % mean power: half of each hour idles, 0.5 x 0.4 x 37 kW of it."""
    year = year_of()
    load = plant_of(year, {"air": year.load(0.7 * 37), "press": year.load(80.0)})
    plant = _with(air=_compressor(rated_kw=37.0, unload_percent=40.0))
    (finding,) = found_in(load, "compressor_idle", plant=plant).found
    hours = float((year.works & ~year.lunch).sum()) / 2
    assert finding.kwh.mid == pytest.approx(0.6 * 0.5 * 0.4 * 37 * hours)
    assert finding.kwh.low < 0.5 * 0.4 * 37 * hours <= finding.kwh.high + 1e-6


def test_without_its_unloaded_power_states_decide() -> None:
    """At 40 % of the rating all of it is idling, above 60 % none."""
    year = year_of()
    plant = _with(air=_compressor(rated_kw=37.0))
    idling = plant_of(year, {"air": year.load(0.4 * 37), "press": year.load(80.0)})
    loaded = plant_of(year, {"air": year.load(0.9 * 37), "press": year.load(80.0)})
    (finding,) = found_in(idling, "compressor_idle", plant=plant).found
    assert finding.kwh.high == pytest.approx(float(idling.circuit("air").slots["kwh"].sum()))
    assert finding.confidence == "low"
    assert not found_in(loaded, "compressor_idle", plant=plant).found


def test_a_compressor_without_a_rating_asks_for_it() -> None:
    """No rated_kw, no word about idling but that it is needed."""
    year = year_of()
    load = plant_of(year, {"air": year.load(20.0)})
    found = found_in(load, "compressor_idle", plant=_with(air=_compressor()))
    assert "rated_kw" in silent(found, "compressor_idle", "air").why_en


def test_a_high_pressure_is_worth_eight_percent() -> None:
    """0.1 MPa less takes 4 to 9 % off the machine's energy, 8 % most likely."""
    year = year_of()
    load = plant_of(year, {"air": year.load(30.0), "press": year.load(80.0)})
    plant = _with(air=_compressor(rated_kw=37.0, pressure_mpa=0.75))
    (finding,) = found_in(load, "compressor_pressure", plant=plant).found
    energy = float(load.circuit("air").slots["kwh"].sum())
    assert finding.kwh.low == pytest.approx(0.04 * energy)
    assert finding.kwh.mid == pytest.approx(0.08 * energy)
    assert finding.kwh.high == pytest.approx(0.09 * energy)
    low = _with(air=_compressor(rated_kw=37.0, pressure_mpa=0.6))
    assert not found_in(load, "compressor_pressure", plant=low).found


def test_loaded_running_at_night_is_a_leak() -> None:
    """A quarter loaded outside of operation: its kW over all running hours, half of it repaired."""
    year = year_of()
    rated, unloaded, leak = 37.0, 0.4, 0.25
    at_rest = (unloaded + leak * (1 - unloaded)) * rated
    load = plant_of(year, {"air": year.load(rated, at_rest), "press": year.load(80.0)})
    plant = _with(air=_compressor(rated_kw=rated, unload_percent=40.0))
    (finding,) = found_in(load, "compressor_leak", plant=plant).found
    assert finding.kwh.mid == pytest.approx(0.5 * leak * 0.6 * rated * HOURS)
    assert "25%" in finding.why_en
    tight = plant_of(year, {"air": year.load(rated, 0.4 * rated), "press": year.load(80.0)})
    assert not found_in(tight, "compressor_leak", plant=plant).found


def test_lunch_that_stays_on_is_found() -> None:
    """50 kW that go on through lunch are found; what goes down to standby is clean."""
    year = year_of()
    circuits = {"press": year.load(50.0, 2.0, at_lunch=50.0), "saw": year.load(50.0, 2.0)}
    (finding,) = found_in(plant_of(year, circuits), "lunch").found
    planted = 48.0 * float(year.lunch.sum()) / 2
    assert finding.circuit == "press"
    assert finding.kwh.low < 0.5 * planted < finding.kwh.high
    assert finding.kwh.mid == pytest.approx(0.3 * planted)


def test_lunch_is_seen_where_it_is_not_declared() -> None:
    """Without a declared break the site's own dip is taken; a furnace is left alone."""
    year = year_of()
    circuits = {"press": year.load(50.0, 2.0), "oven": year.load(50.0, 2.0, at_lunch=50.0)}
    plant = Plant(hours=WORKS.hours)
    (finding,) = found_in(plant_of(year, circuits), "lunch", plant=plant).found
    assert finding.circuit == "oven"
    furnace = replace(plant, equipment={"oven": EquipmentSettings(kind="furnace")})
    assert not found_in(plant_of(year, circuits), "lunch", plant=furnace).found


def _summer(year: Year) -> pd.Series[float]:
    day = np.asarray(year.index.day_of_year, dtype=np.float64)
    celsius = 15 + 13 * np.cos((day - 215) / 365 * 2 * np.pi)
    return pd.Series(celsius, index=year.index).resample("1h").mean()


def _cooled(year: Year, celsius: pd.Series[float], kw_per_k: float) -> Floats:
    heat = np.maximum(celsius.reindex(year.index, method="ffill").to_numpy() - 20.0, 0.0)
    return np.asarray(np.where(year.works, 5.0 + kw_per_k * heat, 0.5), dtype=np.float64)


def test_the_planted_slope_of_cooling_is_found() -> None:
    """2 kW a kelvin above 20 degrees: a kelvin less over the cooling days, within the range."""
    year = year_of()
    celsius = _summer(year)
    kw = _cooled(year, celsius, 2.0)
    load = plant_of(year, {"ac": kw, "press": year.load(80.0)}, temperature_c=celsius)
    (finding,) = of_rule(found_in(load, "air_conditioning"), "air_conditioning")
    a_kelvin = kw.sum() / 2 - _cooled(year, celsius - 1.0, 2.0).sum() / 2
    assert finding.circuit == "ac"
    assert finding.kwh.mid == pytest.approx(a_kelvin, rel=0.1)
    assert finding.kwh.low < a_kelvin < finding.kwh.high
    assert finding.pictures[0].kind == "scatter"


def test_a_load_that_does_not_follow_the_heat_is_clean() -> None:
    """A press is no air conditioning, and without temperatures the rule asks for a series."""
    year = year_of()
    load = plant_of(year, {"press": year.load(80.0)}, temperature_c=_summer(year))
    assert not found_in(load, "air_conditioning").found
    bare = plant_of(year, {"press": year.load(80.0)})
    said = silent(found_in(bare, "air_conditioning"), "air_conditioning")
    assert said.lacking
    assert "temperature" in said.why_en


def test_a_unit_above_its_peers_is_told() -> None:
    """Of three air conditioners the one with three times the slope is named high."""
    year = year_of()
    celsius = _summer(year)
    slopes = {"a": 1.0, "b": 1.1, "c": 5.0}
    circuits = {name: _cooled(year, celsius, slope) for name, slope in slopes.items()}
    kind = EquipmentSettings(kind="air_conditioning")
    load = plant_of(year, circuits, temperature_c=celsius)
    found = found_in(load, "air_conditioning", plant=_with(a=kind, b=kind, c=kind))
    high = [finding.circuit for finding in found.found if "like circuits" in finding.why_en]
    assert high == ["c"]


def test_a_shift_to_clean_hours_is_a_signal_alone() -> None:
    """Load at dirty noon moved to clean night: kg of the signal, no kWh, and in no total."""
    year = year_of()
    dirty = (year.hour >= 8) & (year.hour < 18)
    signal = np.where(dirty, 0.6, 0.4)
    load = plant_of(year, {"oven": year.load(40.0, 1.0), "press": year.load(80.0)})
    plant = _with(oven=EquipmentSettings(kind="furnace", can_shift=True))
    (finding,) = found_in(load, "grid_shift", plant=plant, grid_kg=signal).found
    assert finding.co2_t.mid > 0
    assert finding.kwh.high == 0
    assert finding.co2_factor.startswith(SIGNAL_FACTOR)
    most = 0.2 * float(load.circuit("oven").slots["kwh"].sum()) / 1000
    assert finding.co2_t.high <= most


def test_no_signal_and_no_movable_circuit_are_told_apart() -> None:
    """What is missing is named: the circuit that may move, or the grid's series."""
    year = year_of()
    load = plant_of(year, {"oven": year.load(40.0)})
    assert "can_shift" in silent(found_in(load, "grid_shift"), "grid_shift").why_en
    plant = _with(oven=EquipmentSettings(kind="furnace", can_shift=True))
    said = silent(found_in(load, "grid_shift", plant=plant), "grid_shift")
    assert "collector intensity" in said.why_en


def test_a_flat_grid_gives_nothing_to_shift_to() -> None:
    """With the same carbon at all hours there is no finding."""
    year = year_of()
    load = plant_of(year, {"oven": year.load(40.0)})
    plant = _with(oven=EquipmentSettings(kind="furnace", can_shift=True))
    signal = np.full(len(year.index), 0.45)
    assert not found_in(load, "grid_shift", plant=plant, grid_kg=signal).found
