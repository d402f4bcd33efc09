"""Station: link -> decode -> outbox. One ``run_once`` reads the due meters of one link.

Before: the meters of a link and what is known about each (``Bus``). After: one ``Reading`` per
answered portion of a meter in the sink, and a report. A meter that fails costs its neighbours
little: it is retried once, then left alone for a growing while. Faults are told when they begin
and when they end, not at every poll.
"""

from __future__ import annotations

import math
from typing import Protocol

from edge_agent.bus import (
    Bus,
    Circuit,
    Fault,
    LineLentError,
    LinkReport,
    Opener,
    PolledMeter,
    Portion,
    Turn,
    assemble,
    gather,
)
from edge_agent.bus.judging import judge
from edge_agent.bus.settling import settle_when_due
from edge_agent.clock import Clock
from edge_agent.contract.reading import Reading
from edge_agent.decode import out_of_bounds, values_in
from edge_agent.errors import AgentError, LinkDownError, RefusedError, SkipMeterError
from edge_agent.meter_link import MeterLink
from edge_agent.profile import ReadBlock

__all__ = [
    "Bus",
    "Circuit",
    "Fault",
    "LinkReport",
    "Opener",
    "PolledMeter",
    "Sink",
    "assemble",
    "gather",
    "run_once",
]

REFUSED_PAUSE_S = 3_600.0
"""How long an optional block that was refused is left out."""

_Taken = tuple[Reading, float]
"""A reading and the monotonic time of its instant, in seconds."""


class Sink(Protocol):
    """Where readings go: the outbox."""

    def put(self, reading: Reading, mono_s: float) -> object:
        """Take the reading in; ``mono_s`` is the monotonic time of its instant."""
        ...


def run_once(bus: Bus, sink: Sink, clock: Clock) -> LinkReport:
    """Read what is due on ``bus``, once, and put the readings into ``sink``.

    A bus that is driven by its ticks (``begin``) ends the round at the next one: ``behind`` then
    tells that the rest is still due. Errors of meters and of the link end up in the report and,
    when they are news, in the log.
    """
    round_ = _Round(bus, sink, clock)
    round_.run()
    judge(bus)
    return LinkReport(tuple(round_.readings), tuple(round_.faults))


class _Round:
    """One round over a bus, and what it brought."""

    def __init__(self, bus: Bus, sink: Sink, clock: Clock) -> None:
        self.bus, self.sink, self.clock = bus, sink, clock
        self.readings: list[Reading] = []
        self.faults: list[Fault] = []
        self._down: LinkDownError | None = None

    def run(self) -> None:
        """Take turns until all have had theirs; driven by ticks, it ends with its own."""
        turns, now_ms = self.bus.turns, self.clock.now_ms()
        waiting = turns.due(now_ms) if self.bus.driven else turns.asked_for(now_ms)
        tick = turns.tick(now_ms)
        while waiting and not (self.bus.halted or self.bus.line.lent):
            turn = turns.first(waiting, now_ms)
            waiting.remove(turn)
            self._take(turn, now_ms)
            now_ms = self.clock.now_ms()
            if self.bus.driven and turns.tick(now_ms) != tick:
                return  # what still waits is due, and goes on with what has fallen due

    def _take(self, turn: Turn, now_ms: int) -> None:
        meter, portion, start_s = turn.meter, turn.portion, self.clock.monotonic_s()
        carried = self.bus.line.carried
        self.bus.turns.taken(portion, now_ms)
        self.bus.paces.asked(portion, start_s)
        try:
            taken, error = self._poll(meter, portion)
        except LineLentError:
            portion.mark = None
            return
        if taken is None:
            portion.mark = None  # a slower portion is tried again soon
        else:
            self.sink.put(*taken)
            self.readings.append(taken[0])
            meter.polls_ok += 1
            meter.read_at_s = taken[1]
        self.bus.paces.took(portion, self.clock.monotonic_s() - start_s)
        self._note(meter, portion, error, self.bus.line.carried != carried)

    def _poll(
        self, meter: PolledMeter, portion: Portion
    ) -> tuple[_Taken | None, AgentError | None]:
        if self._down is not None:
            return None, self._down
        return _poll_portion(self.bus, meter, portion, self.clock)

    def _note(
        self, meter: PolledMeter, portion: Portion, error: AgentError | None, carried: bool
    ) -> None:
        """Keep a fault for the report, and tell it when it is news.

        Only a line that ``carried`` a request works again: a unit in its pause was not asked.
        """
        portion.fault = None
        if error is not None:
            portion.fault = Fault(meter.settings.id, error.message, error.hint)
            meter.polls_failed += 1
            self.faults.append(portion.fault)
        if isinstance(error, LinkDownError):
            self._down = error
            self.bus.told.fault(error)
            return
        if carried:
            self.bus.told.success()
        if error is not None:
            meter.told.fault(error)
        elif meter.fault is None:
            meter.told.success()


