"""A site's kWh and CO2 to its customers: what is metered directly, and the rest by one stated rule.

Best first (reference analytics-reports.md section 4): energy metered for one customer alone; then
physical shares (output by mass, pieces, machine hours); then economic ones (revenue). A line that
several customers share is spread over these, the common load over all, by the same amounts.

The parts add up to the total to the last Wh and the last gram, by the largest remainder: each part
is cut to a whole number, and what is left goes to the largest remainders, the first of equal ones
first. Remainders are compared to four decimals, which a spreadsheet's numbers hold as well, so
that a customer can follow each step. A part of nothing stays nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Literal

from collector.errors import CollectorError

Basis = Literal["mass", "pieces", "machine_hours", "revenue"]
BASES: tuple[Basis, ...] = ("mass", "pieces", "machine_hours", "revenue")
"""From the best to the worst: physical ones before the economic one."""
PHYSICAL: tuple[Basis, ...] = ("mass", "pieces", "machine_hours")
MOST_CUSTOMERS = 1000
STEPS = 10_000
"""In how many steps of a whole one remainders are compared."""


@dataclass(frozen=True, slots=True)
class Customer:
    """A customer or product: the lines metered for it, and its amounts by basis (absent: None)."""

    name: str
    lines: tuple[str, ...]
    amounts: Mapping[Basis, Decimal]


@dataclass(frozen=True, slots=True)
class SubMeter:
    """A line metered on its own: its energy (milli-Wh), of how many days of the period."""

    id: str
    name: str
    milli_wh: int
    known_days: int


@dataclass(frozen=True, slots=True)
class BasisChoice:
    """The basis of the common load: asked for or the best there is.

    ``without`` names, for every better basis, how many customers have no amount of it.
    """

    basis: Basis
    asked: bool
    without: tuple[tuple[Basis, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """One customer's part: exact energy (milli-Wh), then whole Wh and whole grams by method."""

    customer: Customer
    amount: Decimal
    direct: Fraction
    common: Fraction
    wh: int
    grams: Mapping[str, int]

    @property
    def exact(self) -> Fraction:
        """Its energy before rounding, milli-Wh."""
        return self.direct + self.common


@dataclass(frozen=True, slots=True)
class Allocation:
    """The whole of a site's energy (Wh) and CO2 (g, by method), and each customer's part of it.

    ``lines`` are those assigned directly; ``common_milli_wh`` is what is left of the total.
    """

    choice: BasisChoice
    total_milli_wh: int
    common_milli_wh: int
    lines: tuple[SubMeter, ...]
    parts: tuple[Part, ...]
    grams: Mapping[str, int]

    @property
    def wh(self) -> int:
        """The total in whole Wh."""
        return _whole(Fraction(self.total_milli_wh, 1000))

    def sharers(self, line: str) -> tuple[int, ...]:
        """The places of the customers that name the line."""
        return tuple(n for n, part in enumerate(self.parts) if line in part.customer.lines)


def allocate(
    total_milli_wh: int,
    kg: Mapping[str, Decimal],
    lines: Sequence[SubMeter],
    customers: Sequence[Customer],
    basis: Basis | None = None,
) -> Allocation:
    """Spread a site's energy and its CO2 by method (exact kg) over the customers.

    Every kWh of the period carries the same CO2. ``basis`` None chooses the best of which every
    customer has an amount. Raises ``CollectorError`` when there is none, when nothing is to be
    shared by, when lines together exceed the site, and for an energy below zero.
    """
    _check_customers(customers)
    choice = choose_basis(customers, basis)
    amounts = [customer.amounts[choice.basis] for customer in customers]
    named = {line for customer in customers for line in customer.lines}
    used = tuple(line for line in lines if line.id in named)
    common = _common(total_milli_wh, used)
    direct = _direct(used, customers, amounts)
    spread = _spread(Fraction(common), amounts, "the common load")
    exact = [one + other for one, other in zip(direct, spread, strict=True)]
    wh = largest_remainder(_whole(Fraction(total_milli_wh, 1000)), exact)
    totals = {method: grams_of(amount) for method, amount in kg.items()}
    grams = {method: largest_remainder(total, exact) for method, total in totals.items()}
    parts = tuple(
        Part(
            *(customer, amounts[n], direct[n], spread[n], wh[n]),
            {method: found[n] for method, found in grams.items()},
        )
        for n, customer in enumerate(customers)
    )
    return Allocation(choice, total_milli_wh, common, used, parts, totals)


