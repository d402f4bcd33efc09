"""Start-up peaks and circuits that start together."""

from __future__ import annotations

import numpy as np
import pytest

from collector.analysis import simultaneous_starts, start_up_peaks
from tests.collector.analysis.loads import circuit, load, of_kw, shift

NAN = float("nan")
DAY = [10.0] * 16 + [60.0, 160.0, 120.0, 90.0, 200.0] + [90.0] * 13 + [10.0] * 14


def test_the_ramp_of_a_start() -> None:
    """The largest increase within two hours counts, not the first nor one after them."""
    (start,) = start_up_peaks(of_kw(DAY)).starts
    assert (start.start.hour, start.at.hour, start.at.minute) == (8, 8, 30)
    assert (start.increase_kw, start.kw, start.makes_day_peak) == (100.0, 160.0, False)


def test_a_start_that_makes_the_days_peak() -> None:
    """Where the largest half hour lies in the two hours, it is counted."""
    kw = [10.0] * 16 + [60.0, 160.0] + [90.0] * 16 + [10.0] * 14
    found = start_up_peaks(of_kw(kw + DAY))
    assert [start.makes_day_peak for start in found.starts] == [True, False]
    assert (found.day_peaks, found.median_increase_kw, found.largest_increase_kw) == (1, 100, 100)


def test_a_start_from_the_unknown_is_left_out() -> None:
    """What was before a start must be known; the period's own beginning is no start."""
    kw = [90.0] * 10 + [10.0] * 5 + [NAN] + [90.0] * 10 + [10.0] * 22
    found = start_up_peaks(of_kw(kw))
    assert (found.starts, found.median_increase_kw, found.largest_increase_kw) == ((), None, None)


def test_a_start_at_the_end_of_the_period() -> None:
    """A start in the last hour looks at what there is of it."""
    (start,) = start_up_peaks(of_kw([10.0] * 46 + [50.0, 95.0])).starts
    assert (start.increase_kw, start.kw) == (45.0, 95.0)


def test_unknown_half_hours_within_the_two_hours() -> None:
    """A hole in the ramp gives no increase across it."""
    kw = [10.0] * 16 + [80.0, NAN, 160.0, 170.0] + [90.0] * 14 + [10.0] * 14
    (start,) = start_up_peaks(of_kw(kw)).starts
    assert start.increase_kw == 70.0


def test_a_mask_of_another_length_is_refused() -> None:
    """And an even load needs a mask."""
    with pytest.raises(ValueError, match="has 3 half hours"):
        start_up_peaks(of_kw([1.0] * 48), np.ones(3, dtype=np.bool_))
    with pytest.raises(ValueError, match="the load is even"):
        start_up_peaks(of_kw([1.0] * 48))


def test_circuits_that_start_together() -> None:
    """Two presses at eight are told with the sum of their increases; the oven at seven is not."""
    circuits = [
        circuit("press 1", load(shift(40, 2), 2), "hall"),
        circuit("press 2", load(shift(30, 2), 2), "hall"),
        circuit("oven", load(shift(50, 2, first=7), 2), "hall"),
        circuit("hall", load(shift(120, 6), 2)),
        circuit("fridge", load(5.0, 2)),
        circuit("gone", load(NAN, 2)),
    ]
    found = simultaneous_starts(circuits)
    assert [(s.at.day, s.at.hour, s.circuits, s.increase_kw) for s in found] == [
        (1, 8, ("press 1", "press 2"), 66.0),
        (2, 8, ("press 1", "press 2"), 66.0),
    ]
    assert simultaneous_starts(()) == ()
