"""Jobs at steady intervals, on the real scheduler, while the wall clock is stepped."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta, tzinfo

import pytest
from apscheduler.schedulers import base

from collector import schedule
from collector.schedule import Every, Schedule
from edge_agent.process.progress import Progress
from tests.collector.agent_side import eventually

START = datetime(2026, 4, 1, tzinfo=UTC)


class Wall:
    """A wall clock that is set back and forward; the time that passes is real."""

    def __init__(self) -> None:
        self.step = timedelta()

    def now(self, zone: tzinfo) -> datetime:
        """Answer the instant it shows."""
        return datetime.now(zone) + self.step


@pytest.fixture
def wall(monkeypatch: pytest.MonkeyPatch) -> Wall:
    """Let scheduler and guard look at a wall clock that can be stepped."""
    made = Wall()
    for room in (base, schedule):
        monkeypatch.setattr(room, "datetime", made)
    monkeypatch.setattr(schedule, "LOOK_EVERY_S", 0.05)
    return made


class Runs:
    """A schedule with one job every 0.3 s, and how often it has run."""

    def __init__(self) -> None:
        self.progress = Progress()
        self.count = 0
        self.fault: Exception | None = None
        self.faults: list[tuple[str, Exception]] = []
        self.schedule = Schedule(self.progress, lambda *fault: self.faults.append(fault))
        self.schedule.add("sum", self._run, 0.3, lambda: 7.0)

    def _run(self) -> None:
        self.count += 1
        if self.fault is not None:
            raise self.fault


@pytest.fixture
def runs(wall: Wall) -> Iterator[Runs]:
    """Start a schedule on the wall clock of the test."""
    made = Runs()
    made.schedule.start()
    yield made
    made.schedule.stop()


def more(runs: Runs) -> Callable[[], bool]:
    """Make the question whether the job has run twice more than now."""
    before = runs.count
    return lambda: runs.count >= before + 2


@pytest.mark.parametrize("hours", [-1, 1, 24 * 366, -24 * 366])
def test_a_step_of_the_wall_clock_stops_no_job(wall: Wall, runs: Runs, hours: int) -> None:
    """Back or forward, an hour or a year: the next runs come as if nothing had been."""
    assert eventually(more(runs))
    wall.step = timedelta(hours=hours)
    assert eventually(more(runs), within_s=5.0)


def test_a_step_forward_makes_up_for_no_runs(wall: Wall, runs: Runs) -> None:
    """A year is not two million runs at once."""
    assert eventually(more(runs))
    before, begun_s = runs.count, time.monotonic()
    wall.step = timedelta(days=366)
    assert eventually(more(runs))
    assert runs.count - before <= 3 + (time.monotonic() - begun_s) / 0.3


def test_a_job_that_fails_is_told_and_runs_again(runs: Runs) -> None:
    """Its error goes to who made the schedule; the next run comes in its time."""
    runs.fault = ValueError("no")
    assert eventually(lambda: len(runs.faults) >= 2)
    assert runs.faults[0] == ("sum", runs.fault)


def test_a_job_is_a_part_that_must_move(wall: Wall) -> None:
    """Between runs the next is expected, within a run a step; after the end nothing."""
    progress, seen, go_on = Progress(), list[float](), threading.Event()
    made = Schedule(progress, lambda *_: None)

    def job() -> None:
        seen.append(progress.standings()["sum"].within_s)
        go_on.wait(10)

    made.add("sum", job, 0.2, lambda: 7.0)
    assert progress.standings()["sum"].within_s == 0.2 + schedule.BEGINS_WITHIN_S
    made.start()
    assert eventually(lambda: bool(seen))
    go_on.set()
    made.stop()
    assert seen[0] == 7.0
    assert progress.standings() == {}


def test_how_long_a_run_may_take_can_fail_as_the_run_can(wall: Wall) -> None:
    """A state that is locked when it is asked costs one run, not the schedule."""
    faults, progress = list[str](), Progress()
    made = Schedule(progress, lambda part, error: faults.append(f"{part}: {error}"))

    def locked() -> float:
        raise OSError("locked")

    made.add("sum", lambda: None, 0.1, locked)
    made.start()
    assert eventually(lambda: len(faults) >= 2)
    made.stop()
    assert faults[0] == "sum: locked"


def test_runs_that_were_missed_are_one_run() -> None:
    """A machine that slept for ten intervals goes on with the next, in the old rhythm."""
    now_s = [100.0]
    trigger = Every(60.0, lambda: now_s[0])
    assert trigger.get_next_fire_time(None, START) == START + timedelta(seconds=60)
    now_s[0] = 100.0 + 605.0
    assert trigger.get_next_fire_time(START, START) == START + timedelta(seconds=55)


def test_a_run_a_little_early_is_the_run_that_was_due() -> None:
    """The two clocks never agree to the millisecond; the interval is not run twice for it."""
    now_s = [0.0]
    trigger = Every(60.0, lambda: now_s[0])
    now_s[0] = 59.9
    due = trigger.get_next_fire_time(START, START)
    assert due == START + timedelta(seconds=60.1)
