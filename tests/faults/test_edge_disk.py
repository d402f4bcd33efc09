"""Faults 4 and 5: the disk is full, and the disk refuses."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from tests.faults.edge_disks import Filler, memory_disk
from tests.faults.edge_tracer import failed_calls, failing_calls
from tests.faults.edge_waits import more_is_committed
from tests.faults.outbox_file import depth
from tests.faults.plant import Plan, Works
from tests.faults.processes import until
from tests.faults.trial import Trial
from tests.services.mosquitto import MosquittoServer

pytestmark = pytest.mark.services
DISK_MB, BOUND_MB = 4, 1
REFUSED, WRITTEN_AGAIN = "cannot be written", "is written again"


def _polled_while(works: Works, seconds: float) -> int:
    """How many readings the meters gave in a while."""
    before = len(works.ledger)
    time.sleep(seconds)
    return len(works.ledger) - before


def _until_told(works: Works, line: str, since: int = 0, within_s: float = 20) -> None:
    """Wait until the agent's log, from a place on, says ``line``."""
    told = f"the log says {line!r}"
    until(lambda: line in works.agent.text()[since:], within_s, told, works.last_lines)


def _file_bytes(works: Works) -> int:
    return (works.edge_folder / "outbox.sqlite").stat().st_size


def _plan(disk: Path) -> Plan:
    bounds = {"agent": {"state_dir": str(disk / "edge")}, "outbox": {"max_mb": BOUND_MB}}
    return Plan(meters=12, every_s=0.2, agent=bounds)


@pytest.mark.every_change
def test_full_disk(trial: Trial, own_mosquitto: MosquittoServer) -> None:
    """A disk that others fill: polling goes on, and each dropped reading is told as a gap.

    The broker is away meanwhile, so that the outbox comes to its own bound as well.
    """
    times = 3
    with memory_disk(trial.folder / "disk", DISK_MB) as disk:
        plan, filler = _plan(disk), Filler(disk)
        with trial.works(own_mosquitto.url, plan) as works:
            works.start()
            own_mosquitto.kill()
            until(lambda: _file_bytes(works) > 300_000, 60, "a backlog", works.last_lines)
            filler.grow()
            _until_told(works, REFUSED)
            for _ in range(times):
                filler.grow()
                assert _polled_while(works, 2.0) >= plan.meters, works.last_lines()
                filler.shrink(512 * 1024)
                more_is_committed(works)
            filler.shrink(DISK_MB * 1024 * 1024)
            _until_told(works, "is full: unsent", within_s=60)
            own_mosquitto.start()
            works.settle(120)
            outcome = works.outcome()
    assert outcome.explained > 0
    trial.prove(
        outcome, fault=4, injected="disk filled by another's file, outbox at its bound", times=times
    )


@pytest.mark.nightly
def test_full_disk_under_a_young_outbox(trial: Trial, own_mosquitto: MosquittoServer) -> None:
    """A disk that is full for a moment drops nothing, however small the outbox is then."""
    with memory_disk(trial.folder / "disk", DISK_MB) as disk:
        filler = Filler(disk)
        with trial.works(own_mosquitto.url, _plan(disk)) as works:
            works.start()
            filler.grow()
            _until_told(works, REFUSED)
            filler.shrink(DISK_MB * 1024 * 1024)
            _until_told(works, WRITTEN_AGAIN)
            works.more_arrives()
            works.settle(120)  # a receipt that the full disk refused comes with the next sending
            outcome = works.outcome()
    trial.prove(outcome, fault=4, injected="disk full for a moment, outbox just made", times=1)


@pytest.mark.nightly
@pytest.mark.parametrize(
    ("calls", "error"),
    [("fsync,fdatasync", "EIO"), ("pwrite64", "EROFS"), ("pwrite64,fsync,fdatasync", "EIO")],
)
def test_disk_that_refuses(
    trial: Trial, own_mosquitto: MosquittoServer, calls: str, error: str
) -> None:
    """Writes that fail for a while cost nothing: memory holds what comes, and one line says so."""
    spells = 3
    with trial.works(own_mosquitto.url, Plan(meters=6, every_s=0.25)) as works:
        works.start()
        for number in range(spells):
            said = len(works.agent.text())
            log = works.folder / f"strace-{number}.log"
            with failing_calls(works.agent.pid, calls, error, log):
                _until_told(works, REFUSED, said)
                assert _polled_while(works, trial.random.uniform(2.0, 4.0)) > 0
            assert failed_calls(log) > 0
            _until_told(works, WRITTEN_AGAIN, said)
            assert works.agent.text()[said:].count(REFUSED) == 1
            works.more_arrives()
        assert depth(works.edge_folder) is not None
        works.settle()
        outcome = works.outcome()
    trial.prove(
        outcome, fault=5, injected=f"{calls.replace(',', ', ')} answered with {error}", times=spells
    )
