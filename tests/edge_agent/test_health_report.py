"""What the agent tells its collector of its health, and when."""

from __future__ import annotations

import json
import logging
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from edge_agent import vitals
from edge_agent.contract.health import EVERY_S, Health, WiringHealth, decode_health
from edge_agent.outbox.facts import Facts
from edge_agent.process.machine import Machine
from edge_agent.process.usage import Usage
from edge_agent.vitals import Teller
from edge_agent.wiring.verdict import Judgement, Severity, Verdict
from tests.edge_agent.delivery import PlayedCollector, wait_until
from tests.edge_agent.test_app import Plant, nowhere
from tests.edge_agent.test_vitals import FACTS, NOW_MS, WELL
from tests.services.mosquitto import MosquittoServer

MACHINE = Machine(4_000_000_000, 90_000_000, 600_000_000, 48.3)
USAGE = Usage(60_000_000, 61_000_000, 12.0, 5_000_000, 20, 9)


@pytest.fixture
def plant(tmp_path: Path) -> Iterator[Plant]:
    """A plant without agents yet."""
    made = Plant(tmp_path)
    yield made
    for agent in made.agents:
        agent.close()


def told(facts: Facts = FACTS) -> Health:
    """The message of a well agent."""
    at = (MACHINE, USAGE)
    return vitals.health_report("pi", "mieruka 1", WELL, facts, at, NOW_MS, 61.5, (), ())


def test_a_health_tells_outbox_clock_certificate_and_machine() -> None:
    """Each figure under its own name."""
    health = told()
    assert (health.agent, health.at_ms, health.software) == ("pi", NOW_MS, "mieruka 1")
    assert (health.outbox_rows, health.outbox_oldest_s, health.outbox_bytes) == (3, 5.0, 40_960)
    assert (health.clock, health.certificate_days) == ("synchronised", 61.5)
    assert (health.disk_free_bytes, health.disk_written_bytes) == (4_000_000_000, 90_000_000)
    assert (health.written_bytes, health.memory_bytes) == (5_000_000, 60_000_000)
    assert (health.memory_free_bytes, health.board_celsius) == (600_000_000, 48.3)


def test_an_empty_outbox_is_as_old_as_nothing() -> None:
    """Nothing waits: 0, so that a board can tell it from an agent that does not say."""
    assert told(replace(FACTS, oldest_ms=None)).outbox_oldest_s == 0.0


def test_an_agent_reports_its_lines(plant: Plant) -> None:
    """Requests of all units of a line together, whether they answered or not."""
    plant.links["lan"].dead.add(2)
    agent = plant.agent(nowhere(), "reports")
    agent.poll_once()
    lines = {line.link: line for line in agent.report().lines}
    assert set(lines) == {"lan", "bus"}
    per_meter = agent.statistics()
    on_lan = [per_meter[name] for name in ("main", "line")]
    assert lines["lan"].answers == sum(unit.answers for unit in on_lan) > 0
    assert lines["lan"].timeouts == sum(unit.timeouts for unit in on_lan) > 0
    assert lines["bus"].timeouts == 0
    assert lines["bus"].latency_ms is not None


def test_a_dead_line_has_no_latency(plant: Plant) -> None:
    """Nobody answered: absent, not zero."""
    plant.links["bus"].down = True
    agent = plant.agent(nowhere(), "dead")
    agent.poll_once()
    lines = {line.link: line for line in agent.report().lines}
    assert (lines["bus"].answers, lines["bus"].latency_ms) == (0, None)


def verdict(severity: Severity, *phases: str) -> Verdict:
    """A verdict of one kind by its severity."""
    kinds = {"fault": "reversed_ct", "check": "wrong_ct_ratio", "note": "rotation"}
    kind = kinds[severity]
    return Verdict(kind, severity, "t", "e", "do", "voltages", phases)  # type: ignore[arg-type]


def judged(*verdicts: Verdict, enough_load: bool = True) -> Judgement:
    """A judgement with these verdicts."""
    return Judgement(verdicts, enough_load, "", (), (), 100)


@pytest.mark.parametrize(
    ("judgement", "expected"),
    [
        (judged(), WiringHealth("sendai", "main", "sound", "", 0, 0, True)),
        (judged(enough_load=False), WiringHealth("sendai", "main", "sound", "", 0, 0, False)),
        (judged(verdict("note", "L1")), WiringHealth("sendai", "main", "sound", "", 0, 0, True)),
        (
            judged(verdict("check"), verdict("fault", "L1", "L3"), verdict("note")),
            WiringHealth("sendai", "main", "reversed_ct", "L1 L3", 1, 1, True),
        ),
        (
            judged(verdict("check")),
            WiringHealth("sendai", "main", "wrong_ct_ratio", "", 0, 1, True),
        ),
    ],
)
def test_the_worst_verdict_stands_for_a_meter(
    plant: Plant, judgement: Judgement, expected: WiringHealth
) -> None:
    """A fault before a check; a note alone is no verdict on the wiring."""
    agent = plant.agent(nowhere(), "wired")
    assert [*vitals.wiring_reports(agent._lines.meters(), {"main": judgement})] == [expected]


def test_it_is_told_each_minute_and_not_before() -> None:
    """The first one a minute after the start; a round that comes late does not make two."""
    teller, sent = Teller(100.0, lambda *_: None), list[bytes]()
    for now_s in (100.0, 159.9, 160.0, 161.0, 219.0, 400.0, 401.0):
        teller.tell(now_s, told, lambda _, payload: sent.append(payload))
    assert EVERY_S == 60.0
    assert [decode_health(payload) for payload in sent] == [told()] * 2


def test_a_fault_in_it_is_noted_and_readings_go_on(caplog: pytest.LogCaptureFixture) -> None:
    """Whatever is wrong with what is told of the machine, forwarding does not end."""
    caplog.set_level(logging.DEBUG)
    notes: list[tuple[str, str]] = []

    def broken() -> Health:
        raise sqlite3.OperationalError("disk I/O error")

    Teller(0.0, lambda *note: notes.append(note)).tell(60.0, broken, lambda *_: None)
    ((part, line),) = notes
    assert part == "health"
    assert line.startswith(
        "health: fault in the program: OperationalError: disk I/O error (it goes"
    )


@pytest.mark.services
def test_a_running_agent_tells_it_over_a_real_broker(
    mosquitto: MosquittoServer, plant: Plant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On ``up/health``, as JSON that the collector reads, and nobody keeps it for a newcomer."""
    monkeypatch.setattr("edge_agent.vitals.report.EVERY_S", 0.2)
    with PlayedCollector(mosquitto.port, "tells") as collector:
        agent = plant.agent(mosquitto.url, "tells")
        agent.start()
        wait_until(lambda: len(collector.of("health")) >= 2)
        agent.stop()
        first = collector.of("health")[0]
    with PlayedCollector(mosquitto.port, "tells") as newcomer:
        wait_until(lambda: bool(newcomer.of("state")))
        assert newcomer.of("health") == []
    assert decode_health(first).agent == "tells"
    assert json.loads(first)["v"] == 1
    assert agent.status().last_fault == ""
