"""What the tests of the outbox share: filling it, asking it, and doing it harm."""

from __future__ import annotations

import resource
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from edge_agent.contract.wire import Receipt
from edge_agent.outbox import Claim, GapRow, Outbox, Settled
from tests.edge_agent.delivery import HandClock, reading

DAY_S = 86_400
Opener = Callable[..., Outbox]


def backlog(box: Outbox, clock: HandClock, rounds: int, count: int = 500) -> list[int]:
    """Take and commit hour-old readings, round by round, as time goes by."""
    seqs = []
    for _ in range(rounds):
        clock.pass_s(count)
        seqs += fill(box, count, clock, age_s=3600)
    return seqs


def fill(box: Outbox, count: int, clock: HandClock, age_s: float = 0.0) -> list[int]:
    """Take and commit readings of one meter, one second apart, the last one ``age_s`` old."""
    last_ms = clock.now_ms() - int(age_s * 1000)
    seqs = [box.put(reading(last_ms - 1000 * (count - 1 - i))) for i in range(count)]
    assert box.commit() == count
    return seqs


def claim(box: Outbox, clock: HandClock, limit: int = 10_000, connection: int = 1) -> Claim:
    """What the outbox gives out now."""
    return box.claim(limit, now_s=clock.monotonic_s(), connection=connection)


def claimed(box: Outbox, clock: HandClock, limit: int = 10_000, connection: int = 1) -> list[int]:
    """The numbers that the outbox gives out now."""
    given = claim(box, clock, limit, connection)
    return [row.seq for row in given.live + given.back]


def delivered(box: Outbox, clock: HandClock, first: int, last: int) -> Settled:
    """Send what waits, and let the collector have a range of it; the rest is as never sent."""
    given = claim(box, clock)
    settled = box.settle(Receipt("a", box.epoch, ((first, last),)))
    box.release(row for row in given.live + given.back if not first <= row.seq <= last)
    return settled


def crashed_copy(box_path: Path, folder: Path) -> Path:
    """What a power cut would leave on the disk now."""
    folder.mkdir()
    for part in box_path.parent.glob("outbox.sqlite*"):
        if not part.name.endswith((".lock", "-shm")):
            shutil.copy(part, folder / part.name)
    return folder / box_path.name


def asked(folder: Path, question: str) -> list[tuple[object, ...]]:
    """What the file answers to another program."""
    with closing(sqlite3.connect(folder / "outbox.sqlite")) as db:
        return db.execute(question).fetchall()


@contextmanager
def refusing_disk(limit: int = 0) -> Iterator[None]:
    """A disk on which no file may grow beyond ``limit`` bytes, for this process."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def told_gaps(box: Outbox, clock: HandClock, epoch: str = "") -> list[GapRow]:
    """Every gap the outbox tells, each answered by a receipt; the readings are left alone."""
    gaps: list[GapRow] = []
    while given := claim(box, clock, 0).gaps:
        gaps += given
        for gap in given:
            numbers = ((gap.first, gap.last),)
            box.settle(Receipt("a", gap.epoch or box.epoch, numbers))
    return gaps


def numbers_in(gaps: list[GapRow]) -> list[int]:
    """Every number that gaps name, as often as they do."""
    return [number for gap in gaps for number in range(gap.first, gap.last + 1)]


def damage(path: Path, harm: str) -> None:
    """Do to the file what cards and people do."""
    if harm == "garbage":
        path.write_bytes(b"\0" * 40_000)
    elif harm == "torn":
        content = path.read_bytes()
        half = len(content) // 2 // 4096 * 4096
        path.write_bytes(content[:half] + b"\xff" * 8192 + content[half + 8192 :])
    else:
        path.unlink()
        other = sqlite3.connect(path)
        other.execute("CREATE TABLE note (text)")
        other.close()
