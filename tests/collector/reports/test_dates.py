"""Dates are written as the reader writes them, in the site's time zone."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from collector.reports.dates import Dates, plain_span
from collector.reports.edition import edition_text

JA = Dates(ZoneInfo("Asia/Tokyo"), "ja")
EN = Dates(ZoneInfo("Asia/Tokyo"), "en")
MONDAY = date(2026, 11, 23)


def _ms(*parts: int) -> int:
    return round(datetime(*parts, tzinfo=UTC).timestamp() * 1000)  # type: ignore[misc, arg-type]


def test_a_day_in_both_languages() -> None:
    """The weekday stands behind a Japanese date and before an English one."""
    assert JA.full(MONDAY) == "2026年11月23日(月)"
    assert EN.full(MONDAY) == "Mon 23 Nov 2026"
    assert JA.axis(MONDAY) == ("11/23(月)", "23(月)")
    assert EN.axis(MONDAY) == ("Mon 23 Nov", "Mon 23")


def test_the_local_day_counts() -> None:
    """15:00 UTC is the next day in Tokyo."""
    assert JA.day_of(_ms(2026, 11, 22, 14, 59)) == date(2026, 11, 22)
    assert JA.day_of(_ms(2026, 11, 22, 15, 0)) == MONDAY
    assert JA.start_ms(MONDAY) == _ms(2026, 11, 22, 15)
    assert JA.moment(_ms(2026, 11, 23, 0, 12)) == "2026年11月23日(月) 09:12"


def test_a_span_writes_the_year_once() -> None:
    """The year is repeated only when it changes."""
    first = date(2026, 11, 16)
    assert JA.span(first, MONDAY) == "2026年11月16日(月)〜11月23日(月)"
    assert EN.span(first, MONDAY) == "Mon 16 Nov – Mon 23 Nov 2026"
    assert EN.span(MONDAY, MONDAY) == "Mon 23 Nov 2026"
    assert EN.span(MONDAY, date(2027, 1, 1)) == "Mon 23 Nov 2026 – Fri 1 Jan 2027"


def test_a_stretch_may_end_at_24() -> None:
    """A stretch up to midnight ends at 24:00 of its own day."""
    start = JA.start_ms(MONDAY)
    assert JA.stretch(start, start + 1_800_000) == "11月23日(月) 00:00〜00:30"
    assert EN.stretch(start, start + 86_400_000) == "Mon 23 Nov 00:00–24:00"
    assert EN.stretch(start, start + 90_000_000) == "Mon 23 Nov 00:00 – Tue 24 Nov 01:00"


@pytest.mark.parametrize(
    ("first", "last", "starts", "ja", "en"),
    [
        (date(2026, 11, 16), date(2026, 11, 22), 4, "2026年度", "FY2026"),
        (date(2026, 3, 30), date(2026, 4, 2), 4, "2025年度〜2026年度", "FY2025–FY2026"),
        (date(2026, 3, 30), date(2026, 3, 31), 1, "2026年", "2026"),
    ],
)
def test_fiscal_years_are_named_by_their_start(
    first: date, last: date, starts: int, ja: str, en: str
) -> None:
    """March belongs to the fiscal year that began last April; a calendar year is just a year."""
    zone = ZoneInfo("Asia/Tokyo")
    assert Dates(zone, "ja", starts).fiscal_year(first, last) == ja
    assert Dates(zone, "en", starts).fiscal_year(first, last) == en


def test_slots_begin_on_the_local_half_hour() -> None:
    """A range that starts within a slot begins with the next, and ends with the last whole one."""
    slots = list(JA.slots(_ms(2026, 11, 23, 0, 10), _ms(2026, 11, 23, 1, 45)))
    assert slots == [_ms(2026, 11, 23, 0, 30), _ms(2026, 11, 23, 1, 0)]
    nepal = Dates(ZoneInfo("Asia/Kathmandu"), "en")  # UTC+5:45
    assert next(nepal.slots(_ms(2026, 11, 23, 0, 0), _ms(2026, 11, 24))) == _ms(2026, 11, 23, 0, 15)


def test_a_day_of_25_hours_has_50_slots() -> None:
    """Where clocks go back, the local day has two slots more."""
    berlin = Dates(ZoneInfo("Europe/Berlin"), "en")
    day = date(2026, 10, 25)
    assert len(list(berlin.slots(berlin.start_ms(day), berlin.end_ms(day)))) == 50


def test_months_name_the_year_at_the_first_and_january() -> None:
    """A row of months carries the year where it starts and where it changes."""
    days = JA.days(JA.start_ms(date(2025, 11, 10)), JA.end_ms(date(2026, 2, 3)))
    labels = [words for _, _, words in JA.months(days)]
    assert labels == [
        ("2025年11月", "11月"), ("12月", "12月"), ("2026年1月", "1月"), ("2月", "2月"),
    ]  # fmt: skip
    assert [(first.day, last.day) for first, last, _ in JA.months(days)] == [
        (10, 30), (1, 31), (1, 31), (1, 3),
    ]  # fmt: skip


def test_a_long_span_has_no_weekdays() -> None:
    """Over a year the weekday of the first and last day tells nothing."""
    first, last = date(2025, 4, 1), date(2026, 3, 31)
    assert JA.span(first, last) == "2025年4月1日〜2026年3月31日"
    assert plain_span(first, last, "en") == "1 Apr 2025 – 31 Mar 2026"


def test_an_edition_reads_in_both_languages() -> None:
    """A day is a date, a list that was kept up says so, anything else stands as it is."""
    parts = ("2026-01-09", "as updated R8.6.4")
    assert edition_text(parts, "ja") == "2026年1月9日・R8.6.4 更新"
    assert edition_text(parts, "en") == "9 Jan 2026, as updated R8.6.4"
    assert edition_text(("FY2025", ""), "ja") == "FY2025"
