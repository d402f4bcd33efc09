"""Readings of an agent that polls in groups: the collector's completeness and kWh stay right."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest

from collector.delivery import days
from collector.delivery.counted import Member
from collector.storage.schema import COMPLETENESS
from edge_agent.bus import Bus
from edge_agent.config import PollSettings
from edge_agent.contract.reading import Reading
from edge_agent.lines import card_of
from edge_agent.poll import run_once
from tests.collector.delivery.plant import HOUR_MS, MIDNIGHT_MS, Plant
from tests.collector.summarise.plant import Plant as SummarisedPlant
from tests.edge_agent.bench import HandClock, ScriptedLink, Shelf, bus, meter

PROFILE = """
vendor = "Acme"
models = ["One"]
verification = "manual"
sources = [{ title = "Manual", where = "acme.example" }]
factory = { unit_id = 1, baud = 9600, parity = "N", stop_bits = 1 }
counter = { step_wh = 1 }
[reading]
function = 3
format = "u32"
word_order = "big"
max_registers = 10
timeout_ms = 300
[registers]
active_power_w = { address = 0 }
active_energy_import_wh = { address = 10 }
"""
POWER_W = 36_000
GROUPS = PollSettings.model_validate(
    {
        "every_s": 60,
        "groups": [{"name": "demand", "every_s": 5, "quantities": ["active_power_w"]}],
    }
)


class Edge:
    """One meter with a steady load, its demand read every 5 s and its counter every minute."""

    def __init__(self, folder: Path, from_ms: int) -> None:
        path = folder / "acme.toml"
        path.write_text(PROFILE, encoding="utf-8")
        self.clock, self.shelf, self.from_ms = HandClock(at_ms=from_ms), Shelf(), from_ms
        self.bus: Bus = bus(
            ScriptedLink(self._words), meter("press", profile=str(path)), poll=GROUPS
        )

    def _words(self, unit: int, function: int, address: int, count: int) -> Iterable[int]:
        self.clock.advance(0.05)
        wh = POWER_W * (self.clock.at_ms - self.from_ms) // 3_600_000
        return divmod(POWER_W if address == 0 else wh, 65_536)

    def run(self, to_ms: int) -> list[Reading]:
        """Poll at each tick up to an instant; the readings."""
        while self.clock.at_ms < to_ms:
            run_once(self.bus, self.shelf, self.clock)
            self.clock.advance((5_000 - self.clock.at_ms % 5_000) / 1_000)
        return self.shelf.readings


@pytest.fixture
def edge(tmp_path: Path) -> Edge:
    """An agent from midnight on."""
    return Edge(tmp_path, MIDNIGHT_MS)


def test_completeness_counts_by_the_pace_of_the_counter(edge: Edge, tmp_path: Path) -> None:
    """The card tells the counter's pace: nothing is missing, and no pause is a gap."""
    (polled,) = edge.bus.meters
    assert card_of(polled).interval_s == 60
    plant = Plant(tmp_path)
    plant.born("press", interval_s=card_of(polled).interval_s)
    plant.clock.at_ms = MIDNIGHT_MS + 2 * HOUR_MS
    readings = edge.run(plant.clock.at_ms)
    plant.send(())
    plant.store.write_readings([Reading("sendai", r.meter, r.at_ms, r.values) for r in readings])
    days.run_once(plant.store, plant.state.arrivals, plant.sites, plant.clock, Member("hq"))
    row = plant.rows(COMPLETENESS)[MIDNIGHT_MS]
    plant.close()
    assert (row["expected"], row["gap"], row["longest_gap_s"], row["share"]) == (104, 0, 0, 1)


def test_a_counter_that_is_not_read_is_missing(edge: Edge, tmp_path: Path) -> None:
    """Demand readings that go on do not stand in for readings of the counter."""
    plant = Plant(tmp_path)
    plant.born("press", interval_s=60)
    plant.clock.at_ms = MIDNIGHT_MS + 2 * HOUR_MS
    silent = range(MIDNIGHT_MS + HOUR_MS // 2, MIDNIGHT_MS + HOUR_MS)
    readings = [
        Reading("sendai", r.meter, r.at_ms, r.values)
        for r in edge.run(plant.clock.at_ms)
        if "active_power_w" in r.values or r.at_ms not in silent
    ]
    plant.store.write_readings(readings)
    days.run_once(plant.store, plant.state.arrivals, plant.sites, plant.clock, Member("hq"))
    row = plant.rows(COMPLETENESS)[MIDNIGHT_MS]
    plant.close()
    assert row["gap"] == pytest.approx(30, abs=1)
    assert row["longest_gap_s"] == pytest.approx(1_860, abs=2)
    assert row["share"] == pytest.approx(75 / 105, abs=0.02)


def test_kwh_come_from_the_counter_alone(edge: Edge) -> None:
    """Demand readings between two counter readings make no energy and break no slot."""
    plant = SummarisedPlant()
    readings = [
        Reading("s", "press", r.at_ms, r.values) for r in edge.run(MIDNIGHT_MS + 3 * HOUR_MS)
    ]
    plant.store.write_readings(readings)
    plant.dirty.mark("s", "press", readings[0].at_ms, readings[-1].at_ms + 1)
    plant.run()
    slots = [t for t in plant.totals("press", "30m") if t.start_ms < MIDNIGHT_MS + 2 * HOUR_MS]
    assert [slot.kwh for slot in slots[1:4]] == pytest.approx([18.0] * 3, abs=0.02)
    assert [slot.coverage for slot in slots[1:4]] == [1.0] * 3
