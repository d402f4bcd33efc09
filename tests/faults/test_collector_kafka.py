"""Faults 11 and 15 behind Kafka: bridge, log and collectors die in turn, and all at once."""

from __future__ import annotations

import sys

import pytest

from tests.faults.plant import Plan, Works
from tests.faults.processes import Process, until
from tests.faults.trial import Trial
from tests.services.kafka import KafkaServer
from tests.services.mosquitto import MosquittoServer

pytestmark = [pytest.mark.services, pytest.mark.nightly, pytest.mark.timeout(900)]
TOPIC = "mieruka-up"
ROUNDS = 2


def behind(kafka: KafkaServer, alone: bool) -> Plan:
    """Plan a collector that reads from Kafka."""
    log = {"brokers": [*kafka.brokers], "topic": TOPIC, "alone": alone}
    # A Java beside them holds the meters up now and then: two polls may follow close on each other.
    return Plan(collector={"kafka": log, "bridge": {"listen": ""}}, repeat_ms=5)


def bridge_of(works: Works) -> Process:
    """Make the bridge with the collector's settings, not started."""
    config = str(works.folder / "collector.toml")
    words = [sys.executable, "-m", "collector", "bridge", "run", "-c", config]
    return Process(words, works.folder / "bridge.log")


def test_bridge_kafka_and_collector_killed_in_turn(
    trial: Trial, own_mosquitto: MosquittoServer, own_kafka: KafkaServer
) -> None:
    """Whichever of them ends, at whatever instant, nothing is lost and nothing stored twice."""
    own_kafka.create_topic(TOPIC)
    with trial.works(own_mosquitto.url, behind(own_kafka, True)) as works:
        bridge = bridge_of(works)
        bridge.start()
        try:
            works.start()
            for _ in range(ROUNDS):
                for victim in (bridge, own_kafka, works.collector):
                    trial.wait(0.2, 1.5)
                    victim.kill()
                    trial.wait(0.2, 2.0)
                    victim.start()
                    works.more_arrives(90)
            for one in (bridge, own_kafka, works.collector, own_mosquitto):
                one.kill()
            for one in (own_mosquitto, own_kafka, bridge, works.collector):
                one.start()
            works.more_arrives(90)
            works.settle(300)
            outcome = works.outcome()
        finally:
            bridge.kill()
    injected = "behind Kafka: SIGKILL of bridge, Kafka and collector in turn, then of all"
    trial.prove(outcome, fault="11, 15", injected=injected, times=3 * ROUNDS + 1)


def test_two_collectors_of_one_consumer_group(
    trial: Trial, own_mosquitto: MosquittoServer, own_kafka: KafkaServer
) -> None:
    """One is killed and comes back, then the other: the agent's partition moves with them."""
    own_kafka.create_topic(TOPIC)
    with trial.works(own_mosquitto.url, behind(own_kafka, False)) as works:
        second, bridge = works.another_collector("second"), bridge_of(works)
        bridge.start()
        try:
            second.start()
            works.start()
            for victim in (works.collector, second):
                victim.kill()
                works.more_arrives(90)
                heard = victim.text().count(": there")
                victim.start()
                until(lambda: victim.text().count(": there") > heard, 60, "it hears again")  # noqa: B023
                works.more_arrives(90)
            works.settle(300)
            outcome = works.outcome()
        finally:
            bridge.kill()
    injected = "two collectors of one Kafka consumer group: each killed for a while"
    trial.prove(outcome, fault=15, injected=injected, times=2)
