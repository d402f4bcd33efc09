"""The station that says every minute how each expected meter is."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from collector.delivery import silence
from collector.delivery.silence import Heartbeat, SilenceReport
from collector.site_config import MeterSettings
from collector.storage.schema import STALENESS
from edge_agent.contract.reading import Reading
from edge_agent.contract.wire import Birth, MeterCard, State
from tests.collector.delivery.plant import ENERGY, HOUR_MS, MINUTE_MS, NOON_MS, Plant


@pytest.fixture
def plant(tmp_path: Path) -> Iterator[Plant]:
    """A plant with one meter of its settings."""
    made = Plant(tmp_path)
    yield made
    made.close()


def look(plant: Plant, connected: bool = True, stepped_ms: int | None = None) -> SilenceReport:
    """Make one round; ingest has stepped just now unless told otherwise."""
    stepped = plant.clock.at_ms if stepped_ms is None else stepped_ms
    beat = Heartbeat("hq", connected, stepped)
    agents = plant.state.cards.agents()
    return silence.run_once(
        *(plant.store, plant.state.arrivals, plant.sites), beat, plant.clock, agents
    )


def newest(plant: Plant, meter: str = "press") -> dict[str, float | str]:
    """The newest row of a meter."""
    return list(plant.rows(STALENESS, meter).values())[-1]


def test_a_meter_of_the_settings_that_never_sent_is_told(plant: Plant) -> None:
    """The inventory counts, not what happens to be in the store; its age grows."""
    assert look(plant) == SilenceReport(1, 1)
    plant.clock.at_ms += 5 * MINUTE_MS
    look(plant)
    assert newest(plant) == {"age_s": 300.0, "lag_s": 300.0, "state": "never", "interval_s": 300.0}


def test_a_meter_that_falls_silent_becomes_stale_and_is_ok_again(plant: Plant) -> None:
    """Three intervals are let pass."""
    plant.born("press")
    plant.send([NOON_MS - 1000], arrived_ms=NOON_MS)
    assert look(plant) == SilenceReport(1, 0)
    assert newest(plant) == {"age_s": 1.0, "lag_s": 1.0, "state": "ok", "interval_s": 60.0}
    plant.clock.at_ms += 3 * MINUTE_MS
    look(plant)
    assert newest(plant)["state"] == "stale"
    plant.send([plant.clock.at_ms])
    look(plant)
    assert newest(plant)["state"] == "ok"


def test_an_offline_agent_explains_its_meters(plant: Plant) -> None:
    """Its last will is the cause told."""
    plant.born("press")
    plant.send([NOON_MS - HOUR_MS])
    plant.state.agents.hear(State("pi-1", 1, online=False))
    look(plant)
    assert newest(plant)["state"] == "agent_offline"
    look(plant, connected=False)
    assert newest(plant)["state"] == "unknown"


def test_a_meter_that_an_agent_names_is_expected_without_settings(plant: Plant) -> None:
    """Until the agent's newest birth leaves it out."""
    plant.born("press", "pump")
    assert look(plant).meters == 2
    assert newest(plant, "pump")["state"] == "never"
    plant.born("press", connection=2)
    assert look(plant).meters == 1


def test_virtual_past_and_file_fed_meters_are_not_waited_for(plant: Plant) -> None:
    """Nobody polls them."""
    plant.meters = (
        MeterSettings(id="sum", plus=("press",)),
        MeterSettings(id="old", until=date(2026, 5, 8)),
        MeterSettings(id="new", since=date(2026, 5, 9)),
        MeterSettings(id="file"),
    )
    card = MeterCard("sendai", "file", "file", "p", 600.0, 10.0)
    plant.state.cards.remember(Birth("file", "e", 1, "0.1.0", NOON_MS, (card,)))
    assert look(plant) == SilenceReport(0, 0)
    plant.clock.at_ms += 12 * HOUR_MS
    look(plant)
    assert newest(plant, "new")["state"] == "never"


def test_readings_from_before_the_state_count(plant: Plant) -> None:
    """A state that was lost does not make a living meter one that never sent."""
    at_ms = NOON_MS - HOUR_MS
    plant.store.write_readings([Reading("sendai", "press", at_ms, {ENERGY: 1.0})])
    look(plant)
    assert newest(plant) == {"age_s": 3600.0, "lag_s": 0.0, "state": "stale", "interval_s": 300.0}


def test_the_collector_has_a_row_of_its_own(plant: Plant) -> None:
    """Its heartbeat: stale when ingest hangs, unknown without a broker, missing when it is down."""
    look(plant)
    assert newest(plant, "_collector_hq") == {
        "age_s": 0.0, "lag_s": 0.0, "state": "ok", "interval_s": 60.0
    }  # fmt: skip
    look(plant, stepped_ms=NOON_MS - HOUR_MS)
    assert newest(plant, "_collector_hq")["state"] == "stale"
    look(plant, connected=False)
    assert newest(plant, "_collector_hq")["state"] == "unknown"
    plant.clock.at_ms += 10 * MINUTE_MS
    look(plant)
    assert list(plant.rows(STALENESS, "_collector_hq")) == [NOON_MS, NOON_MS + 10 * MINUTE_MS]


def test_a_minute_has_one_row(plant: Plant) -> None:
    """Written again within the minute it is replaced."""
    plant.clock.at_ms = NOON_MS + 59_999
    look(plant)
    look(plant)
    assert list(plant.rows(STALENESS)) == [NOON_MS]


def test_a_meter_that_does_not_answer_is_told_from_an_agent_that_does_not_send(
    plant: Plant,
) -> None:
    """While its agent sends readings of another meter the fault is the meter's."""
    plant.born("press", "pump")
    plant.send([NOON_MS - HOUR_MS])
    plant.send([NOON_MS - 1000], meter="pump")
    report = look(plant)
    assert report.states == {"meter_fault": 1, "ok": 1}
    assert newest(plant)["state"] == "meter_fault"
    plant.clock.at_ms += HOUR_MS
    assert look(plant).states == {"stale": 2}
