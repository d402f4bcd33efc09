"""What the check-sheet table is made of: twelve months of electricity, its bills, the fuels."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

from collector.accounts.account import Account, AccountLine
from collector.accounts.allocation import largest_remainder
from collector.accounts.monthly import month_lines
from collector.reports.constants import Fuel
from collector.reports.signed import SignedAccount

METHOD = "jp_shk_adjusted"
"""The check sheet counts by the adjusted factor."""


@dataclass(frozen=True, slots=True)
class MonthBill:
    """A month's electricity bill by its tariff, in the tariff's currency; its warnings."""

    total: Decimal
    tariff: str
    currency: str
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class JcciData:
    """Twelve months from the first of one; ``bills`` by month, absent where none can be made."""

    site: str
    name: str
    name_en: str
    zone: ZoneInfo
    fiscal_year_starts: int
    billing_day: int
    signed: SignedAccount
    made_at_ms: int
    bills: Mapping[date, MonthBill]
    why_no_bills: str
    fuels: tuple[Fuel, ...]

    @property
    def account(self) -> Account:
        """The account that is told."""
        return self.signed.account

    @property
    def months(self) -> tuple[date, ...]:
        """The first days of the months."""
        return tuple(dict.fromkeys(day.replace(day=1) for day in self.account.span.days()))


@dataclass(frozen=True, slots=True)
class ItemMonth:
    """An item's month: energy (milli-Wh), and its yen where they are known."""

    milli_wh: int
    yen: Decimal | None

    @property
    def kwh(self) -> Decimal:
        """Energy, kWh."""
        return Decimal(self.milli_wh).scaleb(-6)


@dataclass(frozen=True, slots=True)
class Item:
    """Electricity under one contract and factor, by month."""

    line: AccountLine
    months: Mapping[date, ItemMonth]

    def kg(self, month: date) -> Decimal | None:
        """The month's CO2, kg; None without a factor, zero without use."""
        factor, held = self.line.factor, self.months.get(month)
        if factor is None:
            return None
        return held.kwh * factor.kg_per_kwh if held else Decimal(0)


def items_of(data: JcciData) -> tuple[Item, ...]:
    """The electricity items in order of time.

    Where two share a month, its bill is split by their kWh, to the hundredth.
    """
    energies: dict[date, dict[int, int]] = {}
    lines = data.account.lines_of(METHOD)
    for part in month_lines(data.account, METHOD):
        place = lines.index(part.line)
        energies.setdefault(part.month, {})[place] = part.milli_wh
    months: list[dict[date, ItemMonth]] = [{} for _ in lines]
    for month, held in energies.items():
        shares = _shares(data.bills.get(month), held)
        for place, milli_wh in held.items():
            months[place][month] = ItemMonth(milli_wh, shares.get(place))
    return tuple(Item(line, own) for line, own in zip(lines, months, strict=True))


def _shares(bill: MonthBill | None, held: Mapping[int, int]) -> dict[int, Decimal]:
    if bill is None:
        return {}
    if len(held) == 1 or bill.total <= 0:
        first = next(iter(held))
        return {place: bill.total if place == first else Decimal(0) for place in held}
    weights = [Fraction(max(milli_wh, 0)) for milli_wh in held.values()]
    parts = largest_remainder(int(bill.total.scaleb(2)), weights)
    return {place: Decimal(n).scaleb(-2) for place, n in zip(held, parts, strict=True)}
