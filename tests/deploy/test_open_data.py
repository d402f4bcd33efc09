"""`deploy/open_data/`: what people copy fits what the collector publishes."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]

from collector.config import HealthSettings, MqttSettings
from collector.fleet.access import access_list
from collector.outlet import Outlet
from collector.outlet.open_metrics import meter_metrics
from collector.outlet.tree import leaves
from collector.state import open_state
from tests.collector.agent_side import eventually
from tests.collector.memory_store import MemoryStore
from tests.collector.outlet import plant
from tests.collector.outlet.ear import Ear
from tests.collector.outlet.plant import POWER, Clock
from tests.services.mosquitto import MosquittoServer, mosquitto_binary

FOLDER = Path(__file__).resolve().parents[2] / "deploy/open_data"
FLOW: list[dict[str, Any]] = json.loads((FOLDER / "node-red-flow.json").read_text("utf-8"))
CORE_NODES = {"tab", "mqtt-broker", "mqtt in", "function", "switch", "debug"}
FIGURES = list(plant.figures().values())
TREE = {topic: text for one in FIGURES for topic, text in leaves("energy", one, (POWER,)).items()}


def matches(wanted: str, topic: str) -> bool:
    """Whether a topic filter takes the topic. Source: MQTT 5.0, 4.7.1."""
    pattern = re.escape(wanted).replace(r"\+", "[^/]+").replace(r"\#", ".*")
    return re.fullmatch(pattern, topic) is not None


def test_the_flow_hangs_together() -> None:
    """Nodes that every Node-RED has; each wire ends at one of them, on the same tab."""
    by_id = {node["id"]: node for node in FLOW}
    assert len(by_id) == len(FLOW)
    assert {node["type"] for node in FLOW} == CORE_NODES
    for node in FLOW:
        assert by_id[node["z"]]["type"] == "tab" if "z" in node else node["type"] in CORE_NODES
        for end in (end for wires in node.get("wires", []) for end in wires):
            assert by_id[end]["z"] == node["z"]
    reached = {end for node in FLOW for wires in node.get("wires", []) for end in wires}
    assert {
        node["id"] for node in FLOW if node["type"] in ("function", "switch", "debug")
    } == reached


def test_the_flow_reads_topics_that_are_there() -> None:
    """Each of its inputs hears something of a plant."""
    inputs = [node["topic"] for node in FLOW if node["type"] == "mqtt in"]
    assert len(inputs) == 3
    for wanted in inputs:
        assert any(matches(wanted, topic) for topic in TREE), wanted


def test_telegraf_reads_topics_and_figures_that_are_there() -> None:
    """And the page where the collector serves it unless told otherwise."""
    text = (FOLDER / "telegraf.conf").read_text("utf-8")
    inputs = tomllib.loads(text)["inputs"]
    (page,), (tree,) = inputs["prometheus"], inputs["mqtt_consumer"]
    assert page["urls"] == [f"http://{HealthSettings().listen}/metrics"]
    assert page["fieldinclude"] == ["mieruka_meter_*"]
    for wanted in tree["topics"]:
        assert any(matches(wanted, topic) for topic in TREE), wanted
    (parsing,) = tree["topic_parsing"]
    assert len(parsing["tags"].split("/")) == len(["energy", "sendai", "main", "energy_kwh"])


def test_prometheus_keeps_the_meters_figures() -> None:
    """Every family that is told passes its filter."""
    (job,) = yaml.safe_load((FOLDER / "prometheus.yml").read_text("utf-8"))["scrape_configs"]
    assert job["static_configs"][0]["targets"] == [HealthSettings().listen]
    (keep,) = job["metric_relabel_configs"]
    for metric in meter_metrics(FIGURES, (POWER,)):
        assert re.fullmatch(keep["regex"], metric.name), metric.name


@pytest.mark.parametrize("name", ["README.md", "README.ja.md"])
def test_every_topic_of_the_guide_is_real(name: str) -> None:
    """In both languages; the numbers are examples."""
    text = (FOLDER / name).read_text("utf-8")
    told = re.findall(r"^(energy/\S+) ", text, re.MULTILINE)
    assert len(told) == 12
    there = {*TREE, "energy/_outlet/hq/available"}
    assert set(told) <= there
    for file in re.findall(r"`([\w-]+\.(?:json|yml|conf))`", text):
        assert (FOLDER / file).is_file()


@pytest.fixture
def guarded(tmp_path: Path) -> Iterator[MosquittoServer]:
    """A broker with the fleet's access list, and behind it the readers' lines as they are."""
    rules = access_list(()) + "\n" + (FOLDER / "acl").read_text("utf-8")
    (tmp_path / "acl").write_text(rules, encoding="utf-8")
    head = "user root\nlistener {port} 127.0.0.1\nallow_anonymous true\nlog_dest none\n"
    broker = MosquittoServer(mosquitto_binary(), tmp_path, f"{head}acl_file {tmp_path / 'acl'}\n")
    broker.start()
    yield broker
    broker.stop()


@pytest.mark.services
def test_the_access_list_lets_out_what_it_should(tmp_path: Path, guarded: MosquittoServer) -> None:
    """Every way out is taken; Node-RED reads the tree alone, and who has no name reads nothing."""
    settings = plant.settings(tmp_path, tree=True, home_assistant=True, sparkplug=True)
    mqtt = MqttSettings(url=guarded.url, username="collector")
    state = open_state(tmp_path / "state")
    outlet = Outlet(
        *(settings.model_copy(update={"mqtt": mqtt}), plant.filled(MemoryStore()), state, Clock())
    )
    readers = {
        name: Ear(guarded.port, "#", username=name) for name in ("homeassistant", "nodered", "")
    }
    outlet.start()

    def heard() -> bool:
        outlet.run_once()
        return len(readers["homeassistant"].held) > 40

    assert eventually(heard)
    config = "homeassistant/device/mieruka-sendai-main/config"
    assert config in readers["homeassistant"].held
    assert eventually(lambda: TREE.keys() <= readers["nodered"].held.keys())
    assert not [topic for topic in readers["nodered"].held if not topic.startswith("energy/")]
    assert readers[""].said == []
    assert [way.link.refused for way in outlet._ways()] == [0, 0]
    outlet.stop()
    for reader in readers.values():
        reader.close()
    state.database.close()
