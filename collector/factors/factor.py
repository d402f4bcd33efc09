"""An emission factor: one immutable row of a published table, with where it comes from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

Kind = Literal["named", "residual", "whole", "national", "substitute", "part"]
"""What a row stands for: one menu of a supplier, the rest of its menus, the supplier as a whole,
the average of a region, the value to use for a supplier that publishes none, or one of several
rows of a region and method that stand side by side (``menu`` names the part)."""
Status = Literal["official", "corrected", "preliminary", "withdrawn"]
"""What the publisher calls it. A ``withdrawn`` row ends the one it supersedes; none follows."""
MatchStatus = Literal["official", "provisional", "fallback"]
Scheme = Literal["shk", "ghgp", "industry", "project"]
"""Whose rules it is made for: Japan's reporting law (温対法 SHK), the GHG Protocol, an industry's
own follow-up, or crediting projects only."""
Scope = Literal["2", "3.3", "none"]
Boundary = Literal["generation", "consumption", "lifecycle"]
Gas = Literal["CO2", "CO2e", "CH4", "N2O"]
Gwp = Literal["AR4", "AR5", "AR6", "as_published", "none"]
Key = tuple[str, ...]
UNSTATED = date.min
"""``valid_from`` of a row whose publisher states no year: it is provisional on every day."""


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
    *activity* the factor applies to, in ``time_zone`` ("": the zone of the plant); ``known_on`` is
    the day from which it could be known; ``measured_from`` to ``measured_to`` (excluded) the year
    it was measured (実績), when that is stated. A value never changes: a correction is a new row
    that names the old one in ``supersedes``. ``supplier`` and ``menu`` are "" for a region's
    average. ``definition`` tells quantities of the same name apart ("" where there is only one).
    """

    id: str
    region: str
    supplier: str
    supplier_name: str
    menu: str
    menu_name: str
    kind: Kind
    method: str
    scheme: Scheme
    scope: Scope
    boundary: Boundary
    definition: str
    kg_per_kwh: Decimal
    gas: Gas
    gwp: Gwp
    valid_from: date
    valid_to: date | None
    time_zone: str
    measured_from: date | None
    measured_to: date | None
    known_on: date
    status: Status
    supersedes: str
    note: str
    source: Source

    @property
    def keys(self) -> tuple[Key, ...]:
        """What the row can be found by: its menu, and its kind where that is one per supplier."""
        found = [menu_key(self.region, self.supplier, self.method, self.menu)] if self.menu else []
        if self.kind not in ("named", "part"):
            found.append(kind_key(self.region, self.supplier, self.method, self.kind))
        return tuple(found)

    @property
    def gas_key(self) -> Key:
        """The gas and how others were counted into it; rows of different ones never mix."""
        return (self.gas, self.gwp)

    @property
    def identity(self) -> Key:
        """What stays the same when a value is corrected: all of the key, and the window."""
        key = (self.region, self.supplier, self.menu, self.kind, self.method, *self.gas_key)
        return (*key, self.definition, str(self.valid_from), str(self.valid_to or ""))

    @property
    def decimals_published(self) -> int:
        """How many decimals of kg/kWh were printed."""
        exponent = self.kg_per_kwh.as_tuple().exponent
        return -exponent if isinstance(exponent, int) and exponent < 0 else 0

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
    the table, or its publisher calls it preliminary. ``fallback``: a value of another method or of
    a wider region stands in, since the one asked for is not published.
    """

    factor: Factor
    status: MatchStatus


@dataclass(frozen=True, slots=True)
class MethodMatch:
    """One of the methods that apply to a kWh, with its factor.

    ``method`` is the one asked for; ``factor.method`` differs where another one stands in, and for
    ``location`` in Japan, whose ministry publishes the average under a name of its own.
    """

    method: str
    factor: Factor
    status: MatchStatus


def menu_key(region: str, supplier: str, method: str, menu: str) -> Key:
    """The key of one menu of a supplier, or of one part of a region's method."""
    return (region, supplier, method, "menu", menu)


def kind_key(region: str, supplier: str, method: str, kind: Kind) -> Key:
    """The key of a supplier's (or, without one, a region's) only row of a kind."""
    return (region, supplier, method, "kind", kind)
