"""What the agent says of itself: reasons, notes and figures."""

from __future__ import annotations

from dataclasses import replace

import pytest
from prometheus_client.parser import text_string_to_metric_families

from edge_agent import vitals
from edge_agent.bus import LineStatus, UnitStatistics
from edge_agent.bus.judgement import Suspicion
from edge_agent.outbox.facts import Facts
from edge_agent.process.metrics import exposition
from edge_agent.process.progress import Standing
from edge_agent.vitals import AgentStatus, MeterStatus

NOW_MS = 1_780_000_000_000
MAIN = MeterStatus("lan", 4.0, 10.0, 90, 2)
WELL = AgentStatus(
    outbox_depth=3,
    messages_published=7,
    readings_taken=90,
    polls_failed=2,
    connected=True,
    last_fault="",
    uptime_s=1_000.0,
    clock="synchronised",
    meters={"main": MAIN},
)
FACTS = Facts(file_bytes=40_960, oldest_ms=NOW_MS - 5_000, held=0, rejected=0, gaps=0)
PARTS = {"commit": Standing(3.0, 45.0)}


def why(
    status: AgentStatus = WELL, facts: Facts = FACTS, parts: dict[str, Standing] = PARTS
) -> list[str]:
    """The reasons why not all is well."""
    told = vitals.health(status, facts, parts, NOW_MS)
    assert told["ok"] is not bool(told["why"])
    reasons: list[str] = told["why"]
    return reasons


def test_a_well_agent_says_so() -> None:
    """No reason, no note, and every meter with its age."""
    told = vitals.health(WELL, FACTS, PARTS, NOW_MS)
    assert (told["ok"], told["why"], told["notes"]) == (True, [], [])
    assert told["meters"]["main"] == {
        "ok": True,
        "link": "lan",
        "age_s": 4.0,
        "interval_s": 10.0,
        "polls_ok": 90,
        "polls_failed": 2,
        "fault": "",
        "bus": {
            "answers": 0,
            "timeouts": 0,
            "bad_answers": 0,
            "refusals": 0,
            "latency_ms": None,
            "latency_max_ms": None,
            "last_answer_s_ago": None,
        },
    }
    assert told["outbox"]["oldest_s"] == 5.0


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"disk_fault": "outbox cannot be written (free space)"}, "outbox cannot be written (fr"),
        ({"connected": False, "away_s": 61.0, "broker_fault": "refused"}, "no broker for 61 s: re"),
        (
            {"meters": {"main": replace(MAIN, age_s=31.0, fault="unit 1 is silent (look)")}},
            "meter main has not been read for 31 s: unit 1 is silent (look)",
        ),
        (
            {"meters": {"main": replace(MAIN, age_s=None)}},
            "meter main has not been read at all yet: see the log",
        ),
    ],
)
def test_each_trouble_is_a_reason(change: dict[str, object], told: str) -> None:
    """Disk, broker and meters: one line each, with what to do."""
    (reason,) = why(replace(WELL, **change))  # type: ignore[arg-type]
    assert reason.startswith(told)


def test_a_stuck_part_and_missing_receipts_are_reasons() -> None:
    """Who does not move, and a collector that does not answer, are told."""
    assert why(parts={"commit": Standing(46.0, 45.0)}) == ["commit has not moved for 46 s"]
    (reason,) = why(facts=replace(FACTS, oldest_ms=NOW_MS - 901_000))
    assert reason.startswith("the oldest reading has waited 901 s for its receipt")


def test_what_passes_by_itself_is_no_reason() -> None:
    """A short hiccup, a start, an excuse and an old reading without a broker are none."""
    assert why(replace(WELL, connected=False, away_s=59.0)) == []
    fresh = replace(WELL, uptime_s=20.0, meters={"main": replace(MAIN, age_s=None)})
    assert why(fresh) == []
    assert why(parts={"commit": Standing(500.0, 45.0, "waits")}) == []
    away = replace(WELL, connected=False, away_s=30.0)
    assert why(away, replace(FACTS, oldest_ms=NOW_MS - 9_000_000)) == []


def test_what_needs_no_haste_is_a_note() -> None:
    """A clock nobody keeps, held, dropped and refused readings."""
    status = replace(WELL, clock="unsynchronised", readings_evicted=5)
    notes = vitals.health(status, replace(FACTS, held=4, rejected=2), PARTS, NOW_MS)["notes"]
    assert len(notes) == 4
    assert notes[1] == "4 readings wait for a right clock"


def test_a_line_for_the_service_manager() -> None:
    """Meters read, readings waiting, broker: as systemctl shows it."""
    line = "1 of 1 meters read, 3 readings wait for the collector, connected"
    assert vitals.one_line(WELL) == line
    lost = replace(WELL, connected=False, meters={"main": replace(MAIN, age_s=99.0)})
    assert vitals.one_line(lost).startswith("0 of 1 meters read")
    assert vitals.one_line(lost).endswith("no broker")


def test_every_figure_has_its_unit_and_prefix() -> None:
    """Prometheus reads them all; what is not known is absent."""
    text = exposition(vitals.metrics(WELL, Facts(), NOW_MS)).decode()
    families = {family.name: family for family in text_string_to_metric_families(text)}
    assert all(name.startswith("mieruka_agent_") for name in families)
    assert families["mieruka_agent_clock_synchronised"].samples[0].value == 1.0
    assert "mieruka_agent_outbox_file_bytes" not in families
    polls = families["mieruka_agent_polls"].samples
    assert {(s.labels["meter"], s.labels["result"]): s.value for s in polls} == {
        ("main", "ok"): 90.0,
        ("main", "failed"): 2.0,
    }
    unknown = exposition(vitals.metrics(replace(WELL, clock="unknown"), FACTS, NOW_MS)).decode()
    assert "clock_synchronised" not in unknown


def test_lines_and_units_are_figures() -> None:
    """Load and left-out polls by link, requests by how they ended and answer times by meter."""
    bus = UnitStatistics(90, 2, 1, 0, 45.0, 120.0, 4.0)
    status = replace(
        WELL,
        meters={"main": replace(MAIN, bus=bus)},
        lines={"lan": LineStatus(0.25, 100, 3), "new": LineStatus()},
    )
    text = exposition(vitals.metrics(status, FACTS, NOW_MS)).decode()
    found = {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }
    assert found["mieruka_agent_requests_total", "lan", "main", "timeouts"] == 2
    assert found["mieruka_agent_answer_seconds", "lan", "main"] == 0.045
    assert found["mieruka_agent_line_load_ratio", "lan"] == 0.25
    assert ("mieruka_agent_line_load_ratio", "new") not in found
    assert found["mieruka_agent_polls_left_out_total", "lan"] == 3


def test_what_a_lines_answers_point_to_is_a_note() -> None:
    """It stands with its line, and among the notes that need no haste."""
    doubled = Suspicion("doubled 3", "unit 3 is spoiled", "look for two meters")
    status = replace(WELL, lines={"bus": LineStatus(0.5, 10, 0, doubled)})
    told = vitals.health(status, FACTS, PARTS, NOW_MS)
    assert told["lines"]["bus"]["fault"] == "unit 3 is spoiled (look for two meters)"
    assert told["notes"] == ["link bus: unit 3 is spoiled (look for two meters)"]
    assert told["ok"] is True
