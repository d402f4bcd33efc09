"""Faults 1 to 3: the power fails, the card lies about what it wrote, the agent is killed."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import time
from contextlib import closing
from pathlib import Path

import pytest

from tests.faults.edge_disks import Card, new_card
from tests.faults.edge_memory import memory_bound
from tests.faults.edge_waits import more_is_committed
from tests.faults.outbox_file import Committed, depth
from tests.faults.plant import Plan, Works
from tests.faults.trial import Trial
from tests.services.mosquitto import MosquittoServer

pytestmark = pytest.mark.services
RUNS_AGAIN_S = 15.0
"""The agent promises five seconds; the rest is for a start of Python on a busy machine."""
BLOCK = 4096
MEMORY_MB = 96
PLAN = Plan(meters=6, every_s=0.25, commit_every_s=0.25)


def _on(card: Card) -> dict[str, object]:
    return {"agent": {"state_dir": str(card.folder / "edge")}}


def _read_apart(folder: Path, apart: Path) -> tuple[Committed, str]:
    """What an outbox holds, and what SQLite's check says of it, without touching it."""
    shutil.rmtree(apart, ignore_errors=True)
    apart.mkdir()
    for name in ("outbox.sqlite", "outbox.sqlite-wal"):
        if (folder / name).exists():
            shutil.copy(folder / name, apart)
    found = Committed()
    with closing(sqlite3.connect(apart / "outbox.sqlite")) as db:
        verdict = str(db.execute("PRAGMA quick_check").fetchone()[0])
    found.add(apart)
    return found, verdict


def _cut(works: Works, card: Card, number: int) -> Card:
    """Cut the power now, and go on with what the card holds. Nothing committed may be missing."""
    works.agent.suspend()
    after = card.cut(works.folder / f"card-{number}.img")
    before = Committed()
    before.add(works.edge_folder)  # what others can see was synchronised before
    works.note_committed()
    works.agent.kill()
    card.throw_away()
    found, verdict = _read_apart(after.put_in() / "edge", works.folder / "apart")
    assert verdict == "ok"
    for epoch, numbers in before.numbers.items():
        assert numbers.items() <= found.numbers[epoch].items(), f"cut {number} lost rows"
    return after


@pytest.mark.timeout(3000)
@pytest.mark.parametrize(
    "cuts",
    [
        pytest.param(10, marks=pytest.mark.every_change),
        pytest.param(200, marks=pytest.mark.nightly),
    ],
)
def test_power_cuts(trial: Trial, own_mosquitto: MosquittoServer, cuts: int) -> None:
    """A card that loses power at any instant keeps every committed reading, and is whole."""
    image = trial.folder / "card-0.img"
    with new_card(image) as card, trial.works(own_mosquitto.url, PLAN) as works:
        works.write(agent=_on(card))
        works.start()
        for number in range(1, cuts + 1):
            time.sleep(trial.random.uniform(0.0, 1.0))
            card = _cut(works, card, number)
            works.write(agent=_on(card))
            works.agent.start()
            more_is_committed(works)
        works.settle()
        outcome = works.outcome()
    trial.prove(
        outcome,
        fault=1,
        injected="power cut at the edge: the card as it was at a random instant",
        times=cuts,
        untaken_at_most=cuts * PLAN.in_one_commit(),
    )


def _lose_the_tail(folder: Path, trial: Trial) -> None:
    """The card never wrote the end of the log, though it said so."""
    log = folder / "outbox.sqlite-wal"
    if log.exists():
        os.truncate(log, trial.random.randrange(log.stat().st_size + 1))


def _tear_the_log(folder: Path, trial: Trial) -> None:
    """One block of the log holds what was there before: nothing."""
    _overwrite(folder / "outbox.sqlite-wal", b"\0" * BLOCK, trial)


def _tear_a_page(folder: Path, trial: Trial) -> None:
    """One page of the file is of something else."""
    _overwrite(folder / "outbox.sqlite", trial.random.randbytes(BLOCK), trial)


