"""Stored columns back into totals and rows. Pure: the same for every backend."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from operator import itemgetter
from typing import Any, cast

from collector.rollup.totals import Period, Total
from collector.storage.port import Row, TotalColumns
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


_DEFAULT_OF: Mapping[str, Any] = {
    name: default
    for name, default in zip(TOTAL_FIELDS, _DEFAULTS, strict=True)
    if name not in OPTIONAL_FIELDS
}


def columns_from(fields: Sequence[str], rows: Sequence[Sequence[Any]]) -> TotalColumns:
    """The columns of points, each (start, values in the order of ``fields``)."""
    if not rows:
        return TotalColumns((), {name: () for name in fields})
    starts, *columns = zip(*rows, strict=True)
    values = {
        name: _filled(column, _DEFAULT_OF.get(name))
        for name, column in zip(fields, columns, strict=True)
    }
    return TotalColumns(starts, values)


def _filled(column: Sequence[Any], default: Any) -> Sequence[Any]:
    if default is None or None not in column:
        return column
    return [default if value is None else value for value in column]


_PLAIN = frozenset({float, str})
"""Values of these types are fields as they are: not absent, and no whole numbers out of JSON."""


def row_from(
    measurement: str, site: str, meter: str, at_ms: int, values: Sequence[float | str | None]
) -> Row:
    """The row of a point whose ``values`` stand in the order of the schema's fields."""
    kinds = ROW_FIELDS[measurement]
    if _PLAIN.issuperset(map(type, values)):
        plain = cast(Sequence[float | str], values)
        return Row(measurement, site, meter, at_ms, dict(zip(kinds, plain, strict=True)))
    fields = {
        name: value if kind is str else float(value)
        for (name, kind), value in zip(kinds.items(), values, strict=True)
        if value is not None
    }
    return Row(measurement, site, meter, at_ms, fields)
