"""What Home Assistant is told, held against the tables of its documentation."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collector.outlet.discovery import Discovery, object_id
from collector.outlet.quantities import Language
from collector.outlet.tree import leaves
from edge_agent.contract.quantity import QUANTITIES
from edge_agent.contract.topics import NAME_PATTERN
from tests.collector.outlet import plant

# home-assistant.io/integrations/mqtt, "Device discovery payload" and "Discovery topic".
ROOT_KEYS = {"device", "origin", "availability", "availability_mode", "components"}
DEVICE_KEYS = {
    *("configuration_url", "connections", "hw_version", "identifiers", "manufacturer", "model"),
    *("model_id", "name", "serial_number", "suggested_area", "sw_version", "via_device"),
}
ORIGIN_KEYS = {"name", "sw_version", "support_url"}
AVAILABILITY_KEYS = {"topic", "payload_available", "payload_not_available", "value_template"}
TOPIC = re.compile(r"homeassistant/device/[a-zA-Z0-9_-]+/config")
# home-assistant.io/integrations/sensor.mqtt, "Configuration variables".
SENSOR_KEYS = {
    *("availability", "availability_mode", "availability_template", "availability_topic"),
    *("device_class", "enabled_by_default", "encoding", "entity_category", "entity_picture"),
    *("expire_after", "force_update", "icon", "json_attributes_template", "platform"),
    *("json_attributes_topic", "last_reset_value_template", "name", "options", "qos"),
    *("payload_available", "payload_not_available", "suggested_display_precision", "state_class"),
    *("state_topic", "unique_id", "unit_of_measurement", "value_template"),
}
REQUIRED_SENSOR_KEYS = {"platform", "state_topic", "unique_id"}
# developers.home-assistant.io/docs/core/entity/sensor, "Available device classes": units and
# state classes that go with each; homeassistant/components/sensor/const.py.
GROWS, NOW = {"total", "total_increasing"}, {"measurement"}
DEVICE_CLASSES: dict[str | None, tuple[set[str | None], set[str | None]]] = {
    "energy": ({"kWh", "Wh", "MWh"}, set[str | None](GROWS)),
    "power": ({"W", "kW", "MW"}, set[str | None](NOW)),
    "weight": ({"kg", "g", "t"}, set[str | None](NOW | GROWS)),
    "gas": ({"m³", "ft³", "L"}, set[str | None](GROWS)),
    "water": ({"m³", "ft³", "L", "gal"}, set[str | None](GROWS)),
    "volume": ({"m³", "m3", "L"}, set[str | None](GROWS)),
    "voltage": ({"V", "mV", "kV"}, set[str | None](NOW)),
    "current": ({"A", "mA"}, set[str | None](NOW)),
    "apparent_power": ({"VA", "kVA"}, set[str | None](NOW)),
    "reactive_power": ({"var", "kvar"}, set[str | None](NOW)),
    "reactive_energy": ({"varh", "kvarh"}, set[str | None](GROWS)),
    "frequency": ({"Hz", "kHz"}, set[str | None](NOW)),
    "power_factor": ({None, "%"}, set[str | None](NOW)),
    "duration": ({"ms", "s", "min", "h"}, set[str | None](NOW | GROWS)),
    "enum": ({None}, {None}),
}
PLANT = plant.figures()
ALL = tuple(QUANTITIES)


def told(meter: str, language: Language = "en", quantities: tuple[str, ...] = ALL) -> Any:
    """The message of a meter, as JSON reads it."""
    discovery = Discovery("homeassistant", "energy", "hq", language)
    return json.loads(discovery.payload(PLANT[meter], quantities, "仙台工場"))


@pytest.mark.parametrize("meter", PLANT)
def test_every_key_is_one_of_the_documented(meter: str) -> None:
    """And those that are required are there."""
    message = told(meter)
    assert message.keys() == ROOT_KEYS
    assert message["device"].keys() <= DEVICE_KEYS
    assert message["device"]["identifiers"]
    assert message["origin"].keys() <= ORIGIN_KEYS
    assert message["origin"]["name"] == "Mieruka"
    assert all(one.keys() <= AVAILABILITY_KEYS for one in message["availability"])
    for name, sensor in message["components"].items():
        assert REQUIRED_SENSOR_KEYS <= sensor.keys() <= SENSOR_KEYS, name
        assert sensor["platform"] == "sensor"
        assert sensor.get("entity_category", "diagnostic") == "diagnostic"


@pytest.mark.parametrize("meter", PLANT)
def test_classes_and_units_go_together(meter: str) -> None:
    """As Home Assistant's tables say, for every quantity that an agent can read."""
    for name, sensor in told(meter)["components"].items():
        kind, unit, state = (
            sensor.get(key) for key in ("device_class", "unit_of_measurement", "state_class")
        )
        if kind is None:
            assert state in GROWS | NOW, name
            continue
        units, states = DEVICE_CLASSES[kind]
        assert unit in units, name
        assert state in states, name


