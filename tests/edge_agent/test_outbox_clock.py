"""Readings taken by a clock that nobody has set: held, re-timed, or placed and marked."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from edge_agent.contract.wire import ClockState, Receipt
from edge_agent.outbox import Outbox, Row, memory, timing
from tests.edge_agent.delivery import HandClock, reading, wait_until
from tests.edge_agent.outboxes import claim, crashed_copy

NOW_MS = 1_800_000_000_000
"""2027-01-15: later than any fixed instant in the code."""
LATE_MS = 3 * 86_400_000
"""By how much a board without a clock is behind when it starts."""


@pytest.fixture(autouse=True)
def _quiet(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, logger="edge_agent")


@dataclass
class Board:
    """A machine without a clock of its own; ``true_ms`` is what the time really is."""

    folder: Path
    monkeypatch: pytest.MonkeyPatch
    wait_s: float = 900.0
    true_ms: int = NOW_MS

    def start(self, boot: str, state: ClockState = "unsynchronised") -> None:
        """Boot: the clock starts behind, unless it is right, and monotonic time at ten seconds."""
        self.monkeypatch.setattr(memory, "boot_id", lambda: boot)
        self.state = state
        wall_ms = self.true_ms - (LATE_MS if state == "unsynchronised" else 0)
        self.clock = HandClock(wall_ms, 10.0)
        self.open()

    def open(self) -> None:
        """Start the agent."""
        path = self.folder / "outbox.sqlite"
        self.box = Outbox(path, max_mb=8, clock=self.clock, wait_s=self.wait_s)

    def off(self, seconds: float) -> None:
        """End the agent and leave the machine without power for a while."""
        self.box.close()
        self.true_ms += int(seconds * 1000)

    def poll(self, count: int, every_s: float = 10.0) -> list[int]:
        """Take readings, a commit each; returns the true instants."""
        instants = []
        for _ in range(count):
            self.pass_s(every_s)
            instants.append(self.true_ms)
            self.box.put(reading(self.clock.now_ms()), self.state, self.clock.monotonic_s())
            self.commit()
        return instants

    def commit(self) -> None:
        """Commit, as the agent does."""
        self.box.note_clock(self.state)
        self.box.commit()

    def pass_s(self, seconds: float) -> None:
        """Time goes by."""
        self.clock.pass_s(seconds)
        self.true_ms += int(seconds * 1000)

    def synchronise(self) -> None:
        """NTP tells the time."""
        self.clock.wall_ms = self.true_ms
        self.state = "synchronised"
        self.commit()

    def sent(self, settle: bool = True) -> list[Row]:
        """What goes out now, by its number, and its receipt."""
        given = claim(self.box, self.clock)
        rows = sorted(given.live + given.back)
        for row in rows if settle else []:
            self.box.settle(Receipt("a", self.box.epoch, ((row.seq, row.seq),)))
        self.box.commit()
        return rows


@pytest.fixture
def board(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Board]:
    """A board that was never started."""
    made = Board(tmp_path, monkeypatch)
    yield made
    made.box.close()


def instants(rows: list[Row]) -> list[int]:
    """Their instants."""
    return [row.at_ms for row in rows]


def clocks(rows: list[Row]) -> set[str]:
    """Their clock states."""
    return {row.clock for row in rows}


def test_readings_wait_for_the_clock_and_get_their_instants(board: Board) -> None:
    """No reading goes out under the wrong time; once NTP has told it, each has its own."""
    board.start("one")
    taken = board.poll(20)
    assert board.sent() == []
    assert board.box.depth() == 20
    board.synchronise()
    rows = board.sent()
    assert instants(rows) == taken
    assert clocks(rows) == {"synchronised"}
    assert instants(board.sent()) == []
    assert instants(board.sent()) == []
    assert board.box.depth() == 0


def test_the_clock_becomes_right_between_poll_and_commit(board: Board) -> None:
    """A reading stamped just before the step is on the new time as well."""
    board.start("one")
    board.pass_s(10)
    board.box.put(reading(board.clock.now_ms()), "synchronised", board.clock.monotonic_s())
    first = board.true_ms
    board.pass_s(10)
    board.box.put(reading(board.clock.now_ms()), "unsynchronised", board.clock.monotonic_s())
    board.synchronise()
    assert instants(board.sent()) == [first, board.true_ms]
    late = board.true_ms
    board.box.put(reading(late - LATE_MS), "unsynchronised", board.clock.monotonic_s())
    board.commit()
    assert instants(board.sent()) == [late]


def test_a_power_cut_while_waiting_loses_nothing(board: Board, tmp_path: Path) -> None:
    """What waits for its instant is on the disk, and the next process of this boot re-times it."""
    board.start("one")
    taken = board.poll(5)
    crashed_copy(tmp_path / "outbox.sqlite", tmp_path / "crash")
    board.box.close()
    board.folder = tmp_path / "crash"
    board.open()
    assert board.box.depth() == 5
    board.synchronise()
    assert instants(board.sent()) == taken


def test_a_reboot_without_a_clock_places_between_neighbours(board: Board) -> None:
    """Readings of a boot that never knew the time lie between those before and after, marked."""
    board.start("one", "synchronised")
    before = board.poll(3)
    board.sent()
    board.off(3600)
    board.start("two")
    taken = board.poll(10)
    board.off(3600)
    board.start("three")
    after = board.poll(3)
    board.synchronise()
    rows = board.sent()
    assert instants(rows)[10:] == after
    assert clocks(rows[10:]) == {"synchronised"}
    placed = instants(rows)[:10]
    assert clocks(rows[:10]) == {"estimated"}
    assert before[-1] < placed[0] < placed[-1] < after[0]
    assert [at - placed[0] for at in placed] == [at - taken[0] for at in taken]


def test_what_is_salvaged_waits_for_its_instant_too(board: Board, tmp_path: Path) -> None:
    """Readings without an instant, out of a damaged file, are placed before they are sent."""
    board.start("one")
    board.poll(5)
    board.off(60)
    (tmp_path / "outbox.sqlite").rename(tmp_path / "outbox.damaged-1.sqlite")
    board.start("two")
    wait_until(lambda: board.box.depth() == 5 and not list(tmp_path.glob("*.damaged-*")))
    assert board.sent() == []
    board.synchronise()
    rows = board.sent()
    assert clocks(rows) == {"estimated"}
    assert len(rows) == 5
    assert min(instants(rows)) > timing.NOT_BEFORE_MS


def test_two_boots_without_a_clock_keep_their_order(board: Board) -> None:
    """Several dark boots in a row are placed one after the other."""
    board.start("one")
    board.poll(5)
    board.off(60)
    board.start("two")
    board.poll(5)
    board.off(60)
    board.start("three", "synchronised")
    after = board.poll(1)
    placed = instants(board.sent())
    assert placed == sorted(set(placed))
    assert placed[-1] == after[0]
    assert len(placed) == 11


def test_without_any_hope_readings_are_sent_as_estimates(
    board: Board, caplog: pytest.LogCaptureFixture
) -> None:
    """A plant without a time server still delivers after wait_s, marked, and says so once."""
    board.start("one")
    board.poll(89)
    assert board.sent() == []
    board.poll(3)
    rows = board.sent()
    assert len(rows) == 92
    board.poll(5)
    more = board.sent()
    assert clocks(rows + more) == {"estimated"}
    spans = {b - a for a, b in zip(instants(rows + more), instants(rows + more)[1:], strict=False)}
    assert spans == {10_000}
    assert caplog.text.count("nobody tells this machine the time") == 1


def test_an_estimate_is_never_before_what_was_sent(board: Board) -> None:
    """A board that starts days behind does not write into the past that it has sent already."""
    board.start("one", "synchronised")
    before = board.poll(3)
    board.sent()
    board.off(60)
    board.start("two")
    board.poll(92)
    placed = instants(board.sent())
    assert before[-1] < placed[0]
    board.box.close()
    board.open()
    board.poll(3)
    assert instants(board.sent())[0] == placed[-1] + 10_000


def test_a_new_board_in_1970_sends_nothing_of_1970(board: Board) -> None:
    """With no neighbour at all an estimate is not older than the program."""
    board.true_ms = LATE_MS + 5_000
    board.start("one")
    board.poll(92)
    assert min(instants(board.sent())) > timing.NOT_BEFORE_MS


def test_what_was_sent_stays_when_the_clock_comes(board: Board) -> None:
    """An estimate that went out is sent again as it was; only later readings are on time."""
    board.start("one")
    board.poll(92)
    rows = board.sent(settle=False)
    board.synchronise()
    after = board.poll(1)
    board.pass_s(61)
    again = board.sent()
    assert again[:92] == rows
    assert instants(again[92:]) == after
    assert clocks(again[92:]) == {"synchronised"}


def test_nothing_is_estimated_while_nobody_could_take_it(board: Board) -> None:
    """Days without a network are exact afterwards: an estimate is made only to be sent."""
    board.start("one")
    taken = board.poll(200)
    board.synchronise()
    rows = board.sent()
    assert instants(rows) == taken
    assert clocks(rows) == {"synchronised"}


def test_a_clock_that_was_right_once_is_not_doubted(board: Board) -> None:
    """NTP lost for hours means drift, not a wrong clock: readings go on, marked."""
    board.start("one", "synchronised")
    board.poll(1)
    board.state = "unsynchronised"
    taken = board.poll(2)
    rows = board.sent()
    assert instants(rows)[1:] == taken
    assert clocks(rows[1:]) == {"unsynchronised"}
    board.box.close()
    board.open()
    assert board.poll(1) == instants(board.sent())


def test_a_clock_nobody_can_judge_is_taken_as_it_is(board: Board) -> None:
    """Where the kernel tells nothing, readings go out at once, as unknown."""
    board.start("one")
    board.state = "unknown"
    board.poll(2)
    rows = board.sent()
    assert clocks(rows) == {"unknown"}
    assert len(rows) == 2


@pytest.mark.parametrize("hours", [-1, 24 * 365])
def test_a_step_rewrites_nothing_that_was_taken(board: Board, hours: int) -> None:
    """A wrong step of a clock that calls itself right moves no earlier reading."""
    board.start("one", "synchronised")
    taken = board.poll(3)
    board.clock.wall_ms += hours * 3_600_000
    board.poll(2)
    assert instants(board.sent())[:3] == taken
