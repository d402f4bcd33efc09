"""How much of a day has come: worked cases, and what always holds."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from collector.delivery.completeness import (
    Completeness,
    completeness,
    days_due,
    expected_readings,
    longest_gap_s,
    within,
)
from collector.rollup.periods import Window

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
DAYS = [Window(n * DAY_MS, (n + 1) * DAY_MS) for n in range(8)]


def test_a_day_of_ten_second_polls_expects_8640() -> None:
    """By the schedule; a day on which clocks change is an hour shorter or longer."""
    assert expected_readings(DAYS[0], 10.0) == 8640
    assert expected_readings(Window(0, 23 * HOUR_MS), 10.0) == 8280
    assert expected_readings(Window(0, 999), 1.0) == 0
    assert expected_readings(Window(0, 900_000), 0.1) == 9000


def test_a_day_with_an_outage_backfill_and_a_hole() -> None:
    """8640 expected, 8000 on time, 500 late, 40 estimated, 100 missing: 98.84 %."""
    day = completeness(8640, 8540, (8000, 40), 300.0)
    assert day == Completeness(8640, 8000, 500, 40, 100, 300.0)
    assert round(day.share, 4) == 0.9884
    assert day.fields() == {
        "expected": 8640.0, "on_time": 8000.0, "late": 500.0, "estimated": 40.0, "gap": 100.0,
        "longest_gap_s": 300.0, "share": 8540 / 8640,
    }  # fmt: skip


def test_one_reading_more_than_expected_is_whole() -> None:
    """A poll at each end of the stretch is no 101 %."""
    assert completeness(10, 11, (11, 0), 0.0).share == 1.0
    assert completeness(10, 11, (11, 0), 0.0).gap == 0


@given(
    expected=st.integers(1, 10**6),
    stored=st.integers(0, 10**6),
    arrived=st.tuples(st.integers(0, 10**6), st.integers(0, 10**6)),
)
def test_the_parts_always_add_up(expected: int, stored: int, arrived: tuple[int, int]) -> None:
    """On time, late and estimated are what is stored; with the gap they reach what is expected."""
    day = completeness(expected, stored, arrived, 0.0)
    parts = (day.on_time, day.late, day.estimated, day.gap)
    assert min(parts) >= 0
    assert day.on_time + day.late + day.estimated == stored
    assert sum(parts) == max(expected, stored)
    assert 0.0 <= day.share <= 1.0


def test_the_longest_pause_counts_the_ends_of_the_stretch() -> None:
    """A meter that fell silent at noon has been silent for half the day."""
    noon = range(0, DAY_MS // 2, 10_000)
    assert longest_gap_s(noon, DAYS[0], 10.0) == 12 * 3600 + 10
    assert longest_gap_s([], DAYS[0], 10.0) == 86_400
    assert longest_gap_s([], Window(0, 5000), 10.0) == 0.0


def test_the_usual_pause_between_polls_is_no_gap() -> None:
    """Neither is a poll half an interval late; one that was left out is."""
    polls = list(range(0, DAY_MS, 10_000))
    assert longest_gap_s(polls, DAYS[0], 10.0) == 0.0
    assert longest_gap_s([at + 4000 * (at == 50_000) for at in polls], DAYS[0], 10.0) == 0.0
    assert longest_gap_s([at for at in polls if at != 50_000], DAYS[0], 10.0) == 20.0


def test_only_days_that_changed_are_due() -> None:
    """Those that had not ended at the last run, and those in which readings landed."""
    end_ms = 7 * DAY_MS + HOUR_MS
    assert days_due(DAYS, 7 * DAY_MS, [], end_ms) == [DAYS[7]]
    assert days_due(DAYS, 7 * DAY_MS - 1, [], end_ms) == [DAYS[6], DAYS[7]]
    assert days_due(DAYS, 7 * DAY_MS, [2 * DAY_MS, 2 * DAY_MS + 1], end_ms) == [DAYS[2], DAYS[7]]
    assert days_due(DAYS, 7 * DAY_MS, [2 * DAY_MS - 1], end_ms) == [DAYS[1], DAYS[7]]


def test_at_first_every_day_is_due_but_none_that_has_not_begun() -> None:
    """Up to the end of what can be judged."""
    assert days_due(DAYS, None, [], 7 * DAY_MS) == DAYS[:7]


def test_a_day_counts_as_far_as_the_meter_was_there() -> None:
    """From its first reading, within the service life of the settings."""
    begun = Window(HOUR_MS, 20 * HOUR_MS)
    assert within(DAYS[0], begun, Window(0, 9 * HOUR_MS)) == Window(HOUR_MS, 9 * HOUR_MS)
    assert within(DAYS[1], begun, Window(0, 2**62)) is None