def test_the_energy_board_takes_the_energy() -> None:
    """It asks for device class energy, a growing state class and kWh."""
    sensor = told("main")["components"]["energy_kwh"]
    assert sensor["device_class"] == "energy"
    assert sensor["state_class"] == "total_increasing"
    assert sensor["unit_of_measurement"] == "kWh"
    assert sensor["state_topic"] == "energy/sendai/main/energy_kwh"


@pytest.mark.parametrize("meter", PLANT)
def test_every_sensor_points_into_the_tree(meter: str) -> None:
    """What is known now is at that topic; what could be is below the meter's branch."""
    message, held = told(meter), leaves("energy", PLANT[meter], ALL)
    topics = {sensor["state_topic"] for sensor in message["components"].values()}
    aside = {f"energy/sendai/{meter}/{name}" for name in ("available", "age_s", "json")}
    assert held.keys() - aside <= topics
    assert {one["topic"] for one in message["availability"]} == {
        "energy/_outlet/hq/available",
        f"energy/sendai/{meter}/available",
    }
    assert f"energy/sendai/{meter}/available" in held


def test_a_silent_meter_still_tells_why() -> None:
    """Its state does not hang on its readings, and is one of the words announced."""
    state = told("main")["components"]["state"]
    assert [one["topic"] for one in state["availability"]] == ["energy/_outlet/hq/available"]
    assert PLANT["main"].state in state["options"]


def test_ids_are_stable_and_no_two_are_alike() -> None:
    """They hang on the ids of the settings, not on names or languages."""
    english, japanese = told("press-1"), told("press-1", "ja")
    ids = [{one["unique_id"] for one in m["components"].values()} for m in (english, japanese)]
    assert ids[0] == ids[1]
    assert len(ids[0]) == len(english["components"])
    assert japanese["components"]["energy_kwh"]["name"] == "電力量"
    everything = [one["unique_id"] for meter in PLANT for one in told(meter)["components"].values()]
    assert len(everything) == len(set(everything))


def test_a_meter_hangs_below_its_site() -> None:
    """The site's device is the one it is reached by."""
    site = told("_site")["device"]
    assert "via_device" not in site
    assert told("main")["device"]["via_device"] == site["identifiers"][0]
    assert site["suggested_area"] == "仙台工場"


NAMES = st.from_regex(NAME_PATTERN, fullmatch=True)


@settings(max_examples=50)
@given(st.tuples(NAMES, NAMES), st.tuples(NAMES, NAMES))
def test_no_two_meters_share_an_id(one: tuple[str, str], other: tuple[str, str]) -> None:
    """Whatever hyphens and underscores their ids have."""
    assert (object_id(*one) == object_id(*other)) == (one == other)
    assert TOPIC.fullmatch(Discovery("homeassistant", "energy", "hq").topic(*one))


def test_hyphens_are_told_apart() -> None:
    """The pair that a plain join would mix up."""
    assert object_id("a-b", "c") != object_id("a", "b-c")
