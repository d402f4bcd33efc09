"""What the Scope 2 pack is made of: an account, what was closed of it, the base year, the parts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from zoneinfo import ZoneInfo

from collector.accounts.account import Account
from collector.accounts.allocation import Allocation
from collector.errors import CollectorError
from collector.reports.signed import BaseYear, SignedAccount

METHODS = ("location", "market")
"""The two of the GHG Protocol; side by side, never added."""


@dataclass(frozen=True, slots=True)
class LineName:
    """A line as people read it."""

    ja: str
    en: str


@dataclass(frozen=True, slots=True)
class Scope2Data:
    """The pack of a site and a period.

    ``only`` names the customer whose copy it is ("": all customers are told).
    """

    site: str
    name: str
    name_en: str
    zone: ZoneInfo
    fiscal_year_starts: int
    signed: SignedAccount
    made_at_ms: int
    base: BaseYear | None = None
    allocation: Allocation | None = None
    measured_hours: bool = False
    line_names: Mapping[str, LineName] | None = None
    only: str = ""

    @property
    def account(self) -> Account:
        """The account that is told."""
        return self.signed.account


@dataclass(frozen=True, slots=True)
class PartRow:
    """One row of the allocation as it is shown; ``place`` is the customer's, None for the others.

    Exact energies in milli-Wh as decimals would be endless: they are kept by ``share`` (0 to 1).
    """

    name: str
    place: int | None
    amount: Decimal
    direct_kwh: float
    common_kwh: float
    share: float
    wh: int
    grams: Mapping[str, int]


def part_rows(allocation: Allocation, only: str, others: str) -> tuple[PartRow, ...]:
    """The customers, or the named one and all ``others`` together.

    Raises ``CollectorError`` when there is no customer of that name.
    """
    rows = tuple(_row(allocation, place) for place in range(len(allocation.parts)))
    if not only:
        return rows
    own = [row for row in rows if row.name == only]
    if not own:
        raise CollectorError(f"there is no customer {only} in the table", "write it as there")
    return (own[0], _together(allocation, [row for row in rows if row.name != only], others))


def _row(allocation: Allocation, place: int) -> PartRow:
    part = allocation.parts[place]
    total = allocation.total_milli_wh
    return PartRow(
        name=part.customer.name,
        place=place,
        amount=part.amount,
        direct_kwh=float(part.direct / 1_000_000),
        common_kwh=float(part.common / 1_000_000),
        share=float(part.exact / total) if total else 0.0,
        wh=part.wh,
        grams=part.grams,
    )


def _together(allocation: Allocation, rows: list[PartRow], name: str) -> PartRow:
    return PartRow(
        name=name,
        place=None,
        amount=sum((row.amount for row in rows), Decimal(0)),
        direct_kwh=sum(row.direct_kwh for row in rows),
        common_kwh=sum(row.common_kwh for row in rows),
        share=sum(row.share for row in rows),
        wh=sum(row.wh for row in rows),
        grams={method: sum(row.grams[method] for row in rows) for method in allocation.grams},
    )