def choose_basis(customers: Sequence[Customer], asked: Basis | None = None) -> BasisChoice:
    """The basis asked for, else the best of which every customer has an amount.

    Raises ``CollectorError`` with who has none.
    """
    lacking = {
        basis: [customer.name for customer in customers if basis not in customer.amounts]
        for basis in BASES
    }
    if asked is not None:
        if lacking[asked]:
            names = ", ".join(lacking[asked][:3])
            raise CollectorError(f"no {asked} of: {names}", "write 0 for a customer without any")
        return BasisChoice(asked, asked=True)
    for place, basis in enumerate(BASES):
        if not lacking[basis]:
            worse = tuple((b, len(lacking[b])) for b in BASES[:place])
            return BasisChoice(basis, asked=False, without=worse)
    hint = f"fill in one of the columns {', '.join(BASES)} for every customer"
    raise CollectorError("no basis has an amount of every customer", hint)


def largest_remainder(total: int, shares: Sequence[Fraction]) -> list[int]:
    """The whole number ``total`` (0 or more) in whole parts in proportion to the shares.

    The parts add up to it exactly; all are 0 when the shares are.
    """
    if not any(shares):
        return [0 for _ in shares]
    steps = steps_of(total, shares)
    parts = [step // STEPS for step in steps]
    for n in ranked(steps, shares)[: total - sum(parts)]:
        parts[n] += 1
    return parts


def steps_of(total: int, shares: Sequence[Fraction]) -> list[int]:
    """Each share of the total in steps of a ten-thousandth; zero of no shares."""
    whole = sum(shares, Fraction(0))
    return [_whole(total * share / whole * STEPS) if whole else 0 for share in shares]


def ranked(steps: Sequence[int], shares: Sequence[Fraction]) -> list[int]:
    """The places of the shares above zero, the largest remainder first, then by place."""
    some = (n for n, share in enumerate(shares) if share)
    return sorted(some, key=lambda n: (-(steps[n] % STEPS), n))


def grams_of(kg: Decimal) -> int:
    """An exact mass in whole grams, rounded half up."""
    return int(kg.scaleb(3).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def _check_customers(customers: Sequence[Customer]) -> None:
    if not customers:
        raise CollectorError("there is no customer to allocate to", "write a row for each")
    if len(customers) > MOST_CUSTOMERS:
        what = f"{len(customers)} customers: at most {MOST_CUSTOMERS} can be allocated to"
        raise CollectorError(what, "put the small ones together in one row")


def _common(total_milli_wh: int, used: Sequence[SubMeter]) -> int:
    if total_milli_wh < 0 or any(line.milli_wh < 0 for line in used):
        what = "an energy below zero cannot be allocated"
        raise CollectorError(what, "look at the meter's direction, or at collector explain")
    common = total_milli_wh - sum(line.milli_wh for line in used)
    if common < 0:
        names = ", ".join(line.id for line in used)
        hint = "a line may be metered twice, or the site's meter be incomplete"
        raise CollectorError(f"the lines {names} together exceed the site's energy", hint)
    return common


def _direct(
    used: Sequence[SubMeter], customers: Sequence[Customer], amounts: Sequence[Decimal]
) -> list[Fraction]:
    found = [Fraction(0) for _ in customers]
    for line in used:
        sharers = [n for n, customer in enumerate(customers) if line.id in customer.lines]
        alone = len(sharers) == 1
        weights = [Decimal(1) if alone else amounts[n] for n in sharers]
        spread = _spread(Fraction(line.milli_wh), weights, f"the line {line.id}")
        for n, share in zip(sharers, spread, strict=True):
            found[n] += share
    return found


def _spread(energy: Fraction, amounts: Sequence[Decimal], what: str) -> list[Fraction]:
    weights = [Fraction(amount) for amount in amounts]
    whole = sum(weights, Fraction(0))
    if not whole:
        if energy:
            hint = "give at least one customer an amount above zero"
            raise CollectorError(f"{what} cannot be spread: every amount is zero", hint)
        return [Fraction(0) for _ in weights]
    return [energy * weight / whole for weight in weights]


def _whole(value: Fraction) -> int:
    # To the nearest whole number, halves up, of a number that is not below zero.
    return (2 * value.numerator + value.denominator) // (2 * value.denominator)
