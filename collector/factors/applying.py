"""Every method that applies to a kWh somewhere: what a report shows side by side, never added."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Protocol

from collector.factors.factor import Factor, Key, Match, MethodMatch
from collector.factors.methods import (
    LOCATION,
    MARKET,
    MARKET_SUPPLIER,
    SCOPE_3_METHODS,
    SUBSTITUTE,
    SUPPLIER_METHODS,
)

SHK_COUNTRY = "JP"


class Finder(Protocol):
    """What is asked of a library here."""

    def rows_of(self, region: str, method: str, known_on: date | None) -> tuple[Factor, ...]:
        """The region's own rows of a method that were known on the day."""

    def look(
        self,
        place: tuple[str, str, str],
        method: str,
        on: date,
        known_on: date | None,
        gas_key: Key | None = None,
    ) -> Match | None:
        """The match for region, supplier number and menu; None when nothing fits."""


def applying(
    finder: Finder, region: str, supplier: str, menu: str, on: date, known_on: date | None
) -> Iterator[MethodMatch]:
    """Yield each method that applies, one for each gas it is published in and each part of it.

    Japan: basic and adjusted of the supplier's menu, and the average as ``location``; where the
    supplier is not known the substitute value, as ``fallback``. Elsewhere: ``location`` and
    ``market_residual`` (a supplier's own factor first). Scope 3 category 3 where a factor exists.
    """
    japan = region.split("-")[0] == SHK_COUNTRY
    if japan and supplier:
        yield from _of_supplier(finder, (region, supplier, menu), on, known_on)
    yield from _regional(finder, region, LOCATION, on, known_on)
    if japan and not supplier:
        for found in _regional(finder, region, SUBSTITUTE, on, known_on):
            yield MethodMatch(found.method, found.factor, "fallback")
    own = finder.look((region, supplier, menu), MARKET_SUPPLIER, on, known_on) if supplier else None
    if own:
        yield MethodMatch(MARKET, own.factor, own.status)
    elif not japan or finder.rows_of(region, MARKET, known_on):
        yield from _regional(finder, region, MARKET, on, known_on)
    for method in SCOPE_3_METHODS:
        yield from _regional(finder, region, method, on, known_on)


def _of_supplier(
    finder: Finder, place: tuple[str, str, str], on: date, known_on: date | None
) -> Iterator[MethodMatch]:
    for method in SUPPLIER_METHODS:
        match = finder.look(place, method, on, known_on)
        if match:
            yield MethodMatch(method, match.factor, match.status)


def _regional(
    finder: Finder, region: str, method: str, on: date, known_on: date | None
) -> Iterator[MethodMatch]:
    # Gases and parts are published side by side, so each has its own factor. One that was not
    # published for the day is left out where another was: nobody would report by it.
    rows = finder.rows_of(region, method, known_on)
    asked: dict[tuple[str, Key | None], None] = dict.fromkeys(
        (row.menu if row.kind == "part" else "", row.gas_key) for row in rows
    )
    found: dict[str, Match] = {}
    for part, gas_key in asked or {("", None): None}:
        match = finder.look((region, "", part), method, on, known_on, gas_key)
        if match:
            found.setdefault(match.factor.id, match)
    firm = any(match.status == "official" for match in found.values())
    for match in found.values():
        if match.status == "official" or not firm:
            yield MethodMatch(method, match.factor, match.status)
