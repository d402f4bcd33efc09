"""The station for a busy collector: three batches at once, and the same promises."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from collector.errors import RetryLaterError, StopError
from collector.ingest import Conveyor, IngestReport
from collector.ingest import conveyor as conveyor_module
from collector.state import open_state
from collector.storage.port import Columns, Refused, Write
from collector.storage.sqlite import SqliteStore
from edge_agent.contract.wire import Receipt
from tests.collector.test_ingest import (
    ENERGY,
    NOW_MS,
    FakeInlet,
    PowerCut,
    StandingClock,
    changed,
    message,
)


class SlowStore(SqliteStore):
    """A store whose writes wait for a sign, and raise what they are told to."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.go_on = threading.Event()
        self.go_on.set()
        self.begun = threading.Event()
        self.faults: list[Exception | None] = []
        self.at_once, self.most_at_once = 0, 0

    def ready(self, columns: Sequence[Columns]) -> Write:
        """Make a write ready that waits."""
        write = super().ready(columns)

        def waiting() -> Sequence[Refused]:
            self.at_once += 1
            self.most_at_once = max(self.most_at_once, self.at_once)
            self.begun.set()
            assert self.go_on.wait(20)
            self.at_once -= 1
            if self.faults and (fault := self.faults.pop(0)) is not None:
                raise fault
            return write()

        return waiting


class Belt:
    """A conveyor on a slow store."""

    def __init__(self, folder: Path) -> None:
        self.inlet = FakeInlet()
        self.store = SlowStore(folder / "store.sqlite")
        self.store.check()
        self.state = open_state(folder / "state")
        self.conveyor = Conveyor(self.inlet, self.store, self.state, StandingClock())

    def stored(self) -> list[float]:
        """Answer the energy samples in the store."""
        return [wh for _, wh in self.store.read_series("sendai", "press", ENERGY, 0, 2**60)]

    def drain(self) -> list[IngestReport]:
        """Step until everything is acknowledged or a fault is told; answers what was told."""
        reports: list[IngestReport] = []
        for _ in range(50):
            report = self.conveyor.step()
            if report != IngestReport():
                reports.append(report)
            if report.fault or (not self.inlet.queue and self._idle()):
                return reports
        raise AssertionError("the conveyor does not come to an end")

    def _idle(self) -> bool:
        conveyor = self.conveyor
        return conveyor._opened is None and conveyor._flight is None


@pytest.fixture
def belt(tmp_path: Path) -> Iterator[Belt]:
    """Make a conveyor on an empty folder."""
    made = Belt(tmp_path)
    yield made
    made.store.go_on.set()
    made.conveyor.close()
    made.store.close()
    made.state.database.close()


