"""CO2 from energy: exact decimals, never rounded here.

Energy comes as whole milli-Wh and a factor as the decimal its publisher printed, so a product is
exact. Rounding is for whoever shows the figure, once: sums of rounded months are wrong (a year of
558 t becomes 564 t when its months are rounded to whole tonnes).
"""

from __future__ import annotations

from decimal import Context, Decimal

_EXACT = Context(prec=60)
JOINT = "+"
"""Stands between the factors' ids when several are behind one figure."""


def energy_kwh(milli_wh: int) -> Decimal:
    """Milli-Wh as exact kWh."""
    return Decimal(milli_wh).scaleb(-6, _EXACT)


def co2_kg(milli_wh: int, kg_per_kwh: Decimal) -> Decimal:
    """The CO2 (kg) of an energy (milli-Wh) at a factor (kg/kWh), exact."""
    return _EXACT.multiply(energy_kwh(milli_wh), kg_per_kwh)
