"""Any order of what can happen to an outbox, and the ledger that must come out even."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from hypothesis.strategies import integers, sampled_from

from edge_agent.contract.reading import Reading
from edge_agent.contract.wire import Receipt
from edge_agent.outbox import GapRow, Outbox, Row
from tests.edge_agent.delivery import HandClock, reading
from tests.edge_agent.outboxes import (
    DAY_S,
    asked,
    claim,
    claimed,
    crashed_copy,
    numbers_in,
    refusing_disk,
)


class OutboxMachine(RuleBasedStateMachine):
    """Any order of what can happen to an outbox, beside a model of what it owes."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="outbox-"))
        self.clock = HandClock()
        self.box = Outbox(self.folder / "0" / "outbox.sqlite", max_mb=64, clock=self.clock)
        self.runs = 0
        self.connection = 1
        self.named = 0
        self.uncommitted: list[int] = []
        self.owed: set[int] = set()
        self.receipted: set[int] = set()
        self.in_flight: dict[int, float] = {}
        self.handed: set[int] = set()

    @rule(count=integers(1, 5), age_s=sampled_from([0, 30, 3600]))
    def put(self, count: int, age_s: int) -> None:
        """Take readings: each number is above all before it, and above all a receipt has named."""
        for _ in range(count):
            seq = self.box.put(reading(self.clock.now_ms() - 1000 * age_s))
            seen = self.owed | self.receipted | set(self.uncommitted) | {self.named}
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
            self.handed.clear()
            self.named = 0

    @rule(limit=integers(1, 20))
    def claim(self, limit: int) -> None:
        """What is given out is owed, durable, not in flight, and never given twice at a time."""
        given = claimed(self.box, self.clock, limit, self.connection)
        now_s = self.clock.monotonic_s()
        free = {s for s in self.owed if now_s - self.in_flight.get(s, -1e9) >= 60}
        assert set(given) <= free
        assert len(set(given)) == len(given)
        self.in_flight |= dict.fromkeys(given, now_s)
        self.handed |= set(given)

    @rule(first=integers(1, 60), length=integers(0, 30))
    def receipt(self, first: int, length: int) -> None:
        """A receipt settles what was sent and is owed in its range, and nothing else."""
        named = {s for s in self.owed & self.handed if first <= s <= first + length}
        self.named = max(self.named, first + length)
        receipt = Receipt("a", self.box.epoch, ((first, first + length),))
        assert self.box.settle(receipt).stored == len(named)
        self.owed -= named
        self.receipted |= named

    @rule(first=integers(1, 60), length=integers(0, 30))
    def unheard(self, first: int, length: int) -> None:
        """What nobody heard is still owed, and goes again after some seconds."""
        seqs = range(first, first + length)
        self.box.unheard(seqs, self.clock.monotonic_s())
        for seq in self.in_flight.keys() & set(seqs):
            self.in_flight[seq] = min(self.in_flight[seq], self.clock.monotonic_s() - 55)

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
        self.named = 0  # it was not durable yet
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
        self.handed.clear()

    def _committed(self) -> None:
        self.owed |= set(self.uncommitted)
        self.uncommitted.clear()
        self.receipted.clear()

    def _forget_receipts(self) -> None:
        self.owed |= self.receipted
        self.receipted.clear()


OutboxMachine.TestCase.settings = settings(max_examples=25, stateful_step_count=40, deadline=None)
TestOutboxMachine = OutboxMachine.TestCase


