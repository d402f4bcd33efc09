"""The health page's document and figures, from one status."""

from __future__ import annotations

from dataclasses import replace

import pytest

from collector.delivery.recent import RecentDay
from collector.vitals.figures import figures
from collector.vitals.health import health
from collector.vitals.status import CollectorStatus
from edge_agent.process.metrics import exposition
from edge_agent.process.progress import Progress

WELL = CollectorStatus(
    messages_received=3,
    readings_stored=121,
    readings_rejected=0,
    dead_letters=0,
    store_ok=True,
    connected=True,
    last_fault="",
    ingest_running=True,
    meters={"ok": 3, "stale": 1},
    days=(RecentDay("sendai", "today", 4, 1000, 900, 40, 10, 50, 0.95),),
    credit={"pi-1": 500.0},
)


def test_all_well_is_well() -> None:
    """Silent meters and incomplete days are told, but the collector can do nothing about them."""
    told = health(WELL, Progress())
    assert told["ok"]
    assert told["faults"] == []
    assert told["meters"] == {"ok": 3, "stale": 1}
    assert told["completeness"][0]["share"] == 0.95


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (replace(WELL, connected=False), "no broker"),
        (replace(WELL, store_ok=False), "no store"),
        (replace(WELL, ingest_running=False), "ingest has ended"),
    ],
)
def test_what_keeps_readings_out_is_a_fault(status: CollectorStatus, words: str) -> None:
    """And the document says what it means."""
    told = health(status, Progress())
    assert not told["ok"]
    (fault,) = told["faults"]
    assert fault.startswith(words)


def test_a_part_that_does_not_move_is_a_fault_before_the_watchdog_acts() -> None:
    """Each part is there with its silence and its limit."""
    now_s = [0.0]
    progress = Progress(lambda: now_s[0])
    progress.expect("ingest", 60.0)
    now_s[0] = 61.0
    told = health(WELL, progress)
    assert told["faults"] == ["ingest does not move"]
    assert told["parts"]["ingest"] == {"silent_s": 61.0, "within_s": 60.0, "excuse": ""}


def test_every_figure_is_one_that_prometheus_takes() -> None:
    """Names with units; what is not known yet is absent, not zero."""
    text = exposition(figures(WELL, Progress())).decode("utf-8")
    for line in (
        'mieruka_collector_meters{state="ok"} 3.0',
        'mieruka_collector_meters{state="agent_offline"} 0.0',
        'mieruka_collector_completeness_ratio{day="today",site="sendai"} 0.95',
        'mieruka_collector_day_readings{day="today",kind="gap",site="sendai"} 50.0',
        'mieruka_collector_credit_readings_per_second{agent="pi-1"} 500.0',
        "mieruka_collector_messages_total 3.0",
    ):
        assert line in text.splitlines()
    young = exposition(figures(replace(WELL, meters={}, days=()), Progress())).decode("utf-8")
    assert "mieruka_collector_meters" not in young
    assert "completeness" not in young
