"""Which stored points must go before their successors, where a store has no null. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from collector.rollup.totals import Total
from collector.storage.port import Row
from collector.storage.schema import (
    OPTIONAL_FIELDS,
    OPTIONAL_ROW_FIELDS,
    ROW_FIELDS,
    TOTAL_MEASUREMENTS,
)

_OPTIONAL = frozenset(OPTIONAL_FIELDS)


@dataclass(frozen=True, slots=True)
class Rewrite:
    """Points of one series about to be written.

    ``optional`` are the fields they may come without, ``without`` tells for each start (UTC ms)
    those it does come without; ``always`` is a field that every point has.
    """

    measurement: str
    site: str
    meter: str
    always: str
    optional: frozenset[str]
    without: Mapping[int, frozenset[str]]

    @property
    def ever_without(self) -> frozenset[str]:
        """The fields that one of the points comes without."""
        return frozenset[str]().union(*self.without.values())

    @property
    def given(self) -> frozenset[str]:
        """The optional fields that one of the points has."""
        return self.optional - frozenset.intersection(*self.without.values())


def rewrites_of_totals(totals: Sequence[Total]) -> Iterator[Rewrite]:
    """What writing the totals rewrites; they are sorted by period, site and meter."""
    for (period, site, meter), group in groupby(totals, lambda t: (t.period, t.site, t.meter)):
        without = {total.start_ms: absent(total) for total in group}
        yield Rewrite(TOTAL_MEASUREMENTS[period], site, meter, "kwh", _OPTIONAL, without)


def rewrites_of_rows(rows: Sequence[Row]) -> Iterator[Rewrite]:
    """What writing the rows rewrites; they are sorted by measurement, site and meter."""
    for key, group in groupby(rows, lambda row: (row.measurement, row.site, row.meter)):
        optional = OPTIONAL_ROW_FIELDS.get(key[0], frozenset())
        if optional:
            always = next(name for name in ROW_FIELDS[key[0]] if name not in optional)
            without = {row.at_ms: optional.difference(row.fields) for row in group}
            yield Rewrite(*key, always, optional, without)


def absent(total: Total) -> frozenset[str]:
    """The fields that the total comes without."""
    return frozenset(name for name in OPTIONAL_FIELDS if getattr(total, name) is None)


def stale_runs(
    stored: Sequence[Sequence[Any]], names: Sequence[str], without: Mapping[int, frozenset[str]]
) -> Iterator[tuple[int, int]]:
    """First and last instant of each stretch to delete, out of rows (start, always, named fields).

    ``without`` tells for each start about to be written which fields it comes without. A stretch
    holds nothing that is not about to be written: one statement (30 ms) does for a whole window.
    """
    for rewritten, run in groupby(stored, lambda row: row[0] in without):
        stale = [
            start_ms
            for start_ms, _, *values in run
            if rewritten
            for name, value in zip(names, values, strict=True)
            if value is not None and name in without[start_ms]
        ]
        if stale:
            yield stale[0], stale[-1]