class LedgerMachine(RuleBasedStateMachine):
    """A small outbox that overflows, ages, crashes and is asked again, beside a collector's ledger.

    Every number that was durable once is stored, waiting or in a gap record, and a number that
    anyone has seen means one reading for ever.
    """

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="ledger-"))
        self.clock = HandClock()
        self.runs = self.poll = 0
        self.connection = 1
        self.pending: dict[int, int] = {}
        self.durable: dict[int, int] = {}
        self.seen: dict[int, int] = {}
        self.stored: set[int] = set()
        self.told: set[int] = set()
        self._open()
        self.epoch = self.box.epoch

    @rule(count=sampled_from([1, 300, 900]), age_s=sampled_from([0, 3600, 90_000]))
    def put(self, count: int, age_s: int) -> None:
        """Take readings of meters with and without a counter; each is told by one value."""
        for _ in range(count):
            self.poll += 1
            values = {"active_power_w": float(self.poll)}
            if self.poll % 3:
                values["active_energy_import_wh"] = float(self.poll)
            at_ms = self.clock.now_ms() - 1000 * age_s + self.poll
            meter = f"m{self.poll % 3}"
            self.pending[self.box.put(Reading("sendai", meter, at_ms, values))] = at_ms

    @rule()
    def commit(self) -> None:
        """What a commit calls durable is, and no number of it was ever seen as another reading."""
        assert self.box.commit() == len(self.pending)
        assert not self.pending.keys() & self.durable.keys()
        self.durable |= self.pending
        self.pending.clear()

    @rule()
    def commit_to_a_refusing_disk(self) -> None:
        """Nothing is lost when the disk refuses."""
        if self.pending:
            with refusing_disk():
                assert self.box.commit() == 0

    @rule(limit=sampled_from([1, 50, 5000]), answer=sampled_from(["all", "half", "none"]))
    def send(self, limit: int, answer: str) -> None:
        """Send some; the collector stores what arrives and its receipt may be lost."""
        given = claim(self.box, self.clock, limit, self.connection)
        rows = given.live + given.back
        for row in rows:
            self._see(row)
        for gap in given.gaps:
            self._hear(gap)
        self.stored |= {row.seq for row in rows}
        answered = {"all": rows, "half": rows[::2], "none": ()}[answer]
        numbers = tuple((row.seq, row.seq) for row in answered)
        numbers += tuple((gap.first, gap.last) for gap in given.gaps if answer == "all")
        self.box.settle(Receipt("a", self.epoch, numbers))

    @rule(first=integers(1, 3000), length=sampled_from([0, 40, 2000]))
    def ask_again(self, first: int, length: int) -> None:
        """The collector's database was restored: it asks for what it had."""
        self.box.resend(self.epoch, first, first + length)

    @rule(seconds=sampled_from([1, 61, 3600, 4 * DAY_S]))
    def time_passes(self, seconds: int) -> None:
        """Readings age."""
        self.clock.pass_s(seconds)

    @rule(days=sampled_from([-400, -1, 1, 400]))
    def the_clock_jumps(self, days: int) -> None:
        """The wall clock steps; nothing that was taken depends on it."""
        self.clock.wall_ms = max(self.clock.wall_ms + days * DAY_S * 1000, 10**9)

    @rule()
    def reconnect(self) -> None:
        """On a new connection everything without a receipt may go again."""
        self.connection += 1

    @rule()
    def power_cut(self) -> None:
        """The files as they are at this instant; what was not committed may be gone."""
        crashed_copy(self._path(), self.folder / str(self.runs + 1))
        self.box.close()
        self.runs += 1
        self.pending.clear()
        self._open()

    @rule()
    def restart(self) -> None:
        """An orderly end makes all durable."""
        self.box.close()
        self.durable |= self.pending
        self.pending.clear()
        self._open()

    @invariant()
    def every_number_is_accounted_for(self) -> None:
        """Stored, waiting or in a gap record: nothing else ever happens to a reading."""
        folder = self._path().parent
        kept = {seq for (seq,) in asked(folder, "SELECT seq FROM reading")}
        gaps = asked(folder, "SELECT first, last, reason, epoch FROM gap")
        explained = set(numbers_in([GapRow(*gap) for gap in gaps]))  # type: ignore[arg-type]
        assert self.durable.keys() <= kept | explained | self.stored | self.told
        assert kept.isdisjoint(explained)

    @rule()
    def look_at_the_depth(self) -> None:
        """The figure that people see is counted, not guessed."""
        self.box.commit()
        self.durable |= self.pending
        self.pending.clear()
        (count,) = asked(self._path().parent, "SELECT count(*) FROM reading WHERE state = 0")
        assert self.box.depth() == count[0]

    def teardown(self) -> None:
        """The file has kept its bound."""
        self.box.close()
        assert self._path().stat().st_size <= 0.4 * 1024 * 1024
        shutil.rmtree(self.folder)

    def _see(self, row: Row) -> None:
        assert self.seen.setdefault(row.seq, row.at_ms) == row.at_ms
        assert self.durable[row.seq] == row.at_ms

    def _hear(self, gap: GapRow) -> None:
        self.told |= set(range(gap.first, gap.last + 1))

    def _path(self) -> Path:
        return self.folder / str(self.runs) / "outbox.sqlite"

    def _open(self) -> None:
        self.box = Outbox(self._path(), max_mb=0.4, max_days=3, clock=self.clock)


LedgerMachine.TestCase.settings = settings(max_examples=15, stateful_step_count=40, deadline=None)
TestLedgerMachine = LedgerMachine.TestCase
