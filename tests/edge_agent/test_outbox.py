"""The outbox: what it takes it keeps, until the collector's receipt."""

from __future__ import annotations

import errno
import logging
import threading
import time
from pathlib import Path

import pytest

from edge_agent.contract.wire import CLOCK_STATES, Receipt, Rejected
from edge_agent.errors import StopError
from edge_agent.outbox import Outbox, Row, clock_state, eviction, file, lanes, memory, rows
from edge_agent.words import in_language
from tests.edge_agent.delivery import NOON_MS, HandClock, reading
from tests.edge_agent.outboxes import (
    DAY_S,
    Opener,
    asked,
    claim,
    claimed,
    crashed_copy,
    damage,
    delivered,
    fill,
    refusing_disk,
)


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
    assert row.values() == {"active_power_w": 0.1, "active_energy_import_wh": 123456.0}
    assert len(row.boot) == 36


def test_a_value_that_is_not_finite_is_refused(box: Outbox) -> None:
    """NaN never enters the outbox, where it would block its message for ever."""
    with pytest.raises(ValueError, match="not a finite number"):
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
    delivered(box, clock, 1, last)
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
    monkeypatch.setattr(lanes, "BACK_IN_FLIGHT", 10)
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
    assert delivered(box, clock, seqs[0], seqs[-1]).stored == 3
    assert box.settle(Receipt("a", box.epoch, ((seqs[0], seqs[-1]),))).stored == 0
    assert box.depth() == 0


def test_a_receipt_for_another_epoch_settles_nothing(box: Outbox, clock: HandClock) -> None:
    """The numbers of a lost outbox say nothing about this one."""
    fill(box, 3, clock)
    claimed(box, clock)
    assert box.settle(Receipt("a", "another-epoch", ((1, 100),))).stored == 0
    assert box.depth() == 3


def test_refused_readings_are_kept_with_the_reason(
    box: Outbox, clock: HandClock, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A refusal is told once, marks the rows and keeps them for a month."""
    seqs = fill(box, 3, clock)
    claimed(box, clock)
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
    delivered(box, clock, seqs[0], seqs[0])
    box.commit()
    left = []
    for days in (6, 2):
        clock.pass_s(days * DAY_S)
        fill(box, 1, clock)
        left += asked(tmp_path, f"SELECT count(*) FROM reading WHERE state = {rows.SETTLED}")
    assert left == [(1,), (0,)]


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
    assert delivered(box, clock, 1, 2).stored == 2
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
    seqs = fill(box, 4000, clock, age_s=3600)
    monkeypatch.setattr(eviction, "free_pages", lambda _db: 10**9)
    more = [box.put(reading()) for _ in range(4000)]
    assert box.commit() < 4000
    assert "disk is full (free space on that disk" in caplog.text
    assert box.depth() == 8000
    monkeypatch.undo()
    assert delivered(box, clock, seqs[0], seqs[-1]).stored == 4000
    assert box.commit() > 0
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
    assert "に書き込めません: " in in_language(box.last_fault, "ja")
    assert "そのディスクを点検してください" in in_language(box.last_fault, "ja")
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
    db = file.open_file(tmp_path / "other.sqlite", 64, NOON_MS).db
    assert db.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert db.execute("PRAGMA synchronous").fetchone() == (2,)
    db.close()


def test_the_row_is_plain() -> None:
    """A row has the fields that a message needs, and the monotonic time of its poll."""
    fields = ("seq", "boot", "clock", "site", "meter", "at_ms", "quantities", "mono_ms")
    assert tuple(Row._fields) == fields


@pytest.fixture(autouse=True)
def _quiet(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, logger="edge_agent")
