"""Stored columns back into totals and rows. Pure: the same for every backend."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from collector.rollup.totals import Period, Total
from collector.storage.port import Row
from collector.storage.schema import OPTIONAL_FIELDS, ROW_FIELDS, TEXT_FIELDS, TOTAL_FIELDS

_OPTIONAL = frozenset(OPTIONAL_FIELDS)


def total_from(
    site: str, meter: str, period: Period, start_ms: int, values: Sequence[float | str | None]
) -> Total:
    """The total of a point whose ``values`` stand in the order of ``TOTAL_FIELDS``.

    A field that the point was written without, before there was such a field, has its default.
    """
    fields: dict[str, Any] = {
        name: value if value is None or name in TEXT_FIELDS else float(value)
        for name, value in zip(TOTAL_FIELDS, values, strict=True)
        if value is not None or name in _OPTIONAL
    }
    return Total(site, meter, period, start_ms, **fields)


def row_from(
    measurement: str, site: str, meter: str, at_ms: int, values: Sequence[float | str]
) -> Row:
    """The row of a point whose ``values`` stand in the order of the schema's fields."""
    kinds = ROW_FIELDS[measurement]
    fields = {
        name: value if kind is str else float(value)
        for (name, kind), value in zip(kinds.items(), values, strict=True)
    }
    return Row(measurement, site, meter, at_ms, fields)
