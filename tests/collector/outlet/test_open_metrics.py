"""The figures on /metrics, read by prometheus_client's own parser of OpenMetrics."""

from __future__ import annotations

from typing import Any

import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families

from collector.outlet import open_metrics as room
from collector.outlet.open_metrics import meter_metrics
from edge_agent.process.metrics import open_metrics
from tests.collector.memory_store import MemoryStore
from tests.collector.outlet import plant
from tests.collector.outlet.plant import POWER

Samples = dict[tuple[str, str], float]


def samples(store: MemoryStore | None = None) -> Samples:
    """Every sample by its name and meter."""
    figures = list(plant.figures(store).values())
    text = open_metrics(meter_metrics(figures, (POWER,))).decode()
    return {
        (sample.name, sample.labels.get("meter", "")): sample.value
        for family in _families(text)
        for sample in family.samples
    }


def _families(text: str) -> list[Any]:
    return list(text_string_to_metric_families(text))  # type: ignore[no-untyped-call]


def test_each_meter_has_its_figures() -> None:
    """Energy, CO2, demand and quality, with the site and meter as the only labels."""
    found = samples()
    assert found["mieruka_meter_energy_kwh", "main"] == 120_000.0
    assert found["mieruka_meter_co2_kg_today", "press-1"] == 99.0
    assert found["mieruka_meter_demand_kw", "_site"] == 60.0
    assert found["mieruka_meter_amount", "gas"] == 512.5
    assert found["mieruka_meter_active_power_w", "main"] == 60_001.25
    assert found["mieruka_meter_reading_age_seconds", "main"] == 10.0
    assert found["mieruka_meter_up", "main"] == 1.0
    assert ("mieruka_meter_energy_kwh", "gas") not in found


def test_energy_is_a_gauge() -> None:
    """A correction downwards would be a counter that began anew, and kWh out of nothing."""
    text = open_metrics(meter_metrics(list(plant.figures().values()), ())).decode()
    kinds = {family.type for family in _families(text)}
    assert kinds == {"gauge"}


def test_a_silent_meter_is_down_and_has_no_power() -> None:
    """Absent, not zero and not the last value for ever."""
    store = plant.filled(MemoryStore())
    plant.silence(store, "main", "agent_offline", 600.0)
    found = samples(store)
    assert found["mieruka_meter_up", "main"] == 0.0
    assert ("mieruka_meter_active_power_w", "main") not in found
    assert found["mieruka_meter_energy_kwh", "main"] == 120_000.0


def test_the_number_of_meters_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """And how many are left out is told."""
    monkeypatch.setattr(room, "MOST_METERS", 2)
    found = samples()
    assert {meter for _, meter in found if meter} == {"_site", "main"}
    assert found["mieruka_outlet_meters_left_out", ""] == 3.0
