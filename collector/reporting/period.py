"""The period a report is asked for, as people write it, and what kind of period that is.

    2026-11-23   2026-11   2025   FY2025   2025年度   2025-04-01/2026-03-31
    yesterday    last-week   last-month   this-month   last-year   last-fiscal-year

The second line counts from the day the report is made, by the site's calendar and clock.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import TYPE_CHECKING

from collector.accounts.period_text import period_of
from collector.accounts.span import ONE_DAY, Span, fiscal_year_span
from collector.errors import CollectorError
from collector.rollup.periods import Calendar

if TYPE_CHECKING:
    from collector.reporting.kind import PeriodKind

HINT = (
    "write 2026-11-23, 2026-11, 2025, FY2025, 2025-04-01/2026-03-31 with both days included,"
    " yesterday, last-week, last-month or last-fiscal-year"
)
_WEEK = timedelta(days=7)
KIND_NAMES: dict[PeriodKind, tuple[str, str]] = {
    "day": ("日(2026-11-23)", "a day (2026-11-23)"),
    "month": ("月(2026-11)", "a month (2026-11)"),
    "year": ("暦年(2025)", "a calendar year (2025)"),
    "fiscal_year": ("年度(FY2025)", "a fiscal year (FY2025)"),
    "any": ("任意の期間(2025-04-01/2026-03-31)", "any days (2025-04-01/2026-03-31)"),
}
"""Each kind of period as people read it, Japanese and English."""


def asked_period(text: str, calendar: Calendar, now_ms: int) -> Span:
    """The local days of the period written, counted from ``now_ms`` where it is relative.

    Raises ``CollectorError`` with the ways to write one.
    """
    written = text.strip().lower().replace("_", "-").replace(" ", "-")
    relative = _RELATIVE.get(written)
    if relative is not None:
        return relative(calendar.date_of(now_ms), calendar.fiscal_year_starts)
    try:
        return period_of(text, calendar)
    except CollectorError as error:
        raise CollectorError(error.message, HINT) from error


def period_kinds(span: Span, fiscal_year_starts: int) -> tuple[PeriodKind, ...]:
    """What the days are, the narrowest first: every stretch is at least ``any``."""
    found: list[PeriodKind] = []
    if span.length == 1:
        found.append("day")
    if span.first.day == 1 and span.end == _months_on(span.first, 1):
        found.append("month")
    if span.first.day == 1 and span.end == _months_on(span.first, 12):
        if span.first.month == 1:
            found.append("year")
        if span.first.month == fiscal_year_starts:
            found.append("fiscal_year")
    return (*found, "any")


def fits(span: Span, wanted: tuple[PeriodKind, ...], fiscal_year_starts: int) -> bool:
    """Whether a report that takes the ``wanted`` kinds of period takes these days."""
    return bool(set(wanted) & set(period_kinds(span, fiscal_year_starts)))


def _yesterday(today: date, _: int) -> Span:
    return Span(today - ONE_DAY, today, (today - ONE_DAY).isoformat())


def _today(today: date, _: int) -> Span:
    return Span(today, today + ONE_DAY, today.isoformat())


def _last_week(today: date, _: int) -> Span:
    # A week begins on Monday (ISO 8601).
    end = today - timedelta(days=today.weekday())
    return Span(end - _WEEK, end)


def _month(ahead: int) -> Callable[[date, int], Span]:
    def month(today: date, _: int) -> Span:
        first = _months_on(today.replace(day=1), ahead)
        return Span(first, _months_on(first, 1), f"{first:%Y-%m}")

    return month


def _year(ahead: int) -> Callable[[date, int], Span]:
    def year(today: date, _: int) -> Span:
        first = date(today.year + ahead, 1, 1)
        return Span(first, date(first.year + 1, 1, 1), str(first.year))

    return year


def _fiscal_year(ahead: int) -> Callable[[date, int], Span]:
    def fiscal_year(today: date, starts: int) -> Span:
        begun = today.year if today.month >= starts else today.year - 1
        return fiscal_year_span(begun + ahead, starts)

    return fiscal_year


_RELATIVE: dict[str, Callable[[date, int], Span]] = {
    "yesterday": _yesterday,
    "today": _today,
    "last-week": _last_week,
    "last-month": _month(-1),
    "this-month": _month(0),
    "last-year": _year(-1),
    "this-year": _year(0),
    "last-fiscal-year": _fiscal_year(-1),
    "this-fiscal-year": _fiscal_year(0),
}
RELATIVE = tuple(_RELATIVE)
"""The periods that count from the day of making."""


def _months_on(first: date, months: int) -> date:
    index = first.year * 12 + first.month - 1 + months
    return date(index // 12, index % 12 + 1, 1)
