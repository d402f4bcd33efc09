"""Who still moves, by a stopwatch that the test turns."""

from __future__ import annotations

import pytest

from edge_agent.process.progress import Progress, Stuck


class Stopwatch:
    """Seconds that pass when told to."""

    now_s = 100.0

    def __call__(self) -> float:
        """Now."""
        return self.now_s


@pytest.fixture
def watch() -> Stopwatch:
    """A stopwatch."""
    return Stopwatch()


@pytest.fixture
def progress(watch: Stopwatch) -> Progress:
    """Two parts with 10 s and 60 s."""
    made = Progress(watch)
    made.expect("link bus", 10)
    made.expect("commit", 60)
    return made


def test_a_part_is_stuck_only_after_its_time(progress: Progress, watch: Stopwatch) -> None:
    """Silence counts from the last step, and the longest silent comes first."""
    watch.now_s += 10
    assert progress.stuck() == ()
    watch.now_s += 1
    assert progress.stuck() == (Stuck("link bus", 11, 10),)
    watch.now_s += 50
    progress.made("link bus")
    assert progress.stuck() == (Stuck("commit", 61, 60),)
    watch.now_s += 20
    assert [stuck.part for stuck in progress.stuck()] == ["commit", "link bus"]


def test_an_excuse_lasts_until_the_next_step(progress: Progress, watch: Stopwatch) -> None:
    """Who says why need not move; the next step ends the excuse."""
    progress.excuse("link bus", "waits for the port")
    watch.now_s += 30
    assert progress.stuck() == ()
    assert progress.standings()["link bus"].excuse == "waits for the port"
    progress.made("link bus")
    assert progress.standings()["link bus"].excuse == ""
    watch.now_s += 11
    assert [stuck.part for stuck in progress.stuck()] == ["link bus"]


def test_what_nobody_expects_is_never_stuck(progress: Progress, watch: Stopwatch) -> None:
    """A step or excuse of an unknown or forgotten part changes nothing."""
    progress.forget("link bus")
    progress.forget("never there")
    for part in ("link bus", "stray"):
        progress.made(part)
        progress.excuse(part, "gone")
    watch.now_s += 50
    assert progress.stuck() == ()
    assert set(progress.standings()) == {"commit"}


def test_expecting_again_sets_a_new_time(progress: Progress, watch: Stopwatch) -> None:
    """The bound may grow with the work ahead, and the count begins anew."""
    watch.now_s += 9
    progress.expect("link bus", 30)
    watch.now_s += 29
    assert progress.stuck() == ()
    watch.now_s += 2
    assert progress.stuck() == (Stuck("link bus", 31, 30),)
