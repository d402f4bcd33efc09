"""Periods as people write them, and what kind of period they are."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from collector.errors import CollectorError
from collector.reporting.kind import PeriodKind
from collector.reporting.period import RELATIVE, asked_period, fits, period_kinds
from collector.rollup.periods import Calendar

TOKYO = Calendar(ZoneInfo("Asia/Tokyo"))
NOW_MS = round(datetime(2026, 5, 3, 20, tzinfo=UTC).timestamp() * 1000)
"""Monday 4 May 2026, 05:00 in Tokyo; still Sunday in UTC."""


@pytest.mark.parametrize(
    ("text", "first", "end"),
    [
        ("2026-11-23", date(2026, 11, 23), date(2026, 11, 24)),
        ("2026-02", date(2026, 2, 1), date(2026, 3, 1)),
        ("2025", date(2025, 1, 1), date(2026, 1, 1)),
        ("FY2025", date(2025, 4, 1), date(2026, 4, 1)),
        ("2025年度", date(2025, 4, 1), date(2026, 4, 1)),
        ("2025-04-01/2026-03-31", date(2025, 4, 1), date(2026, 4, 1)),
        ("yesterday", date(2026, 5, 3), date(2026, 5, 4)),
        ("today", date(2026, 5, 4), date(2026, 5, 5)),
        ("last-week", date(2026, 4, 27), date(2026, 5, 4)),
        ("last-month", date(2026, 4, 1), date(2026, 5, 1)),
        ("Last Month", date(2026, 4, 1), date(2026, 5, 1)),
        ("this-month", date(2026, 5, 1), date(2026, 6, 1)),
        ("last-year", date(2025, 1, 1), date(2026, 1, 1)),
        ("this-year", date(2026, 1, 1), date(2027, 1, 1)),
        ("last-fiscal-year", date(2025, 4, 1), date(2026, 4, 1)),
        ("this-fiscal-year", date(2026, 4, 1), date(2027, 4, 1)),
    ],
)
def test_a_period_is_read_as_people_write_it(text: str, first: date, end: date) -> None:
    """Absolute and relative periods are the site's own local days."""
    span = asked_period(text, TOKYO, NOW_MS)
    assert (span.first, span.end) == (first, end)


@pytest.mark.parametrize("text", RELATIVE)
def test_a_relative_period_has_an_absolute_name(text: str) -> None:
    """What a relative period is called can be asked for again, and is the same days."""
    span = asked_period(text, TOKYO, NOW_MS)
    assert asked_period(str(span), TOKYO, 0) == span


def test_the_fiscal_year_begins_as_the_site_says() -> None:
    """In a plant whose year begins in October last year's is the one that ended in September."""
    calendar = Calendar(ZoneInfo("Asia/Tokyo"), fiscal_year_starts=10)
    span = asked_period("last-fiscal-year", calendar, NOW_MS)
    assert (span.first, span.end) == (date(2024, 10, 1), date(2025, 10, 1))


@pytest.mark.parametrize("text", ["", "soon", "2026-13", "2026-02-30", "2026-05-02/2026-05-01"])
def test_what_is_no_period_is_told_with_the_ways_to_write_one(text: str) -> None:
    """A text that is no period is one line with a hint."""
    with pytest.raises(CollectorError) as told:
        asked_period(text, TOKYO, NOW_MS)
    assert "last-month" in told.value.hint


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("2026-11-23", ("day", "any")),
        ("2026-11", ("month", "any")),
        ("2026-11-01/2026-11-30", ("month", "any")),
        ("2025", ("year", "any")),
        ("FY2025", ("fiscal_year", "any")),
        ("2026-11-02/2026-11-30", ("any",)),
    ],
)
def test_days_are_of_the_kind_they_are_whatever_they_are_called(
    text: str, kinds: tuple[PeriodKind, ...]
) -> None:
    """A whole month written as a pair of days is a month."""
    assert period_kinds(asked_period(text, TOKYO, NOW_MS), 4) == kinds


def test_a_year_that_begins_in_january_is_both_kinds_of_year() -> None:
    """Where the fiscal year is the calendar year a report for either is made."""
    span = asked_period("2025", TOKYO, NOW_MS)
    assert fits(span, ("fiscal_year",), 1)
    assert fits(span, ("year",), 1)
    assert not fits(span, ("fiscal_year",), 4)
