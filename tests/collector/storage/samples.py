"""Readings and totals the storage tests are made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from collector.rollup.totals import Total
from collector.storage.port import ReadingStore
from collector.storage.schema import OPTIONAL_FIELDS
from edge_agent.contract.reading import Reading

T0 = 1_514_764_800_000
"""2018-01-01 UTC, ms: where the samples begin."""
END = T0 + 10**9
POWER, ENERGY = "active_power_w", "active_energy_import_wh"


def reading(
    at_ms: int,
    values: Mapping[str, float] | None = None,
    meter: str = "main",
    site: str = "sendai",
) -> Reading:
    """A reading at ``T0 + at_ms``."""
    return Reading(site, meter, T0 + at_ms, values or {POWER: 1.0})


def total(start: int, co2_kg: float | None = 3.5, **others: object) -> Total:
    """A 30-minute total of the slot with this number."""
    factor = "" if co2_kg is None else "JP/A0269/2025"
    made = Total("sendai", "main", "30m", T0 + start * 1_800_000, 8.0, 0.5, 0.9, 20.0, co2_kg)
    return replace(made, factor_id=factor, **others)  # type: ignore[arg-type]


def full_total(start: int) -> Total:
    """A total with a value in every field that may be absent."""
    values = {name: float(number) for number, name in enumerate(OPTIONAL_FIELDS, start=1)}
    texts = {"method_factors": "location=JP/2025", "currency": "JPY", "missing": 0.05}
    return total(start, **values, **texts)  # type: ignore[arg-type]


def series(store: ReadingStore, quantity: str, meter: str = "main") -> list[tuple[int, float]]:
    """The whole series, times counted from ``T0``."""
    found = store.read_series("sendai", meter, quantity, T0, END)
    return [(at_ms - T0, value) for at_ms, value in found]
