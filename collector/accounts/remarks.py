"""What a reader of an account must know beside its figures, one plain sentence each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Protocol

from collector.accounts.account import AccountLine, DayEnergy
from collector.accounts.amounts import grouped
from collector.accounts.certificates import (
    JAPANESE_KINDS,
    LOWERS,
    Certificate,
    CorrectionRate,
    rate_of,
)
from collector.accounts.contracts import Contract, stretches
from collector.accounts.methods import MARKET, NEW_BASIC_FROM, in_scope_3
from collector.accounts.span import Span, fiscal_year_of
from collector.factors.methods import BASIC as SHK_BASIC
from collector.rollup.carbon import energy_kwh


class Evidence(Protocol):
    """What the remarks look at of a book."""

    @property
    def contracts(self) -> tuple[Contract, ...]:
        """The contracts in order of time."""
        ...

    @property
    def rates(self) -> tuple[CorrectionRate, ...]:
        """The SHK correction rates held."""
        ...


def remarks_of(
    span: Span,
    days: Sequence[DayEnergy],
    coverage: float,
    lines: Sequence[AccountLine],
    claims: Iterable[Certificate],
    book: Evidence,
    known_on: date | None,
) -> tuple[str, ...]:
    """Every remark, each once, in the order: energy, contracts, factors, certificates."""
    found = [
        *_of_energy(span, days, coverage),
        *_of_contracts(span, days, book.contracts),
        *_of_factors(lines),
        *(text for claim in claims for text in _of_claim(claim, span, book, known_on)),
    ]
    return tuple(dict.fromkeys(found))


def _of_energy(span: Span, days: Sequence[DayEnergy], coverage: float) -> Iterator[str]:
    if len(days) < span.length:
        yield f"energy is known of {len(days)} of {span.length} days; the others count for nothing"
    if coverage < 1:
        yield f"{coverage:.2%} of the period was measured"
    estimated = sum(day.estimated_milli_wh for day in days)
    if estimated:
        yield f"{grouped(energy_kwh(estimated))} kWh of it were estimated over gaps"


def _of_contracts(
    span: Span, days: Sequence[DayEnergy], contracts: Sequence[Contract]
) -> Iterator[str]:
    for stretch in stretches(contracts, span):
        if stretch.contract is None:
            used = sum(day.milli_wh for day in days if stretch.span.holds(day.day))
            yield (
                f"no contract from {stretch.span.first} to {stretch.span.last}:"
                f" {grouped(energy_kwh(used))} kWh have no CO2"
                " (add a [[sites.contracts]] that begins earlier)"
            )


def _of_factors(lines: Sequence[AccountLine]) -> Iterator[str]:
    for line in lines:
        if line.factor is None and line.contract is not None:
            yield f"{line.method}: no figure from {line.first} to {_last(line)}: {line.reason}"
        elif line.status in ("provisional", "fallback"):
            yield f"{line.method}: {line.status} from {line.first} to {_last(line)}: {line.reason}"
    basic = [line for line in lines if line.method == SHK_BASIC]
    if any(a.first < NEW_BASIC_FROM for a in basic) and any(b.end > NEW_BASIC_FROM for b in basic):
        yield (
            f"{SHK_BASIC}: until {NEW_BASIC_FROM} basic meant fuel only, from then on it holds"
            " certificates: two different quantities under one name"
        )
    if any(in_scope_3(line.method) for line in lines):
        yield "Scope 3 category 3 is no part of Scope 2 and never added to it"


def _of_claim(
    claim: Certificate, span: Span, book: Evidence, known_on: date | None
) -> Iterator[str]:
    if not claim.retired(known_on):
        by = f" by {known_on}" if known_on else ""
        yield f"certificate {claim}: not retired{by}, so it is not counted"
        return
    if claim.vintage_warning():
        yield f"certificate {claim.vintage_warning()}"
    shared = claim.use.common(span) or span
    under = [s.contract for s in stretches(book.contracts, shared) if s.contract is not None]
    if claim.kind in JAPANESE_KINDS and not any(contract.japanese for contract in under):
        yield f"certificate {claim}: counts under contracts in Japan only"
        return
    years = range(fiscal_year_of(shared.first), fiscal_year_of(shared.last) + 1)
    lowered = [method for method in LOWERS[claim.kind] if method != MARKET]
    for year in years if lowered else ():
        if rate_of(book.rates, claim.kind, date(year, 4, 1)) is None:
            yield (
                f"certificate {claim}: no SHK correction rate of FY{year} is held, so it is not"
                f" deducted from {' and '.join(sorted(lowered))}"
            )


def _last(line: AccountLine) -> date:
    return Span(line.first, line.end).last
