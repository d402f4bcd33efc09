"""Points as lines of JSON, a page of one series a line, and back. Pure.

Through the port alone, so a backup of one kind of store goes back into any other. The columns are
named as in ``storage/schema.py``, times are UTC ms, null is absent: any program can read them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import orjson

from collector.errors import CollectorError
from collector.rollup.totals import Total
from collector.storage.paging import FIELDS, point_from
from collector.storage.port import Point, ReadingStore, Row, Series
from edge_agent.contract.reading import Reading

PAGE = 1000
LINE_BYTES = 64 << 20
"""A page is far smaller: names of fields, and a thousand numbers each."""


def pages(store: ReadingStore, series: Series) -> Iterator[Sequence[Point]]:
    """All points of the series, oldest first, a page at a time."""
    from_ms = 0
    while page := store.page(series, from_ms, PAGE):
        yield page
        from_ms = instant_of(page[-1]) + 1


def instant_of(point: Point) -> int:
    """When the point is, or where the span it tells of begins."""
    return point.start_ms if isinstance(point, Total) else point.at_ms


def line_of(series: Series, page: Sequence[Point]) -> bytes:
    """One line, with its end."""
    columns = {name: [_value(one, name) for one in page] for name in FIELDS[series.measurement]}
    fields = {name: held for name, held in columns.items() if held.count(None) < len(held)}
    head = {"measurement": series.measurement, "site": series.site, "meter": series.meter}
    document = {**head, "at_ms": [instant_of(point) for point in page], "fields": fields}
    return orjson.dumps(document) + b"\n"


def points_in(line: bytes) -> list[Point]:
    """The points of a line. Raises ``CollectorError`` when it is none of ours."""
    try:
        document = orjson.loads(line)
        series = Series(*(str(document[name]) for name in ("measurement", "site", "meter")))
        instants, fields = document["at_ms"], document["fields"]
        names = FIELDS[series.measurement]
        if not set(fields) <= set(names):
            raise KeyError(*set(fields) - set(names))
        absent = [None] * len(instants)
        columns = [fields.get(name, absent) for name in names]
        rows = zip(instants, zip(*columns, strict=True), strict=True)
        return [point_from(series, int(at_ms), values) for at_ms, values in rows]
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError) as error:
        text = f"a line of points cannot be understood: {str(error)[:80]}"
        hint = "was the backup made by a later version? install that one"
        raise CollectorError(text, hint) from error


def _value(point: Point, name: str) -> Any:
    if isinstance(point, Reading):
        return point.values.get(name)
    return point.fields.get(name) if isinstance(point, Row) else getattr(point, name)
