"""Prices that change by the month of the bill: fuel adjustment, renewable levy, discounts.

A bill's month is the month of its last day: the bill of 15 April to 14 May is May's, and so is that
of 1 to 31 May. A month without an entry has no price; it is never carried over from another month.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Literal

Confidence = Literal["high", "medium", "low"]


@dataclass(frozen=True, slots=True)
class Source:
    """Where figures come from and how sure that is.

    ``confidence``: high, read in the source named; medium, one secondary source; low, general
    knowledge that must be checked. ``published_on`` is as printed: a day, a month or a year.
    """

    title: str
    url: str
    published_on: str
    confidence: Confidence
    note: str = ""


@dataclass(frozen=True, slots=True)
class SeriesEntry:
    """One price for the bill months from ``first`` to before ``end`` (first days of months)."""

    first: date
    end: date
    value: Decimal
    source: Source | None = None

    def covers(self, month: date) -> bool:
        """Whether it is the price of that bill month (its first day)."""
        return self.first <= month < self.end


@dataclass(frozen=True, slots=True)
class Series:
    """A price by bill month, in the tariff's currency per kWh, kW or month."""

    id: str
    title: str
    entries: tuple[SeriesEntry, ...]

    def entry(self, month: date) -> SeriesEntry | None:
        """The entry of a bill month (its first day); None where none is known."""
        return next((entry for entry in self.entries if entry.covers(month)), None)

    def extended(self, other: Series) -> Series:
        """The series with the other's entries, which stand before its own."""
        return replace(self, entries=(*other.entries, *self.entries))


def month_of(last_day: date) -> date:
    """The bill month (its first day) of a bill with that last day."""
    return last_day.replace(day=1)


def months_on(month: date, count: int) -> date:
    """The first day of the month so many months later, or earlier when negative."""
    index = month.year * 12 + month.month - 1 + count
    return date(index // 12, index % 12 + 1, 1)
