"""Fault 15: the collector dies between any two steps of its work."""

from __future__ import annotations

import pytest

from collector.ingest.crash_points import CRASH_AT, EXIT_CODE
from tests.faults.trial import Trial
from tests.services.mosquitto import MosquittoServer

pytestmark = [pytest.mark.services, pytest.mark.every_change]
TIMES_EACH = 4
KILLS = 6


@pytest.mark.parametrize("step", ["written", "kept", "receipted", "acked"])
def test_dies_at_a_step(trial: Trial, own_mosquitto: MosquittoServer, step: str) -> None:
    """A collector that ends right after a step, as often as it takes a batch, loses nothing."""
    with trial.works(own_mosquitto.url) as works:
        works.start()
        works.collector.kill()
        works.collector.environment[CRASH_AT] = step
        for _ in range(TIMES_EACH):
            works.collector.start()
            assert works.collector.wait(30) == EXIT_CODE, works.last_lines()
        works.collector.environment.clear()
        works.collector.start()
        works.more_arrives()
        works.settle()
        outcome = works.outcome()
    injected = f"collector ends as by kill -9 right after the step `{step}`"
    trial.prove(outcome, fault=15, injected=injected, times=TIMES_EACH)


def test_killed_at_random(trial: Trial, own_mosquitto: MosquittoServer) -> None:
    """A collector killed at random instants loses nothing and stores nothing twice."""
    with trial.works(own_mosquitto.url) as works:
        works.start()
        for _ in range(KILLS):
            trial.wait(0.2, 1.5)
            works.collector.kill()
            trial.wait(0.0, 1.0)
            works.collector.start()
            works.more_arrives()
        works.settle()
        outcome = works.outcome()
    trial.prove(outcome, fault=15, injected="SIGKILL of the collector at random", times=KILLS)
