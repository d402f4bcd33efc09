"""From a counter to kilowatt-hours: how one meter's figure of a period came about.

Recomputed from the raw counter by the same engine that made the stored totals, so that both can
be laid side by side. Where raw readings are no longer kept, there is no curve and only the stored
figure speaks.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from collector.rollup.counters import CounterEvent, EnergyCurve
from collector.rollup.energy import PeriodEnergy, slot_energies
from collector.rollup.periods import Calendar, Window


@dataclass(frozen=True, slots=True)
class CounterValue:
    """What a counter showed (Wh) at an instant (UTC ms)."""

    at_ms: int
    wh: float


@dataclass(frozen=True, slots=True)
class SlotCounts:
    """How the slots of a period are known.

    ``measured`` throughout, ``estimated`` in part or whole, ``partial``: known in part only,
    ``missing``: not known at all.
    """

    measured: int = 0
    estimated: int = 0
    partial: int = 0
    missing: int = 0


@dataclass(frozen=True, slots=True)
class MeterDerivation:
    """One meter's period: the counter's ends, what it means in milli-Wh, and what was decided.

    ``milli_wh`` is recomputed from the counter, ``stored_milli_wh`` the sum of the stored days;
    None where there is neither. ``formula`` names the members of a virtual meter, which has no
    counter. ``events`` are those within the period.
    """

    meter: str
    name: str
    parent: str | None
    first: CounterValue | None
    last: CounterValue | None
    milli_wh: int | None
    estimated_milli_wh: int
    slots: SlotCounts
    events: tuple[CounterEvent, ...]
    stored_milli_wh: int | None
    formula: str = ""

    @property
    def agrees(self) -> bool:
        """Whether the stored figure is what the counter gives; true where one is not there."""
        return None in (self.milli_wh, self.stored_milli_wh) or (
            self.milli_wh == self.stored_milli_wh
        )


@dataclass(frozen=True, slots=True)
class CounterReading:
    """What is recomputed from a counter for a period."""

    milli_wh: int | None
    estimated_milli_wh: int
    slots: SlotCounts
    events: tuple[CounterEvent, ...]


def read_counter(curve: EnergyCurve, window: Window, calendar: Calendar) -> CounterReading:
    """The period's energy, slots and events on a curve; no energy where it knows no slot."""
    edges = calendar.slot_edges(window)
    slots = slot_energies(curve, edges) if edges else []
    events = (event for event in curve.events if window.start_ms <= event.at_ms < window.end_ms)
    return CounterReading(
        milli_wh=sum(slot.milli_wh for slot in slots) if slots else None,
        estimated_milli_wh=sum(slot.estimated_milli_wh for slot in slots),
        slots=count_slots(slots, len(edges) - 1 if edges else 0),
        events=tuple(events),
    )


def count_slots(slots: Sequence[PeriodEnergy], of: int) -> SlotCounts:
    """How the known slots of ``of`` in all were come by."""
    measured = sum(slot.measured_ms == slot.end_ms - slot.start_ms for slot in slots)
    missing = sum(slot.missing_ms == slot.end_ms - slot.start_ms for slot in slots)
    estimated = sum(slot.estimated_ms > 0 for slot in slots)
    partial = len(slots) - measured - missing - estimated
    return SlotCounts(measured, estimated, partial, of - len(slots) + missing)


@dataclass(frozen=True, slots=True)
class Agreement:
    """Two ways to the same figure, and whether they meet: exactly, or within ``tolerance``."""

    what: str
    one: float
    other: float
    unit: str
    tolerance: float = 0.0
    hint: str = ""

    @property
    def agrees(self) -> bool:
        """Whether the two are the same."""
        return abs(self.one - self.other) <= self.tolerance


def faults_of(agreements: Iterable[Agreement]) -> tuple[str, ...]:
    """One line for each pair of figures that do not meet."""
    return tuple(
        f"{pair.what}: {pair.one:,.6f} and {pair.other:,.6f} {pair.unit} are not the same"
        + (f" ({pair.hint})" if pair.hint else "")
        for pair in agreements
        if not pair.agrees
    )
