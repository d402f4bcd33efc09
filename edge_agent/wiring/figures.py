"""Figures as people read them: three digits that count, and a unit. PURE."""

from __future__ import annotations

import math


def power(watts: float, unit: str = "W") -> str:
    """``-4.10 kW``; ``unit`` is W, VA or var."""
    return f"{_digits(*_stepped(watts, unit))}"


def energy(watt_hours: float) -> str:
    """``12.5 kWh``."""
    return _digits(*_stepped(watt_hours, "Wh"))


def current(amperes: float) -> str:
    """``41.3 A``."""
    return _digits(amperes, "A")


def voltage(volts: float) -> str:
    """``231 V``."""
    return _digits(volts, "V")


def share(value: float) -> str:
    """``35 %``."""
    return f"{100 * value:.0f} %"


def ratio(value: float) -> str:
    """``0.58``, ``1000``: a factor with three digits that count."""
    return _digits(value, "").strip()


def _stepped(value: float, unit: str) -> tuple[float, str]:
    for factor, prefix in ((1e6, "M"), (1e3, "k")):
        if abs(value) >= factor:
            return value / factor, prefix + unit
    return value, unit


def _digits(value: float, unit: str) -> str:
    size = abs(value)
    decimals = 0 if size >= 100 or size == 0 else 2 - math.floor(math.log10(max(size, 0.01)))
    return f"{value:.{max(0, min(decimals, 3))}f} {unit}"
