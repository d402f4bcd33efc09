"""A total: what one meter used in one period, with the evidence beside the figure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Period = Literal["30m", "1d", "1mo", "1fy"]
PERIODS: tuple[Period, ...] = ("30m", "1d", "1mo", "1fy")

SITE_METER = "_site"
"""Stands for the whole site: the sum of the meters that have no parent."""
UNMEASURED_METER = "_unmeasured"
"""Stands for what the parents count and their children do not."""


@dataclass(frozen=True, slots=True)
class Total:
    """Energy, demand and CO2 of one meter in one period.

    ``start_ms`` is the period's first instant (UTC ms; local midnight for days and longer) and
    labels it. ``kwh`` is the booked energy, ``estimated_kwh`` the part of it that was bridged
    over a gap, ``coverage`` the measured share of the period's time (0 to 1), ``peak_kw`` the
    largest 30-minute mean demand within the period. ``co2_kg`` is None when no factor was
    asked for; ``factor_id`` names the factor or factors (joined by ``+``) behind it, and
    ``provisional`` is 1 when one of them stood in for a factor not yet published, else 0.
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
