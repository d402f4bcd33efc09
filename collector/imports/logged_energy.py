"""The energy of a counter that a logger wrote to a file: samples, curve, slots and days.

The same engine and the same slots as for readings that an agent sends, over a series that is all
there: the newest end is judged with what the file holds.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby, pairwise
from typing import Literal
from zoneinfo import ZoneInfo

from collector.errors import StopError
from collector.imports.table import Table
from collector.rollup.counters import (
    GAP_LIMIT_MS,
    CounterFacts,
    EnergyCurve,
    energy_curve,
)
from collector.rollup.energy import PeriodEnergy, add_up, slot_energies
from collector.rollup.periods import Calendar, Window

GAP_INTERVALS = 3
"""Three rows missed are a gap, when that is longer than the engine's usual limit."""

Quality = Literal["measured", "estimated", "partial", "missing"]
Sample = tuple[int, float]


@dataclass(frozen=True, slots=True)
class LoggedCounter:
    """A counter's samples (UTC ms, Wh) and, where the file has them, those of its power (W)."""

    samples: tuple[Sample, ...]
    power: tuple[Sample, ...]
    interval_ms: int

    @property
    def gap_limit_ms(self) -> int:
        """The longest step that is no gap, unless the caller knows better."""
        return max(GAP_LIMIT_MS, GAP_INTERVALS * self.interval_ms)


@dataclass(frozen=True, slots=True)
class Stretch:
    """A slot or a day (UTC ms, half-open) and what is known of it; None: nothing."""

    start_ms: int
    end_ms: int
    energy: PeriodEnergy | None

    @property
    def quality(self) -> Quality:
        """How well it is known: ``partial`` when nothing is known of a part of it."""
        if self.energy is None:
            return "missing"
        if self.energy.missing_ms:
            return "partial"
        return "estimated" if self.energy.estimated_ms else "measured"


@dataclass(frozen=True, slots=True)
class LoggedEnergy:
    """What went through: the curve, and every slot and day from the first row to the last."""

    curve: EnergyCurve
    slots: tuple[Stretch, ...]
    days: tuple[Stretch, ...]

    @property
    def milli_wh(self) -> int:
        """The energy of all slots."""
        return sum(slot.energy.milli_wh for slot in self.slots if slot.energy)

    @property
    def estimated_milli_wh(self) -> int:
        """The part of it that was estimated."""
        return sum(slot.energy.estimated_milli_wh for slot in self.slots if slot.energy)

    @property
    def coverage(self) -> float:
        """The measured share of the time between the first and the last sample, 0 to 1.

        A curve of one sample, all others being false or frozen, spans no time: 0.
        """
        measured_ms = sum(slot.energy.measured_ms for slot in self.slots if slot.energy)
        span_ms = self.curve.at_ms[-1] - self.curve.at_ms[0]
        return measured_ms / span_ms if span_ms else 0.0


def logged_counter(table: Table, unit_wh: Decimal, power_unit_w: int = 0) -> LoggedCounter:
    """The counter in the first column of the table, in Wh; its power in the second, if asked for.

    ``power_unit_w``: what a figure of the second column stands for (0: there is none). A row
    without a count is no sample. Raises ``StopError`` for a count below zero, or when fewer than
    two rows hold a count.
    """
    samples = tuple(_scaled(table, 0, unit_wh))
    power = tuple(_scaled(table, 1, Decimal(power_unit_w))) if power_unit_w else ()
    below = next(
        (row for row in table.rows if row.values[0] is not None and row.values[0] < 0), None
    )
    if below is not None:
        what = f"{table.name}, line {below.line}: a counter cannot be at {below.values[0]}"
        raise StopError(what, "name the column of the counter, or mend that row")
    if len(samples) < 2:
        first = f", {table.refusals[0]}" if table.refusals else ""
        what = f"{table.name}: fewer than two rows hold a count{first}"
        raise StopError(what, "energy is what lies between two counts")
    return LoggedCounter(samples, power, table.usual_interval_ms or 0)


def _scaled(table: Table, place: int, unit: Decimal) -> Iterable[Sample]:
    return (
        (row.at_ms, float(value * unit))
        for row in table.rows
        if (value := row.values[place]) is not None
    )


def energy_of(
    counter: LoggedCounter,
    facts: CounterFacts,
    zone: ZoneInfo,
    slot_minutes: int,
    gap_limit_ms: int,
) -> LoggedEnergy:
    """Run the counter engine over the samples and cut the curve into slots and days.

    Where the rated power is not known, what the counter usually shows stands in for it.
    """
    curve = energy_curve(counter.samples, facts, gap_limit_ms, power=counter.power, closed=True)
    calendar = Calendar(zone, slot_minutes=slot_minutes)
    slots = tuple(_slots(curve, calendar))
    return LoggedEnergy(curve, slots, tuple(_days(slots, calendar)))


def _slots(curve: EnergyCurve, calendar: Calendar) -> Iterable[Stretch]:
    edges = calendar.slot_edges(Window(curve.at_ms[0], curve.at_ms[-1]))
    known = {slot.start_ms: slot for slot in slot_energies(curve, edges)}
    return (Stretch(start, end, known.get(start)) for start, end in pairwise(edges))


def _days(slots: Sequence[Stretch], calendar: Calendar) -> Iterable[Stretch]:
    for day, held in groupby(slots, key=lambda slot: calendar.day(slot.start_ms)):
        known = [slot.energy for slot in held if slot.energy is not None]
        energy = add_up(known, day.start_ms, day.end_ms) if known else None
        yield Stretch(day.start_ms, day.end_ms, energy)
