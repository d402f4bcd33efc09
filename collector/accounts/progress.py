"""A site's year against its path: what was emitted so far, what the path leaves, where it ends."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from collector.accounts.account import Account, DayEnergy
from collector.accounts.forecast import Forecast, ForecastMethod, forecast
from collector.accounts.ledger import Book, make_account
from collector.accounts.methods import Factors
from collector.accounts.span import Span
from collector.accounts.targets import Path

_BREAK = "jp_shk_basic before and after FY2024 activity are different quantities"


@dataclass(frozen=True, slots=True)
class YearEnd:
    """What the year will come to (kg and milli-Wh), with the range, and how that was found."""

    method: ForecastMethod
    known_days: int
    milli_wh: int
    kg: Decimal | None
    low_kg: Decimal | None
    high_kg: Decimal | None
    status: str


@dataclass(frozen=True, slots=True)
class Progress:
    """A year by one method: the account so far, the path's allowance, the forecast.

    ``allowed_kg`` and ``on_path`` are None where there is no base figure, or the forecast has
    none; ``year_end`` is None when the year is over or too little of it is known.
    """

    site: str
    year: Span
    method: str
    so_far: Account
    path: Path | None
    allowed_kg: Decimal | None
    year_end: YearEnd | None
    remarks: tuple[str, ...]

    @property
    def kg(self) -> Decimal | None:
        """CO2 so far, after certificates."""
        return self.so_far.sum_of(self.method).kg

    @property
    def on_path(self) -> bool | None:
        """Whether the year ends on the path or below it: by the forecast, or as it ended."""
        ends = self.year_end.kg if self.year_end else self._ended_kg()
        if ends is None or self.allowed_kg is None:
            return None
        return ends <= self.allowed_kg

    def _ended_kg(self) -> Decimal | None:
        return self.kg if len(self.so_far.days) == self.year.length else None


def progress(
    book: Book, year: Span, known_end: date, factors: Factors, method: str, path: Path | None
) -> Progress:
    """How the fiscal year goes; ``known_end`` is the first day that is not over yet."""
    past = replace(book, days=tuple(day for day in book.days if day.day < known_end))
    so_far = make_account(past, year, factors)
    ahead = forecast(past.days, year, known_end)
    number = year.first.year
    return Progress(
        site=book.site,
        year=year,
        method=method,
        so_far=so_far,
        path=path,
        allowed_kg=path.allowed_kg(number) if path else None,
        year_end=None if ahead is None else _year_end(past, year, factors, method, ahead),
        remarks=tuple(_remarks(path, method, ahead, so_far)),
    )


def _year_end(past: Book, year: Span, factors: Factors, method: str, ahead: Forecast) -> YearEnd:
    def ended(days: tuple[DayEnergy, ...]) -> Account:
        return make_account(replace(past, days=(*past.days, *days)), year, factors)

    whole = ended(ahead.days)
    figure = whole.sum_of(method)
    low, high = (ended(days).sum_of(method).kg for days in (ahead.low, ahead.high))
    milli_wh = sum(day.milli_wh for day in whole.days)
    return YearEnd(*(ahead.method, ahead.known, milli_wh, figure.kg, low, high), str(figure.status))


def _remarks(path: Path | None, method: str, ahead: Forecast | None, so_far: Account) -> list[str]:
    found = []
    if path is not None and path.rule.confidence != "high":
        found.append(f"the reduction asked for is of {path.rule.confidence} confidence")
    if path is not None and method == "jp_shk_basic" and path.rule.base_year < 2024:
        found.append(_BREAK)
    if ahead is None and len(so_far.days) < so_far.span.length:
        found.append("no forecast: fewer than 30 days of the year are known, or none is to come")
    return found
