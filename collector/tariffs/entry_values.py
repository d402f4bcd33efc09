"""Single values of a tariff file: numbers, months, days of the year, spans of days and of hours.

Numbers are written as numbers and kept to the digit (``price = 19.74``); times of day
"13:00-16:00", on quarter hours; days of the year "07-01", spans of them "07-01/10-01", the last
excluded; bill months "2025-05".
"""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from collector.tariffs.tariff import DAY_MINUTES, QUARTER_MINUTES, MinuteSpan, MonthDay

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_TIMES = re.compile(r"(\d\d):(\d\d)-(\d\d):(\d\d)")
_A_LEAP_YEAR = 2024
"""Its days are all the days of a year there are."""


def _number(value: Any) -> Any:
    if isinstance(value, str):
        raise ValueError("is text; write a number, without quotes")
    if isinstance(value, bool) or not isinstance(value, (int, Decimal)):
        raise ValueError("is not a number")
    if not Decimal(value).is_finite():
        raise ValueError("is not a number")
    return Decimal(value)


def _month_day(text: str) -> MonthDay:
    try:
        day = date.fromisoformat(f"{_A_LEAP_YEAR}-{text}")
    except ValueError as error:
        raise ValueError(f'"{text}" is not a day of the year; write it as 07-01') from error
    return day.month, day.day


def _day_span(value: Any) -> tuple[MonthDay, MonthDay]:
    first, dash, end = str(value).partition("/")
    if not dash:
        raise ValueError("is not a span of days; write it as 07-01/10-01, the last excluded")
    span = _month_day(first), _month_day(end)
    if span[0] == span[1]:
        raise ValueError("holds no day; leave out the seasons when there is one only")
    return span


def _minute_span(value: Any) -> MinuteSpan:
    match = _TIMES.fullmatch(str(value))
    hint = 'write it as "13:00-16:00", on quarter hours'
    if not match:
        raise ValueError(f"is not a span of hours; {hint}")
    hour, minute, end_hour, end_minute = map(int, match.groups())
    first, end = 60 * hour + minute, 60 * end_hour + end_minute
    if max(first, end) > DAY_MINUTES or max(minute, end_minute) >= 60:
        raise ValueError(f"is not a span of hours; {hint}")
    if first % QUARTER_MINUTES or end % QUARTER_MINUTES:
        raise ValueError(f"does not lie on quarter hours; {hint}")
    if first == end:
        raise ValueError('holds no time; write all day as "00:00-24:00"')
    return first, end


def _month(value: Any) -> date:
    try:
        return date.fromisoformat(f"{value}-01")
    except ValueError as error:
        raise ValueError('is not a month; write it as "2025-05"') from error


def _listed_day(value: Any) -> MonthDay | date:
    try:
        return value if isinstance(value, date) else date.fromisoformat(str(value))
    except ValueError:
        return _month_day(str(value))


Number = Annotated[Decimal, BeforeValidator(_number)]
Positive = Annotated[Number, Field(gt=0)]
NotNegative = Annotated[Number, Field(ge=0)]
Percent = Annotated[Number, Field(ge=0, le=100)]
Text = Annotated[str, Field(min_length=1)]
Id = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]*$")]
Month = Annotated[date, BeforeValidator(_month)]
DaySpan = Annotated[tuple[MonthDay, MonthDay], BeforeValidator(_day_span)]
Times = Annotated[MinuteSpan, BeforeValidator(_minute_span)]
ListedDay = Annotated[MonthDay | date, BeforeValidator(_listed_day)]
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
Currency = Annotated[str, Field(pattern=r"^[A-Z]{3}$", description="JPY, EUR, USD ...")]


def twelve_or_none(prices: list[Decimal]) -> list[Decimal]:
    """The prices, when there are twelve of them or none. Raises ``ValueError`` otherwise."""
    if prices and len(prices) != 12:
        raise ValueError(f"has {len(prices)} prices; write twelve, January first")
    return prices
