"""Which stored points must go before their successors, where a store has no null. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from collector.rollup.totals import Total
from collector.storage.schema import OPTIONAL_FIELDS


def absent(total: Total) -> frozenset[str]:
    """The fields that the total comes without."""
    return frozenset(name for name in OPTIONAL_FIELDS if getattr(total, name) is None)


def stale_runs(
    stored: Sequence[Sequence[Any]], names: Sequence[str], without: Mapping[int, frozenset[str]]
) -> Iterator[tuple[int, int]]:
    """First and last instant of each stretch to delete, out of rows (start, kwh, named fields).

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
