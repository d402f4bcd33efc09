"""CO2 from energy: exact decimals, never rounded here.

Energy comes as whole milli-Wh and a factor as the decimal its publisher printed, so a product is
exact. Rounding is for whoever shows the figure, once: sums of rounded months are wrong (a year of
558 t becomes 564 t when its months are rounded to whole tonnes).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Context, Decimal

_EXACT = Context(prec=60)
JOINT = "+"
"""Stands between the factors' ids when several are behind one figure."""


@dataclass(frozen=True, slots=True)
class Emission:
    """CO2 (kg, exact), the ids of the factors behind it, and whether one of them is a stand-in."""

    kg: Decimal
    factor_ids: tuple[str, ...]
    provisional: bool

    @property
    def factor_id(self) -> str:
        """The factors' ids as one text."""
        return JOINT.join(self.factor_ids)


def energy_kwh(milli_wh: int) -> Decimal:
    """Milli-Wh as exact kWh."""
    return Decimal(milli_wh).scaleb(-6, _EXACT)


def co2_kg(milli_wh: int, kg_per_kwh: Decimal) -> Decimal:
    """The CO2 (kg) of an energy (milli-Wh) at a factor (kg/kWh), exact."""
    return _EXACT.multiply(energy_kwh(milli_wh), kg_per_kwh)


def add_up(parts: Iterable[Emission | None]) -> Emission | None:
    """The emission of the parts together.

    None when a part has none, or when there are no parts: a sum that leaves something out must
    not look like a whole one.
    """
    kg, ids, provisional = Decimal(0), dict[str, None](), False
    for part in parts:
        if part is None:
            return None
        kg = _EXACT.add(kg, part.kg)
        ids.update(dict.fromkeys(part.factor_ids))
        provisional = provisional or part.provisional
    return Emission(kg, tuple(ids), provisional) if ids else None
