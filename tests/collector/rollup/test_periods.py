"""Calendars: slots, days, months and fiscal years as stretches of UTC."""

from __future__ import annotations

from datetime import date, datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.rollup.periods import SLOT_MS, Calendar, Window, joined
from collector.rollup.totals import PERIODS

TOKYO = Calendar(ZoneInfo("Asia/Tokyo"))
BERLIN = Calendar(ZoneInfo("Europe/Berlin"), fiscal_year_starts=1)
HOUR = 3_600_000


def at(text: str) -> int:
    """UTC ms of an ISO instant."""
    return int(datetime.fromisoformat(text).timestamp() * 1000)


def test_a_day_begins_at_local_midnight() -> None:
    """In Tokyo 15:00Z is the next day's midnight, and belongs to that day."""
    assert TOKYO.day(at("2025-03-31T15:00:00Z")) == Window(
        at("2025-03-31T15:00:00Z"), at("2025-04-01T15:00:00Z")
    )
    assert TOKYO.date_of(at("2025-03-31T14:59:59.999Z")) == date(2025, 3, 31)


def test_the_fiscal_year_turns_with_the_local_date() -> None:
    """2025-03-31T15:00:00Z is FY2025 in Japan; a millisecond earlier is FY2024."""
    turn_ms = at("2025-03-31T15:00:00Z")
    assert TOKYO.fiscal_year_of(TOKYO.date_of(turn_ms)) == 2025
    assert TOKYO.fiscal_year_of(TOKYO.date_of(turn_ms - 1)) == 2024
    assert TOKYO.fiscal_year(turn_ms).start_ms == turn_ms
    assert TOKYO.fiscal_year(turn_ms - 1) == Window(at("2024-03-31T15:00:00Z"), turn_ms)


def test_a_fiscal_year_may_be_the_calendar_year() -> None:
    """With January as its first month, a fiscal year is the calendar year."""
    assert BERLIN.fiscal_year(at("2025-12-31T22:59:59Z")) == Window(
        at("2024-12-31T23:00:00Z"), at("2025-12-31T23:00:00Z")
    )


@pytest.mark.parametrize(
    ("noon", "slots"),
    [("2025-03-30T12:00Z", 46), ("2025-10-26T12:00Z", 50), ("2025-06-01T12:00Z", 48)],
)
def test_slots_of_days_on_which_clocks_change(noon: str, slots: int) -> None:
    """A Berlin day has 46, 50 or 48 slots, all of 30 minutes."""
    day = BERLIN.day(at(noon))
    pieces = BERLIN.pieces("30m", day)
    assert len(pieces) == slots
    assert BERLIN.slot_edges(day) == [piece.start_ms for piece in pieces] + [day.end_ms]


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("America/Santiago", "2025-09-07T12:00Z", 23.0),  # clocks skip midnight
        ("America/Havana", "2025-11-02T12:00Z", 25.0),  # the hour after midnight comes twice
        ("Australia/Lord_Howe", "2025-10-05T12:00Z", 23.5),  # clocks change by half an hour
        ("Asia/Kathmandu", "2025-10-05T12:00Z", 24.0),
    ],
)
def test_unusual_midnights(zone: str, day: str, hours: float) -> None:
    """Days join without gap or overlap wherever and however the clocks change."""
    calendar = Calendar(ZoneInfo(zone))
    window = calendar.day(at(day))
    assert window.end_ms - window.start_ms == hours * HOUR
    assert calendar.day(window.start_ms - 1).end_ms == window.start_ms
    assert calendar.day(window.start_ms) == calendar.day(window.end_ms - 1) == window
    assert len(calendar.pieces("30m", window)) == hours * 2


def test_months_have_their_own_lengths() -> None:
    """February of a leap year has 29 days, and the year's months make the fiscal year."""
    february = TOKYO.month(at("2024-02-10T00:00Z"))
    assert len(TOKYO.pieces("1d", february)) == 29
    year = TOKYO.fiscal_year(february.start_ms)
    months = TOKYO.pieces("1mo", year)
    assert len(months) == 12
    assert (months[0].start_ms, months[-1].end_ms) == (year.start_ms, year.end_ms)


@given(
    instant_ms=st.integers(631_152_000_000, 4_102_444_800_000),
    zone=st.sampled_from(["Asia/Tokyo", "Europe/Berlin", "America/St_Johns", "Asia/Kathmandu"]),
    first_month=st.integers(1, 12),
)
def test_every_instant_lies_in_one_period_of_each_kind(
    instant_ms: int, zone: str, first_month: int
) -> None:
    """Periods hold their instant, and each lies wholly within the next longer one."""
    calendar = Calendar(ZoneInfo(zone), first_month)
    windows = [calendar.window(period, instant_ms) for period in PERIODS]
    assert all(window.start_ms <= instant_ms < window.end_ms for window in windows)
    for inner, outer in pairwise(windows):
        assert outer.start_ms <= inner.start_ms
        assert inner.end_ms <= outer.end_ms


def test_edges_cover_the_span() -> None:
    """Edges run from the slot the span begins in to the end of the slot it ends in."""
    begin_ms = at("2025-04-01T00:10Z")
    edges = TOKYO.slot_edges(Window(begin_ms, begin_ms + 21 * 60_000))
    start_ms = at("2025-04-01T00:00Z")
    assert edges == [start_ms, start_ms + SLOT_MS, start_ms + 2 * SLOT_MS]
    assert TOKYO.slot_edges(Window(begin_ms, begin_ms)) == []
    across = TOKYO.slot_edges(Window(at("2025-04-01T14:45Z"), at("2025-04-01T15:15Z")))
    assert across == [at("2025-04-01T14:30Z"), at("2025-04-01T15:00Z"), at("2025-04-01T15:30Z")]


def test_touching_windows_join() -> None:
    """Windows that touch or overlap become one, others stay."""
    windows = [Window(20, 30), Window(0, 10), Window(10, 15), Window(12, 14)]
    assert joined(windows) == [Window(0, 15), Window(20, 30)]
