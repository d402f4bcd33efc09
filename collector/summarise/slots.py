"""The slots of the days touched: computed anew where counters changed, stored elsewhere."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby, pairwise

from collector.rollup.counters import EnergyCurve
from collector.rollup.energy import PeriodEnergy, slot_energies
from collector.rollup.periods import Window, joined
from collector.rollup.sums import (
    SIDE_QUANTITIES,
    Booked,
    add_sides,
    booked_of,
    energy_of,
    to_total,
)
from collector.rollup.totals import SITE_METER, UNMEASURED_METER, Total
from collector.rollup.tree_energy import Slots, site_slot, unmeasured_slot, with_virtual
from collector.rollup.tree_shape import Shape
from collector.summarise.desk import Desk, Parts
from collector.summarise.doubt import doubted
from collector.summarise.evidence import IMPORT
from collector.summarise.series import Counter, Series


@dataclass(slots=True)
class Recomputed:
    """Slots of one meter that were computed anew, and what is booked where that is known.

    ``cut`` is the start of the slot in the midst of which the raw series begins, if it does, and
    ``begins_ms`` the instant at which it does.
    """

    slots: dict[int, Window] = field(default_factory=dict)
    booked: dict[int, Booked] = field(default_factory=dict)
    cut: int | None = None
    begins_ms: int = 0


def recompute(desk: Desk, meter: str, changed: Window, found: Recomputed) -> None:
    """Compute the meter's slots around what changed, from its raw counters.

    Where its rated power is not known and the readings show that more is usual than was known,
    steps that were judged by less are judged again.
    """
    known = desk.evidence.usual(desk.site, meter, desk.meters.get(meter))
    _recompute(desk, meter, changed, found)
    while known != (learnt := desk.evidence.usual(desk.site, meter, desk.meters.get(meter))):
        for window in list(doubted(desk, meter, changed, known, learnt)):
            _recompute(desk, meter, window, found)
        known = learnt


def _recompute(desk: Desk, meter: str, changed: Window, found: Recomputed) -> None:
    settings = desk.meters.get(meter)
    counter = Counter(
        desk.site,
        meter,
        settings.quantity if settings else IMPORT,
        settings.unit_per_count if settings else 1.0,
    )
    series = Series(desk.store, counter, changed, desk.evidence.interval_ms(desk.site, meter))
    reach = series.reach(changed)
    if reach is None:
        return
    curve, edges = _judged(desk, series, reach)
    _record(desk, counter, curve, edges, changed)
    if edges[0] < series.samples[0][0]:
        found.cut, found.begins_ms = edges[0], series.samples[0][0]
    for start_ms, end_ms in pairwise(edges):
        found.slots[start_ms] = Window(start_ms, end_ms)
    sides = _sides(desk, meter, changed, edges) if counter.quantity == IMPORT else {}
    for energy in slot_energies(curve, edges):
        start_ms = energy.start_ms
        held = {name: slots[start_ms] for name, slots in sides.items() if start_ms in slots}
        found.booked[start_ms] = Booked(
            energy, {name: slot.milli_wh for name, slot in held.items()}
        )


def _judged(desk: Desk, series: Series, reach: Window) -> tuple[EnergyCurve, list[int]]:
    """The curve over the reach, and the edges of all slots it may have changed.

    A counter that turns out to have stood still spreads its energy over the whole stretch, which
    may have begun before anything changed, and end long after: the slots there change with it.
    """
    while True:
        edges = desk.calendar.slot_edges(reach)
        series.around(Window(edges[0], edges[-1]))
        curve = series.curve(desk.evidence, desk.meters.get(series.counter.meter))
        wider = _spread(curve, edges, reach)
        if wider == reach:
            wider = _once_spread(desk, series, curve, edges, reach)
        if wider == reach:
            return curve, edges
        reach = wider


def _once_spread(
    desk: Desk, series: Series, curve: EnergyCurve, edges: list[int], reach: Window
) -> Window:
    # A bridge that was taken back leaves estimated slots behind, beyond what changed.
    begin_ms = edges[0] - 1
    slot = desk.calendar.slot(begin_ms)
    if slot.end_ms <= series.samples[0][0]:
        return reach
    stored = desk.stored(series.counter.meter, desk.slot, [slot]).get(slot.start_ms)
    if stored is None or not energy_of(stored, slot.end_ms).estimated_ms:
        return reach
    fresh = slot_energies(curve, [slot.start_ms, slot.end_ms])
    same = fresh and fresh[0] == energy_of(stored, slot.end_ms)
    return reach if same else Window(slot.start_ms, reach.end_ms)


def _spread(curve: EnergyCurve, edges: list[int], reach: Window) -> Window:
    spread = [bridge for bridge in curve.bridges if bridge.quality == "estimated"]
    first = [one.from_ms for one in spread if one.from_ms < edges[0] < one.to_ms]
    last = [one.to_ms + 1 for one in spread if one.from_ms < edges[-1] < one.to_ms]
    return Window(min([reach.start_ms, *first]), max([reach.end_ms, *last]))


def _record(
    desk: Desk, counter: Counter, curve: EnergyCurve, edges: list[int], changed: Window
) -> None:
    span = Window(edges[0], edges[-1])
    desk.record(counter, span, changed, curve.events)
    for ruling in curve.unused_rulings:
        if span.start_ms <= ruling.at_ms < span.end_ms:
            desk.faults.append(
                f"site {desk.site}: meter {counter.meter}: the correction by {ruling.by or '?'}"
                f" ({ruling.kind}) meets no step of the counter (collector meters corrections)"
            )


def _sides(desk: Desk, meter: str, changed: Window, edges: list[int]) -> dict[str, Slots]:
    # Export and reactive energy, where the meter counts them.
    found: dict[str, Slots] = {}
    interval_ms = desk.evidence.interval_ms(desk.site, meter)
    for name, quantity in SIDE_QUANTITIES.items():
        counter = Counter(desk.site, meter, quantity)
        series = Series(desk.store, counter, changed, interval_ms)
        if not series.samples:
            continue
        series.around(Window(edges[0], edges[-1]))
        curve = series.curve(desk.evidence, desk.meters.get(meter))
        _record(desk, counter, curve, edges, changed)
        found[name] = {slot.start_ms: slot for slot in slot_energies(curve, edges)}
    return found


class TouchedSlots:
    """Every meter's slots in what was touched: what to write, and what the sums are made of."""

    def __init__(self, desk: Desk, recomputed: Mapping[str, Recomputed]) -> None:
        self._desk = desk
        self._recomputed = recomputed
        self._changed = {
            start_ms: slot
            for found in recomputed.values()
            for start_ms, slot in found.slots.items()
        }
        self._spans = joined(self._changed.values())
        self.booked: dict[str, dict[int, Booked]] = {}
        """Whole numbers of the slots to write, by meter and start."""

    def fresh(self, meter: str) -> Parts:
        """The meter's slots to write.

        A slot that was stored and of which nothing is known any more is written as nothing with
        a coverage of 0, because a stored total can be replaced but not taken away. One that was
        stored with more than its raw readings still tell (the store keeps them for a time only)
        stays as it is.
        """
        found = self._recomputed[meter]
        booked = dict(found.booked)
        gone = found.slots.keys() - booked.keys()
        stored = self._stored(meter) if gone or found.cut is not None else {}
        booked |= _emptied(gone & stored.keys(), found.slots)
        cut = found.cut
        if cut in booked and cut in stored and _held_before(stored[cut], found):
            del booked[cut]
        self.booked[meter] = booked
        return {start_ms: self._total(meter, part) for start_ms, part in sorted(booked.items())}

    def fresh_sums(self, fresh: Mapping[str, Parts]) -> dict[str, Parts]:
        """The slots of virtual meters, of the site and of the remainder where a slot changed."""
        counted = [meter for meter in self._desk.meters if meter not in self._desk.tree.virtual]
        booked = {meter: self._booked(meter, fresh.get(meter, {})) for meter in counted}
        energies: dict[str, Slots] = {
            meter: {start_ms: part.energy for start_ms, part in of_meter.items()}
            for meter, of_meter in booked.items()
        }
        sided = {meter: parts for meter, parts in booked.items() if _any_sides(parts)}
        sums: dict[str, dict[int, Booked]] = defaultdict(dict)
        for shape, windows in self._by_shape():
            every = with_virtual(energies, shape, windows)
            for window in windows:
                made = {meter: every[meter].get(window.start_ms) for meter in shape.formulas}
                made[SITE_METER] = site_slot(every, shape, window)
                made[UNMEASURED_METER] = unmeasured_slot(every, shape, window)
                for meter, energy in made.items():
                    if energy is not None:
                        sides = _sides_of_top(sided, shape, window) if meter == SITE_METER else {}
                        sums[meter][window.start_ms] = Booked(energy, sides)
        for meter in (*self._desk.tree.virtual, SITE_METER, UNMEASURED_METER):
            sums[meter] |= self._gone(meter, self._changed.keys() - sums[meter].keys())
        self.booked |= sums
        return {
            meter: {start_ms: self._total(meter, part) for start_ms, part in parts.items()}
            for meter, parts in sums.items()
        }

    def _gone(self, meter: str, unknown: Collection[int]) -> dict[int, Booked]:
        # What a sum was stored as and cannot be told any more.
        stored = self._stored(meter) if unknown else {}
        known = {start_ms for start_ms, one in stored.items() if one.kwh or one.missing < 1}
        return _emptied(known & set(unknown), self._changed)

    def _booked(self, meter: str, fresh: Parts) -> dict[int, Booked]:
        # What was computed just now is there as whole numbers; the rest comes from the store.
        made = self.booked.get(meter, {})
        held = self._stored(meter) if self._changed.keys() - made.keys() else {}
        return made | {
            start_ms: booked_of(total, self._changed[start_ms].end_ms)
            for start_ms, total in (held | fresh).items()
            if start_ms in self._changed and start_ms not in made
        }

    def _by_shape(self) -> Iterator[tuple[Shape, list[Window]]]:
        # The changed slots in order of time, together as long as the tree stays the same.
        slots = [slot for _, slot in sorted(self._changed.items())]
        tree, date_of = self._desk.tree, self._desk.calendar.date_of
        if len(tree.shapes) == 1:
            yield tree.shapes[0], slots
            return
        for _, group in groupby(slots, key=lambda slot: id(tree.on(date_of(slot.start_ms)))):
            held = list(group)
            yield tree.on(date_of(held[0].start_ms)), held

    def _total(self, meter: str, booked: Booked) -> Total:
        return to_total(self._desk.site, meter, self._desk.slot, booked)

    def _stored(self, meter: str) -> Parts:
        return self._desk.stored(meter, self._desk.slot, self._spans)


def _emptied(starts: Iterable[int], slots: Mapping[int, Window]) -> dict[int, Booked]:
    return {at: Booked(PeriodEnergy(at, slots[at].end_ms, 0, 0, 0, 0.0)) for at in starts}


def _held_before(stored: Total, found: Recomputed) -> bool:
    # Whether the stored slot knows of more time than the raw series still reaches.
    slot = found.slots[stored.start_ms]
    known = energy_of(stored, slot.end_ms)
    return slot.end_ms - slot.start_ms - known.missing_ms > slot.end_ms - found.begins_ms


def _any_sides(parts: Mapping[int, Booked]) -> bool:
    return any(part.sides for part in parts.values())


def _sides_of_top(
    booked: Mapping[str, Mapping[int, Booked]], shape: Shape, slot: Window
) -> dict[str, int]:
    parts = (booked[meter].get(slot.start_ms) for meter in shape.top if meter in booked)
    return add_sides(part.sides for part in parts if part is not None)
