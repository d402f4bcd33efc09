"""Which factor applies: by region, supplier, menu, method and local day.

Never zero by default and never a silent stand-in: a match inside its activity window is
``official``; the nearest other year of the same row is ``provisional``; otherwise a
``FactorError`` says what is there instead.
"""

from __future__ import annotations

import difflib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import lru_cache
from importlib import resources
from pathlib import Path

from collector.errors import FactorError
from collector.factors.factor import Factor, Key, Match, kind_key, menu_key
from collector.factors.files import read_factors

REGIONAL_METHODS = frozenset(
    {"location", "market_residual", "jp_shk_national_average", "jp_shk_substitute"}
)
"""Methods that do not depend on the supplier."""
NATIONAL_AVERAGE = "jp_shk_national_average"
"""Stands for the region's average where there is no supplier, and for ``location`` in Japan,
whose ministry publishes no other average."""


class FactorLibrary:
    """All factors known, immutable, found by key and day."""

    def __init__(self, factors: Sequence[Factor]) -> None:
        self.factors = tuple(factors)
        self._by_key: Mapping[Key, Sequence[Factor]] = _indexed(self.factors)
        self._superseded_by = {row.supersedes: row for row in self.factors if row.supersedes}
        self._suppliers = {
            (row.region, name): row.supplier
            for row in self.factors
            for name in (row.supplier, row.supplier_name)
            if name
        }

    @classmethod
    def shipped(cls) -> FactorLibrary:
        """The factors that come with this program."""
        return _shipped()

    @classmethod
    def load(cls, paths: Iterable[Path]) -> FactorLibrary:
        """The factors of the files. Raises ``FactorError`` with every fault of theirs."""
        return cls(read_factors(paths))

    def find(
        self,
        region: str,
        supplier: str | None,
        menu: str | None,
        method: str,
        on: date,
        known_on: date | None = None,
    ) -> Match:
        """The factor for an activity on a local day.

        ``supplier`` is its number or name. The menu's own row comes first, then the supplier's
        residual, then the supplier as a whole; without a supplier the region's average.
        ``known_on`` leaves out what was published later. Raises ``FactorError`` when nothing fits.
        """
        number = self._suppliers.get((region, supplier or ""), supplier or "")
        for key, stands_in in _candidates(region, number, menu or "", method):
            rows = self._known(key, known_on)
            if rows:
                return _match(rows, on, stands_in)
        raise self._nothing_fits(region, supplier or "", menu or "", method)

    def _known(self, key: Key, known_on: date | None) -> list[Factor]:
        day = known_on or date.max
        rows = [row for row in self._by_key.get(key, ()) if row.known_on <= day]
        return [row for row in rows if not self._corrected(row, day)]

    def _corrected(self, row: Factor, day: date) -> bool:
        newer = self._superseded_by.get(row.id)
        return newer is not None and newer.known_on <= day

    def _nothing_fits(self, region: str, supplier: str, menu: str, method: str) -> FactorError:
        asked = " ".join(filter(None, (region, supplier, menu and f"menu {menu}", method)))
        return FactorError(f"no emission factor for {asked}", self._hint(region, supplier, method))

    def _hint(self, region: str, supplier: str, method: str) -> str:
        rows = [row for row in self.factors if row.region == region]
        if not rows:
            near = _near(region.upper(), {row.region for row in self.factors})
            return f"no factor of region {region} is held; near: {', '.join(near)}"
        if not supplier or method in REGIONAL_METHODS:
            return f"{region} has the methods {_listed(row.method for row in rows)}"
        number = self._suppliers.get((region, supplier))
        of_supplier = [row for row in rows if row.supplier == number]
        if of_supplier:
            menus = _listed(row.menu or row.kind for row in of_supplier)
            methods = _listed(row.method for row in of_supplier)
            return f"{supplier} has the menus {menus}, the methods {methods}"
        if not any(place == region for place, _ in self._suppliers):
            return f"no supplier of {region} is held; method location gives the region's average"
        near = _near(supplier, {name for place, name in self._suppliers if place == region})
        full = dict.fromkeys(self._full_name(region, name) for name in near)
        return f"suppliers near {supplier}: {', '.join(full)}"

    def _full_name(self, region: str, name: str) -> str:
        number = self._suppliers[region, name]
        full = next(row.supplier_name for row in self.factors if row.supplier == number)
        return f"{number} {full}"


@lru_cache(maxsize=1)
def _shipped() -> FactorLibrary:
    folder = resources.files("collector.factors")
    files = [file for file in folder.iterdir() if file.name.endswith(".toml")]
    return FactorLibrary(read_factors(sorted(files, key=lambda file: file.name)))


def _indexed(factors: Iterable[Factor]) -> Mapping[Key, Sequence[Factor]]:
    found: dict[Key, list[Factor]] = defaultdict(list)
    for factor in factors:
        for key in factor.keys:
            found[key].append(factor)
    return found


def _candidates(region: str, supplier: str, menu: str, method: str) -> Iterator[tuple[Key, bool]]:
    # Keys to try in turn, and whether a row found there stands in for the one that was asked for.
    if supplier and method not in REGIONAL_METHODS:
        if menu:
            yield menu_key(region, supplier, method, menu), False
        yield kind_key(region, supplier, method, "residual"), bool(menu)
        yield kind_key(region, supplier, method, "whole"), bool(menu)
        return
    yield kind_key(region, "", method, "national"), False
    yield kind_key(region, "", method, "residual"), False
    yield kind_key(region, "", method, "substitute"), False
    if method not in ("market_residual", "jp_shk_substitute"):
        yield kind_key(region, "", NATIONAL_AVERAGE, "national"), False


def _match(rows: Sequence[Factor], on: date, stands_in: bool) -> Match:
    inside = [row for row in rows if row.covers(on)]
    if inside:
        firm = inside[0].status != "preliminary" and not stands_in
        return Match(inside[0], "official" if firm else "provisional")
    earlier = [row for row in rows if row.valid_from <= on]
    first = max if earlier else min
    nearest = first(earlier or rows, key=lambda row: row.valid_from)
    return Match(nearest, "provisional")


def _near(word: str, words: Iterable[str]) -> list[str]:
    ordered = sorted(words)
    holding = [other for other in ordered if word and word in other]
    return (holding or difflib.get_close_matches(word, ordered, 5, 0.5) or ordered)[:5]


def _listed(words: Iterable[str]) -> str:
    return ", ".join(sorted(set(words)))