@pytest.fixture(autouse=True)
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two messages of three readings fill a batch."""
    monkeypatch.setattr(conveyor_module, "MAX_VALUES", 6)
    monkeypatch.setattr(conveyor_module, "TAKEN_AT_ONCE", 1)


def bring(belt: Belt, count: int, first: int = 1) -> None:
    """Let messages arrive, each of three readings, a minute apart."""
    for n in range(first, first + count):
        seq = 3 * (n - 1) + 1
        belt.inlet.bring(message(seq, at_ms=NOW_MS - 3_600_000 + 60_000 * n))


def test_everything_is_stored_receipted_and_acknowledged_in_order(belt: Belt) -> None:
    """Seven messages are four batches; receipts go out in the order of arrival."""
    bring(belt, 7)
    sent = list(belt.inlet.queue)
    reports = belt.drain()
    assert belt.stored() == [float(n) for n in range(1, 22)]
    assert [receipt.stored for receipt in belt.inlet.receipts] == [
        ((1, 6),),
        ((7, 12),),
        ((13, 18),),
        ((19, 21),),
    ]
    assert belt.inlet.acked == sent
    assert sum(report.messages for report in reports) == 7
    assert sum(report.readings_stored for report in reports) == 21
    assert belt.state.received.ranges("pi-1", "e1") == ((1, 21),)


def test_nothing_to_do_is_an_empty_report(belt: Belt) -> None:
    """Without a message nothing is written."""
    assert belt.conveyor.step() == IngestReport()
    assert not belt.store.begun.is_set()


def test_nothing_is_receipted_before_the_store_has_answered(belt: Belt) -> None:
    """While the write is under way messages are opened, and none of them is answered."""
    belt.store.go_on.clear()
    bring(belt, 4)
    assert belt.conveyor.step() == IngestReport(), "the first batch is on its way"
    thread = threading.Thread(target=belt.conveyor.step)
    thread.start()
    assert belt.store.begun.wait(10)
    assert belt.inlet.log == []
    belt.store.go_on.set()
    thread.join(10)
    belt.drain()
    assert belt.store.most_at_once == 1
    assert len(belt.inlet.acked) == 4


@pytest.mark.parametrize("good_writes", [0, 1, 2])
def test_a_store_that_goes_away_loses_nothing(belt: Belt, good_writes: int) -> None:
    """All that was under way is back in the inlet in its order, and stored when it is back."""
    bring(belt, 8)
    sent = list(belt.inlet.queue)
    belt.store.faults = [*[None] * good_writes, RetryLaterError("store is down", "start it")]
    reports = belt.drain()
    assert reports[-1] == IngestReport(fault="store is down (start it)")
    done = len(belt.inlet.acked)
    assert done == 2 * good_writes
    assert belt.inlet.queue == sent[done:]
    belt.drain()
    assert belt.stored() == [float(n) for n in range(1, 25)]
    assert belt.inlet.acked == sent


@pytest.mark.parametrize("fault", [StopError("token refused", "renew it"), RuntimeError("a bug")])
def test_what_needs_a_person_goes_on_to_the_caller(belt: Belt, fault: Exception) -> None:
    """The batches are in the inlet as before."""
    bring(belt, 4)
    sent = list(belt.inlet.queue)
    belt.store.faults = [fault]
    with pytest.raises(type(fault)):
        belt.drain()
    assert (belt.inlet.queue, belt.inlet.log) == (sent, [])


@pytest.mark.parametrize("error", [RetryLaterError("state is locked"), PowerCut()])
def test_a_state_that_cannot_be_written_gives_two_batches_back(
    belt: Belt, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    """The next batch is in the store by then; neither is receipted, and both come again."""

    def fail(*_: object) -> None:
        raise error

    bring(belt, 4)
    sent = list(belt.inlet.queue)
    with monkeypatch.context() as patch:
        patch.setattr(type(belt.state.arrivals), "note", fail)
        if isinstance(error, RetryLaterError):
            assert belt.drain()[-1].fault == "state is locked"
        else:
            with pytest.raises(PowerCut):
                belt.drain()
    assert (belt.inlet.queue, belt.inlet.log) == (sent, [])
    belt.drain()
    assert belt.inlet.acked == sent
    assert belt.stored() == [float(n) for n in range(1, 13)]
    assert belt.inlet.receipts == [
        Receipt("pi-1", "e1", ((1, 6),)),
        Receipt("pi-1", "e1", ((7, 12),)),
    ]


def test_poison_is_put_aside_and_the_rest_of_its_batch_is_stored(belt: Belt) -> None:
    """An unreadable message and a reading from the future hold up nothing."""
    belt.inlet.bring(b"poison")
    belt.inlet.bring(changed(message(1), at=[NOW_MS - 2, NOW_MS + 10**9, NOW_MS - 1]))
    bring(belt, 1, first=2)
    reports = belt.drain()
    assert sum(report.dead_letters for report in reports) == 2
    assert belt.stored() == [4.0, 5.0, 6.0, 1.0, 3.0]
    assert len(belt.inlet.acked) == 3


def test_close_gives_back_what_was_not_kept(belt: Belt) -> None:
    """What was written and not answered comes again: a repeat, not a loss."""
    bring(belt, 2)
    sent = list(belt.inlet.queue)
    belt.conveyor.step()
    belt.conveyor.close()
    belt.conveyor.close()
    assert belt.inlet.queue == sent
    assert belt.inlet.log == []
