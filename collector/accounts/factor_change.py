"""What a new set of factors would change: which periods of which sites, and by how much.

Nothing is recomputed by this; it tells what an explicit run would do.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from collector.accounts.account import DayEnergy, MethodSum
from collector.accounts.amounts import less
from collector.accounts.contracts import contract_on
from collector.accounts.ledger import Book, make_account
from collector.accounts.methods import Applied, Factors, Lookup
from collector.accounts.span import Span, fiscal_year_of, fiscal_year_span


@dataclass(frozen=True, slots=True)
class FactorChange:
    """One figure that another set of factors would change (kg; None: there is none)."""

    site: str
    span: Span
    method: str
    old_kg: Decimal | None
    new_kg: Decimal | None
    old_status: str
    new_status: str
    old_factor_ids: tuple[str, ...]
    new_factor_ids: tuple[str, ...]

    @property
    def difference_kg(self) -> Decimal | None:
        """The new figure less the old one; None without both."""
        if self.old_kg is None or self.new_kg is None:
            return None
        return less(self.new_kg, self.old_kg)


def what_would_change(
    old: Factors,
    new: Factors,
    books: Iterable[tuple[Book, Iterable[Span]]],
    known_on: date | None = None,
) -> tuple[FactorChange, ...]:
    """Every figure of the books' spans that differs between the two sets of factors.

    A figure also counts as changed when only its standing does (provisional becomes official).
    """
    return tuple(
        change
        for book, spans in books
        for span in spans
        for change in _changes(book, span, old, new, known_on)
    )


def fiscal_years(book: Book, starts: int = 4) -> tuple[Span, ...]:
    """The fiscal years of which the book holds energy."""
    years = sorted({fiscal_year_of(energy.day, starts) for energy in book.days})
    return tuple(fiscal_year_span(year, starts) for year in years)


def months(book: Book) -> tuple[Span, ...]:
    """The calendar months of which the book holds energy."""
    firsts = sorted({energy.day.replace(day=1) for energy in book.days})
    return tuple(
        Span(first, (first + timedelta(days=31)).replace(day=1), f"{first:%Y-%m}")
        for first in firsts
    )


def first_day_changed(
    old: Factors, new: Factors, books: Iterable[Book], known_on: date | None = None
) -> date | None:
    """The first day with energy that another factor, value or standing applies to; None: no day.

    From this day on a recompute books other CO2.
    """
    then, now = Lookup(old, known_on), Lookup(new, known_on)
    days = (
        energy.day for book in books for energy in book.days if _differs(book, energy, then, now)
    )
    return min(days, default=None)


def _differs(book: Book, energy: DayEnergy, then: Lookup, now: Lookup) -> bool:
    contract = contract_on(book.contracts, energy.day)
    if contract is None:
        return False
    methods = dict.fromkeys((*then.methods(contract), *now.methods(contract)))
    return any(
        _standing(then.applied(contract, method, energy.day))
        != _standing(now.applied(contract, method, energy.day))
        for method in methods
    )


def _standing(applied: Applied) -> tuple[object, ...]:
    row = applied.factor
    return (row and row.id, row and row.kg_per_kwh, applied.status)


def _changes(
    book: Book, span: Span, old: Factors, new: Factors, known_on: date | None
) -> Iterator[FactorChange]:
    before = make_account(book, span, old, known_on)
    after = make_account(book, span, new, known_on)
    for method in dict.fromkeys((*before.methods, *after.methods)):
        then, now = before.sum_of(method), after.sum_of(method)
        if _told(then) != _told(now):
            yield FactorChange(
                *(book.site, span, method, then.kg, now.kg, then.status, now.status),
                *(then.factor_ids, now.factor_ids),
            )


def _told(figure: MethodSum) -> tuple[object, ...]:
    return (figure.kg, figure.status, figure.factor_ids)
