"""The schedule under clocks that step, played without a thread: no mark is missed or doubled."""

from __future__ import annotations

import logging
from datetime import datetime
from itertools import pairwise

import pytest
from apscheduler.executors.debug import DebugExecutor
from apscheduler.schedulers.base import BaseScheduler
from hypothesis import given, settings
from hypothesis import strategies as st

from edge_agent.process.progress import Progress
from edge_agent.schedule import KEPT_MARKS, Marks, Schedule, SteadyZone
from tests.edge_agent.delivery import NOON_MS, HandClock

GRAIN_S = 0.125
"""The played scheduler looks so often; a power of two, so that sums are exact."""


class PlayedScheduler(BaseScheduler):  # type: ignore[misc]
    """A scheduler that looks when it is told to, in the caller's thread."""

    def wakeup(self) -> None:
        """Nothing: it looks anyway."""

    def shutdown(self, wait: bool = True) -> None:
        """Nothing: there is no thread."""

    def look(self) -> None:
        """Do what is due."""
        self._process_jobs()


class Played:
    """A schedule with one kind of work, and when that was done: (steady, wall) seconds."""

    def __init__(self, every_s: float, align_s: float = 0.0) -> None:
        self.clock = HandClock()
        self.progress = Progress(self.clock.monotonic_s)
        self.faults: list[tuple[str, str]] = []
        self.done: list[tuple[float, float]] = []
        self.error: Exception | None = None
        self.scheduler = PlayedScheduler()
        self.schedule = Schedule(
            self.clock,
            self.progress,
            lambda name, text: self.faults.append((name, text)),
            scheduler=self.scheduler,
            worker=lambda _: DebugExecutor(),
        )
        self.schedule.add("link lan", self.work, every_s, align_s, within_s=45)
        self.schedule.start()

    def work(self) -> None:
        """Note when."""
        self.done.append((self.clock.monotonic_s(), self.clock.now_ms() / 1000))
        if self.error is not None:
            raise self.error

    def pass_s(self, seconds: float) -> None:
        """Let time go by."""
        for _ in range(round(seconds / GRAIN_S)):
            self.clock.pass_s(GRAIN_S)
            self.scheduler.look()

    def pauses_s(self) -> list[float]:
        """Steady time between one work and the next."""
        steady = [at_s for at_s, _ in self.done]
        return [later - earlier for earlier, later in pairwise(steady)]


@pytest.mark.parametrize(("every_s", "align_s"), [(1.0, 0.0), (10.0, 3.0), (60.0, 0.5)])
def test_work_is_done_at_the_wall_clocks_marks(every_s: float, align_s: float) -> None:
    """Each mark once, none missed, and the same marks whatever the start."""
    played = Played(every_s, align_s)
    played.pass_s(0.25)
    played.pass_s(20 * every_s)
    assert len(played.done) == 20
    assert all((wall_s - align_s) % every_s == 0 for _, wall_s in played.done)
    assert set(played.pauses_s()) == {every_s}


@pytest.mark.parametrize("every_s", [1.0, 10.0, 60.0])
@pytest.mark.parametrize("step_s", [-3_600.0, 365 * 86_400.0, 3_600.0])
def test_a_step_by_whole_intervals_changes_nothing(every_s: float, step_s: float) -> None:
    """An hour back, a year forward: not one mark is missed or doubled."""
    played = Played(every_s)
    played.pass_s(5.5 * every_s)
    played.clock.wall_ms += round(step_s * 1000)
    played.pass_s(20 * every_s)
    assert len(played.done) == 25
    assert set(played.pauses_s()) == {every_s}


@pytest.mark.parametrize("step_s", [-3_607.25, 31_536_003.375, 4.0, -2.5])
def test_after_any_step_the_marks_are_the_new_ones(
    step_s: float, caplog: pytest.LogCaptureFixture
) -> None:
    """No pause grows longer, one may be shorter, then the marks are those of the new clock."""
    played = Played(10.0)
    played.pass_s(55)
    with caplog.at_level(logging.WARNING):
        played.clock.wall_ms += round(step_s * 1000)
        played.pass_s(200)
    pauses_s = played.pauses_s()
    assert max(pauses_s) == 10.0
    assert sum(pause_s < 10.0 for pause_s in pauses_s) <= 2
    assert all(wall_s % 10 < GRAIN_S for _, wall_s in played.done[-15:])
    assert caplog.text.count(f"the clock stepped by {step_s:.1f} s") == 1


