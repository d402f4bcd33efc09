"""An agent's health over a real broker into figures: agent, broker, collector, store."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from collector.app import Collector
from collector.storage.figure_schema import AGENT_STATE, LINE_STATE, agent_meter, line_meter
from tests.collector.agent_side import eventually
from tests.collector.figures.season import FOREVER
from tests.collector.test_app import settings
from tests.edge_agent.test_app import Plant
from tests.services.mosquitto import MosquittoServer

pytestmark = pytest.mark.services


@pytest.fixture
def collector(own_mosquitto: MosquittoServer, tmp_path: Path) -> Iterator[Collector]:
    """A collector on the machine's own time."""
    made = Collector(settings(tmp_path / "hq", own_mosquitto.url))
    made.ingest_once()
    assert eventually(lambda: made.status().connected)
    yield made
    made.close()


@pytest.fixture
def plant(tmp_path: Path) -> Iterator[Plant]:
    """A plant without agents yet."""
    made = Plant(tmp_path / "plant")
    yield made
    for agent in made.agents:
        agent.close()


def test_what_an_agent_says_of_itself_reaches_the_boards_figures(
    own_mosquitto: MosquittoServer,
    collector: Collector,
    plant: Plant,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Outbox, clock, disk, memory and lines; the version as text; the certificate it lacks not."""
    monkeypatch.setattr("edge_agent.vitals.report.EVERY_S", 0.5)
    agent = plant.agent(own_mosquitto.url, "walks")
    agent.start()

    def told() -> bool:
        collector.ingest_once(0.1)
        return any(one.health.agent == "walks" for one in collector.state.agent_health.since(0))

    assert eventually(told)
    agent.stop()
    collector.demand_once()

    def newest(measurement: str, meter: str) -> Mapping[str, float | str]:
        *_, row = collector.store.read_rows(measurement, "sendai", meter, 0, FOREVER)
        return row.fields

    fields = newest(AGENT_STATE, agent_meter("walks"))
    assert str(fields["software"]).startswith("mieruka ")
    assert abs(float(fields["clock_offset_s"])) < 30
    assert float(fields["disk_free_bytes"]) > 0
    assert float(fields["memory_bytes"]) > 1e6
    assert float(fields["outbox_bytes"]) > 0
    assert "certificate_days" not in fields
    for link in ("lan", "bus"):
        assert float(newest(LINE_STATE, line_meter("walks", link))["answers"]) > 0
