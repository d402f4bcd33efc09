"""From daily energies to an account: every day by every method, its certificates taken off.

Stands between the totals of a site and whoever reports, closes or explains them. A period is cut
where the contract, the factor or the factor's standing changes. ``known_on`` leaves out factors
published, and certificates retired, after that day, so that an old figure can be made again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby
from zoneinfo import ZoneInfo

from collector.accounts.account import Account, AccountLine, ClaimUse, DayEnergy, FactorUse
from collector.accounts.amounts import ZERO, added, times
from collector.accounts.certificates import (
    CORRECTION_RATES,
    LOWERS,
    Certificate,
    CorrectionRate,
    Taken,
    matched,
    rate_of,
)
from collector.accounts.contracts import Contract, contract_on
from collector.accounts.energy_law import PrimaryEnergy, primary_energy
from collector.accounts.methods import MARKET, SCOPE_2, Applied, Factors, Lookup
from collector.accounts.remarks import remarks_of
from collector.accounts.span import ONE_DAY, Span
from collector.rollup.carbon import co2_kg, energy_kwh
from collector.rollup.periods import midnight_ms

_JAPAN = ("Asia/Tokyo", "Japan")


@dataclass(frozen=True, slots=True)
class Book:
    """All that an account of a site is made of, besides factors.

    ``days`` are in order of time and begin no later than the period asked for and the claims that
    reach into it (``first_day_needed``). ``rates`` are the SHK correction rates held.
    """

    site: str
    zone: ZoneInfo
    contracts: tuple[Contract, ...]
    certificates: tuple[Certificate, ...]
    days: tuple[DayEnergy, ...]
    rates: tuple[CorrectionRate, ...] = CORRECTION_RATES


def first_day_needed(certificates: Iterable[Certificate], span: Span) -> date:
    """The first day whose energy decides the figures of the span.

    A claim takes from its oldest day on, and claims that share days with it take before it.
    """
    first = span.first
    claims = sorted((claim.use for claim in certificates), key=lambda use: use.end, reverse=True)
    for use in claims:
        if use.first < first < use.end or use.common(span):
            first = min(first, use.first)
    return first


def make_account(
    book: Book,
    span: Span,
    factors: Factors,
    known_on: date | None = None,
    software_version: str = "",
) -> Account:
    """The account of the span.

    Days without energy, contract or factor are left out of the figures and named in the remarks;
    nothing is guessed and nothing is zero for want of knowledge.
    """
    ledger = _Ledger(book, span, Lookup(factors, known_on), known_on)
    lines = tuple(line for method in ledger.methods for line in ledger.lines(method))
    claims = tuple(ledger.claims())
    coverage = _coverage(book, span, ledger.days)
    return Account(
        site=book.site,
        span=span,
        days=ledger.days,
        coverage=coverage,
        lines=lines,
        claims=claims,
        primary=_primary(book, ledger.days),
        remarks=remarks_of(span, ledger.days, coverage, lines, ledger.relevant, book, known_on),
        known_on=known_on,
        factor_snapshot=factors.snapshot_id,
        software_version=software_version,
    )


@dataclass(frozen=True, slots=True)
class _Entry:
    """One day by one method."""

    energy: DayEnergy
    contract: Contract | None
    applied: Applied
    taken_milli_wh: int
    deducted_kg: Decimal

    @property
    def key(self) -> tuple[object, ...]:
        """What neighbouring days must share to be one line."""
        applied = self.applied
        named = applied.factor and applied.factor.id
        return (self.contract, named, applied.status, applied.reason)


class _Ledger:
    """The days of a span by every method."""

    def __init__(self, book: Book, span: Span, lookup: Lookup, known_on: date | None) -> None:
        self._book, self._span, self._lookup, self._known_on = book, span, lookup, known_on
        self.days = tuple(energy for energy in book.days if span.holds(energy.day))
        self._contracts = {
            energy.day: contract_on(book.contracts, energy.day) for energy in book.days
        }
        held = (self._contracts[energy.day] for energy in self.days)
        contracts = dict.fromkeys(contract for contract in held if contract is not None)
        methods = (method for contract in contracts for method in lookup.methods(contract))
        self.methods = tuple(dict.fromkeys(methods))
        self.relevant = tuple(claim for claim in book.certificates if claim.use.common(span))
        self._matched = {
            method: self._match(method)
            for method in self.methods
            if method in SCOPE_2 and book.certificates
        }

    def lines(self, method: str) -> Iterator[AccountLine]:
        """The method's lines, in order of time."""
        entries = (self._entry(method, energy) for energy in self.days)
        for _, run in groupby(entries, key=lambda entry: entry.key):
            yield _line(method, list(run))

    def claims(self) -> Iterator[ClaimUse]:
        """How far each certificate of the span was used by each method that it lowers."""
        for claim in self.relevant:
            for method in LOWERS[claim.kind]:
                if method not in self.methods:
                    continue
                taken = [
                    part
                    for parts in self._matched[method].values()
                    for part in parts
                    if part.certificate is claim or part.certificate == claim
                ]
                within = sum(part.milli_wh for part in taken if self._span.holds(part.day))
                before = sum(part.milli_wh for part in taken if part.day < self._span.first)
                yield ClaimUse(claim, method, within, before)

    def _match(self, method: str) -> Mapping[date, tuple[Taken, ...]]:
        if method != MARKET and not self._book.rates:
            return {}
        first = first_day_needed(self._book.certificates, self._span)
        stretch = Span(first, self._span.end)
        days = [(e.day, e.milli_wh) for e in self._book.days if stretch.holds(e.day)]

        def counts(claim: Certificate, day: date) -> bool:
            contract = self._contracts[day]
            if contract is None or not claim.lowers(method, day, contract.japanese):
                return False
            held = method == MARKET or rate_of(self._book.rates, claim.kind, day) is not None
            return held and claim.retired(self._known_on)

        return matched(self._book.certificates, days, counts)

    def _entry(self, method: str, energy: DayEnergy) -> _Entry:
        contract = self._contracts[energy.day]
        applied = self._applied(contract, method, energy.day)
        taken = self._matched.get(method, {}).get(energy.day, ())
        return _Entry(
            *(energy, contract, applied, sum(part.milli_wh for part in taken)),
            self._deducted(method, energy, contract, applied, taken),
        )

    def _applied(self, contract: Contract | None, method: str, day: date) -> Applied:
        if contract is None:
            return Applied(None, "missing", "no contract")
        if method not in self._lookup.methods(contract):
            return Applied(None, "missing", f"{method} does not apply under {contract}")
        return self._lookup.applied(contract, method, day)

    def _deducted(
        self,
        method: str,
        energy: DayEnergy,
        contract: Contract | None,
        applied: Applied,
        taken: Sequence[Taken],
    ) -> Decimal:
        if not taken or contract is None or applied.factor is None:
            return ZERO
        value = applied.factor.kg_per_kwh
        if method == MARKET:
            return added(co2_kg(part.milli_wh, value) for part in taken)
        average = self._lookup.average(contract, energy.day)
        if average is None:
            return ZERO
        worth = (
            times(energy_kwh(part.milli_wh), average.kg_per_kwh, rate.rate)
            for part in taken
            if (rate := rate_of(self._book.rates, part.certificate.kind, energy.day))
        )
        return min(added(worth), max(ZERO, co2_kg(energy.milli_wh, value)))


