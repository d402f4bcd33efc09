"""Faults 6 and 7: the machine does not know the time at first, or its clock jumps.

The meters go by the machine's real clock, so the ledger says when each reading truly was.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from edge_agent import app, config
from edge_agent.contract.wire import ClockState
from tests.faults.edge_waits import more_is_committed
from tests.faults.judge import judge
from tests.faults.plant import Plan, Works
from tests.faults.processes import until
from tests.faults.trial import Trial
from tests.services.missing import missing_service
from tests.services.mosquitto import MosquittoServer

pytestmark = [pytest.mark.services, pytest.mark.nightly]
DAY_S, YEAR_S = 86_400.0, 31_557_600.0
RETIMED_WITHIN_MS = 1_000
HELD = {"clock": {"wait_s": 900.0}}


@dataclass
class WrongClock:
    """The machine's clock, off by ``off_s``, and what the kernel says of it."""

    off_s: float = 0.0
    state: ClockState = "synchronised"

    def now_ms(self) -> int:
        """What this clock takes for UTC."""
        return round((time.time() + self.off_s) * 1000)

    def monotonic_s(self) -> float:
        """Unaffected by all of it."""
        return time.monotonic()


@contextmanager
def _agent(works: Works, clock: WrongClock, monkeypatch: pytest.MonkeyPatch) -> Iterator[app.Agent]:
    """The agent of these works in this process, on that clock."""
    monkeypatch.setattr(app, "SystemClock", lambda: clock)
    monkeypatch.setattr(app, "clock_state", lambda: clock.state)
    settings = config.load(works.folder / "agent.toml")
    with closing(app.Agent(settings)) as agent:
        yield agent


def _collect(works: Works) -> None:
    """Start the collector; what is sent before it listens comes a minute later."""
    works.collector.start()
    until(lambda: ": there" in works.collector.text(), 30, "it listens", works.last_lines)


def _live(agent: app.Agent, rounds: int) -> None:
    """Poll, commit and forward, as the agent's threads do."""
    for _ in range(rounds):
        agent.poll_once()
        agent.commit()
        agent.forward_once()
        time.sleep(0.2)


def _end(works: Works, agent: app.Agent) -> None:
    def all_settled() -> bool:
        agent.commit()
        agent.forward_once()
        return agent.status().outbox_depth == 0

    until(all_settled, 30, "all is stored", works.last_lines)
    agent.commit()


def test_no_clock_at_boot_then_sync(
    trial: Trial, own_mosquitto: MosquittoServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Readings under a clock from last year are held, and right to the second once it is set."""
    clock = WrongClock(-300 * DAY_S, "unsynchronised")
    with trial.works(own_mosquitto.url, Plan(meters=4, agent=HELD)) as works:
        _collect(works)
        with _agent(works, clock, monkeypatch) as agent:
            _live(agent, 12)
            assert agent.status().outbox_depth == len(works.ledger) > 0
            assert works.count_stored() == 0
            clock.off_s, clock.state = 0.0, "synchronised"
            _live(agent, 8)
            _end(works, agent)
        works.note_committed()
        outcome = judge(
            works.ledger, works.stored(), works.committed, works.accounts(), RETIMED_WITHIN_MS
        )
    trial.prove(outcome, fault=6, injected="no clock at boot (300 days behind), then set", times=1)


@pytest.mark.parametrize("step_s", [-3_600.0, YEAR_S, -YEAR_S])
def test_clock_steps_before_anyone_set_it(
    trial: Trial, own_mosquitto: MosquittoServer, monkeypatch: pytest.MonkeyPatch, step_s: float
) -> None:
    """Steps of a clock that nobody vouches for leave no trace, since none of it is believed."""
    clock = WrongClock(0.0, "unsynchronised")
    with trial.works(own_mosquitto.url, Plan(meters=4, agent=HELD)) as works:
        _collect(works)
        with _agent(works, clock, monkeypatch) as agent:
            _live(agent, 5)
            clock.off_s = step_s
            _live(agent, 5)
            clock.off_s, clock.state = 0.0, "synchronised"
            _live(agent, 5)
            _end(works, agent)
        outcome = works.outcome()
    trial.prove(
        outcome, fault=7, injected=f"clock stepped by {step_s:g} s before it was set", times=2
    )


def test_clock_drifts(
    trial: Trial, own_mosquitto: MosquittoServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A clock that gains a tenth of a second at every round, and is set back, reuses no instant."""
    clock = WrongClock()
    with trial.works(own_mosquitto.url, Plan(meters=4)) as works:
        _collect(works)
        with _agent(works, clock, monkeypatch) as agent:
            for _ in range(2):
                for _ in range(8):
                    clock.off_s += 0.1
                    _live(agent, 1)
                clock.off_s = 0.0
            _end(works, agent)
        outcome = works.outcome()
    trial.prove(outcome, fault=7, injected="clock drifts by 0.8 s and is set back", times=2)


def _faketime_library() -> str:
    for found in Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"):
        return str(found)
    missing_service("libfaketime", "apt install faketime")


def test_the_whole_agent_under_a_jumping_clock(
    trial: Trial, own_mosquitto: MosquittoServer
) -> None:
    """Clock back an hour and forward a year: the process polls on, and no reading is redated."""
    steps = ("-1h", "+365d", "-365d", "+0")
    # Polls that are aligned anew may come right after one another: no retry, two readings.
    plan = Plan(meters=4, every_s=0.5, repeat_ms=1)
    with trial.works(own_mosquitto.url, plan) as works:
        stamp = works.folder / "faketime"
        stamp.write_text("+0", "ascii")
        works.agent.environment = {
            "LD_PRELOAD": _faketime_library(),
            "FAKETIME_TIMESTAMP_FILE": str(stamp),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        }
        works.start()
        for step in steps:
            stamp.write_text(step, "ascii")
            before = len(works.ledger)
            time.sleep(4.0)
            assert len(works.ledger) >= before + 3 * works.plan.meters, works.last_lines()
            more_is_committed(works)
        works.settle()
        outcome = works.outcome()
    trial.prove(
        outcome, fault=7, injected="libfaketime: clock " + ", ".join(steps), times=len(steps)
    )
