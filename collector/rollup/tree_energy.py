"""Energy of meters made of other meters: virtual meters, the site, and what is unmeasured.

Stands between the slots of single meters (``energy``) and the totals to store (``sums``). All in
whole milli-Wh, so a parent is exactly its children and the remainder. Quality goes along:

sum         what is not known counts for nothing, and for missing time in the coverage
difference  is known only when every part is; covered as far as the least covered part
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from collector.rollup.energy import MILLI_WH_PER_KWH, PeriodEnergy, demand_kw
from collector.rollup.periods import Calendar, Window
from collector.rollup.totals import Period
from collector.rollup.tree import Tree
from collector.rollup.tree_shape import Formula, Shape

Slots = Mapping[int, PeriodEnergy]
"""Slots of one meter by their start (UTC ms)."""


def virtual_slot(
    slots: Mapping[str, Slots], formula: Formula, slot: Window
) -> PeriodEnergy | None:  # fmt: skip
    """The slot of a virtual meter: what it adds less what it subtracts.

    None when nothing of a sum is known, or something of a difference is not.
    """
    plus = _parts(slots, formula.plus, slot)
    minus = _parts(slots, formula.minus, slot)
    if not formula.minus:
        return _sum(plus, len(formula.plus), slot)
    if len(plus) + len(minus) < len(formula.operands):
        return None
    return _difference(plus, minus, slot)


def site_slot(slots: Mapping[str, Slots], shape: Shape, slot: Window) -> PeriodEnergy | None:
    """The site's slot: its top meters together, None when none of them is known.

    A top meter that is not known counts for nothing in the energy and for zero in the coverage.
    """
    return virtual_slot(slots, Formula(shape.top), slot)


def unmeasured_slot(slots: Mapping[str, Slots], shape: Shape, slot: Window) -> PeriodEnergy | None:
    """What the parents count and their children do not; None unless all of them are known.

    A meter between two levels is in it once added and once subtracted, so it need not be known.
    Below zero where the children count more than their parent, as meters of different accuracy
    do: a figure to see, not to hide.
    """
    return virtual_slot(slots, shape.remainder, slot) if shape.remainder.minus else None


def unmeasured_of(
    parent: str, slots: Mapping[str, Slots], shape: Shape, slot: Window
) -> PeriodEnergy | None:
    """What one parent counts and its own children do not, of any medium.

    None where it has no children on the day, or one of them is not known.
    """
    children = shape.branches.get(parent)
    return virtual_slot(slots, Formula((parent,), children), slot) if children else None


def with_virtual(
    slots: Mapping[str, Slots], shape: Shape, windows: Sequence[Window]
) -> dict[str, Slots]:
    """The slots of all meters, those of the virtual ones made from the others.

    ``windows`` are slots of days on which the tree has this shape.
    """
    found: dict[str, Slots] = dict(slots)
    for meter, formula in shape.formulas.items():
        made = {slot.start_ms: virtual_slot(found, formula, slot) for slot in windows}
        found[meter] = {start: energy for start, energy in made.items() if energy is not None}
    return found


@dataclass(frozen=True, slots=True)
class Balance:
    """A parent against the sum of its children, over the part of a period that can be compared.

    ``compared_ms`` is the time of the slots in which nothing is missing of any of them, out of
    ``period_ms``. The difference is parent less children: above zero it is what is not measured,
    below zero the children count more than went in.
    """

    parent_milli_wh: int
    children_milli_wh: int
    compared_ms: int
    period_ms: int
    limit_percent: float

    @property
    def parent_kwh(self) -> float:
        """What the parent counted (kWh)."""
        return self.parent_milli_wh / MILLI_WH_PER_KWH

    @property
    def children_kwh(self) -> float:
        """What the children counted (kWh)."""
        return self.children_milli_wh / MILLI_WH_PER_KWH

    @property
    def difference_kwh(self) -> float:
        """Parent less children (kWh)."""
        return (self.parent_milli_wh - self.children_milli_wh) / MILLI_WH_PER_KWH

    @property
    def difference_percent(self) -> float | None:
        """Parent less children in % of the parent; None where the parent counted nothing."""
        if self.parent_milli_wh == 0:
            return None
        return 100 * (self.parent_milli_wh - self.children_milli_wh) / abs(self.parent_milli_wh)

    @property
    def within(self) -> bool:
        """Whether the difference is no more than the limit, either way."""
        percent = self.difference_percent
        if percent is None:
            return self.children_milli_wh == 0
        return abs(percent) <= self.limit_percent

    @property
    def children_exceed(self) -> bool:
        """Whether the children count more than the limit allows: a fault of some meter."""
        return not self.within and self.children_milli_wh > self.parent_milli_wh

    @property
    def coverage(self) -> float:
        """Share of the period that was compared, 0 to 1."""
        return self.compared_ms / self.period_ms


def balance(
    parent: str,
    slots: Mapping[str, Slots],
    tree: Tree,
    calendar: Calendar,
    whole: Window,
    piece: Period = "30m",
) -> Balance | None:
    """The parent against the children it has on each day of the period ``whole``.

    ``slots`` hold periods of the kind ``piece`` (a local day or shorter). Bridged slots are
    compared, slots in which something is missing are not. None when there is nothing to compare.
    """
    above = below = compared_ms = 0
    for window in calendar.pieces(piece, whole):
        children = tree.on(calendar.date_of(window.start_ms)).branches.get(parent, ())
        parts = _parts(slots, (parent, *children), window)
        if len(parts) < 1 + max(1, len(children)) or any(part.missing_ms for part in parts):
            continue
        above += parts[0].milli_wh
        below += sum(part.milli_wh for part in parts[1:])
        compared_ms += window.end_ms - window.start_ms
    if not compared_ms:
        return None
    limit = tree.members[parent].balance_percent
    return Balance(above, below, compared_ms, whole.end_ms - whole.start_ms, limit)


def _parts(slots: Mapping[str, Slots], meters: Sequence[str], slot: Window) -> list[PeriodEnergy]:
    # A slot that was emptied, since nothing is known of it any more, is as good as none.
    found = (slots.get(meter, {}).get(slot.start_ms) for meter in meters)
    return [part for part in found if part is not None and part.known]


def _sum(parts: Sequence[PeriodEnergy], count: int, slot: Window) -> PeriodEnergy | None:
    # ``count`` meters share the time: one that is not known is missing for its share of it.
    if not parts:
        return None
    if count == 1:
        return parts[0]
    duration_ms = slot.end_ms - slot.start_ms
    estimated = sum(part.estimated_ms for part in parts)
    measured_ms = sum(part.measured_ms for part in parts) // count
    # Rounded so that time of which all is known never has a missing millisecond.
    missing_ms = duration_ms - measured_ms
    if estimated:
        missing_ms = (count * duration_ms - sum(map(_known_ms, parts))) // count
    estimated_ms = duration_ms - measured_ms - missing_ms
    return _made(slot, sum(part.milli_wh for part in parts), parts, measured_ms, estimated_ms)


def _known_ms(part: PeriodEnergy) -> int:
    return part.measured_ms + part.estimated_ms


def _difference(
    plus: Sequence[PeriodEnergy], minus: Sequence[PeriodEnergy], slot: Window
) -> PeriodEnergy:
    parts = [*plus, *minus]
    milli_wh = sum(part.milli_wh for part in plus) - sum(part.milli_wh for part in minus)
    measured_ms = min(part.measured_ms for part in parts)
    missing_ms = max(part.missing_ms for part in parts)
    estimated_ms = slot.end_ms - slot.start_ms - measured_ms - missing_ms
    return _made(slot, milli_wh, parts, measured_ms, estimated_ms)


def _made(
    slot: Window, milli_wh: int, parts: Sequence[PeriodEnergy], measured_ms: int, estimated_ms: int
) -> PeriodEnergy:
    # Energy that is partly estimated stays so in a sum; in a difference no more than the whole.
    estimated_milli_wh = min(sum(part.estimated_milli_wh for part in parts), max(milli_wh, 0))
    peak_kw = demand_kw(milli_wh, slot.end_ms - slot.start_ms)
    return PeriodEnergy(
        *(slot.start_ms, slot.end_ms, milli_wh, estimated_milli_wh),
        *(measured_ms, peak_kw, estimated_ms),
    )
