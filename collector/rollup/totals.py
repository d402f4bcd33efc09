"""A total: what one meter used in one period, with the evidence beside the figure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Period = Literal["15m", "30m", "1d", "1sd", "1mo", "1bm", "1fy", "1y"]
PERIODS: tuple[Period, ...] = ("15m", "30m", "1d", "1sd", "1mo", "1bm", "1fy", "1y")
"""Quarter hour, half hour, local day, shift day, month, billing month, fiscal and calendar year."""

SITE_METER = "_site"
"""Stands for the whole site: the sum of the meters that have no parent."""
UNMEASURED_METER = "_unmeasured"
"""Stands for what the parents count and their children do not."""


@dataclass(frozen=True, slots=True)
class Total:
    """Energy, demand, CO2 and cost of one meter in one period.

    ``start_ms`` is the period's first instant (UTC ms; local midnight for days and longer) and
    labels it. ``kwh`` is the booked energy, ``estimated_kwh`` the part of it that was bridged
    over a gap, ``coverage`` the measured and ``missing`` the unknown share of the period's time
    (0 to 1; what remains was estimated), ``peak_kw`` the largest mean demand of a slot within
    the period. Export and reactive energy are None where the meter does not count them.

    CO2 and cost belong to days and longer; slots carry energy alone. ``co2_kg`` is None when no
    factor was asked for; ``factor_id`` names the factor or factors (joined by ``+``) behind it,
    and ``provisional`` is 1 when one of them stood in for a factor not yet published, else 0.
    The figures by method stand side by side and are never added; certificates are not in them.
    ``method_factors`` names their factors as ``method=id``, joined by ``;``. ``energy_cost`` is
    the energy part of the bill (bands and adders, no demand charge) in ``currency``.
    """

    site: str
    meter: str
    period: Period
    start_ms: int
    kwh: float
    estimated_kwh: float
    coverage: float
    peak_kw: float
    co2_kg: float | None = None
    provisional: float = 0.0
    factor_id: str = ""
    missing: float = 0.0
    export_kwh: float | None = None
    reactive_kvarh: float | None = None
    reactive_export_kvarh: float | None = None
    co2_location_kg: float | None = None
    co2_market_kg: float | None = None
    co2_basic_kg: float | None = None
    co2_adjusted_kg: float | None = None
    method_factors: str = ""
    energy_cost: float | None = None
    currency: str = ""
