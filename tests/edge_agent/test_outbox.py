"""The outbox: what it takes it keeps, until the collector's receipt."""

from __future__ import annotations

import errno
import logging
import resource
import shutil
import sqlite3
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from hypothesis.strategies import integers, sampled_from

from edge_agent.contract.wire import CLOCK_STATES, Receipt, Rejected
from edge_agent.errors import StopError
from edge_agent.outbox import Claim, Outbox, Row, clock_state, file, memory, outbox, rows
from tests.edge_agent.delivery import NOON_MS, HandClock, reading

DAY_S = 86_400


@pytest.fixture
def clock() -> HandClock:
    """Noon, until a test moves it."""
    return HandClock()


Opener = Callable[..., Outbox]


@pytest.fixture
def opened(tmp_path: Path, clock: HandClock) -> Iterator[Opener]:
    """Opens outboxes, all closed at the end."""
    boxes: list[Outbox] = []

    def open_box(path: Path = tmp_path / "outbox.sqlite", max_mb: float = 64) -> Outbox:
        boxes.append(Outbox(path, max_mb=max_mb, clock=clock))
        return boxes[-1]

    yield open_box
    for box in boxes:
        box.close()


@pytest.fixture
def box(opened: Opener) -> Outbox:
    """An empty outbox with plenty of room."""
    return opened()


@pytest.fixture
def small(opened: Opener) -> Outbox:
    """An empty outbox of one megabyte: about 4000 readings."""
    return opened(max_mb=1)


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


def test_a_reading_goes_out_only_after_the_commit(box: Outbox, clock: HandClock) -> None:
    """What is not durable is not given to the network, but counts in the depth."""
    seq = box.put(reading())
    assert claimed(box, clock) == []
    assert box.depth() == 1
    assert box.commit() == 1
    assert claimed(box, clock) == [seq]
    assert box.depth() == 1


def test_a_row_carries_what_was_put(box: Outbox, clock: HandClock) -> None:
    """Site, meter, instant, values, boot and clock state come back unchanged."""
    box.put(reading(NOON_MS, "main", 0.1), "synchronised")
    box.commit()
    (row,) = claim(box, clock).live
    assert row[2:6] == ("synchronised", "sendai", "main", NOON_MS)
    assert row.quantities == '{"active_power_w":0.1,"active_energy_import_wh":123456.0}'
    assert len(row.boot) == 36


def test_a_value_that_is_not_finite_is_refused(box: Outbox) -> None:
    """NaN never enters the outbox, where it would block its message for ever."""
    with pytest.raises(ValueError, match="not JSON compliant"):
        box.put(reading(power_w=float("nan")))
    assert box.depth() == 0


def test_numbers_rise_over_a_restart(opened: Opener, clock: HandClock) -> None:
    """A restart goes on in the same epoch with higher numbers, and keeps what waits."""
    first = opened()
    seqs = fill(first, 3, clock)
    first.close()
    second = opened()
    assert second.epoch == first.epoch
    assert second.depth() == 3
    assert fill(second, 1, clock) == [seqs[-1] + 1]


def test_numbers_rise_after_all_rows_are_gone(
    opened: Opener, tmp_path: Path, clock: HandClock
) -> None:
    """An outbox emptied by the replay window still never gives a number twice."""
    box = opened()
    last = fill(box, 5, clock)[-1]
    box.settle(Receipt("a", box.epoch, ((1, last),)))
    clock.pass_s(8 * DAY_S)
    box.commit()
    box.close()
    assert asked(tmp_path, "SELECT count(*) FROM reading") == [(0,)]
    assert fill(opened(), 1, clock) == [last + 1]


def test_a_power_cut_costs_only_what_was_not_committed(
    box: Outbox, opened: Opener, tmp_path: Path, clock: HandClock
) -> None:
    """After a crash every committed reading is there and no other."""
    kept = fill(box, 20, clock)
    box.put(reading())
    after = opened(crashed_copy(tmp_path / "outbox.sqlite", tmp_path / "crash"))
    assert claimed(after, clock) == kept
    assert after.epoch == box.epoch


def test_live_goes_before_back_and_back_goes_oldest_first(box: Outbox, clock: HandClock) -> None:
    """The youngest minute is the live lane; the backlog follows in its order."""
    old = fill(box, 3, clock, age_s=3600)
    older = fill(box, 3, clock, age_s=7200)
    fresh = fill(box, 2, clock)
    given = claim(box, clock, 6)
    assert [row.seq for row in given.live] == fresh
    assert [row.seq for row in given.back] == older + old[:1]


