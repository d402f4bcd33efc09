"""The bill: lines with quantity, unit, price and amount, as a supplier prints them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from collector.tariffs.series import Source
from collector.tariffs.tariff import LineKind, Tariff


@dataclass(frozen=True, slots=True)
class BillLine:
    """One line. ``amount`` follows from quantity and price as ``formula`` tells, rounded or not.

    ``part`` tells lines of one kind apart: the band, the demand charge, the adder. ``price`` is in
    the bill's currency per ``unit`` (kWh, kW, kVA, kvarh, month, day or %).
    """

    kind: LineKind
    part: str
    label_en: str
    label_ja: str
    quantity: Decimal
    unit: str
    price: Decimal
    amount: Decimal
    formula: str
    source: str


@dataclass(frozen=True, slots=True)
class Bill:
    """A site's bill for the local days ``from_date`` to before ``to_date``.

    ``warnings`` tell what makes it differ from the supplier's: estimated or missing energy, a price
    that is not known, an assumption.
    """

    site: str
    tariff_id: str
    from_date: date
    to_date: date
    lines: tuple[BillLine, ...]
    total: Decimal
    currency: str
    warnings: tuple[str, ...]

    def amount(self, kind: LineKind) -> Decimal:
        """The sum of the lines of a kind."""
        return sum((line.amount for line in self.lines if line.kind == kind), Decimal(0))

    def lines_of(self, kind: LineKind) -> tuple[BillLine, ...]:
        """The lines of a kind."""
        return tuple(line for line in self.lines if line.kind == kind)


def rounded(tariff: Tariff, kind: str, amount: Decimal) -> Decimal:
    """The amount as the tariff rounds that kind of line; as it is where it says nothing."""
    rule = tariff.rounding.get(kind)
    return amount if rule is None else rule.apply(amount)


def total_of(tariff: Tariff, lines: Iterable[BillLine]) -> Decimal:
    """The sum of the lines, rounded as the tariff says."""
    return rounded(tariff, "total", sum((line.amount for line in lines), Decimal(0)))


def source_text(source: Source) -> str:
    """A source in one line, with how sure it is."""
    return f"{source.title} [{source.confidence}]"


def plain(value: Decimal) -> str:
    """A decimal without exponent and without zeros at its end; never shortened."""
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
