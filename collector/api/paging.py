"""A page out of a long series: so many rows from a place on, and whether more follow."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from collector.api.cursor import Place
from collector.rollup.periods import Window
from collector.series.column import Value


@dataclass(frozen=True, slots=True)
class PlacedRow:
    """A row at its place among all rows; it tells of time up to ``end_ms``."""

    place: Place
    end_ms: int
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """Rows in order, and the last row's place where others follow."""

    rows: Sequence[PlacedRow]
    following: Place | None


Read = Callable[[Window], Sequence[PlacedRow]]
"""The rows that begin in a stretch, in order of their places."""
Skip = Callable[[int], int | None]
"""The instant at or after the given one from which there may be rows; None: there are none."""


def page_of(
    read: Read,
    span: Window,
    after: Place | None,
    limit: int,
    step_ms: int,
    skip: Skip | None = None,
) -> Page:
    """At most ``limit`` rows of the span behind the place.

    Read in stretches that begin with ``step_ms`` and double while they hold less than a page, so
    that neither a long silence nor many years cost more than the page. Rows that tell of time
    beyond the span are left out.
    """
    at_ms = span.start_ms if after is None else max(span.start_ms, after.start_ms)
    found: list[PlacedRow] = []
    while at_ms < span.end_ms and len(found) <= limit:
        begins_ms = at_ms if skip is None else skip(at_ms)
        if begins_ms is None or begins_ms >= span.end_ms:
            break
        stretch = Window(begins_ms, min(begins_ms + step_ms, span.end_ms))
        rows = read(stretch)
        found += [row for row in rows if row.end_ms <= span.end_ms and _behind(row, after)]
        at_ms = stretch.end_ms
        step_ms = step_ms if len(rows) >= limit else step_ms * 2
    more = len(found) > limit
    return Page(found[:limit], found[limit - 1].place if more else None)


def _behind(row: PlacedRow, after: Place | None) -> bool:
    return after is None or row.place > after