def _line(method: str, run: Sequence[_Entry]) -> AccountLine:
    first = run[0]
    factor = first.applied.factor
    return AccountLine(
        method=method,
        first=first.energy.day,
        end=run[-1].energy.day + ONE_DAY,
        contract=first.contract,
        milli_wh=sum(entry.energy.milli_wh for entry in run),
        estimated_milli_wh=sum(entry.energy.estimated_milli_wh for entry in run),
        factor=None if factor is None else FactorUse.of(factor),
        status=first.applied.status,
        reason=first.applied.reason,
        certificate_milli_wh=sum(entry.taken_milli_wh for entry in run),
        deducted_kg=added(entry.deducted_kg for entry in run),
    )


def _coverage(book: Book, span: Span, days: Iterable[DayEnergy]) -> float:
    def length_ms(first: date, end: date) -> int:
        return midnight_ms(book.zone, end) - midnight_ms(book.zone, first)

    measured = sum(day.coverage * length_ms(day.day, day.day + ONE_DAY) for day in days)
    return measured / length_ms(span.first, span.end)


def _primary(book: Book, days: Iterable[DayEnergy]) -> tuple[PrimaryEnergy, ...]:
    def under_the_law(day: date) -> bool:
        contract = contract_on(book.contracts, day)
        return book.zone.key in _JAPAN if contract is None else contract.japanese

    return primary_energy((day.day, day.milli_wh) for day in days if under_the_law(day.day))
