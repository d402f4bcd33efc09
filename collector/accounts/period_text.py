"""Periods as people write them: a day, a month, a fiscal year, a calendar year, or from/to.

    2026-11-03   2026-11   FY2026 or 2026年度   2026   2026-11-03/2026-11-20   2026-04/2026-06

Of a pair both parts are included, as in the settings' closed days. A fiscal year begins in the
month that the site's calendar names.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date

from collector.accounts.span import ONE_DAY, Span, fiscal_year_span
from collector.errors import CollectorError
from collector.rollup.periods import Calendar, Window, midnight_ms

HINT = "write 2026-11-03, 2026-11, FY2026, 2026, or 2026-11-03/2026-11-20 with both days included"
_DAY = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_MONTH = re.compile(r"(\d{4})-(\d{1,2})")
_FISCAL = re.compile(r"(?:FY ?(\d{4})|(\d{4})年度)", re.IGNORECASE)
_YEAR = re.compile(r"(\d{4})年?")


def period_of(text: str, calendar: Calendar) -> Span:
    """The local days of the period written.

    Raises ``CollectorError`` with the ways to write one, when the text is none of them, names a
    day that does not exist, or ends before it begins.
    """
    written = unicodedata.normalize("NFKC", text).strip()
    first_text, pair, last_text = written.partition("/")
    first = _single(first_text.strip(), text, calendar)
    if not pair:
        return first
    last = _single(last_text.strip(), text, calendar)
    if last.end <= first.first:
        raise CollectorError(f"the period {text} ends before it begins", "exchange its parts")
    return Span(first.first, last.end, f"{first.first}/{last.last}")


def window_of(span: Span, calendar: Calendar) -> Window:
    """The instants of the span in the calendar's time zone: local midnight to local midnight."""
    zone = calendar.zone
    return Window(midnight_ms(zone, span.first), midnight_ms(zone, span.end))


def _single(written: str, text: str, calendar: Calendar) -> Span:
    try:
        found = _read(written, calendar)
    except (ValueError, OverflowError) as error:
        raise CollectorError(f"the period {text} does not exist: {error}", HINT) from error
    if found is None:
        raise CollectorError(f"{text} is not a period", HINT)
    return found


def _read(written: str, calendar: Calendar) -> Span | None:
    if found := _DAY.fullmatch(written):
        day = date(*map(int, found.groups()))
        return Span(day, day + ONE_DAY, day.isoformat())
    if found := _MONTH.fullmatch(written):
        year, month = map(int, found.groups())
        end = date(year + month // 12, month % 12 + 1, 1)
        return Span(date(year, month, 1), end, f"{year:04}-{month:02}")
    if found := _FISCAL.fullmatch(written):
        return fiscal_year_span(int(found[1] or found[2]), calendar.fiscal_year_starts)
    if found := _YEAR.fullmatch(written):
        return Span(date(int(found[1]), 1, 1), date(int(found[1]) + 1, 1, 1), found[1])
    return None
