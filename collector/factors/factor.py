"""An emission factor: one immutable row of a published table, with where it comes from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

Kind = Literal["named", "residual", "whole", "national", "substitute"]
"""What a row stands for: one menu of a supplier, the rest of its menus, the supplier as a whole,
the average of a region, or the value to use for a supplier that publishes none."""
Status = Literal["official", "corrected", "preliminary"]
MatchStatus = Literal["official", "provisional"]
Key = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Source:
    """The publication a row was taken from; ``via`` names a transcription, when one was used.

    ``published_on`` is the publisher's date as printed: a day, a month or a year.
    """

    title: str
    publisher: str
    revision: str
    published_on: str
    licence: str
    attribution: str
    url: str = ""
    via: str = ""


@dataclass(frozen=True, slots=True)
class Factor:
    """How much CO2 a kWh of electricity stands for, for whom, and when.

    ``valid_from`` (included) to ``valid_to`` (excluded; None: open) are the local dates of the
    *activity* the factor applies to, ``known_on`` the day from which it could be known. A value
    never changes: a correction is a new row that names the old one in ``supersedes``. ``supplier``
    and ``menu`` are "" for a region's average.
    """

    id: str
    region: str
    supplier: str
    supplier_name: str
    menu: str
    menu_name: str
    kind: Kind
    method: str
    kg_per_kwh: Decimal
    gas: str
    valid_from: date
    valid_to: date | None
    known_on: date
    status: Status
    supersedes: str
    note: str
    source: Source

    @property
    def keys(self) -> tuple[Key, ...]:
        """What the row can be found by: its menu, and its kind where that is one per supplier."""
        found = [menu_key(self.region, self.supplier, self.method, self.menu)] if self.menu else []
        if self.kind != "named":
            found.append(kind_key(self.region, self.supplier, self.method, self.kind))
        return tuple(found)

    def covers(self, day: date) -> bool:
        """Whether the day lies in the activity window."""
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)

    def overlaps(self, other: Factor) -> bool:
        """Whether a day lies in both activity windows."""
        ends_before = self.valid_to is not None and self.valid_to <= other.valid_from
        starts_after = other.valid_to is not None and other.valid_to <= self.valid_from
        return not ends_before and not starts_after


@dataclass(frozen=True, slots=True)
class Match:
    """The factor that applies, and whether it is the one published for the day.

    ``provisional``: it stands in for a row not yet (or no longer) held, for a menu that is not in
    the table, or its publisher calls it preliminary.
    """

    factor: Factor
    status: MatchStatus


def menu_key(region: str, supplier: str, method: str, menu: str) -> Key:
    """The key of one menu of a supplier."""
    return (region, supplier, method, "menu", menu)


def kind_key(region: str, supplier: str, method: str, kind: Kind) -> Key:
    """The key of a supplier's (or, without one, a region's) only row of a kind."""
    return (region, supplier, method, "kind", kind)
