"""One store made of several: each customer's sites in a store of their own, the rest in the first.

A question names its site, so it reaches one store and can be answered by no other. What is written
goes to each store in turn: if one is away the caller writes all of it again, which is harmless.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol, TypeVar

from collector.rollup.totals import Period, Total
from collector.storage.port import (
    Columns,
    Point,
    ReadingStore,
    Refused,
    Row,
    Sample,
    Series,
    TotalColumns,
    Write,
)
from edge_agent.contract.reading import Reading


class _OfSite(Protocol):
    @property
    def site(self) -> str: ...


S = TypeVar("S", bound=_OfSite)


class TenantStores:
    """A ``ReadingStore``: ``own`` has for each site kept apart its store, ``rest`` all others."""

    def __init__(self, rest: ReadingStore, own: Mapping[str, ReadingStore]) -> None:
        self._rest, self._own = rest, dict(own)

    def check(self) -> None:
        """Check every one of them."""
        for store in self._every():
            store.check()

    def write_readings(self, readings: Sequence[Reading]) -> Sequence[Refused]:
        """Store each reading with its site's."""
        return [one for store, part in self._parted(readings) for one in store.write_readings(part)]

    def ready(self, columns: Sequence[Columns]) -> Write:
        """Make a write ready that goes to every store that has a part in it."""
        writes = [store.ready(part) for store, part in self._parted(columns)]
        return lambda: [refused for write in writes for refused in write()]

    def meters(self) -> Sequence[tuple[str, str]]:
        """Every (site, meter), each by the store its site is kept in."""
        found = {pair for pair in self._rest.meters() if pair[0] not in self._own}
        for site, store in self._own.items():
            found |= {pair for pair in store.meters() if pair[0] == site}
        return sorted(found)

    def read_series(
        self, site: str, meter: str, quantity: str, from_ms: int, to_ms: int
    ) -> Sequence[Sample]:
        """Ask the site's store."""
        return self._of(site).read_series(site, meter, quantity, from_ms, to_ms)

    def last_before(self, site: str, meter: str, quantity: str, at_ms: int) -> Sample | None:
        """Ask the site's store."""
        return self._of(site).last_before(site, meter, quantity, at_ms)

    def first_from(self, site: str, meter: str, quantity: str, at_ms: int) -> Sample | None:
        """Ask the site's store."""
        return self._of(site).first_from(site, meter, quantity, at_ms)

    def count_readings(self, site: str, meter: str, from_ms: int, to_ms: int) -> int:
        """Ask the site's store."""
        return self._of(site).count_readings(site, meter, from_ms, to_ms)

    def write_totals(self, totals: Sequence[Total]) -> None:
        """Store each total with its site's."""
        for store, part in self._parted(totals):
            store.write_totals(part)

    def read_totals(
        self, site: str, meter: str, period: Period, from_ms: int, to_ms: int
    ) -> Sequence[Total]:
        """Ask the site's store."""
        return self._of(site).read_totals(site, meter, period, from_ms, to_ms)

    def read_total_columns(
        self, site: str, meter: str, period: Period, fields: Sequence[str], from_ms: int, to_ms: int
    ) -> TotalColumns:
        """Ask the site's store."""
        return self._of(site).read_total_columns(site, meter, period, fields, from_ms, to_ms)

    def write_rows(self, rows: Sequence[Row]) -> None:
        """Store each row with its site's."""
        for store, part in self._parted(rows):
            store.write_rows(part)

    def read_rows(
        self, measurement: str, site: str, meter: str, from_ms: int, to_ms: int
    ) -> Sequence[Row]:
        """Ask the site's store."""
        return self._of(site).read_rows(measurement, site, meter, from_ms, to_ms)

    def series(self) -> Sequence[Series]:
        """Every series, each by the store its site is kept in."""
        found = {one for one in self._rest.series() if one.site not in self._own}
        for site, store in self._own.items():
            found |= {one for one in store.series() if one.site == site}
        return sorted(found)

    def page(self, series: Series, from_ms: int, limit: int) -> Sequence[Point]:
        """Ask the site's store."""
        return self._of(series.site).page(series, from_ms, limit)

    def close(self) -> None:
        """Close every one of them."""
        for store in self._every():
            store.close()

    def _of(self, site: str) -> ReadingStore:
        return self._own.get(site, self._rest)

    def _every(self) -> Iterable[ReadingStore]:
        return dict.fromkeys((self._rest, *self._own.values()))

    def _parted(self, items: Sequence[S]) -> list[tuple[ReadingStore, list[S]]]:
        parts: defaultdict[ReadingStore, list[S]] = defaultdict(list)
        for item in items:
            parts[self._of(item.site)].append(item)
        return list(parts.items())
