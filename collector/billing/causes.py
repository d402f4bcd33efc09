"""Why a line of an invoice may differ from ours: what the figures themselves suggest."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from collector.billing.invoice import Invoice
from collector.billing.lines import Bill, plain
from collector.tariffs.tariff import LineKind, Tariff

_SAME_ENERGY_PERCENT = Decimal("0.1")
_SAME_POWER = Decimal("0.1")
_POWER_KINDS = ("demand", "excess", "capacity")


@dataclass(frozen=True, slots=True)
class Figures:
    """A line's figures; quantity and price are None where they are not printed or not one."""

    quantity: Decimal | None
    price: Decimal | None
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Compared:
    """What is compared: our bill, the invoice, and the tariff of both."""

    bill: Bill
    invoice: Invoice
    tariff: Tariff

    @property
    def same_energy(self) -> bool:
        """Whether all bands together hold the same energy on both sides."""
        ours = sum((line.quantity for line in self.bill.lines_of("energy")), Decimal(0))
        quantities = [line.quantity for line in self.invoice.lines if line.kind == "energy"]
        theirs = sum((quantity or Decimal(0) for quantity in quantities), Decimal(0))
        return abs(theirs - ours) * 100 <= ours * _SAME_ENERGY_PERCENT

    @property
    def gaps(self) -> tuple[str, ...]:
        """The bill's warnings of estimated and missing energy."""
        return tuple(text for text in self.bill.warnings if text.endswith(_GAP_ENDINGS))


_GAP_ENDINGS = ("estimated", "mean of the rest")


def likely_causes(
    compared: Compared,
    kind: LineKind,
    part: str,
    ours: Figures | None,
    theirs: Figures | None,
) -> tuple[str, ...]:
    """What may explain the difference of a line, the likeliest first; never empty."""
    if theirs is None:
        return ("the invoice has no such line: is it under another kind or part?",)
    if ours is None:
        return (_not_ours(compared.tariff, kind, part),)
    found = [
        *_of_quantity(compared, kind, ours, theirs),
        *_of_price(compared.tariff, kind, part, ours, theirs),
        *_of_amount(compared.tariff, kind, ours, theirs),
    ]
    return tuple(found) or ("no cause suggests itself: type in quantity and price as printed",)


def _not_ours(tariff: Tariff, kind: LineKind, part: str) -> str:
    for adder in tariff.adders:
        if adder.kind == kind and part in ("", adder.id) and adder.series:
            return f"our bill is without it: add the month's price to series {adder.series}"
    return "the tariff has no such line: another contract, or an adder to be written into it"


def _of_quantity(
    compared: Compared, kind: LineKind, ours: Figures, theirs: Figures
) -> Iterator[str]:
    if ours.quantity is None or theirs.quantity is None:
        return
    more = theirs.quantity - ours.quantity
    if kind in _POWER_KINDS:
        if abs(more) >= _SAME_POWER:
            yield (
                f"power off by {plain(more)}: our intervals do not begin with those of the "
                "supplier's meter (clock), an earlier month is not known here, or it is agreed"
            )
    elif ours.quantity and abs(more) * 100 > ours.quantity * _SAME_ENERGY_PERCENT:
        percent = (100 * more / ours.quantity).quantize(Decimal("0.1"), ROUND_HALF_UP)
        yield from (f"quantity off by {plain(percent)} %: {text}" for text in compared.gaps)
        if kind == "energy" and compared.same_energy:
            yield "the same energy in other bands: the clock, or the tariff's own day list"
        else:
            yield (
                f"quantity off by {plain(percent)} %: our meter against the billing meter "
                "(class, CT ratio, what lies between them)"
            )


def _of_price(
    tariff: Tariff, kind: LineKind, part: str, ours: Figures, theirs: Figures
) -> Iterator[str]:
    if ours.price is None or theirs.price is None or ours.price == theirs.price:
        return
    off = f"price {plain(theirs.price)}, ours {plain(ours.price)}"
    for adder in tariff.adders:
        if adder.kind == kind and part in ("", adder.id) and adder.series:
            entries = tariff.series_of(adder).entries
            same = [entry for entry in entries if adder.sign * entry.value == theirs.price]
            if same:
                yield f"{off}: theirs is the price of {same[0].first:%Y-%m}"
            else:
                yield f"{off}: the month's price in series {adder.series} is not the invoice's"
            return
    yield f"{off}: another version of the tariff, or a price without tax"


def _of_amount(tariff: Tariff, kind: LineKind, ours: Figures, theirs: Figures) -> Iterator[str]:
    same = ours.quantity == theirs.quantity and ours.price == theirs.price
    if not same or not ours.quantity or not ours.price:
        return
    rule = tariff.power_factor
    if kind == "demand" and rule is not None:
        whole = 100 + rule.base_percent
        percents = [
            whole - 100 * figures.amount / (ours.quantity * ours.price)
            for figures in (theirs, ours)
        ]
        their_percent, our_percent = (p.quantize(Decimal("0.1"), ROUND_HALF_UP) for p in percents)
        if their_percent != our_percent:
            yield (
                f"power factor: the invoice's amount means {plain(their_percent)} %, "
                f"ours {plain(our_percent)} %"
            )
            return
    yield "same quantity and price: rounding, or days charged in part"