def _poll_portion(
    bus: Bus, meter: PolledMeter, portion: Portion, clock: Clock
) -> tuple[_Taken | None, AgentError | None]:
    """One poll: what was read, stamped at its middle, and what went wrong, if anything."""
    if not meter.circuit.lets_through(clock.monotonic_s()):
        return None, meter.last_error
    try:
        stopped = settle_when_due(meter, bus.link, clock.monotonic_s())
    except LinkDownError as down:
        return _nothing(down)
    except SkipMeterError as unsettled:
        return None, _after(meter, unsettled, isinstance(unsettled, RefusedError), clock)
    if stopped is not None:
        return None, stopped
    start_ms, start_s = clock.now_ms(), clock.monotonic_s()
    poll = _PortionPoll(meter, portion, bus.link, start_s)
    error: AgentError | None = None
    try:
        poll.run()
    except LinkDownError as down:
        error = down
    else:
        error = _after(meter, poll.error, poll.answered, clock)
    if not poll.values:
        return _nothing(error)
    half_s = (clock.monotonic_s() - start_s) / 2
    _add_statistics(bus, meter, poll.values, start_s)
    at_ms = meter.stamp(start_ms + round(half_s * 1000))
    return (Reading(meter.site, meter.settings.id, at_ms, poll.values), start_s + half_s), error


def _nothing(error: AgentError | None) -> tuple[None, AgentError | None]:
    """A poll that brought no value; one on a line that was lent did not take place."""
    if isinstance(error, LineLentError):
        raise error
    return None, error


def _after(
    meter: PolledMeter, error: SkipMeterError | None, answered: bool, clock: Clock
) -> SkipMeterError | None:
    """Let the meter's circuit know how the poll ended."""
    meter.last_error = error
    if answered:
        meter.circuit.worked()
    else:
        meter.circuit.failed(clock.monotonic_s())
    return error


def _add_statistics(bus: Bus, meter: PolledMeter, values: dict[str, float], now_s: float) -> None:
    """Let a reading carry, now and then, how the meter's unit has answered so far."""
    if bus.counts_every_s is None:
        return
    if meter.counted_s is not None and now_s - meter.counted_s < bus.counts_every_s:
        return
    meter.counted_s = now_s
    values |= bus.line.figures(meter.settings.unit_id)


class _PortionPoll:
    """The requests of one poll of one portion of a meter, and what they brought."""

    def __init__(self, meter: PolledMeter, portion: Portion, link: MeterLink, now_s: float) -> None:
        self.meter, self.portion, self.link, self.now_s = meter, portion, link, now_s
        self.values: dict[str, float] = {}
        self.answered = False
        self.error: SkipMeterError | None = None

    def run(self) -> None:
        """Read every block. A unit that has not answered yet is not asked for the next one."""
        refused = self.meter.refused_until_s
        waiting = list(self.portion.blocks)
        if refused:
            waiting = [b for b in waiting if refused.get(b, -math.inf) <= self.now_s]
        while waiting:
            block = waiting.pop(0)
            try:
                self._take(block, self._words(block))
            except RefusedError as error:
                self.answered = True
                waiting[:0] = self._after_refusal(block, error)
            except SkipMeterError as error:
                self._note(block, error)
                if not self.answered:
                    return

    def _take(self, block: ReadBlock, words: tuple[int, ...]) -> None:
        found = values_in(block, words, self.meter.ratios)
        self.answered = True
        self.values |= found
        if len(found) < len(block.registers):
            for text in out_of_bounds(block, words):
                # The value in it is another one each time: its first word is the quantity.
                self.meter.told.once(text, text.partition(" ")[0])

    def _words(self, block: ReadBlock) -> tuple[int, ...]:
        try:
            return self._read(block)
        except RefusedError:
            raise
        except SkipMeterError:
            if self.meter.circuit.failures:
                raise
            return self._read(block)

    def _read(self, block: ReadBlock) -> tuple[int, ...]:
        return self.link.read(
            self.meter.settings.unit_id,
            block.function,
            block.address,
            block.count,
            self.meter.timeout_ms(block.count),
        )

    def _after_refusal(self, block: ReadBlock, error: RefusedError) -> tuple[ReadBlock, ...]:
        """What to ask instead: a meter that refuses a gap is read without gaps from now on."""
        parts = self.portion.split(block) if error.code in (2, 3) else ()
        if not parts:
            self._note(block, error)
        return parts

    def _note(self, block: ReadBlock, error: SkipMeterError) -> None:
        if block.optional and self.answered:
            self.meter.refused_until_s[block] = self.now_s + REFUSED_PAUSE_S
        else:
            self.error = self.error or error
