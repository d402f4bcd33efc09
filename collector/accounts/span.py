"""A stretch of local days: what an account, a contract or a certificate is for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Local days from ``first`` (included) to ``end`` (excluded); ``name`` is for people."""

    first: date
    end: date
    name: str = field(default="", compare=False)

    @property
    def last(self) -> date:
        """The last day, included."""
        return self.end - ONE_DAY

    @property
    def length(self) -> int:
        """How many days."""
        return (self.end - self.first).days

    def __str__(self) -> str:
        return self.name or f"{self.first}/{self.last}"

    def days(self) -> Iterator[date]:
        """Every day in order."""
        for number in range(self.length):
            yield self.first + timedelta(days=number)

    def holds(self, day: date) -> bool:
        """Whether the day lies in it."""
        return self.first <= day < self.end

    def common(self, other: Span) -> Span | None:
        """The days that lie in both; None when there is none."""
        first, end = max(self.first, other.first), min(self.end, other.end)
        return Span(first, end) if first < end else None


def fiscal_year_span(year: int, starts: int = 4) -> Span:
    """The fiscal year that begins in the month ``starts`` (1-12) of the year."""
    return Span(date(year, starts, 1), date(year + 1, starts, 1), f"FY{year}")


def fiscal_year_of(day: date, starts: int = 4) -> int:
    """The number of the fiscal year the day lies in: the year it begins in."""
    return day.year if day.month >= starts else day.year - 1
