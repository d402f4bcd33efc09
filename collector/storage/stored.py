"""Stored columns back into totals and rows. Pure: the same for every backend."""

from __future__ import annotations

from collections.abc import Sequence
from operator import itemgetter
from typing import Any

from collector.rollup.totals import Period, Total
from collector.storage.port import Row
from collector.storage.schema import OPTIONAL_FIELDS, ROW_FIELDS, TOTAL_FIELDS

_REQUIRED = tuple(n for n, name in enumerate(TOTAL_FIELDS) if name not in OPTIONAL_FIELDS)
_required = itemgetter(*_REQUIRED)
_DEFAULTS: tuple[Any, ...] = tuple(
    Total.__dataclass_fields__[name].default for name in TOTAL_FIELDS
)


def total_from(
    site: str, meter: str, period: Period, start_ms: int, values: Sequence[Any]
) -> Total:
    """The total of a point whose ``values`` stand in the order of ``TOTAL_FIELDS``.

    A field that the point was written without, before there was such a field, has its default.
    """
    if None not in _required(values):
        return Total(site, meter, period, start_ms, *values)
    filled = [
        default if value is None and n in _REQUIRED else value
        for n, (value, default) in enumerate(zip(values, _DEFAULTS, strict=True))
    ]
    return Total(site, meter, period, start_ms, *filled)


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
