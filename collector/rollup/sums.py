"""Totals of periods made of smaller periods, and of meters made of other meters.

Stands between ``energy`` (periods of one meter) and the store's totals. A day is the sum of its
slots, a month of its days, a fiscal year of its months; the site is the sum of its meters without
a parent. All in whole milli-Wh, which a stored total gives back exactly.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from collector.rollup import carbon
from collector.rollup.carbon import JOINT, Emission
from collector.rollup.energy import MILLI_WH_PER_KWH, PeriodEnergy, add_up, demand_kw
from collector.rollup.periods import Window
from collector.rollup.totals import Period, Total

Slots = Mapping[int, PeriodEnergy]
"""Slots of one meter by their start (UTC ms)."""


def to_total(
    site: str, meter: str, period: Period, energy: PeriodEnergy, emission: Emission | None
) -> Total:
    """The total to store; this is where whole numbers and decimals become floats."""
    return Total(
        site,
        meter,
        period,
        energy.start_ms,
        kwh=energy.kwh,
        estimated_kwh=energy.estimated_milli_wh / MILLI_WH_PER_KWH,
        coverage=energy.coverage,
        peak_kw=energy.peak_kw,
        co2_kg=None if emission is None else float(emission.kg),
        provisional=float(emission is not None and emission.provisional),
        factor_id="" if emission is None else emission.factor_id,
    )


def energy_of(total: Total, end_ms: int) -> PeriodEnergy:
    """A stored total's energy as the whole numbers it was made from."""
    return PeriodEnergy(
        total.start_ms,
        end_ms,
        milli_wh=round(total.kwh * MILLI_WH_PER_KWH),
        estimated_milli_wh=round(total.estimated_kwh * MILLI_WH_PER_KWH),
        measured_ms=round(total.coverage * (end_ms - total.start_ms)),
        peak_kw=total.peak_kw,
    )


def emission_of(total: Total) -> Emission | None:
    """A stored total's emission; exact for figures of up to 15 digits."""
    if total.co2_kg is None or not total.factor_id:
        return None
    ids = tuple(total.factor_id.split(JOINT))
    return Emission(Decimal(repr(total.co2_kg)), ids, total.provisional > 0)


@dataclass(frozen=True, slots=True)
class Family:
    """Which meter is part of which: the parent of each meter of a site, None at the top."""

    parents: Mapping[str, str | None]

    @property
    def top(self) -> tuple[str, ...]:
        """The meters that are part of no other."""
        return tuple(meter for meter, parent in self.parents.items() if parent is None)

    @property
    def branches(self) -> dict[str, tuple[str, ...]]:
        """Each parent with its children."""
        found: dict[str, tuple[str, ...]] = {}
        for meter, parent in self.parents.items():
            if parent is not None:
                found[parent] = (*found.get(parent, ()), meter)
        return found


def site_slot(slots: Mapping[str, Slots], family: Family, slot: Window) -> PeriodEnergy | None:
    """The site's slot: its top meters together, None when none of them is known.

    A top meter that is not known counts for nothing in the energy and for zero in the coverage.
    """
    parts = [part for meter in family.top if (part := slots[meter].get(slot.start_ms)) is not None]
    if not parts:
        return None
    measured_ms = sum(part.measured_ms for part in parts) // len(family.top)
    return _together(slot, sum(part.milli_wh for part in parts), parts, measured_ms)


def unmeasured_slot(
    slots: Mapping[str, Slots], family: Family, slot: Window
) -> PeriodEnergy | None:
    """What the parents count and their children do not; None unless all of them are known.

    Below zero where the children count more than their parent, as meters of different accuracy
    do: a figure to see, not to hide. It is covered as far as the least covered of them.
    """
    milli_wh, parts = 0, list[PeriodEnergy]()
    for parent, children in family.branches.items():
        members = [slots[meter].get(slot.start_ms) for meter in (parent, *children)]
        known = [part for part in members if part is not None]
        if len(known) < len(members):
            return None
        milli_wh += known[0].milli_wh - sum(part.milli_wh for part in known[1:])
        parts += known
    if not parts:
        return None
    return _together(slot, milli_wh, parts, min(part.measured_ms for part in parts))


def _together(
    slot: Window, milli_wh: int, parts: Sequence[PeriodEnergy], measured_ms: int
) -> PeriodEnergy:
    # Energy that is partly estimated stays so in a sum; in a difference no more than the whole.
    estimated_milli_wh = min(sum(part.estimated_milli_wh for part in parts), max(milli_wh, 0))
    peak_kw = demand_kw(milli_wh, slot.end_ms - slot.start_ms)
    return PeriodEnergy(
        slot.start_ms, slot.end_ms, milli_wh, estimated_milli_wh, measured_ms, peak_kw
    )


def sum_of(
    parts: Mapping[int, Total], pieces: Sequence[Window], period: Period, whole: Window
) -> Total | None:
    """The total of a period from those of its pieces that are known; None when none is.

    ``parts`` are totals of one meter by their start; one that starts at no piece's start (left
    over from another calendar) is passed by.
    """
    known = [(parts[piece.start_ms], piece) for piece in pieces if piece.start_ms in parts]
    if not known:
        return None
    energies = [energy_of(total, piece.end_ms) for total, piece in known]
    energy = add_up(energies, whole.start_ms, whole.end_ms)
    emission = carbon.add_up(emission_of(total) for total, _ in known)
    first = known[0][0]
    return to_total(first.site, first.meter, period, energy, emission)
