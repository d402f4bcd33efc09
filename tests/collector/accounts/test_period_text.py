"""Periods as people write them."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

import pytest

from collector.accounts.period_text import period_of, window_of
from collector.errors import CollectorError
from collector.rollup.periods import Calendar

TOKYO = Calendar(ZoneInfo("Asia/Tokyo"))


@pytest.mark.parametrize(
    ("text", "first", "end", "name"),
    [
        ("2026-11-03", date(2026, 11, 3), date(2026, 11, 4), "2026-11-03"),
        ("2026-11", date(2026, 11, 1), date(2026, 12, 1), "2026-11"),
        ("2026-12", date(2026, 12, 1), date(2027, 1, 1), "2026-12"),
        ("FY2026", date(2026, 4, 1), date(2027, 4, 1), "FY2026"),
        ("fy 2026", date(2026, 4, 1), date(2027, 4, 1), "FY2026"),
        ("2026年度", date(2026, 4, 1), date(2027, 4, 1), "FY2026"),
        ("２０２６年度", date(2026, 4, 1), date(2027, 4, 1), "FY2026"),
        ("2026", date(2026, 1, 1), date(2027, 1, 1), "2026"),
        ("2026-11-03/2026-11-05", date(2026, 11, 3), date(2026, 11, 6), "2026-11-03/2026-11-05"),
        ("2026-04/2026-06", date(2026, 4, 1), date(2026, 7, 1), "2026-04-01/2026-06-30"),
    ],
)
def test_every_way_to_write_a_period(text: str, first: date, end: date, name: str) -> None:
    """Days, months, fiscal and calendar years, and pairs of which both parts are included."""
    span = period_of(text, TOKYO)
    assert (span.first, span.end, span.name) == (first, end, name)


def test_the_fiscal_year_begins_where_the_site_says() -> None:
    """A site whose year begins in January has another FY2026."""
    london = Calendar(ZoneInfo("Europe/London"), fiscal_year_starts=1)
    assert period_of("FY2026", london).first == date(2026, 1, 1)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("November", "is not a period"),
        ("", "is not a period"),
        ("2026-02-30", "does not exist"),
        ("2026-13", "does not exist"),
        ("2026-11-05/2026-11-03", "ends before it begins"),
        ("2026-11-05/", "is not a period"),
        ("9999", "does not exist"),
    ],
)
def test_what_is_no_period_is_told_in_one_line(text: str, says: str) -> None:
    """The error says what is wrong and how to write a period."""
    with pytest.raises(CollectorError, match=says) as caught:
        period_of(text, TOKYO)
    assert caught.value.hint
    assert "\n" not in str(caught.value)


def test_a_window_runs_from_midnight_to_midnight() -> None:
    """FY2025 in Tokyo begins at 2025-03-31T15:00Z; a day on which clocks change has 25 hours."""
    window = window_of(period_of("FY2025", TOKYO), TOKYO)
    assert window.start_ms == 1_743_433_200_000
    berlin = Calendar(ZoneInfo("Europe/Berlin"))
    day = window_of(period_of("2026-10-25", berlin), berlin)
    assert day.end_ms - day.start_ms == 25 * 3_600_000
