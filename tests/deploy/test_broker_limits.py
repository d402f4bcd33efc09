"""The broker's limits: the same in every way of deployment, and roomy enough for its fleet."""

from __future__ import annotations

import re
import threading
from pathlib import Path

import paho.mqtt.client as mqtt
import pytest
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from collector.fleet.access import access_list
from tests.services.mosquitto import MosquittoServer, mosquitto_binary

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"
FILES = ("mosquitto/mosquitto.conf", "mosquitto/fleet.conf", "compose/box/broker.sh")
LIMITS = re.compile(r"(?m)^(max_\w+|message_size_limit) (\d+)$")
PLANTS, METERS = 2_000, 5
"""The largest fleet that the limits are to carry as they are shipped."""
WAITING = 2_500


def limits_in(name: str) -> dict[str, int]:
    """The limits that a file of ours gives the broker."""
    text = (DEPLOY / name).read_text(encoding="utf-8")
    return {key: int(value) for key, value in LIMITS.findall(text)}


def test_every_way_of_deployment_has_the_same_limits() -> None:
    """A box, a machine with certificates, a machine with passwords."""
    first, *others = [limits_in(name) for name in FILES]
    assert all(one == first for one in others)
    assert first["max_queued_messages"] >= PLANTS * METERS
    assert first["max_packet_size"] * 100 <= first["max_queued_bytes"]
    assert "message_size_limit" not in first


def test_a_queue_stays_within_half_of_the_brokers_memory() -> None:
    """A broker that is ended for its memory forgets the queues of all."""
    compose = (DEPLOY / "compose/compose.yaml").read_text(encoding="utf-8")
    unit = (DEPLOY / "systemd/mosquitto.service.d/mieruka.conf").read_text(encoding="utf-8")
    (of_unit,) = re.findall(r"(?m)^MemoryMax=(\d+)M$", unit)
    broker = compose[compose.index("\n  broker:") : compose.index("\n  influxdb:")]
    (of_box,) = re.findall(r"(?m)^    mem_limit: (\d+)m$", broker)
    memory = min(int(of_unit), int(of_box)) * 1024 * 1024
    assert limits_in(FILES[0])["max_queued_bytes"] <= memory / 2


def test_certificates_bring_their_own_list_and_passwords_the_same_rules() -> None:
    """Only the list that the fleet writes shuts out who is revoked; nobody copies one over it."""
    fleet = (DEPLOY / "mosquitto/fleet.conf").read_text(encoding="utf-8")
    assert re.findall(r"(?m)^acl_file (.*)$", fleet) == [
        "/var/lib/mieruka-collector/fleet/broker/acl"
    ]
    assert (DEPLOY / "mosquitto/acl").read_text(encoding="utf-8") == access_list(())
    for script in ("systemd/install.sh", "compose/compose.yaml", "compose/box/first_start.sh"):
        assert "mosquitto/acl" not in (DEPLOY / script).read_text(encoding="utf-8")


@pytest.mark.services
def test_the_messages_of_a_full_minute_wait_for_a_collector_that_is_away(tmp_path: Path) -> None:
    """More than Mosquitto's own 1,000, which 200 plants of 5 meters have."""
    limits = "".join(f"{key} {value}\n" for key, value in limits_in(FILES[0]).items())
    listener = "listener {port} 127.0.0.1\nallow_anonymous true\nlog_dest none\n"
    server = MosquittoServer(mosquitto_binary(), tmp_path, listener + limits)
    server.start()
    try:
        assert _heard(server.port) == 0
        _send(server.port)
        assert _heard(server.port, WAITING) == WAITING
    finally:
        server.stop()


def _send(port: int) -> None:
    agent = mqtt.Client(CallbackAPIVersion.VERSION2, "agent", protocol=mqtt.MQTTv5)
    agent.max_inflight_messages_set(200)
    agent.connect("127.0.0.1", port)
    agent.loop_start()
    sent = [agent.publish("mieruka/1/agent/up/live", b"{}", qos=1) for _ in range(WAITING)]
    for one in sent:
        one.wait_for_publish(timeout=30)
    agent.disconnect()
    agent.loop_stop()


def _heard(port: int, wanted: int = 0) -> int:
    """So many messages came to a collector whose session lasts; waits for as many as wanted."""
    count, all_there = 0, threading.Event()

    def heard(*_: object) -> None:
        nonlocal count
        count += 1
        if count == wanted:
            all_there.set()

    collector = mqtt.Client(CallbackAPIVersion.VERSION2, "collector", protocol=mqtt.MQTTv5)
    collector.on_message = heard
    subscribed = threading.Event()
    collector.on_subscribe = lambda *_: subscribed.set()
    lasting = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
    lasting.SessionExpiryInterval = 600
    collector.connect("127.0.0.1", port, clean_start=False, properties=lasting)
    collector.loop_start()
    collector.subscribe("mieruka/1/+/up/#", qos=1)
    assert subscribed.wait(10)
    if wanted:
        all_there.wait(30)
    collector.disconnect()
    collector.loop_stop()
    return count
