"""Whatever a store holds, series by series and page by page. Pure: the same for every backend."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from collector.rollup.totals import Period
from collector.storage.port import Point, Series
from collector.storage.schema import READING, ROW_FIELDS, TOTAL_FIELDS, TOTAL_MEASUREMENTS
from collector.storage.stored import row_from, total_from
from edge_agent.contract.quantity import QUANTITIES
from edge_agent.contract.reading import Reading

PERIOD_OF: Mapping[str, Period] = {name: period for period, name in TOTAL_MEASUREMENTS.items()}  # type: ignore[misc]
"""Measurement of totals to its period."""
FIELDS: Mapping[str, tuple[str, ...]] = {
    READING: tuple(QUANTITIES),
    **dict.fromkeys(PERIOD_OF, TOTAL_FIELDS),
    **{name: tuple(fields) for name, fields in ROW_FIELDS.items()},
}
"""Every measurement of the schema, with its fields in their order."""


def point_from(series: Series, at_ms: int, values: Sequence[float | str | None]) -> Point:
    """The point whose ``values`` stand in the order of ``FIELDS``, None where it has none."""
    name, site, meter = series.measurement, series.site, series.meter
    if name in PERIOD_OF:
        return total_from(site, meter, PERIOD_OF[name], at_ms, values)
    if name != READING:
        return row_from(name, site, meter, at_ms, values)
    pairs = zip(FIELDS[READING], values, strict=True)
    return Reading(site, meter, at_ms, {key: float(v) for key, v in pairs if v is not None})
