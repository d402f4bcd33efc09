"""Which factor applies: by region, supplier, menu, method and local day.

Never zero by default and never a silent stand-in: a match inside its activity window is
``official``; the nearest other year of the same row is ``provisional``; another method's or a wider
region's value is ``fallback``; otherwise a ``FactorError`` says what is there instead.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import cached_property, lru_cache
from pathlib import Path

from collector.factors.applying import applying
from collector.factors.candidates import candidates
from collector.factors.factor import Factor, Key, Match, MethodMatch
from collector.factors.files import FactorText, own_files, read_factors, shipped_files
from collector.factors.methods import MARKET, MARKET_SUPPLIER
from collector.factors.missing import nothing_fits
from collector.factors.snapshot import snapshot_of
from collector.factors.timeline import Timeline

Query = tuple[str, str, str, str, Key | None, date | None]


class FactorLibrary:
    """All factors known, immutable, found by key and day."""

    def __init__(self, factors: Sequence[Factor]) -> None:
        self.factors = tuple(factors)
        self._by_key = _indexed(self.factors)
        self._by_id = {row.id: row for row in self.factors}
        self._superseded_by = {row.supersedes: row for row in self.factors if row.supersedes}
        self._suppliers = {
            (row.region, name): row.supplier
            for row in self.factors
            for name in (row.supplier, row.supplier_name)
            if name
        }
        self._by_place: dict[tuple[str, str], list[Factor]] = defaultdict(list)
        for row in self.factors:
            self._by_place[row.region, row.supplier].append(row)
        self._timelines: dict[Query, Timeline] = {}

    @classmethod
    def shipped(cls) -> FactorLibrary:
        """The factors that come with this program."""
        return _shipped()

    @classmethod
    def load(cls, paths: Iterable[FactorText]) -> FactorLibrary:
        """The factors of the files. Raises ``FactorError`` with every fault of theirs."""
        return cls(read_factors(paths))

    @classmethod
    def with_folder(cls, folder: Path) -> FactorLibrary:
        """The shipped factors and those of a plant's own folder, checked together.

        Raises ``FactorError`` with every fault, or when the folder is not there.
        """
        return cls.load((*shipped_files(), *own_files(folder)))

    @cached_property
    def snapshot_id(self) -> str:
        """SHA-256 (hexadecimal) over all rows in order: names this very set of factors."""
        return snapshot_of(self.factors)

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
        residual, then the supplier as a whole; without a supplier the region's average; a row made
        for the day comes before one made for another year. Where several gases are published,
        CO2e comes before CO2. ``known_on`` leaves out what was published later. Raises
        ``FactorError`` when nothing fits.
        """
        number = self._number(region, supplier)
        match = self.look((region, number, menu or ""), method, on, known_on)
        if match is None:
            raise nothing_fits(self.factors, region, supplier or "", menu or "", method)
        return match

    def look(
        self,
        place: tuple[str, str, str],
        method: str,
        on: date,
        known_on: date | None,
        gas_key: Key | None = None,
    ) -> Match | None:
        """The match for region, supplier number and menu; None when nothing fits.

        ``gas_key`` keeps to rows of that gas and GWP.
        """
        if method == MARKET and place[1]:
            match = self.look(place, MARKET_SUPPLIER, on, known_on, gas_key)
            if match is not None:
                return match
        query = (*place, method, gas_key, known_on)
        timeline = self._timelines.get(query)
        if timeline is None:
            timeline = self._timelines[query] = self._timeline(query)
        return timeline.at(on)

    def matches(
        self,
        region: str,
        supplier: str | None,
        menu: str | None,
        on: date,
        known_on: date | None = None,
    ) -> tuple[MethodMatch, ...]:
        """Every method that applies to a kWh of a local day; each gas and part has its own match.

        Raises ``FactorError`` when nothing is held for the region.
        """
        number = self.supplier_number(region, supplier, known_on) or ""
        found = tuple(applying(self, region, number, menu or "", on, known_on))
        if not found:
            raise nothing_fits(self.factors, region, supplier or "", menu or "", "location")
        return found

    def supplier_number(
        self, region: str, supplier: str | None, known_on: date | None = None
    ) -> str | None:
        """The supplier's number, from its number or name; None if none of its rows was known."""
        number = self._number(region, supplier)
        rows = self._by_place.get((region, number), ()) if number else ()
        return number if any(self.is_known(row, known_on) for row in rows) else None

    def rows_of(self, region: str, method: str, known_on: date | None = None) -> tuple[Factor, ...]:
        """The region's own rows of a method that were known on the day."""
        return tuple(
            row
            for row in self._by_place.get((region, ""), ())
            if row.method == method and self.is_known(row, known_on)
        )

    def factor(self, factor_id: str) -> Factor | None:
        """The row of that id, superseded or not; None when there is none."""
        return self._by_id.get(factor_id)

    def superseded_by(self, factor: Factor) -> Factor | None:
        """The row that corrects or withdraws this one; None while it stands."""
        return self._superseded_by.get(factor.id)

    def known_until(self, factor: Factor) -> date | None:
        """The day from which another row stands in its place; None while it stands."""
        newer = self.superseded_by(factor)
        return newer.known_on if newer else None

    def is_known(self, factor: Factor, known_on: date | None = None) -> bool:
        """Whether the row stood on the day (None: stands now); a withdrawal never does."""
        day = known_on or date.max
        until = self.known_until(factor)
        stood = factor.known_on <= day and (until is None or day < until)
        return stood and factor.status != "withdrawn"

    def _number(self, region: str, supplier: str | None) -> str:
        return self._suppliers.get((region, supplier or ""), supplier or "")

    def _timeline(self, query: Query) -> Timeline:
        region, supplier, menu, method, gas_key, known_on = query
        groups = []
        for key, standing in candidates(region, supplier, menu, method):
            rows = [row for row in self._by_key.get(key, ()) if self.is_known(row, known_on)]
            rows = [row for row in rows if gas_key in (None, row.gas_key)]
            groups.append((tuple(rows), standing))
        return Timeline(groups)


@lru_cache(maxsize=1)
def _shipped() -> FactorLibrary:
    return FactorLibrary.load(shipped_files())


def _indexed(factors: Iterable[Factor]) -> Mapping[Key, Sequence[Factor]]:
    found: dict[Key, list[Factor]] = defaultdict(list)
    for factor in factors:
        for key in factor.keys:
            found[key].append(factor)
    return found
