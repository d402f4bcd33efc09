"""Which readings and totals a store may take. Pure: one rule, so that every backend agrees.

What cannot be stored faithfully everywhere is refused everywhere: a store may be exchanged for
another without losing what the first had taken.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from functools import lru_cache
from operator import attrgetter
from typing import Any

from collector.errors import StopError
from collector.rollup.totals import PERIODS, Total
from collector.storage.port import Columns, Refused, Row
from collector.storage.schema import (
    OPTIONAL_FIELDS,
    OPTIONAL_ROW_FIELDS,
    ROW_FIELDS,
    TOTAL_FIELDS,
)
from edge_agent.contract.columns import surely_numbers
from edge_agent.contract.quantity import QUANTITIES
from edge_agent.contract.reading import Reading

LAST_MS = 7_258_118_400_000
"""Exclusive end of storable time: 2200-01-01 UTC, within what InfluxDB can count in ns."""
NAME_LENGTH = 256
"""The longest site or meter name, in characters, as on the wire."""
_KNOWN = QUANTITIES.keys()
_VALUES: Callable[[Total], tuple[Any, ...]] = attrgetter(*TOTAL_FIELDS)
_OPTIONAL = frozenset(OPTIONAL_FIELDS)


def sort_out(readings: Iterable[Reading]) -> tuple[list[Reading], list[Refused]]:
    """The readings a store may take, in their order, and those it must refuse."""
    admitted: list[Reading] = []
    refused: list[Refused] = []
    for reading in readings:
        if reason := reading_fault(reading):
            refused.append(Refused(reading, reason))
        else:
            admitted.append(reading)
    return admitted, refused


def surely_storable(columns: Columns) -> bool:
    """Whether a store may take all of the readings; False when each has to be looked at."""
    return surely_placed(columns) and all(map(surely_numbers, columns.values.values()))


def surely_placed(columns: Columns) -> bool:
    """The same for names and instants alone, where values are looked at elsewhere."""
    instants = columns.at_ms
    if not columns.values or not columns.values.keys() <= _KNOWN or not instants:
        return False
    ends = min(instants), max(instants)
    return not any(_key_fault(columns.site, columns.meter, at_ms) for at_ms in ends)


def require_storable(items: Iterable[Total | Row]) -> None:
    """Raise ``StopError`` for a total or row that is no figure: our own arithmetic went wrong."""
    for item in items:
        if reason := total_fault(item) if isinstance(item, Total) else row_fault(item):
            raise StopError(f"{item} cannot be stored: {reason}", "this is a fault: report it")


def reading_fault(reading: Reading) -> str:
    """Why no store will ever take the reading; empty when it may be stored."""
    values = reading.values
    if not values:
        return "it has no values"
    if not values.keys() <= _KNOWN:
        unknown = ", ".join(sorted(values.keys() - _KNOWN))
        return f"quantity {unknown} is not known here; update the collector"
    for quantity, value in values.items():
        if not _is_finite(value):
            return f"{quantity} is {value!r}, not a finite number"
    return _key_fault(reading.site, reading.meter, reading.at_ms)


def total_fault(total: Total) -> str:
    """Why no store can take the total; empty when it may be stored."""
    if total.period not in PERIODS:
        return f"period {total.period!r} is not one of {', '.join(PERIODS)}"
    for name, value in zip(TOTAL_FIELDS, _VALUES(total), strict=True):
        if type(value) is float and math.isfinite(value):
            continue
        if (value is not None or name not in _OPTIONAL) and (fault := _field_fault(name, value)):
            return fault
    return _key_fault(total.site, total.meter, total.start_ms)


def row_fault(row: Row) -> str:
    """Why no store can take the row; empty when it may be stored."""
    fields = ROW_FIELDS.get(row.measurement)
    if fields is None:
        return f"measurement {row.measurement} is not in the schema"
    given, optional = row.fields.keys(), OPTIONAL_ROW_FIELDS.get(row.measurement, frozenset())
    if unlike := (given ^ fields.keys()) - optional:
        every = ", ".join(name for name in fields if name not in optional)
        return f"it must hold exactly the fields {every}: see {', '.join(sorted(unlike))}"
    for name, value in row.fields.items():
        if isinstance(value, str) is not (fields[name] is str):
            return f"{name} is {value!r}, not {'text' if fields[name] is str else 'a number'}"
        if fault := _field_fault(name, value):
            return fault
    return _key_fault(row.site, row.meter, row.at_ms)


def _field_fault(name: str, value: float | str) -> str:
    if isinstance(value, str):
        return "" if _is_unicode(value) else f"{name} is not valid Unicode"
    return "" if _is_finite(value) else f"{name} is {value!r}, not a finite number"


def _key_fault(site: str, meter: str, at_ms: int) -> str:
    if not 0 <= at_ms < LAST_MS:
        return f"instant {at_ms} ms lies outside of 1970 to 2199"
    return _name_fault("site", site) or _name_fault("meter", meter)


@lru_cache(maxsize=4096)
def _name_fault(kind: str, name: str) -> str:
    if not 1 <= len(name) <= NAME_LENGTH:
        return f"the {kind}'s name has {len(name)} characters, not 1 to {NAME_LENGTH}"
    if not _is_unicode(name):
        return f"the {kind}'s name is not valid Unicode"
    if any(ord(character) < 0x20 or ord(character) == 0x7F for character in name):
        return f"the {kind}'s name {name!r} holds a control character"
    # Line protocol has no way to write it: the backslash would escape what follows the name.
    return f"the {kind}'s name {name!r} ends in a backslash" if name.endswith("\\") else ""


def _is_finite(value: float) -> bool:
    try:
        return math.isfinite(value)
    except (TypeError, OverflowError):
        return False


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
