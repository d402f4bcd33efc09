"""Periods as the reader writes them: 2025年度 and FY2025, 2026年11月 and Nov 2026.

Pure words; which days a period has is for ``periods`` to say.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

Language = Literal["ja", "en"]

_DAYS_JA = "月火水木金土日"
_DAYS_EN = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS_EN = ("Jan", "Feb", "Mar", "Apr", "May", "Jun",
              "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")  # fmt: skip


def weekday_name(day: date, language: Language) -> str:
    """月 or Mon."""
    return (_DAYS_JA if language == "ja" else _DAYS_EN)[day.weekday()]


def month_word(day: date, language: Language) -> str:
    """11月 or Nov, without the year."""
    return f"{day.month}月" if language == "ja" else _MONTHS_EN[day.month - 1]


def day_and_month(day: date, language: Language) -> str:
    """11月23日 or 23 Nov."""
    month = month_word(day, language)
    return f"{month}{day.day}日" if language == "ja" else f"{day.day} {month}"


def short_day_name(day: date, language: Language) -> str:
    """11月23日(月) or Mon 23 Nov."""
    named, weekday = day_and_month(day, language), weekday_name(day, language)
    return f"{named}({weekday})" if language == "ja" else f"{weekday} {named}"


def year_name(year: int, language: Language) -> str:
    """2025年 or 2025."""
    return f"{year}年" if language == "ja" else str(year)


def fiscal_year_name(year: int, first_month: int, language: Language) -> str:
    """2025年度 or FY2025, after the year it begins in; one that begins in January is a year."""
    if first_month == 1:
        return year_name(year, language)
    return f"{year}年度" if language == "ja" else f"FY{year}"


def month_name(day: date, language: Language) -> str:
    """2026年11月 or Nov 2026."""
    month = month_word(day, language)
    return f"{day.year}年{month}" if language == "ja" else f"{month} {day.year}"


def billing_month_name(first: date, last: date, language: Language) -> str:
    """2026年11月分(10月11日〜11月10日) or Nov 2026 bill (11 Oct – 10 Nov).

    Named after the month of its last day, as a bill is; the days are written where the billing
    month is not the calendar month.
    """
    name = f"{month_name(last, 'ja')}分" if language == "ja" else f"{month_name(last, 'en')} bill"
    if first.month == last.month:
        return name
    begins, ends = day_and_month(first, language), day_and_month(last, language)
    return f"{name}({begins}〜{ends})" if language == "ja" else f"{name} ({begins} – {ends})"


def day_name(day: date, language: Language) -> str:
    """2026年11月23日(月) or Mon 23 Nov 2026."""
    named = short_day_name(day, language)
    return f"{day.year}年{named}" if language == "ja" else f"{named} {day.year}"


def shift_day_name(start: datetime, language: Language) -> str:
    """2026年11月23日(月) 07:00から or Mon 23 Nov 2026 from 07:00, after the day it begins.

    A shift day that begins at midnight is a day.
    """
    name, clock = day_name(start.date(), language), f"{start:%H:%M}"
    if clock == "00:00":
        return name
    return f"{name} {clock}から" if language == "ja" else f"{name} from {clock}"


def slot_name(start: datetime, end: datetime, language: Language) -> str:
    """2026年11月23日(月) 09:00〜09:30 or Mon 23 Nov 2026 09:00–09:30; the end may be 24:00."""
    to = f"{end:%H:%M}" if end.date() == start.date() else "24:00"
    dash = "〜" if language == "ja" else "–"
    return f"{day_name(start.date(), language)} {start:%H:%M}{dash}{to}"