def _wipe(folder: Path, trial: Trial) -> None:
    """The file has its length and nothing else, as memory cards leave it."""
    file = folder / "outbox.sqlite"
    file.write_bytes(b"\0" * file.stat().st_size)


def _overwrite(file: Path, block: bytes, trial: Trial) -> None:
    if file.exists() and file.stat().st_size >= BLOCK:
        with file.open("r+b") as handle:
            handle.seek(trial.random.randrange(file.stat().st_size // BLOCK) * BLOCK)
            handle.write(block)


LIES = (_lose_the_tail, _tear_the_log, _tear_a_page, _wipe)


@pytest.mark.nightly
@pytest.mark.timeout(900)
def test_lying_card(trial: Trial, own_mosquitto: MosquittoServer) -> None:
    """A card that lost or tore what it had promised costs no more than that; the agent goes on."""
    lies, spoilt = 5 * len(LIES), 0
    with trial.works(own_mosquitto.url, PLAN) as works:
        works.start()
        for number in range(lies):
            time.sleep(trial.random.uniform(0.5, 1.5))
            works.agent.kill()
            held = depth(works.edge_folder)
            spoilt += held.waiting if held else 0
            LIES[number % len(LIES)](works.edge_folder, trial)
            began_s = time.monotonic()
            works.agent.start()
            more_is_committed(works)
            assert time.monotonic() - began_s < RUNS_AGAIN_S, works.last_lines()
        works.settle()
        outcome = works.outcome()
    trial.prove(
        outcome,
        fault=2,
        injected="a card that lost or tore pages it had called written",
        times=lies,
        untaken_at_most=spoilt + lies * PLAN.in_one_commit(),
    )


@pytest.mark.timeout(1200)
@pytest.mark.parametrize(
    "for_s",
    [
        pytest.param(45, marks=pytest.mark.every_change),
        pytest.param(600, marks=pytest.mark.nightly),
    ],
)
def test_agent_killed_again_and_again(
    trial: Trial, own_mosquitto: MosquittoServer, for_s: int
) -> None:
    """An agent killed every one to five seconds loses nothing that it had committed."""
    kills = 0
    with trial.works(own_mosquitto.url, PLAN) as works:
        works.start()
        end_s = time.monotonic() + for_s
        while time.monotonic() < end_s:
            time.sleep(trial.random.uniform(1.0, 5.0))
            works.agent.kill()
            works.note_committed()
            works.agent.start()
            kills += 1
        more_is_committed(works)
        works.settle()
        outcome = works.outcome()
    trial.prove(
        outcome,
        fault=3,
        injected="SIGKILL of the agent every 1 to 5 s",
        times=kills,
        untaken_at_most=kills * PLAN.in_one_commit(),
    )


@pytest.mark.nightly
def test_agent_without_memory(trial: Trial, own_mosquitto: MosquittoServer) -> None:
    """An agent that the kernel kills for want of memory goes on where it was; it needs little."""
    kills = 3
    with memory_bound(MEMORY_MB) as bound, trial.works(own_mosquitto.url, PLAN) as works:
        works.agent.before = bound.before
        works.start()
        time.sleep(5.0)
        assert bound.kills() == 0, f"the agent needs more than {MEMORY_MB} MB"
        for number in range(1, kills + 1):
            with bound.exhausted():
                killed = works.agent.wait(30)
            assert killed == -signal.SIGKILL
            assert bound.kills() >= number
            works.note_committed()
            works.agent.start()
            more_is_committed(works)
        works.settle()
        outcome = works.outcome()
        works.agent.kill()
    trial.prove(
        outcome,
        fault=3,
        injected=f"the kernel kills the agent for want of memory ({MEMORY_MB} MB for all)",
        times=kills,
        untaken_at_most=kills * PLAN.in_one_commit(),
    )
