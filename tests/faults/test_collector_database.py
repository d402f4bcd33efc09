"""Fault 16: the database is down, slow, busy, or dies after it has said yes."""

from __future__ import annotations

import pytest

from tests.faults.processes import until
from tests.faults.scripted_http import ScriptedHttp
from tests.faults.trial import Trial
from tests.services.influx import InfluxServer
from tests.services.mosquitto import MosquittoServer

pytestmark = [pytest.mark.services, pytest.mark.every_change]
ACTS = ("429", "503", "500", "slow", "cut", "lost")


def test_bad_answers(trial: Trial, own_mosquitto: MosquittoServer, influx: InfluxServer) -> None:
    """Refusals, delays, and answers that never come cost no reading and store none twice."""
    acts = [*ACTS, *ACTS]
    trial.random.shuffle(acts)
    with (
        ScriptedHttp(influx.url) as front,
        trial.influx_store(influx, front.url) as store,
        trial.works(own_mosquitto.url, store=store) as works,
    ):
        works.start()
        for act in acts:
            front.play([act])
            until(lambda: front.left == 0, 40, "the database is written to", works.last_lines)
            works.more_arrives()
        works.settle()
        outcome = works.outcome()
    injected = "InfluxDB answers 429, 503, 500 (yet stores), late, or not at all (stored or not)"
    trial.prove(outcome, fault=16, injected=injected, times=len(acts))


def test_killed_and_frozen(
    trial: Trial, own_mosquitto: MosquittoServer, own_influx: InfluxServer
) -> None:
    """A database killed while it takes writes, frozen, or stopped for a while loses nothing."""
    rounds = 2
    with (
        trial.influx_store(own_influx) as store,
        trial.works(own_mosquitto.url, store=store) as works,
    ):
        works.start()
        for _ in range(rounds):
            trial.wait(0.2, 1.0)
            own_influx.kill()
            own_influx.start()
            works.more_arrives()
            own_influx.suspend()
            trial.wait(2.0, 4.0)
            own_influx.resume()
            works.more_arrives()
            own_influx.stop()
            trial.wait(1.0, 3.0)
            own_influx.start()
            works.more_arrives()
        works.settle()
        outcome = works.outcome()
    injected = "SIGKILL of InfluxDB while it takes writes, SIGSTOP, stop in good order"
    trial.prove(outcome, fault=16, injected=injected, times=3 * rounds)
