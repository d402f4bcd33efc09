"""Station: what another master reads on a line -> decode -> outbox. It never transmits.

Before: a link of kind ``rtu-listen`` and its meters (``ListenBus``). After one ``run_once``: a
reading of every meter whose turn it is and of which something was heard, and a report.
"""

from __future__ import annotations

from collections.abc import Sequence

from edge_agent.bus import Fault, LinkReport, PolledMeter, Portion
from edge_agent.bus.portions import mark_of
from edge_agent.clock import Clock
from edge_agent.contract.reading import Reading
from edge_agent.errors import AgentError
from edge_agent.listen.bus import ListenBus
from edge_agent.listen.heard_meter import HeardMeter
from edge_agent.listen.heard_values import Value, rounds
from edge_agent.listen.listener import LinePicture
from edge_agent.listen.statistics import figures_of
from edge_agent.poll import Sink

ROUNDS_TO_KNOW = 3
"""After so many readings it is known what the other master asks for."""

_Taken = tuple[Reading, float]
"""A reading and the monotonic time of its instant, in seconds."""
_Values = dict[str, float]


def run_once(bus: ListenBus, sink: Sink, clock: Clock) -> LinkReport:
    """Put a reading of every due meter that was heard into ``sink``; begins to listen if need be.

    Returns at once. A reading is of the instant at which its answer came. A meter that is missed
    is in the report, and told when it is news.
    """
    if not bus.awake():
        return LinkReport()
    bus.moved()
    _hear(bus)
    readings, faults = list[Reading](), list[Fault]()
    line = bus.listener.picture()
    for one in bus.heard:
        due = _due(one.meter, bus, clock.now_ms())
        found = _readings(bus, one, due, line, clock)
        for reading, mono_s in found:
            sink.put(reading, mono_s)
            readings.append(reading)
        if _note(bus, one, found, line) and one.meter.fault is not None:
            faults.append(one.meter.fault)
    return LinkReport(tuple(readings), tuple(faults))


def _hear(bus: ListenBus) -> None:
    """Give every meter what its unit has answered since the last round."""
    exchanges = bus.listener.take()
    for one in bus.heard:
        for exchange in exchanges:
            if exchange.question.unit == one.meter.settings.unit_id:
                one.values.hear(exchange)


def _due(meter: PolledMeter, bus: ListenBus, now_ms: int) -> list[Portion]:
    """The paces of a meter whose mark has come."""
    due = []
    for portion in meter.portions:
        mark = mark_of(now_ms, bus.poll.align_s, portion.every_s, bus.tick_s)
        if portion.every_s <= bus.tick_s or mark != portion.mark:
            portion.mark = mark
            due.append(portion)
    return due


def _readings(
    bus: ListenBus, one: HeardMeter, due: Sequence[Portion], line: LinePicture, clock: Clock
) -> list[_Taken]:
    """What was heard for these paces, and the steady time of each reading."""
    meter = one.meter
    values: dict[str, Value] = {}
    for portion in due:
        names = [row.quantity for block in portion.blocks for row in block.registers]
        fresh = one.values.take(names)
        if not fresh:
            portion.mark = None  # a slower pace stays due until something came
        values |= fresh
    now_ms, now_s = clock.now_ms(), clock.monotonic_s()
    found: list[_Taken] = []
    for at_s, row in rounds(values):
        age_s = max(line.now_s - at_s, 0.0)
        at_ms = meter.stamp(now_ms - round(1000 * age_s))
        row |= _counts(bus, meter, line, now_s)
        found.append((Reading(meter.site, meter.settings.id, at_ms, row), now_s - age_s))
    return found


def _note(bus: ListenBus, one: HeardMeter, taken: Sequence[_Taken], line: LinePicture) -> bool:
    """Count readings, or the want of one; whether the meter has a fault. News is told."""
    meter, down = one.meter, bus.listener.down
    if down is not None:
        one.since_s = line.now_s
        bus.told.fault(down)
        return _fault(meter, down)
    bus.told.success()
    if taken:
        meter.polls_ok += 1
        meter.read_at_s, one.since_s = taken[-1][1], line.now_s
        _set_fault(meter, None)
        meter.told.success()
        _tell_doubts(one, line)
        return False
    missed = one.missed(line, bus.settings.device)
    if missed is None:
        return False
    meter.told.fault(missed)
    return _fault(meter, missed)


def _fault(meter: PolledMeter, error: AgentError) -> bool:
    meter.polls_failed += 1
    _set_fault(meter, Fault(meter.settings.id, error.message, error.hint))
    return True


def _set_fault(meter: PolledMeter, fault: Fault | None) -> None:
    for portion in meter.portions:
        portion.fault = fault


def _tell_doubts(one: HeardMeter, line: LinePicture) -> None:
    """Say once what is absent or assumed."""
    if not one.told_doubts and one.meter.polls_ok >= ROUNDS_TO_KNOW:
        one.told_doubts = True
        for doubt in one.doubts(line.units.get(one.meter.settings.unit_id)):
            one.meter.told.tell(doubt)


def _counts(bus: ListenBus, meter: PolledMeter, line: LinePicture, now_s: float) -> _Values:
    """Now and then, how the meter's unit has answered so far."""
    unit = line.units.get(meter.settings.unit_id)
    if unit is None or bus.counts_every_s is None:
        return {}
    if meter.counted_s is not None and now_s - meter.counted_s < bus.counts_every_s:
        return {}
    meter.counted_s = now_s
    return figures_of(unit, line.now_s)