@settings(max_examples=40, deadline=None)
@given(
    steps=st.lists(st.tuples(st.integers(1, 200), st.integers(-4_000_000, 40_000_000)), max_size=6)
)
def test_whatever_the_wall_clock_does_no_pause_is_longer(steps: list[tuple[int, int]]) -> None:
    """Any steps at any time (after so many looks, by so many ms): work at least every 5 s.

    But for a tenth of that, by which a mark may come too soon, and the grain of the looks.
    """
    played = Played(5.0)
    for looks, step_ms in steps:
        played.pass_s(looks * GRAIN_S)
        played.clock.wall_ms += step_ms
    played.pass_s(20)
    assert played.done[0][0] <= 1_000 + 5.0
    assert max(played.pauses_s()) <= 5.0 + 0.5 + GRAIN_S
    lived_s = played.clock.monotonic_s() - 1_000
    assert len(played.done) <= lived_s / 5 + 1 + 2 * len(steps)


def test_a_small_correction_back_does_not_double_a_mark(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Right after a mark the clock is set back by a tenth of a second: that mark stays done."""
    played = Played(10.0)
    played.pass_s(10)
    assert len(played.done) == 1
    played.clock.wall_ms -= 100
    played.pass_s(9)
    assert len(played.done) == 1
    played.pass_s(2)
    assert len(played.done) == 2
    assert "stepped" not in caplog.text


def test_a_fault_in_the_work_is_told_once_and_its_end_too(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Work goes on at its marks; the line comes when it begins and when it ends."""
    played = Played(1.0)
    played.error = KeyError("no such block")
    played.pass_s(5)
    assert len(played.done) == 5
    (fault,) = played.faults
    assert fault[0] == "link lan"
    assert "fault in the program: KeyError: 'no such block' (it goes on" in fault[1]
    played.error = None
    played.pass_s(5)
    assert len(played.done) == 10
    assert [record.getMessage() for record in caplog.records][1:] == ["link lan: works again"]


class BusyExecutor(DebugExecutor):  # type: ignore[misc]
    """A worker that takes nothing while it is busy, as APScheduler's own do."""

    busy = False

    def submit_job(self, job: object, run_times: list[datetime]) -> None:
        """Refuse, or work."""
        if self.busy:
            from apscheduler.executors.base import MaxInstancesReachedError

            raise MaxInstancesReachedError(job)
        super().submit_job(job, run_times)


def test_a_mark_left_out_is_told_once_until_many_were_kept(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A worker that is too slow at times makes one line, and one when it has caught up."""
    worker = BusyExecutor()
    clock, done = HandClock(), list[int]()
    scheduler = PlayedScheduler()
    schedule = Schedule(
        clock, Progress(), lambda *_: None, scheduler=scheduler, worker=lambda _: worker
    )
    schedule.add("commit", lambda: done.append(1), 1.0, within_s=45)
    schedule.start()

    def pass_s(seconds: int) -> None:
        for _ in range(seconds):
            clock.pass_s(1)
            scheduler.look()

    for busy in (True, False, True, False):
        worker.busy = busy
        pass_s(5)
    assert caplog.text.count("commit: still busy at the next mark") == 1
    assert "is the disk slow" in caplog.text
    pass_s(KEPT_MARKS)
    assert caplog.text.count("commit: keeps its marks again") == 1


def test_a_worker_proves_that_it_still_takes_work() -> None:
    """Between two far marks the worker is heard of; one that stands still is stuck."""
    played = Played(3_600.0)
    played.pass_s(300)
    assert played.done == []
    assert played.progress.stuck() == ()
    played.clock.pass_s(46)
    assert [stuck.part for stuck in played.progress.stuck()] == ["link lan"]


def test_the_steady_zone_tells_the_steady_clock() -> None:
    """Its now moves with the steady clock alone, however the wall is set."""
    clock = HandClock()
    zone = SteadyZone(clock)
    before = datetime.now(zone)
    clock.wall_ms += 86_400_000
    clock.monotonic += 1.5
    assert (datetime.now(zone) - before).total_seconds() == 1.5
    assert (zone.utcoffset(before), zone.dst(before)) == (zone.dst(None), zone.utcoffset(None))
    assert str(zone.tzname(None)) == "steady"


def test_marks_of_fractions_stay_on_the_clock() -> None:
    """Five marks a second for a day drift by nothing."""
    clock = HandClock()
    marks, zone = Marks(clock, 0.2), SteadyZone(clock)
    for wall_ms in (NOON_MS, NOON_MS + 86_400_000 + 130):
        clock.wall_ms = wall_ms
        now = datetime.now(zone)
        due_ms = wall_ms + (marks.get_next_fire_time(None, now) - now).total_seconds() * 1000
        assert round(due_ms) % 200 == 0
        assert 0 < due_ms - wall_ms <= 200.001


def test_no_mark_comes_too_soon_however_long_the_scheduler_took() -> None:
    """The trigger is asked when the scheduler's ``now`` is old: the mark stays where it is."""
    clock = HandClock()
    zone = SteadyZone(clock)
    asked = datetime.now(zone)
    clock.pass_s(0.25)
    due = Marks(clock, 1.0).get_next_fire_time(None, asked)
    assert (due - asked).total_seconds() == 1.0
