"""Fault 13: a broker that is full, forbids, or finds a message too large: no hot loop, no loss."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from edge_agent.config import MqttSettings
from simulators.ledger import Ledger
from tests.faults.network_fleet import LightAgent
from tests.faults.network_office import ended, eventually, outcome, running, settings
from tests.faults.network_refuser import Refuser
from tests.faults.trial import Trial
from tests.services.mosquitto import MosquittoServer, mosquitto_binary

pytestmark = [pytest.mark.services, pytest.mark.nightly]
REFUSED_S = 12.0
NO_RIGHTS = """\
listener {port} 127.0.0.1
allow_anonymous true
acl_file {acl}
log_dest none
user root
"""
SMALL = """\
listener {port} 127.0.0.1
allow_anonymous true
persistence false
log_dest none
max_packet_size 2000
"""
RIGHTS = (
    "topic read mieruka/1/+/down/#\ntopic read mieruka/1/+/up/#\ntopic write mieruka/1/+/down/#\n"
)
ALL_RIGHTS = "topic readwrite #\n"


@contextmanager
def _mosquitto(trial: Trial, config: str, port: int = 0) -> Iterator[MosquittoServer]:
    broker = MosquittoServer(mosquitto_binary(), trial.folder, config)
    if port:
        (trial.folder / "mosquitto.conf").write_text(config.format(port=port), "utf-8")
        broker.port, broker.url = port, f"mqtt://127.0.0.1:{port}"
    with ended(broker):
        broker.start()
        yield broker


def test_a_full_broker_is_not_asked_again_and_again(
    trial: Trial, caplog: pytest.LogCaptureFixture
) -> None:
    """Refused with 0x97 the agent says so once, waits longer and longer, and loses nothing."""
    ledger = Ledger(repeat_ms=0)
    with Refuser() as refuser:
        mqtt = MqttSettings(url=refuser.url)
        agent = LightAgent("pi-1", mqtt, trial.folder, ledger, every_s=1.0, resend_after_s=2)
        with agent:
            time.sleep(REFUSED_S)
            agent.stop_reading()
            asked, connections = refuser.publishes, refuser.connections
    # One message a second, its repetitions after 2, 4 and 8 s, birth and state.
    assert connections == 1
    assert asked < 4 * REFUSED_S
    told = [r.getMessage() for r in caplog.records if "did not take a message" in r.getMessage()]
    assert 1 <= len([line for line in told if "/up/live" in line]) <= 2
    with _mosquitto(trial, "listener {port} 127.0.0.1\nallow_anonymous true\n", refuser.port) as b:
        loaded = settings(trial.folder, b.url, ["pi-1"])
        again = LightAgent("pi-1", mqtt, trial.folder, ledger, every_s=float("inf"))
        with running(loaded), again:
            assert eventually(again.is_empty, 30)
    injected = f"a broker that refuses all with 0x97 (quota exceeded) for {REFUSED_S:.0f} s"
    trial.prove(outcome(loaded, ledger, [agent]), fault=13, injected=injected, times=1)


@pytest.mark.parametrize("version", ["5", "3.1.1"])
def test_an_agent_without_rights(trial: Trial, version: str) -> None:
    """An access list that swallows or refuses everything costs nothing once it is mended."""
    acl, ledger = trial.folder / "acl", Ledger(repeat_ms=0)
    acl.write_text(RIGHTS)
    config = NO_RIGHTS.replace("{acl}", str(acl))
    with _mosquitto(trial, config) as broker:
        loaded = settings(trial.folder, broker.url, ["pi-1"], version=version)
        mqtt = MqttSettings.model_validate({"url": broker.url, "version": version})
        agent = LightAgent("pi-1", mqtt, trial.folder, ledger, every_s=0.2, resend_after_s=2)
        with running(loaded) as collector, agent:
            assert eventually(lambda: agent.outbox.depth() > 40, 30)
            assert collector.status().readings_stored == 0
            acl.write_text(ALL_RIGHTS)
            broker.kill()
            broker.start()
            agent.stop_reading()
            assert eventually(agent.is_empty, 40)
    injected = f"the broker's access list lets the agent write nothing, MQTT {version}"
    trial.prove(outcome(loaded, ledger, [agent]), fault=13, injected=injected, times=1)


@pytest.mark.parametrize("version", ["5", "3.1.1"])
def test_a_broker_that_takes_only_small_messages(trial: Trial, version: str) -> None:
    """Messages that the broker finds too large go out in smaller ones."""
    ledger = Ledger(repeat_ms=0)
    now_ms = time.time_ns() // 1_000_000
    with _mosquitto(trial, SMALL) as broker:
        loaded = settings(trial.folder, broker.url, ["pi-1"], version=version)
        mqtt = MqttSettings.model_validate({"url": broker.url, "version": version})
        agent = LightAgent("pi-1", mqtt, trial.folder, ledger, every_s=1.0, resend_after_s=2)
        agent.give(range(now_ms - 3_600_000, now_ms, 10_000))
        with running(loaded), agent:
            time.sleep(5)
            agent.stop_reading()
            assert eventually(agent.is_empty, 40)
    injected = f"a broker that takes no message over 2,000 bytes, MQTT {version}"
    trial.prove(outcome(loaded, ledger, [agent]), fault=13, injected=injected, times=1)
