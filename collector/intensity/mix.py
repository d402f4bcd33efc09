"""From what power plants generated to the carbon intensity of their mix.

The rule: sum(fuel's energy x fuel's weight) / sum(fuels' energy), over what was *generated* in
the area. Left out, because they generate nothing:

- the interconnector: imports have an origin that the area's file does not tell;
- pumped storage and batteries, both ways: what they give back was weighed when it was generated,
  and what they take is a use;
- curtailment: energy that was not generated;
- negative figures of a fuel: a standing plant's own use.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Literal, get_args

Fuel = Literal[
    "nuclear", "lng", "coal", "oil", "thermal_other", "thermal", "hydro", "geothermal",
    "biomass", "solar", "wind", "other",
]  # fmt: skip
"""What generates. ``thermal`` is thermal power that the file does not split by fuel,
``thermal_other`` mixed firing that belongs to none of coal, oil and LNG (火力(その他))."""
FUELS: tuple[Fuel, ...] = get_args(Fuel)
THERMAL: frozenset[Fuel] = frozenset({"lng", "coal", "oil", "thermal_other", "thermal"})


def mix_kg_per_kwh(
    generated_mwh: Mapping[Fuel, Decimal], kg_per_kwh: Mapping[Fuel, Decimal]
) -> Decimal | None:
    """The carbon intensity (kg/kWh) of energy generated (MWh) at the fuels' weights (kg/kWh).

    None when nothing was generated. Every fuel generated must have a weight.
    """
    used = {fuel: mwh for fuel, mwh in generated_mwh.items() if mwh > 0}
    total = sum(used.values(), Decimal(0))
    if not total:
        return None
    return sum((mwh * kg_per_kwh[fuel] for fuel, mwh in used.items()), Decimal(0)) / total
