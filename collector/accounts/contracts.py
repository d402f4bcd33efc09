"""Who supplied electricity on which days: the contracts of a site as stretches of days."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from collector.accounts.span import Span
from collector.site_config import SiteSettings


@dataclass(frozen=True, slots=True)
class Contract:
    """A supplier's menu from a local day on, until the next contract begins."""

    first: date
    region: str
    supplier: str = ""
    menu: str = ""
    evidence: str = ""

    @property
    def japanese(self) -> bool:
        """Whether Japan's schemes (SHK, energy law) apply under it."""
        return self.region == "JP" or self.region.startswith("JP-")

    def __str__(self) -> str:
        menu = self.menu and f"menu {self.menu}"
        return " ".join(filter(None, (self.region, self.supplier, menu)))


@dataclass(frozen=True, slots=True)
class Stretch:
    """Days under one contract; ``contract`` is None where there was none."""

    span: Span
    contract: Contract | None


def contracts_of(site: SiteSettings) -> tuple[Contract, ...]:
    """The site's contracts in order of time."""
    found = (
        Contract(item.from_date, item.region, item.supplier, item.menu, item.evidence)
        for item in site.contracts
    )
    return tuple(sorted(found, key=lambda contract: contract.first))


def contract_on(contracts: Iterable[Contract], day: date) -> Contract | None:
    """The contract in force on the day; None before the first."""
    begun = [contract for contract in contracts if contract.first <= day]
    return max(begun, key=lambda contract: contract.first, default=None)


def stretches(contracts: Sequence[Contract], span: Span) -> tuple[Stretch, ...]:
    """The span cut where contracts change: without holes, each with the contract of its days."""
    edges = sorted({span.first, span.end} | {c.first for c in contracts if span.holds(c.first)})
    return tuple(
        Stretch(Span(first, end), contract_on(contracts, first)) for first, end in pairwise(edges)
    )
