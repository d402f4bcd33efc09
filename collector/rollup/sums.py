"""Totals of periods made of smaller periods.

Stands between ``energy`` (periods of one meter) and the store's totals. A day is the sum of its
slots, a month of its days, a year of its months. All in whole milli-Wh and exact decimals, which
a stored total gives back exactly.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from collector.rollup import carbon
from collector.rollup.carbon import JOINT, Emission
from collector.rollup.costs import Cost, add_costs
from collector.rollup.energy import MILLI_WH_PER_KWH, PeriodEnergy, add_up
from collector.rollup.periods import Window
from collector.rollup.totals import Period, Total

SIDE_QUANTITIES: dict[str, str] = {
    "export_kwh": "active_energy_export_wh",
    "reactive_kvarh": "reactive_energy_import_varh",
    "reactive_export_kvarh": "reactive_energy_export_varh",
}
"""Fields of a total that come from a counter of their own, and that counter."""
METHOD_FIELDS: dict[str, str] = {
    "location": "co2_location_kg",
    "market": "co2_market_kg",
    "jp_shk_basic": "co2_basic_kg",
    "jp_shk_adjusted": "co2_adjusted_kg",
}
"""Methods whose CO2 stands side by side in a total, and the field of each."""


@dataclass(frozen=True, slots=True)
class Booked:
    """A period's energy, and what other counters of the meter booked (milli-units by field)."""

    energy: PeriodEnergy
    sides: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Emissions:
    """CO2 by the site's own method, and by each method that applies."""

    own: Emission | None = None
    by_method: Mapping[str, Emission] = field(default_factory=dict)


def to_total(site: str, meter: str, period: Period, booked: Booked) -> Total:
    """The total to store, without CO2 and cost; here whole numbers become floats."""
    energy = booked.energy
    duration_ms = energy.end_ms - energy.start_ms
    missing_ms = duration_ms - energy.measured_ms - energy.estimated_ms
    total = Total(
        site,
        meter,
        period,
        energy.start_ms,
        kwh=energy.kwh,
        estimated_kwh=energy.estimated_milli_wh / MILLI_WH_PER_KWH,
        coverage=energy.coverage,
        peak_kw=energy.peak_kw,
        missing=missing_ms / duration_ms,
    )
    sides: dict[str, Any] = {name: milli / MILLI_WH_PER_KWH for name, milli in booked.sides.items()}
    return replace(total, **sides) if sides else total


def with_emissions(total: Total, emissions: Emissions) -> Total:
    """The total with this CO2 and no other, exact decimals made floats once."""
    own = emissions.own
    by_method = emissions.by_method
    figures: dict[str, Any] = dict.fromkeys(METHOD_FIELDS.values())
    figures |= {METHOD_FIELDS[method]: float(found.kg) for method, found in by_method.items()}
    return replace(
        total,
        co2_kg=None if own is None else float(own.kg),
        provisional=float(own is not None and own.provisional),
        factor_id="" if own is None else own.factor_id,
        method_factors=";".join(f"{name}={found.factor_id}" for name, found in by_method.items()),
        **figures,
    )


def with_cost(total: Total, cost: Cost | None) -> Total:
    """The total with this energy part of a bill, or with none."""
    if cost is None:
        return replace(total, energy_cost=None, currency="")
    return replace(total, energy_cost=float(cost.amount), currency=cost.currency)


def booked_of(total: Total, end_ms: int) -> Booked:
    """A stored total's energies as the whole numbers they were made from."""
    sides = {
        name: round(value * MILLI_WH_PER_KWH)
        for name in SIDE_QUANTITIES
        if (value := getattr(total, name)) is not None
    }
    return Booked(energy_of(total, end_ms), sides)


def energy_of(total: Total, end_ms: int) -> PeriodEnergy:
    """A stored total's energy as the whole numbers it was made from."""
    duration_ms = end_ms - total.start_ms
    measured_ms = round(total.coverage * duration_ms)
    return PeriodEnergy(
        total.start_ms,
        end_ms,
        milli_wh=round(total.kwh * MILLI_WH_PER_KWH),
        estimated_milli_wh=round(total.estimated_kwh * MILLI_WH_PER_KWH),
        measured_ms=measured_ms,
        peak_kw=total.peak_kw,
        estimated_ms=max(0, duration_ms - measured_ms - round(total.missing * duration_ms)),
    )


def emissions_of(total: Total) -> Emissions:
    """A stored total's CO2; exact for figures of up to 15 digits."""
    own = None
    if total.co2_kg is not None and total.factor_id:
        own = _emission(total.co2_kg, total.factor_id, total.provisional > 0)
    by_method = {
        method: _emission(kg, ids, False)
        for method, _, ids in (part.partition("=") for part in total.method_factors.split(";"))
        if method in METHOD_FIELDS and (kg := getattr(total, METHOD_FIELDS[method])) is not None
    }
    return Emissions(own, by_method)


def cost_of(total: Total) -> Cost | None:
    """A stored total's energy cost."""
    if total.energy_cost is None:
        return None
    return Cost(Decimal(repr(total.energy_cost)), total.currency)


def _emission(kg: float, ids: str, provisional: bool) -> Emission:
    return Emission(Decimal(repr(kg)), tuple(ids.split(JOINT)), provisional)


def add_emissions(parts: Sequence[Emissions]) -> Emissions:
    """The CO2 of the parts together, each method for itself; a method that a part lacks is out."""
    own = carbon.add_up(part.own for part in parts)
    methods = [method for method in METHOD_FIELDS if all(method in p.by_method for p in parts)]
    sums = {method: carbon.add_up(p.by_method[method] for p in parts) for method in methods}
    return Emissions(own, {method: found for method, found in sums.items() if found is not None})


def add_sides(parts: Iterable[Mapping[str, int]]) -> dict[str, int]:
    """What other counters booked, together; a part without such a counter adds nothing."""
    found: dict[str, int] = {}
    for part in parts:
        for name, milli in part.items():
            found[name] = found.get(name, 0) + milli
    return found


def sum_of(
    parts: Mapping[int, Total], pieces: Sequence[Window], period: Period, whole: Window
) -> Total | None:
    """The energies of a period from those of its pieces that are known; None when none is.

    ``parts`` are totals of one meter by their start; one that starts at no piece's start (left
    over from another calendar) is passed by. CO2 and cost are for ``carried``.
    """
    known = [(parts[piece.start_ms], piece) for piece in pieces if piece.start_ms in parts]
    if not known:
        return None
    booked = [booked_of(total, piece.end_ms) for total, piece in known]
    energy = add_up([part.energy for part in booked], whole.start_ms, whole.end_ms)
    sides = add_sides(part.sides for part in booked)
    first = known[0][0]
    return to_total(first.site, first.meter, period, Booked(energy, sides))


def carried(total: Total, parts: Mapping[int, Total], pieces: Sequence[Window]) -> Total:
    """The total with the CO2 and cost of its pieces added up."""
    known = [parts[piece.start_ms] for piece in pieces if piece.start_ms in parts]
    emissions = add_emissions([emissions_of(part) for part in known])
    return with_cost(with_emissions(total, emissions), add_costs(cost_of(part) for part in known))
