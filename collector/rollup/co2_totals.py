"""CO2 in totals: booked for a local day by its factors, added up for anything longer.

A product of whole milli-Wh and a published decimal is exact, and is made a float once: Python's
division of whole numbers rounds correctly. A sum adds the decimals that stored figures print as,
so it is the same whichever way it is added up.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Context, Decimal
from typing import Any

from collector.rollup.carbon import JOINT
from collector.rollup.totals import Total

_EXACT = Context(prec=60)
_MILLI_WH_PER_KWH_EXPONENT = 6
OWN_FIELD = "co2_kg"
METHOD_FIELDS: dict[str, str] = {
    "location": "co2_location_kg",
    "market": "co2_market_kg",
    "jp_shk_basic": "co2_basic_kg",
    "jp_shk_adjusted": "co2_adjusted_kg",
}
"""Methods whose CO2 stands side by side in a total, and the field of each."""
_NO_METHODS: dict[str, Any] = dict.fromkeys(METHOD_FIELDS.values())


@dataclass(frozen=True, slots=True)
class Rate:
    """A factor in whole numbers, with its id and whether it stands in for another."""

    factor_id: str
    numerator: int
    denominator: int
    provisional: bool = False

    @classmethod
    def of(cls, factor_id: str, kg_per_kwh: Decimal, provisional: bool) -> Rate:
        """The rate of a factor (kg/kWh, exact)."""
        numerator, denominator = kg_per_kwh.as_integer_ratio()
        return cls(factor_id, numerator, denominator * 10**_MILLI_WH_PER_KWH_EXPONENT, provisional)

    def kg(self, milli_wh: int) -> float:
        """The CO2 (kg) of an energy, rounded once to a float."""
        return milli_wh * self.numerator / self.denominator


@dataclass(frozen=True, slots=True)
class DayRates:
    """The factors of a local day: the site's own, and each method's that applies."""

    own: Rate | None = None
    by_method: Mapping[str, Rate] = field(default_factory=dict)
    method_factors: str = ""

    @classmethod
    def of(cls, own: Rate | None, by_method: Mapping[str, Rate]) -> DayRates:
        """The rates with their names as a total keeps them."""
        named = ";".join(f"{method}={rate.factor_id}" for method, rate in by_method.items())
        return cls(own, by_method, named)


def with_co2(total: Total, milli_wh: int, rates: DayRates) -> Total:
    """A day's total with the CO2 of its energy by these factors, and no other."""
    own = rates.own
    kg = {METHOD_FIELDS[name]: rate.kg(milli_wh) for name, rate in rates.by_method.items()}
    return replace(
        total,
        co2_kg=None if own is None else own.kg(milli_wh),
        provisional=float(own is not None and own.provisional),
        factor_id="" if own is None else own.factor_id,
        method_factors=rates.method_factors,
        **(_NO_METHODS | kg),
    )


def co2_of_sum(total: Total, parts: Sequence[Total]) -> Total:
    """The total with the CO2 of its parts together, each method for itself.

    A figure that a part lacks is absent: a sum that leaves something out must not look whole.
    """
    kg = {name: _sum(parts, name) for name in (OWN_FIELD, *METHOD_FIELDS.values())}
    own = kg[OWN_FIELD] is not None
    return replace(
        total,
        provisional=float(own and any(part.provisional for part in parts)),
        factor_id=_joined(part.factor_id for part in parts) if own else "",
        method_factors=_methods(parts, kg),
        **kg,  # type: ignore[arg-type]
    )


def _sum(parts: Sequence[Total], name: str) -> float | None:
    kg = Decimal(0)
    for part in parts:
        value = getattr(part, name)
        if value is None:
            return None
        kg = _EXACT.add(kg, Decimal(repr(value)))
    return float(kg) if parts else None


def _joined(names: Iterable[str]) -> str:
    # Most parts have the same factors: only what differs is taken apart.
    return JOINT.join(
        dict.fromkeys(one for name in dict.fromkeys(names) for one in name.split(JOINT) if one)
    )


def _methods(parts: Sequence[Total], kg: Mapping[str, float | None]) -> str:
    found: dict[str, list[str]] = {}
    for named in dict.fromkeys(part.method_factors for part in parts):
        for method, _, ids in (one.partition("=") for one in named.split(";")):
            found.setdefault(method, []).append(ids)
    return ";".join(
        f"{method}={_joined(found[method])}"
        for method, name in METHOD_FIELDS.items()
        if method in found and kg[name] is not None
    )
