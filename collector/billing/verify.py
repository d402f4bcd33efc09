"""A bill against the supplier's invoice: the difference of every line, and what may explain it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from collector.billing.causes import Compared, Figures, likely_causes
from collector.billing.invoice import Invoice, InvoiceLine
from collector.billing.lines import Bill, BillLine
from collector.tariffs.tariff import LineKind, Tariff, TariffError


@dataclass(frozen=True, slots=True)
class Tolerance:
    """How far amounts may be apart: so much money, or so much of the invoice's amount."""

    amount: Decimal = Decimal(1)
    percent: Decimal = Decimal("0.5")

    def allows(self, ours: Decimal, theirs: Decimal) -> bool:
        """Whether the amounts are near enough."""
        return abs(ours - theirs) <= max(self.amount, abs(theirs) * self.percent / 100)


@dataclass(frozen=True, slots=True)
class LineDifference:
    """One line of the invoice beside ours. None: it is not on that side.

    ``difference`` is the invoice's amount less ours; ``causes`` are empty where it fits.
    """

    kind: LineKind
    part: str
    label: str
    ours: Figures | None
    theirs: Figures | None
    difference: Decimal
    fits: bool
    causes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Verification:
    """All lines compared. ``difference`` is the invoice's total less ours."""

    lines: tuple[LineDifference, ...]
    our_total: Decimal
    their_total: Decimal
    currency: str
    total_fits: bool
    warnings: tuple[str, ...]

    @property
    def difference(self) -> Decimal:
        """How much more the invoice comes to."""
        return self.their_total - self.our_total

    @property
    def fits(self) -> bool:
        """Whether the total and every line are near enough."""
        return self.total_fits and all(line.fits for line in self.lines)


def verify(
    bill: Bill, invoice: Invoice, tariff: Tariff, tolerance: Tolerance | None = None
) -> Verification:
    """Compare the bill with the invoice, line by line.

    An invoice line without a part stands for all of ours of its kind. Raises ``TariffError`` when
    the invoice is in another currency or for other days than the bill.
    """
    _refuse_others(bill, invoice)
    allowed = tolerance or Tolerance()
    compared = Compared(bill, invoice, tariff)
    lines = tuple(
        _difference(compared, allowed, ours, theirs) for ours, theirs in _pairs(bill, invoice)
    )
    return Verification(
        lines,
        bill.total,
        invoice.total,
        bill.currency,
        allowed.allows(bill.total, invoice.total),
        (*bill.warnings, *_sum_warning(invoice)),
    )


def _refuse_others(bill: Bill, invoice: Invoice) -> None:
    if invoice.currency != bill.currency:
        what = f"the invoice is in {invoice.currency}, the tariff in {bill.currency}"
        raise TariffError(what, "choose the tariff of the invoice")
    if (invoice.from_date, invoice.to_date) != (bill.from_date, bill.to_date):
        theirs = f"the invoice runs from {invoice.from_date} to {invoice.to_date}"
        ours = f"the bill from {bill.from_date} to {bill.to_date}"
        hint = "correct from and to (the last day excluded), the month, or the site's billing_day"
        raise TariffError(f"{theirs}, {ours}", hint)


def _sum_warning(invoice: Invoice) -> Iterator[str]:
    total = sum((line.amount for line in invoice.lines), Decimal(0))
    if abs(total - invoice.total) > 1:
        yield f"the invoice's lines add up to {total}, its total says {invoice.total}"


def _pairs(bill: Bill, invoice: Invoice) -> Iterator[tuple[Sequence[BillLine], InvoiceLine | None]]:
    left = list(bill.lines)
    # Lines that name their part come first, so that one without takes what they leave.
    for theirs in sorted(invoice.lines, key=lambda line: not line.part):
        ours = [line for line in left if line.kind == theirs.kind]
        ours = [line for line in ours if theirs.part in ("", line.part)]
        left = [line for line in left if line not in ours]
        yield ours, theirs
    for part in dict.fromkeys((line.kind, line.part) for line in left):
        yield [line for line in left if (line.kind, line.part) == part], None


def _difference(
    compared: Compared,
    tolerance: Tolerance,
    ours: Sequence[BillLine],
    theirs: InvoiceLine | None,
) -> LineDifference:
    our_figures = _joined(ours)
    their_figures = _printed(theirs)
    kind, part, label = _named(ours, theirs)
    our_amount = our_figures.amount if our_figures else Decimal(0)
    their_amount = theirs.amount if theirs else Decimal(0)
    fits = tolerance.allows(our_amount, their_amount)
    causes = () if fits else likely_causes(compared, kind, part, our_figures, their_figures)
    difference = their_amount - our_amount
    return LineDifference(kind, part, label, our_figures, their_figures, difference, fits, causes)


def _printed(line: InvoiceLine | None) -> Figures | None:
    return None if line is None else Figures(line.quantity, line.price, line.amount)


def _named(ours: Sequence[BillLine], theirs: InvoiceLine | None) -> tuple[LineKind, str, str]:
    if theirs is None:
        return ours[0].kind, ours[0].part, ours[0].label_en
    label = theirs.label or (ours[0].label_en if ours else theirs.kind)
    return theirs.kind, theirs.part or (ours[0].part if len(ours) == 1 else ""), label


def _joined(lines: Sequence[BillLine]) -> Figures | None:
    if not lines:
        return None
    prices = {line.price for line in lines}
    return Figures(
        sum((line.quantity for line in lines), Decimal(0)),
        prices.pop() if len(prices) == 1 else None,
        sum((line.amount for line in lines), Decimal(0)),
    )
