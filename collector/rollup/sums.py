"""Totals of periods made of smaller periods.

Stands between ``energy`` (periods of one meter) and the store's totals. A day is the sum of its
slots, a month of its days, a year of its months. All in whole milli-Wh and exact decimals, which
a stored total gives back exactly.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from collector.rollup.co2_totals import co2_of_sum
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


@dataclass(frozen=True, slots=True)
class Booked:
    """A period's energy, and what other counters of the meter booked (milli-units by field)."""

    energy: PeriodEnergy
    sides: Mapping[str, int] = field(default_factory=dict)


def to_total(site: str, meter: str, period: Period, booked: Booked) -> Total:
    """The total to store, without CO2 and cost; here whole numbers become floats."""
    energy, sides = booked.energy, booked.sides
    duration_ms = energy.end_ms - energy.start_ms
    missing_ms = duration_ms - energy.measured_ms - energy.estimated_ms
    made = {name: milli / MILLI_WH_PER_KWH for name, milli in sides.items()} if sides else {}
    return Total(
        site,
        meter,
        period,
        energy.start_ms,
        energy.milli_wh / MILLI_WH_PER_KWH,
        energy.estimated_milli_wh / MILLI_WH_PER_KWH,
        energy.measured_ms / duration_ms,
        energy.peak_kw,
        missing=missing_ms / duration_ms,
        **made,  # type: ignore[arg-type]
    )


def with_cost(total: Total, cost: Cost | None) -> Total:
    """The total with this energy part of a bill, or with none."""
    if cost is None:
        bare = total.energy_cost is None and not total.currency
        return total if bare else replace(total, energy_cost=None, currency="")
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


def cost_of(total: Total) -> Cost | None:
    """A stored total's energy cost."""
    if total.energy_cost is None:
        return None
    return Cost(Decimal(repr(total.energy_cost)), total.currency)


def add_sides(parts: Iterable[Mapping[str, int]]) -> dict[str, int]:
    """What other counters booked, together; a part without such a counter adds nothing."""
    found: dict[str, int] = {}
    for part in parts:
        for name, milli in part.items() if part else ():
            found[name] = found.get(name, 0) + milli
    return found


_NOTHING: dict[int, Booked] = {}


@dataclass(frozen=True, slots=True)
class Piece:
    """A total of a shorter period that a longer one is made of, with its whole numbers."""

    total: Total
    booked: Booked


def pieces_known(
    parts: Mapping[int, Total], pieces: Sequence[Window], booked: Mapping[int, Booked] = _NOTHING
) -> list[Piece]:
    """The pieces of a period that are known.

    ``parts`` are totals of one meter by their start; one that starts at no piece's start (left
    over from another calendar) is passed by. ``booked`` has whole numbers that are at hand.
    """
    return [
        Piece(part, booked.get(piece.start_ms) or booked_of(part, piece.end_ms))
        for piece in pieces
        if (part := parts.get(piece.start_ms)) is not None
    ]


def sum_of(pieces: Sequence[Piece], period: Period, whole: Window) -> Total:
    """The energies of a period from its pieces, of which there is at least one.

    CO2 and cost are for ``carried``.
    """
    energy = add_up([piece.booked.energy for piece in pieces], whole.start_ms, whole.end_ms)
    sides = add_sides(piece.booked.sides for piece in pieces)
    first = pieces[0].total
    return to_total(first.site, first.meter, period, Booked(energy, sides))


def carried(total: Total, parts: Sequence[Total]) -> Total:
    """The total with the CO2 and cost of its parts added up."""
    return with_cost(co2_of_sum(total, parts), add_costs(cost_of(part) for part in parts))
