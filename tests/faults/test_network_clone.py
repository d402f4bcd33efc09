"""Fault 18: two agents with one id, as after a copied card: an alarm, and no endless fight."""

from __future__ import annotations

import shutil
import time

import pytest

from edge_agent.config import MqttSettings
from simulators.ledger import Ledger
from tests.faults.network_fleet import LightAgent
from tests.faults.network_office import eventually, outcome, running, settings
from tests.faults.trial import Trial
from tests.services.mochi import Broker

pytestmark = [pytest.mark.services, pytest.mark.nightly]
FIGHT_S = 45.0
TAKEOVERS = 20
"""More connections of both within the fight are an endless one."""


@pytest.mark.parametrize("version", ["5", "3.1.1"])
def test_two_agents_with_one_id(
    trial: Trial, either_broker: Broker, version: str, caplog: pytest.LogCaptureFixture
) -> None:
    """They do not fight for ever, a person is told, and what either has read is stored once."""
    connections = _fight(trial, either_broker, version, "two agents with one id")
    lines = [record.getMessage() for record in caplog.records]
    assert any(line.startswith("ALARM") for line in lines)
    assert connections < TAKEOVERS


def test_a_copied_card(trial: Trial, either_broker: Broker) -> None:
    """A copy goes on with the numbers of its original: still none of its readings is lost."""
    ledger, original = Ledger(repeat_ms=0), trial.folder / "first"
    with _twin(trial, "first", "mqtt://127.0.0.1:9", "5", ledger) as agent:
        assert eventually(lambda: agent.outbox.depth() >= 10, 20)
    shutil.copytree(original, trial.folder / "second")
    _fight(trial, either_broker, "5", "an agent and its copied card", ledger)


def _fight(
    trial: Trial, broker: Broker, version: str, who: str, ledger: Ledger | None = None
) -> int:
    """Let twins of meters ``first`` and ``second`` fight, then drain; how often they connected."""
    given = Ledger(repeat_ms=0) if ledger is None else ledger
    loaded = settings(trial.folder, broker.url, ["first", "second"], version=version)
    twins = [_twin(trial, meter, broker.url, version, given) for meter in ("first", "second")]
    with running(loaded):
        with twins[0], twins[1]:
            time.sleep(FIGHT_S)
            for twin in twins:
                twin.stop_reading()
        for meter in ("first", "second"):
            silent = _twin(trial, meter, broker.url, version, given, every_s=float("inf"))
            with silent:
                assert eventually(silent.is_empty, 40)
    injected = f"{who} for {FIGHT_S:.0f} s, MQTT {version}"
    trial.prove(outcome(loaded, given, twins), fault=18, injected=injected, times=1)
    return sum(twin.connections for twin in twins)


def _twin(
    trial: Trial, meter: str, url: str, version: str, ledger: Ledger, every_s: float = 0.5
) -> LightAgent:
    mqtt = MqttSettings.model_validate({"url": url, "version": version})
    return LightAgent(
        "pi-1",
        mqtt,
        trial.folder / meter,
        ledger,
        meter=meter,
        every_s=every_s,
        waits_s=(1.0, 60.0),
    )
