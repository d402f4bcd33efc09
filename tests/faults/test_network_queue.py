"""Faults 12 and 13: a broker that says yes and drops, or says no, loses nothing."""

from __future__ import annotations

import pytest

from edge_agent.config import MqttSettings
from simulators.ledger import Ledger
from tests.faults.network_fleet import LightAgent
from tests.faults.network_office import ended, eventually, outcome, running, settings
from tests.faults.trial import Trial
from tests.services.mosquitto import MosquittoServer, mosquitto_binary

pytestmark = pytest.mark.services
SMALL_QUEUE = """\
listener {port} 127.0.0.1
allow_anonymous true
persistence false
max_queued_messages 10
max_inflight_messages 5
log_dest none
"""


@pytest.mark.every_change
@pytest.mark.parametrize("session_removed", [False, True], ids=["overflow", "no-subscriber"])
def test_what_a_broker_took_and_dropped_is_sent_again(trial: Trial, session_removed: bool) -> None:
    """Readings that the broker acknowledged and lost have no receipt, so they come once more."""
    broker = MosquittoServer(mosquitto_binary(), trial.folder, SMALL_QUEUE)
    broker.start()
    ledger, mqtt = Ledger(repeat_ms=0), MqttSettings(url=broker.url)
    loaded = settings(trial.folder, broker.url, ["pi-1"])
    agent = LightAgent("pi-1", mqtt, trial.folder, ledger, every_s=0.05, resend_after_s=3)
    with ended(broker), agent:
        with running(loaded) as collector:
            assert eventually(lambda: collector.status().readings_stored > 20, 20)
        if session_removed:
            broker.kill()
            broker.start()
        before = agent.outbox.depth()
        assert eventually(lambda: agent.outbox.depth() > before + 100, 30)
        with running(loaded):
            agent.stop_reading()
            assert eventually(agent.is_empty, 60)
    injected = "broker keeps 10 messages and says yes to all, collector away"
    if session_removed:
        injected = "broker restarted without the collector's session: nobody subscribes"
    trial.prove(outcome(loaded, ledger, [agent]), fault=12, injected=injected, times=1)