def test_a_claimed_row_comes_again_only_after_its_time(box: Outbox, clock: HandClock) -> None:
    """In flight means silent for a minute; then the row is sent again."""
    seqs = fill(box, 2, clock)
    assert claimed(box, clock) == seqs
    clock.pass_s(59)
    assert claimed(box, clock) == []
    clock.pass_s(2)
    assert claimed(box, clock) == seqs


def test_a_new_connection_sends_everything_again(box: Outbox, clock: HandClock) -> None:
    """What went out on a connection that is gone may be lost, so it goes out at once."""
    seqs = fill(box, 2, clock)
    assert claimed(box, clock, connection=1) == seqs
    assert claimed(box, clock, connection=2) == seqs
    assert claimed(box, clock, connection=2) == []


def test_resending_slows_down_until_a_receipt_comes(
    box: Outbox, clock: HandClock, caplog: pytest.LogCaptureFixture
) -> None:
    """A collector away for a day is told once, and does not get the same rows every minute."""
    seqs = fill(box, 2, clock)
    sendings = 0
    for _ in range(24 * 60):
        sendings += bool(claimed(box, clock))
        clock.pass_s(60)
    assert 24 * 60 / 20 < sendings < 24 * 60 / 10
    assert [
        line for line in caplog.messages if "without a receipt for 60 s" in line
    ] == caplog.messages
    assert len(caplog.messages) == 1
    claimed(box, clock, connection=2)
    box.settle(Receipt("a", box.epoch, ((seqs[0], seqs[0]),)))
    clock.pass_s(61)
    assert claimed(box, clock, connection=2) == seqs[1:]


