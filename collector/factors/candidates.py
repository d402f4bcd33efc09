"""Where a factor is looked for, in turn: the row asked for, then what may stand in for it.

Supplier: its menu, the rest of its menus, the supplier as a whole. Region: its own average, then
that of the region it lies in. Market-based follows the hierarchy of the GHG Protocol Scope 2
Guidance (2015): contract or menu, residual mix, grid average.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from collector.factors.factor import Key, Kind, kind_key, menu_key
from collector.factors.methods import (
    LIFECYCLE,
    LOCATION,
    MARKET,
    METHODS,
    NATIONAL_AVERAGE,
    SUPPLIER_METHODS,
    method_named,
)
from collector.factors.zones import wider

Standing = Literal["own", "provisional", "fallback"]
"""Whether a row found is the one asked for, another of the same method, or another method's."""
Candidate = tuple[Key, Standing]
_REGIONAL_KINDS: tuple[Kind, ...] = ("national", "residual", "substitute")


def candidates(region: str, supplier: str, menu: str, method: str) -> Iterator[Candidate]:
    """The keys to try in turn; ``supplier`` is its number, "" and ``menu`` "" for none."""
    if not supplier or method_named(method).regional:
        yield from _of_region(region, menu, method)
        if not supplier and method in SUPPLIER_METHODS:
            yield from _average(region, "fallback")
        return
    if menu:
        yield menu_key(region, supplier, method, menu), "own"
    stands_in: Standing = "provisional" if menu else "own"
    yield kind_key(region, supplier, method, "residual"), stands_in
    yield kind_key(region, supplier, method, "whole"), stands_in
    if method not in METHODS:
        yield from _of_region(region, "", method)


def _of_region(region: str, menu: str, method: str) -> Iterator[Candidate]:
    yield from _rows_of(region, menu, method, "own")
    if method == LOCATION:
        yield from _average(region, "own")
    yield from _of_wider(region, menu, method)
    if method in (LOCATION, MARKET):
        yield from _instead(region, method)


def _of_wider(region: str, menu: str, method: str) -> Iterator[Candidate]:
    outer = wider(region)
    while outer:
        yield from _rows_of(outer, menu, method, "fallback")
        if method == LOCATION:
            yield from _average(outer, "fallback")
        outer = wider(outer)


def _instead(region: str, method: str) -> Iterator[Candidate]:
    other = LOCATION if method == MARKET else LIFECYCLE
    for key, _ in _of_region(region, "", other):
        yield key, "fallback"


def _rows_of(region: str, menu: str, method: str, standing: Standing) -> Iterator[Candidate]:
    if menu:
        yield menu_key(region, "", method, menu), standing
    for kind in _REGIONAL_KINDS:
        yield kind_key(region, "", method, kind), standing


def _average(region: str, standing: Standing) -> Iterator[Candidate]:
    yield kind_key(region, "", NATIONAL_AVERAGE, "national"), standing
    outer = wider(region)
    if outer:
        yield from _average(outer, "fallback")
