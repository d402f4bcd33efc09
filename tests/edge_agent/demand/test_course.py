"""Energy between two instants, from counters and power as meters really give them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_agent.demand.course import Course

HOUR_MS = 3_600_000


def test_the_counter_decides_between_its_words() -> None:
    """Energy is the counter's, shared evenly in time between two of its words."""
    course = Course(HOUR_MS)
    course.add(0, 1000.0, 5000.0)
    course.add(60_000, 1100.0, 9000.0)
    assert course.between(0, 60_000).wh == pytest.approx(100)
    assert course.between(15_000, 30_000).wh == pytest.approx(25)
    assert course.between(0, 60_000).estimated_ms == 0


def test_power_fills_what_the_counter_has_not_told_yet() -> None:
    """With power each second and the counter each minute, the newest seconds come from power."""
    course = Course(HOUR_MS)
    course.add(0, 0.0, 3600.0)
    for second in range(1, 60):
        course.add(second * 1000, None, 3600.0)
    assert course.between(0, 59_000).wh == pytest.approx(59)
    course.add(60_000, 61.0, 3600.0)
    assert course.between(0, 60_000).wh == pytest.approx(61)
    assert course.between(0, 60_000).estimated_ms == 0


@pytest.mark.parametrize("counter_wh", [0.0, 9_000_000.0])
def test_a_counter_that_falls_or_leaps_is_not_believed(counter_wh: float) -> None:
    """A reset or a leap in mid-window counts as the power around it, and as estimated."""
    course = Course(HOUR_MS)
    course.add(0, 5000.0, 60_000.0)
    course.add(60_000, counter_wh, 60_000.0)
    course.add(120_000, counter_wh + 1000, 60_000.0)
    energy = course.between(0, 120_000)
    assert energy.wh == pytest.approx(2000)
    assert energy.estimated_ms == 60_000


def test_a_clock_that_is_set_back_begins_anew() -> None:
    """Samples of a future that was none are forgotten."""
    course = Course(HOUR_MS)
    course.add(500_000, 0.0, None)
    course.add(1000, 10.0, None)
    course.add(2000, 20.0, None)
    assert course.oldest_ms == 1000
    assert course.between(0, 10_000).wh == pytest.approx(10)


def test_a_sample_without_figures_is_none() -> None:
    """A reading that has neither counter nor power changes nothing."""
    course = Course(HOUR_MS)
    course.add(0, None, None)
    assert course.newest_ms is None
    assert course.mean_power_w(0, 1000) is None
    assert course.between(0, 1000).wh == 0


def test_what_is_old_is_forgotten() -> None:
    """A year of seconds takes the room of the last minutes."""
    course = Course(60_000)
    for second in range(5_000):
        course.add(second * 1000, float(second), 3600.0)
    assert course.oldest_ms is not None
    assert course.oldest_ms >= 4_999_000 - 60_000 - 70_000
    assert course.between(4_939_000, 4_999_000).wh == pytest.approx(60)


@given(st.lists(st.floats(0, 1e6), min_size=3, max_size=40), st.data())
def test_parts_add_up_to_the_whole(powers: list[float], data: st.DataObject) -> None:
    """However a stretch is cut, its parts sum up to it."""
    course, wh = Course(HOUR_MS), 0.0
    for number, power in enumerate(powers):
        course.add(number * 10_000, wh, power)
        wh += power / 360
    last = (len(powers) - 1) * 10_000
    cut = data.draw(st.integers(0, last))
    whole = course.between(0, last).wh
    assert course.between(0, cut).wh + course.between(cut, last).wh == pytest.approx(whole)