def test_the_backlog_in_flight_is_bounded(
    box: Outbox, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No more of the backlog is on its way than a broker holds; live readings still go."""
    monkeypatch.setattr(outbox, "BACK_IN_FLIGHT", 10)
    fill(box, 25, clock, age_s=3600)
    assert len(claimed(box, clock)) == 10
    assert claimed(box, clock) == []
    fresh = fill(box, 2, clock)
    assert claimed(box, clock) == fresh


def test_released_rows_may_be_claimed_at_once(box: Outbox, clock: HandClock) -> None:
    """What found no room in the window is not in flight."""
    fill(box, 3, clock)
    given = claim(box, clock).live
    box.release(given[1:])
    assert claimed(box, clock) == [row.seq for row in given[1:]]


def test_a_receipt_settles_ranges(box: Outbox, clock: HandClock) -> None:
    """Rows in the receipt never come again, the others do."""
    seqs = fill(box, 10, clock)
    claimed(box, clock)
    settled = box.settle(
        Receipt("a", box.epoch, ((seqs[0], seqs[2]), (seqs[5], seqs[5]), (10**6, 2**80)))
    )
    assert settled.stored == 4
    assert box.depth() == 6
    assert claimed(box, clock, connection=2) == seqs[3:5] + seqs[6:]


def test_a_receipt_counts_once(box: Outbox, clock: HandClock) -> None:
    """The same receipt a second time settles nothing more."""
    seqs = fill(box, 3, clock)
    receipt = Receipt("a", box.epoch, ((seqs[0], seqs[-1]),))
    assert box.settle(receipt).stored == 3
    assert box.settle(receipt).stored == 0
    assert box.depth() == 0


def test_a_receipt_for_another_epoch_settles_nothing(box: Outbox, clock: HandClock) -> None:
    """The numbers of a lost outbox say nothing about this one."""
    fill(box, 3, clock)
    assert box.settle(Receipt("a", "another-epoch", ((1, 100),))).stored == 0
    assert box.depth() == 3


def test_refused_readings_are_kept_with_the_reason(
    box: Outbox, clock: HandClock, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A refusal is told once, marks the rows and keeps them for a month."""
    seqs = fill(box, 3, clock)
    refused = Rejected(seqs[1], seqs[2], "dated in the future")
    for _ in range(2):
        closed = box.settle(Receipt("a", box.epoch, ((seqs[0], seqs[0]),), (refused,)))
    assert closed.rejected == 0
    assert box.depth() == 0
    assert [line for line in caplog.messages if "dated in the future" in line] == caplog.messages
    assert len(caplog.messages) == 1
    clock.pass_s(29 * DAY_S)
    fill(box, 1, clock)
    kept = asked(tmp_path, f"SELECT seq, reason FROM reading WHERE state = {rows.REJECTED}")
    assert kept == [(seq, "dated in the future") for seq in seqs[1:]]


def test_settled_rows_stay_for_the_replay_window(
    box: Outbox, clock: HandClock, tmp_path: Path
) -> None:
    """A settled row is still there after six days and gone after eight."""
    seqs = fill(box, 1, clock)
    box.settle(Receipt("a", box.epoch, ((seqs[0], seqs[0]),)))
    box.commit()
    left = []
    for days in (6, 2):
        clock.pass_s(days * DAY_S)
        fill(box, 1, clock)
        left += asked(tmp_path, f"SELECT count(*) FROM reading WHERE state = {rows.SETTLED}")
    assert left == [(1,), (0,)]


@pytest.mark.parametrize("harm", ["garbage", "torn", "foreign"])
def test_a_damaged_outbox_is_set_aside(
    opened: Opener, tmp_path: Path, clock: HandClock, caplog: pytest.LogCaptureFixture, harm: str
) -> None:
    """The agent goes on with a new epoch and one line; the damaged files are kept together."""
    path = tmp_path / "outbox.sqlite"
    box = opened()
    fill(box, 2000, clock)
    box.close()
    damage(path, harm)
    path.with_name("outbox.sqlite-wal").write_bytes(b"what was left of a log")
    caplog.clear()
    again = opened()
    assert again.epoch != box.epoch
    assert fill(again, 1, clock) == [1]
    assert len(caplog.messages) == 1
    assert "is damaged" in caplog.text
    assert "set aside as outbox.damaged-" in caplog.text
    assert path.with_name(f"outbox.damaged-{NOON_MS}.sqlite").stat().st_size > 0


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


def test_a_full_outbox_drops_the_oldest_and_records_it(
    small: Outbox, tmp_path: Path, clock: HandClock, caplog: pytest.LogCaptureFixture
) -> None:
    """The file keeps its bound; every dropped reading is in exactly one gap record."""
    box = small
    seqs = backlog(box, clock, 40, 300)
    given = claim(box, clock, 100_000)
    waiting = claimed(box, clock, 100_000, connection=2)
    dropped = [n for gap in given.gaps for n in range(gap.first, gap.last + 1)]
    assert box.evicted == len(dropped) > 5000
    assert box.depth() == len(waiting) == len(seqs) - len(dropped)
    assert dropped + waiting == seqs
    assert {gap.reason for gap in given.gaps} == {rows.EVICTED}
    assert len([line for line in caplog.messages if "is full" in line]) == 1
    box.close()
    assert (tmp_path / "outbox.sqlite").stat().st_size <= 1024 * 1024


def test_settled_rows_make_room_before_waiting_ones(small: Outbox, clock: HandClock) -> None:
    """Nothing unsent is dropped while there is something settled to drop."""
    box = small
    waiting = fill(box, 200, clock, age_s=7200)
    for _ in range(40):
        seqs = fill(box, 300, clock, age_s=3600)
        box.settle(Receipt("a", box.epoch, ((seqs[0], seqs[-1]),)))
        clock.pass_s(1)
    assert box.evicted == 0
    assert claimed(box, clock) == waiting
    assert claim(box, clock).gaps == ()


def test_a_gap_is_settled_only_as_a_whole(small: Outbox, clock: HandClock) -> None:
    """A receipt for a part of a gap leaves it; the one for all of it ends it."""
    box = small
    backlog(box, clock, 10)
    (gap,) = claim(box, clock).gaps
    assert claim(box, clock).gaps == ()
    box.settle(Receipt("a", box.epoch, ((gap.first, gap.last - 1),)))
    assert claim(box, clock, connection=2).gaps == (gap,)
    box.release((), [gap])
    assert claim(box, clock, connection=2).gaps == (gap,)
    box.settle(Receipt("a", box.epoch, ((gap.first, gap.last),)))
    assert claim(box, clock, connection=3).gaps == ()


def test_a_told_gap_does_not_grow(small: Outbox, clock: HandClock) -> None:
    """What is dropped after a gap was sent becomes a gap of its own."""
    box = small
    backlog(box, clock, 10)
    (told,) = claim(box, clock).gaps
    backlog(box, clock, 5)
    first, second = claim(box, clock, connection=2).gaps
    assert first == told
    assert second.first == told.last + 1


def test_readings_wait_in_memory_while_the_disk_refuses(
    box: Outbox, clock: HandClock, caplog: pytest.LogCaptureFixture
) -> None:
    """An I/O error costs nothing: one line, and the next commit writes it all."""
    fill(box, 3, clock)
    with refusing_disk():
        for _ in range(3):
            box.put(reading())
            assert box.commit() == 0
    assert box.depth() == 6
    assert box.faults == 3
    assert len(caplog.messages) == 1
    assert "cannot be written" in caplog.text
    assert "wait in memory" in caplog.text
    assert box.commit() == 3
    assert claimed(box, clock) == [1, 2, 3, 4, 5, 6]
    assert caplog.messages[-1].endswith("is written again")


def test_a_refused_commit_does_not_lose_receipts(box: Outbox, clock: HandClock) -> None:
    """A receipt that could not be written only means that its rows are sent again."""
    seqs = fill(box, 3, clock)
    box.settle(Receipt("a", box.epoch, ((1, 2),)))
    box.put(reading())
    with refusing_disk():
        assert box.commit() == 0
    assert box.depth() == 4
    box.commit()
    assert claimed(box, clock, connection=2) == [*seqs, seqs[-1] + 1]


def test_a_full_disk_is_told_with_its_hint(
    small: Outbox,
    clock: HandClock,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """SQLite's "full" keeps the readings in memory, says what to do, and leaves the file open."""
    box = small
    seqs = fill(box, 3000, clock, age_s=3600)
    monkeypatch.setattr(rows, "free_pages", lambda _db: 10**9)
    more = [box.put(reading()) for _ in range(3000)]
    assert box.commit() == 0
    assert "disk is full (free space on that disk" in caplog.text
    assert box.depth() == 6000
    monkeypatch.undo()
    box.settle(Receipt("a", box.epoch, ((seqs[0], seqs[-1]),)))
    assert box.commit() == 3000
    assert claimed(box, clock) == more


def test_memory_is_bounded_too(
    box: Outbox, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Readings that memory has to drop become a gap record once the disk is back."""
    monkeypatch.setattr(memory, "MEMORY_READINGS", 100)
    with refusing_disk():
        for i in range(300):
            box.put(reading())
            if i % 50 == 0:
                assert box.commit() == 0
        assert 90 <= box.depth() <= 100
    box.commit()
    given = claim(box, clock)
    lost = {n for gap in given.gaps for n in range(gap.first, gap.last + 1)}
    assert lost | {row.seq for row in given.live} == set(range(1, 301))
    assert lost.isdisjoint({row.seq for row in given.live})
    assert {gap.reason for gap in given.gaps} == {memory.MEMORY_FULL}


def test_a_file_that_breaks_while_running_is_replaced(
    box: Outbox, clock: HandClock, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Damage under a running agent costs the damaged file, never what is still in memory."""
    fill(box, 2000, clock)
    epoch = box.epoch
    asked(tmp_path, "PRAGMA wal_checkpoint(TRUNCATE)")
    damage(tmp_path / "outbox.sqlite", "garbage")
    box.put(reading())
    while box.commit() == 0:
        assert box.faults < 5
    assert box.epoch != epoch
    assert claimed(box, clock) == [2001]
    assert "set aside" in caplog.text


def test_a_broken_file_that_cannot_be_set_aside_costs_no_reading(
    box: Outbox, clock: HandClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A damaged file on a disk that has become read-only: what is in memory waits for better."""

    def read_only(path: Path, now_ms: int) -> Path:
        raise OSError(errno.EROFS, "Read-only file system")

    fill(box, 2000, clock)
    asked(tmp_path, "PRAGMA wal_checkpoint(TRUNCATE)")
    damage(tmp_path / "outbox.sqlite", "garbage")
    seq = box.put(reading())
    with monkeypatch.context() as broken:
        broken.setattr(file, "_set_aside", read_only)
        for _ in range(3):
            assert box.commit() == 0
    assert "Read-only file system" in box.last_fault
    assert box.commit() == 1
    assert claimed(box, clock) == [seq]


def test_two_agents_cannot_share_an_outbox(box: Outbox, tmp_path: Path, clock: HandClock) -> None:
    """The second agent on one state folder ends with a line that says so."""
    with pytest.raises(StopError, match=r"in use by another agent \(stop that agent"):
        Outbox(tmp_path / "outbox.sqlite", max_mb=64, clock=clock)


def test_a_folder_that_cannot_be_made_stops_the_agent(tmp_path: Path, clock: HandClock) -> None:
    """Without any place to keep readings the agent does not start, and says why."""
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    with pytest.raises(StopError, match="give \\[agent\\] state_dir a folder"):
        Outbox(tmp_path / "file" / "outbox.sqlite", max_mb=64, clock=clock)


def test_an_outbox_that_cannot_be_opened_stops_the_agent(tmp_path: Path, clock: HandClock) -> None:
    """A folder in the file's place is told, not overwritten."""
    (tmp_path / "outbox.sqlite").mkdir()
    with pytest.raises(StopError, match="cannot be opened"):
        Outbox(tmp_path / "outbox.sqlite", max_mb=64, clock=clock)


def test_connection_numbers_only_rise(opened: Opener, tmp_path: Path, clock: HandClock) -> None:
    """Over restarts, a lost file and a clock gone back, each connection has a higher number."""
    box = opened()
    numbers = [box.next_connection(), box.next_connection()]
    box.close()
    clock.wall_ms -= DAY_S * 1000
    box = opened()
    numbers.append(box.next_connection())
    box.close()
    (tmp_path / "outbox.sqlite").unlink()
    clock.pass_s(2 * DAY_S)
    box = opened()
    numbers.append(box.next_connection())
    with refusing_disk():
        numbers.append(box.next_connection())
    assert numbers == sorted(set(numbers))


def test_closing_commits(opened: Opener, clock: HandClock) -> None:
    """An orderly end loses nothing, also when it is asked for twice."""
    box = opened()
    box.put(reading())
    box.close()
    box.close()
    assert claimed(opened(), clock) == [1]


def test_a_lowered_bound_ends_growth(opened: Opener, clock: HandClock, tmp_path: Path) -> None:
    """A file larger than a lowered max_mb still serves, and stays as large as it is."""
    box = opened(max_mb=8)
    backlog(box, clock, 20)
    box.close()
    size = (tmp_path / "outbox.sqlite").stat().st_size
    again = opened(max_mb=1)
    backlog(again, clock, 20)
    (gap,) = claim(again, clock).gaps
    assert (gap.first, gap.last) == (1, again.evicted)
    assert again.depth() == 20_000 - again.evicted
    again.close()
    assert 1024 * 1024 < (tmp_path / "outbox.sqlite").stat().st_size <= size


def test_many_threads_lose_nothing(box: Outbox, clock: HandClock) -> None:
    """Polling, committing and settling at the same time neither loses nor repeats a number."""
    done = threading.Event()
    taken: list[list[int]] = [[] for _ in range(4)]

    def poll(seqs: list[int]) -> None:
        for _ in range(500):
            seqs.append(box.put(reading()))

    def settle() -> None:
        while box.depth() or not done.is_set():
            for row in claim(box, clock).live:
                box.settle(Receipt("a", box.epoch, ((row.seq, row.seq),)))

    pollers = [threading.Thread(target=poll, args=(seqs,)) for seqs in taken]
    settler = threading.Thread(target=settle)
    for thread in [*pollers, settler]:
        thread.start()
    while any(thread.is_alive() for thread in pollers):
        box.commit()
    box.commit()
    done.set()
    settler.join(30)
    assert box.depth() == 0
    assert sorted(seq for seqs in taken for seq in seqs) == list(range(1, 2001))


def test_claiming_and_settling_are_fast_with_a_long_backlog(box: Outbox, clock: HandClock) -> None:
    """With 100,000 rows waiting, a claim or a receipt of 1000 takes milliseconds."""
    for i in range(100_000):
        box.put(reading(NOON_MS - 10**9 + i))
    box.commit()
    spans = []
    for _ in range(5):
        start = time.perf_counter()
        given = claim(box, clock, 1000).back
        box.settle(Receipt("a", box.epoch, ((given[0].seq, given[-1].seq),)))
        spans.append(time.perf_counter() - start)
    assert box.depth() == 95_000
    assert min(spans) < 0.1


def test_the_clock_state_is_one_of_the_words() -> None:
    """What the kernel says of its clock is told in the contract's words."""
    assert clock_state() in CLOCK_STATES


def test_the_file_is_as_durable_as_promised(box: Outbox, tmp_path: Path) -> None:
    """WAL with full synchronisation: what else would lose rows at a power cut."""
    db = file.open_file(tmp_path / "other.sqlite", 64, NOON_MS)
    assert db.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert db.execute("PRAGMA synchronous").fetchone() == (2,)
    db.close()


def test_the_row_is_plain() -> None:
    """A row has the fields that a message needs, and nothing else."""
    assert Row._fields == ("seq", "boot", "clock", "site", "meter", "at_ms", "quantities")


@pytest.fixture(autouse=True)
def _quiet(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, logger="edge_agent")


class OutboxMachine(RuleBasedStateMachine):
    """Any order of what can happen to an outbox, beside a model of what it owes."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="outbox-"))
        self.clock = HandClock()
        self.box = Outbox(self.folder / "0" / "outbox.sqlite", max_mb=64, clock=self.clock)
        self.runs = 0
        self.connection = 1
        self.uncommitted: list[int] = []
        self.owed: set[int] = set()
        self.receipted: set[int] = set()
        self.in_flight: dict[int, float] = {}

    @rule(count=integers(1, 5), age_s=sampled_from([0, 30, 3600]))
    def put(self, count: int, age_s: int) -> None:
        """Take readings: each number is above all before it."""
        for _ in range(count):
            seq = self.box.put(reading(self.clock.now_ms() - 1000 * age_s))
            seen = self.owed | self.receipted | set(self.uncommitted)
            assert seq > max(seen, default=0)
            self.uncommitted.append(seq)

    @rule()
    def commit(self) -> None:
        """Make durable exactly what was taken since the last time."""
        assert self.box.commit() == len(self.uncommitted)
        self._committed()

    @rule()
    def commit_to_a_refusing_disk(self) -> None:
        """A commit that fails takes nothing away; receipts and claims may be forgotten by it."""
        if self.uncommitted:
            with refusing_disk():
                assert self.box.commit() == 0
            self._forget_receipts()
            self.in_flight.clear()

    @rule(limit=integers(1, 20))
    def claim(self, limit: int) -> None:
        """What is given out is owed, durable, not in flight, and never given twice at a time."""
        given = claimed(self.box, self.clock, limit, self.connection)
        now_s = self.clock.monotonic_s()
        free = {s for s in self.owed if now_s - self.in_flight.get(s, -1e9) >= 60}
        assert set(given) <= free
        assert len(set(given)) == len(given)
        self.in_flight |= dict.fromkeys(given, now_s)

    @rule(first=integers(1, 60), length=integers(0, 30))
    def receipt(self, first: int, length: int) -> None:
        """A receipt settles what is owed in its range and nothing else."""
        named = {s for s in self.owed if first <= s <= first + length}
        receipt = Receipt("a", self.box.epoch, ((first, first + length),))
        assert self.box.settle(receipt).stored == len(named)
        self.owed -= named
        self.receipted |= named

    @rule(seconds=sampled_from([1, 30, 61, 1000]))
    def time_passes(self, seconds: int) -> None:
        """Waiting alone changes nothing that is owed."""
        self.clock.pass_s(seconds)

    @rule()
    def reconnect(self) -> None:
        """On a new connection nothing is in flight."""
        self.connection += 1
        self.in_flight.clear()

    @rule()
    def restart(self) -> None:
        """An orderly end makes all durable."""
        self.box.close()
        self._committed()
        self._open(self.folder / str(self.runs))

    @rule()
    def power_cut(self) -> None:
        """A crash costs the uncommitted, and may bring settled rows back."""
        new = self.folder / str(self.runs + 1)
        crashed_copy(self.folder / str(self.runs) / "outbox.sqlite", new)
        self.box.close()
        self.runs += 1
        self.uncommitted.clear()
        self._open(new)
        self._forget_receipts()

    @invariant()
    def nothing_is_lost(self) -> None:
        """The depth is what is owed and what is not yet durable."""
        assert self.box.depth() == len(self.owed) + len(self.uncommitted)

    def teardown(self) -> None:
        """In the end, everything owed is given out once a connection is new."""
        self.commit()
        assert set(claimed(self.box, self.clock, connection=-1)) == self.owed
        self.box.close()
        shutil.rmtree(self.folder)

    def _open(self, folder: Path) -> None:
        self.box = Outbox(folder / "outbox.sqlite", max_mb=64, clock=self.clock)
        self.in_flight.clear()

    def _committed(self) -> None:
        self.owed |= set(self.uncommitted)
        self.uncommitted.clear()
        self.receipted.clear()

    def _forget_receipts(self) -> None:
        self.owed |= self.receipted
        self.receipted.clear()


OutboxMachine.TestCase.settings = settings(max_examples=25, stateful_step_count=40, deadline=None)
TestOutboxMachine = OutboxMachine.TestCase
