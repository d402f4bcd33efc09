"""Fault 19: a thread stands still, a callback raises; on both sides."""

from __future__ import annotations

import sys

import pytest

from edge_agent.process.watchdog import STUCK_EXIT
from tests.faults.frozen_thread import frozen_thread
from tests.faults.plant import Plan, Works
from tests.faults.processes import Process, until
from tests.faults.spoiled import RAISE_EVERY
from tests.faults.trial import Trial
from tests.services.mosquitto import MosquittoServer

pytestmark = [pytest.mark.services, pytest.mark.timeout(280)]
ENDS_WITHIN_S = 75.0
"""The promise is 60 s; this leaves a busy machine some more."""
SLOWLY = Plan(meters=3, every_s=1.0)


def _spoil(process: Process, program: str) -> None:
    """Run the same command through `spoiled`."""
    arguments = process.command[process.command.index("run") :]
    process.command = [sys.executable, "-m", "tests.faults.spoiled", program, *arguments]


def _ends_itself(works: Works, process: Process) -> None:
    """The watchdog ends the process and names the part."""
    code = process.wait(ENDS_WITHIN_S)
    assert code == STUCK_EXIT, works.last_lines()
    assert "stuck" in process.text(), works.last_lines()


@pytest.mark.every_change
def test_threads_stuck(trial: Trial, own_mosquitto: MosquittoServer) -> None:
    """A process with a thread that stands still ends itself; after its restart all is stored."""
    with trial.works(own_mosquitto.url, SLOWLY) as works:
        _spoil(works.collector, "collector")
        _spoil(works.agent, "edge_agent")
        works.start()
        collector, agent = works.collector, works.agent
        with frozen_thread(collector.pid, "ingest"), frozen_thread(agent.pid, "link lan0"):
            _ends_itself(works, agent)
            agent.start()  # as systemd would
            _ends_itself(works, collector)
        collector.start()
        works.more_arrives(30)
        works.settle(100)
        outcome = works.outcome()
    injected = "threads of agent (link) and collector (ingest) stopped until a watchdog ends both"
    most = works.plan.in_one_commit()
    trial.prove(outcome, fault=19, injected=injected, times=2, untaken_at_most=most)


@pytest.mark.nightly
@pytest.mark.parametrize("thread", ["forward", "APScheduler"])
def test_other_threads_stuck(trial: Trial, own_mosquitto: MosquittoServer, thread: str) -> None:
    """The agent's other threads are watched as its links are."""
    with trial.works(own_mosquitto.url, SLOWLY) as works:
        _spoil(works.agent, "edge_agent")
        works.start()
        with frozen_thread(works.agent.pid, thread):
            _ends_itself(works, works.agent)
        works.agent.start()
        works.more_arrives(30)
        works.settle(100)
        outcome = works.outcome()
    injected = f"the agent's thread `{thread}` stopped until its watchdog ends it"
    most = works.plan.in_one_commit()
    trial.prove(outcome, fault=19, injected=injected, times=1, untaken_at_most=most)


@pytest.mark.every_change
def test_callbacks_raise(trial: Trial, own_mosquitto: MosquittoServer) -> None:
    """Callbacks that raise on both sides, again and again, cost no reading."""
    with trial.works(own_mosquitto.url, SLOWLY) as works:
        for process, program in ((works.collector, "collector"), (works.agent, "edge_agent")):
            _spoil(process, program)
            process.environment[RAISE_EVERY] = "25"
        works.start()
        rounds = 3
        for _ in range(rounds):
            before = len(works.ledger)
            until(lambda at=before: len(works.ledger) > at + 15, 30, "meters are read")  # type: ignore[misc]
            works.more_arrives(80)  # the pauses between attempts grow, so that nothing loops
        works.settle(150)
        outcome = works.outcome()
    injected = "every 25th MQTT packet raises in its callback, in agent and collector"
    trial.prove(outcome, fault=19, injected=injected, times=rounds)
