"""Faults 9, 11, 15 on both brokers and both MQTT versions: no reading hangs on what a broker keeps.

Mosquitto and mochi-mqtt answer differently to much (no subscriber, a full queue, a session that
is taken over); what the delivery promise needs of them is the same.
"""

from __future__ import annotations

import pytest

from tests.faults.network_sockets import connections
from tests.faults.outbox_file import depth
from tests.faults.plant import Plan, Works
from tests.faults.processes import until
from tests.faults.trial import Trial
from tests.services.mochi import Broker
from tests.services.toxiproxy import ToxicLink, Toxiproxy

pytestmark = [pytest.mark.services, pytest.mark.every_change]
KEEP_ALIVE_S = 20
NOTICED_WITHIN_S = 2 * KEEP_ALIVE_S + 5
WAITING = 30
"""So many readings wait in the outbox before a fault is mended."""


@pytest.mark.parametrize("version", ["5", "3.1.1"])
def test_broker_killed_collector_killed_black_hole(
    trial: Trial, either_broker: Broker, toxiproxy: Toxiproxy, version: str
) -> None:
    """A broker that loses all, a collector that dies and a silent link cost no reading."""
    broker = either_broker
    link = toxiproxy.link(broker.port)
    plan = Plan(mqtt_version=version, collector={"mqtt": {"url": broker.url}})
    with trial.works(link.url, plan) as works:
        works.start()
        broker.kill()
        _readings_wait(works)
        broker.start()
        works.more_arrives()
        works.collector.kill()
        _readings_wait(works)
        works.collector.start()
        works.more_arrives()
        _black_hole(works, link)
        works.more_arrives()
        works.settle()
        outcome = works.outcome()
    link.remove()
    name = f"{type(broker).__name__.removesuffix('Server')}, MQTT {version}"
    injected = f"{name}: broker killed with all it held, collector killed, black hole"
    trial.prove(outcome, fault="9, 11, 15", injected=injected, times=3)


def _readings_wait(works: Works) -> None:
    """Wait until the outbox has readings that nobody has taken for a while."""

    def waiting() -> bool:
        now = depth(works.edge_folder)
        return now is not None and now.waiting >= WAITING

    until(waiting, 30, f"{WAITING} readings wait", works.last_lines)


def _black_hole(works: Works, link: ToxicLink) -> None:
    """Swallow all between agent and broker until the agent gives its connection up, then mend."""
    pid = works.agent.pid
    before = connections(pid, link.port)
    assert len(before) == 1
    link.black_hole()
    until(
        lambda: not before & connections(pid, link.port),
        NOTICED_WITHIN_S,
        "the agent gives up a silent connection",
        works.last_lines,
    )
    link.mend()
