"""Measurement and field names: the one place that boards and stores share.

Fixed for good: tags are ``site`` and ``meter`` only, every field is a float except the text
``factor_id`` of the totals, and every write of a total carries the complete field set.
"""

from __future__ import annotations

READING = "reading"
"""Raw readings, in the raw bucket: one field per quantity, named as the quantity."""

ENERGY_30M = "energy_30m"
ENERGY_1D = "energy_1d"
ENERGY_1MO = "energy_1mo"
ENERGY_1FY = "energy_1fy"
TOTAL_MEASUREMENTS: dict[str, str] = {
    "30m": ENERGY_30M,
    "1d": ENERGY_1D,
    "1mo": ENERGY_1MO,
    "1fy": ENERGY_1FY,
}
"""Period of a total to its measurement, in the totals bucket."""

TOTAL_FIELDS: tuple[str, ...] = (
    "kwh",
    "estimated_kwh",
    "coverage",
    "peak_kw",
    "co2_kg",
    "provisional",
    "factor_id",
)
TEXT_FIELDS: frozenset[str] = frozenset({"factor_id"})
