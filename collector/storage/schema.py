"""Measurement and field names: the one place that boards and stores share.

Fixed for good: tags are ``site`` and ``meter`` only, a field is a float except those named as
text, and every write carries the complete field set of its measurement, optional ones as far as
they are known. To keep another kind of figure is to add a row to ``ROW_FIELDS``. The figures made
for boards and alerts are in ``figure_schema``.
"""

from __future__ import annotations

from collector.storage.figure_schema import (
    FIGURE_FIELDS,
    OPTIONAL_FIGURES,
    SHORT_LIVED_FIGURES,
)

READING = "reading"
"""Raw readings, in the raw bucket: one field per quantity, named as the quantity."""

ENERGY_15M = "energy_15m"
ENERGY_30M = "energy_30m"
ENERGY_1D = "energy_1d"
ENERGY_1SD = "energy_1sd"
ENERGY_1MO = "energy_1mo"
ENERGY_1BM = "energy_1bm"
ENERGY_1FY = "energy_1fy"
ENERGY_1Y = "energy_1y"
TOTAL_MEASUREMENTS: dict[str, str] = {
    "15m": ENERGY_15M,
    "30m": ENERGY_30M,
    "1d": ENERGY_1D,
    "1sd": ENERGY_1SD,
    "1mo": ENERGY_1MO,
    "1bm": ENERGY_1BM,
    "1fy": ENERGY_1FY,
    "1y": ENERGY_1Y,
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
    "missing",
    "export_kwh",
    "reactive_kvarh",
    "reactive_export_kvarh",
    "co2_location_kg",
    "co2_market_kg",
    "co2_basic_kg",
    "co2_adjusted_kg",
    "method_factors",
    "energy_cost",
    "currency",
)
"""Fields of a total, in the order of the ``Total`` they make."""
OPTIONAL_FIELDS: tuple[str, ...] = (
    "co2_kg",
    "export_kwh",
    "reactive_kvarh",
    "reactive_export_kvarh",
    "co2_location_kg",
    "co2_market_kg",
    "co2_basic_kg",
    "co2_adjusted_kg",
    "energy_cost",
)
"""Fields of a total that may be absent."""
TEXT_FIELDS: frozenset[str] = frozenset({"factor_id", "method_factors", "currency"})

AMOUNT_MEASUREMENTS: dict[str, str] = {
    period: name.replace("energy", "amount") for period, name in TOTAL_MEASUREMENTS.items()
}
"""Period of an amount (gas, water, pieces) to its measurement."""
AMOUNT_FIELDS: dict[str, type] = {
    "amount": float,
    "estimated_amount": float,
    "coverage": float,
    "missing": float,
    "peak_per_h": float,
    "unit": str,
}
GRID_INTENSITY = "grid_intensity"
DAY_TYPE = "day_type"
"""Which kind of day a local day was for the plant, beside the site's totals of that day."""
COMPLETENESS = "completeness"
"""How much of a meter's local day has come, at the day's start: numbers of readings.

``share`` is what is stored of what was expected, 0 to 1; ``gap`` has not come (yet).
"""
COMPLETENESS_PARTS = "completeness_parts"
"""What each collector has counted of that day, as text, so that several know the whole."""
WEATHER = "weather"
"""Outdoor temperature: the mean over ``duration_s`` from the instant on; 0 s when taken back."""
WEATHER_METER = "_weather"
"""Under this name the weather stands among a site's meters."""
STALENESS = "staleness"
"""How each expected meter is, every minute, and each collector as its ``collector_meter``.

``age_s`` since its newest reading (or since it is expected, if it never sent one), ``lag_s``
from that reading's instant to its arrival, ``state`` ok, stale, meter_fault (others of its agent
send), agent_offline, never or unknown (the collector has no broker, so silence tells nothing). No
row: the collector was down.
"""
ROW_FIELDS: dict[str, dict[str, type]] = {
    GRID_INTENSITY: {
        "g_per_kwh": float,
        "duration_s": float,
        "kind": str,
        "boundary": str,
        "source": str,
    },
    DAY_TYPE: {"kind": str, "name": str, "works": float},
    COMPLETENESS: {
        "expected": float,
        "on_time": float,
        "late": float,
        "estimated": float,
        "gap": float,
        "longest_gap_s": float,
        "share": float,
    },
    COMPLETENESS_PARTS: {"counted": str},
    WEATHER: {"temperature_c": float, "duration_s": float, "source": str},
    STALENESS: {"age_s": float, "lag_s": float, "state": str, "interval_s": float},
    **dict.fromkeys(AMOUNT_MEASUREMENTS.values(), AMOUNT_FIELDS),
    **FIGURE_FIELDS,
}
"""Rows of other measurements: field names and what they hold."""
OPTIONAL_ROW_FIELDS: dict[str, frozenset[str]] = OPTIONAL_FIGURES
"""By measurement, the fields that a row may come without; of every other all are there."""
SHORT_LIVED: frozenset[str] = frozenset({STALENESS, COMPLETENESS_PARTS}) | SHORT_LIVED_FIGURES
"""Rows that tell of the last days: kept as raw readings are, not for ever as totals are."""
KEPT_DAYS = 31
"""So long a store without retention of its own keeps them."""


def collector_meter(collector_id: str) -> str:
    """The name under which a collector stands among the meters: no meter's may begin so."""
    return f"_collector_{collector_id}"
