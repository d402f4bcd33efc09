"""Station: link -> decode -> outbox. One ``run_once`` reads the due meters of one link.

Before: the meters of a link and what is known about each (``Bus``). After: one ``Reading`` per
answered meter in the sink, and a report. A meter that fails costs its neighbours little: it is
retried once, then left alone for a growing while. Faults are told when they begin and when they
end, not at every poll.
"""

from __future__ import annotations

import logging
import math
from array import array
from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from edge_agent import profile as profiles
from edge_agent.clock import Clock
from edge_agent.config import AgentSettings, LinkSettings, MeterSettings, PollSettings
from edge_agent.contract.reading import Reading
from edge_agent.decode import Ratios, values_in
from edge_agent.errors import AgentError, LinkDownError, RefusedError, SkipMeterError
from edge_agent.meter_link import CONNECT_TIMEOUT_S, MeterLink, open_link
from edge_agent.profile import Profile, ReadBlock

log = logging.getLogger(__name__)

FAILURES_TO_OPEN = 3
"""After so many polls without an answer, a unit is only probed."""
FIRST_PROBE_S, LAST_PROBE_S = 2.0, 300.0
"""Between probes of a dead unit: the first pause, doubled each time up to the last."""
REFUSED_PAUSE_S = 3_600.0
"""How long an optional block that was refused is left out."""
NETWORK_TIMEOUT_MS = 1_000
"""The least time limit over a network, where a gateway has a queue of its own."""
REMEMBERED_STAMPS = 4_096
"""Instants of a meter that are kept, 8 bytes each, so that no step of the clock uses one twice."""

_Taken = tuple[Reading, float]
"""A reading and the monotonic time of its instant, in seconds."""
Opener = Callable[[LinkSettings, Mapping[int, int]], MeterLink]


class Sink(Protocol):
    """Where readings go: the outbox."""

    def put(self, reading: Reading, mono_s: float) -> object:
        """Take the reading in; ``mono_s`` is the monotonic time of its instant."""
        ...


@dataclass(frozen=True, slots=True)
class Fault:
    """One meter that could not be read, or not wholly, and what to do about it."""

    meter: str
    message: str
    hint: str


@dataclass(frozen=True, slots=True)
class LinkReport:
    """What one ``run_once`` brought: the readings put, and one fault for each failed meter."""

    readings: tuple[Reading, ...]
    faults: tuple[Fault, ...]


@dataclass(slots=True)
class Circuit:
    """Keeps a dead unit from holding up its line: open, it lets only probes through."""

    failures: int = 0
    pause_s: float = FIRST_PROBE_S
    probe_at_s: float = -math.inf

    def lets_through(self, now_s: float) -> bool:
        """Whether the unit may be asked now."""
        return self.failures < FAILURES_TO_OPEN or now_s >= self.probe_at_s

    def failed(self, now_s: float) -> None:
        """The unit gave no answer."""
        self.failures += 1
        if self.failures >= FAILURES_TO_OPEN:
            self.probe_at_s = now_s + self.pause_s
            self.pause_s = min(2 * self.pause_s, LAST_PROBE_S)

    def worked(self) -> None:
        """The unit answered."""
        self.failures, self.pause_s = 0, FIRST_PROBE_S


@dataclass(slots=True)
class Told:
    """Which faults of one thing the log has already been told since it last worked."""

    kinds: set[str] = field(default_factory=set)
    polls: int = 0

    def fault(self, prefix: str, error: AgentError) -> None:
        """Log a fault of a kind that is new since the last success."""
        self.polls += 1
        kind = f"{type(error).__name__} {getattr(error, 'code', '')}"
        if kind not in self.kinds:
            self.kinds.add(kind)
            log.warning("%s%s", prefix, error)

    def success(self, what: str) -> None:
        """Log that it works again, when it did not."""
        if self.kinds:
            log.warning("%s: back after %d failed polls", what, self.polls)
            self.kinds.clear()
        self.polls = 0


@dataclass(slots=True)
class PolledMeter:
    """One meter and what polling has learned about it.

    ``read_at_s`` is the monotonic time of its newest reading, ``fault`` what its newest poll met.
    """

    site: str
    settings: MeterSettings
    link: LinkSettings
    poll: PollSettings
    profile: Profile
    blocks: list[ReadBlock]
    circuit: Circuit = field(default_factory=Circuit)
    told: Told = field(default_factory=Told)
    polls_ok: int = 0
    polls_failed: int = 0
    read_at_s: float | None = None
    fault: Fault | None = None
    last_error: SkipMeterError | None = None
    refused_until_s: dict[ReadBlock, float] = field(default_factory=dict)
    stamps: array[int] = field(default_factory=lambda: array("q"))
    turn: int | None = None

    @property
    def ratios(self) -> Ratios:
        """What turns this meter's values into primary ones."""
        return Ratios(self.settings.ct_ratio, self.settings.vt_ratio)

    def due(self, now_ms: int) -> bool:
        """Whether this meter's own interval asks for a poll now; remembers that it did."""
        if self.settings.every_s is None:
            return True
        # Half a base interval makes a poll that came early belong to the mark it was meant for.
        shifted_s = now_ms / 1000 - self.poll.align_s + self.poll.every_s / 2
        turn = math.floor(shifted_s / self.settings.every_s)
        was, self.turn = self.turn, turn
        return turn != was

    def stamp(self, at_ms: int) -> int:
        """``at_ms``, or the first millisecond after it that no reading of this meter has."""
        at = bisect_left(self.stamps, at_ms)
        while at < len(self.stamps) and self.stamps[at] == at_ms:
            at, at_ms = at + 1, at_ms + 1
        self.stamps.insert(at, at_ms)
        if len(self.stamps) > REMEMBERED_STAMPS:
            # After a step back the far end is what will not come again.
            self.stamps.pop(-1 if at < len(self.stamps) // 2 else 0)
        return at_ms

    def timeout_ms(self, block: ReadBlock) -> int:
        """How long to wait for ``block``: the link's word, or profile and wire time."""
        if self.link.timeout_ms is not None:
            return self.link.timeout_ms
        if self.link.kind != "rtu":
            return max(self.profile.timeout_ms, NETWORK_TIMEOUT_MS)
        # Request 8 bytes, answer 5 + 2 n, of 11 bits at most.
        return self.profile.timeout_ms + math.ceil((13 + 2 * block.count) * 11_000 / self.link.baud)

    def split(self, block: ReadBlock) -> tuple[ReadBlock, ...]:
        """Replace a refused block by its parts without gaps; empty when there is no gap in it."""
        parts = block.without_gaps()
        if len(parts) == 1:
            return ()
        at = self.blocks.index(block)
        self.blocks[at : at + 1] = parts
        return parts


@dataclass(slots=True)
class Bus:
    """One link and its meters."""

    settings: LinkSettings
    link: MeterLink
    meters: tuple[PolledMeter, ...]
    told: Told = field(default_factory=Told)

    def watch(self, moved: Callable[[], object]) -> None:
        """Call ``moved`` before each request: dead meters take time, and that is no standstill."""
        self.link = _WatchedLink(self.link, moved)

    def longest_request_s(self) -> float:
        """How long a single request may take by these settings: quiet times, a second try."""
        slowest = max((meter.profile.timeout_ms for meter in self.meters), default=0)
        timeout_ms = self.settings.timeout_ms or max(slowest, NETWORK_TIMEOUT_MS)
        return 2 * (CONNECT_TIMEOUT_S + 3 * timeout_ms / 1000)

    def close(self) -> None:
        """Let go of the link."""
        self.link.close()


class _WatchedLink:
    """A ``MeterLink`` that tells of every request to the one beneath it."""

    def __init__(self, link: MeterLink, moved: Callable[[], object]) -> None:
        self._link, self._moved = link, moved

    def read(
        self, unit_id: int, function: int, address: int, count: int, timeout_ms: int
    ) -> tuple[int, ...]:
        self._moved()
        return self._link.read(unit_id, function, address, count, timeout_ms)

    def close(self) -> None:
        self._link.close()


def gather(settings: AgentSettings, opener: Opener = open_link) -> tuple[Bus, ...]:
    """The buses that ``settings`` describe, with their profiles loaded and planned.

    Raises ``StopError`` for a profile that is not there or has faults.
    """
    buses = []
    for link in settings.links:
        rows = [row for row in settings.meters if row.link == link.id]
        buses.append(assemble(settings.agent.site, link, rows, settings.poll, opener))
    return tuple(buses)


def assemble(
    site: str,
    link: LinkSettings,
    rows: Sequence[MeterSettings],
    poll: PollSettings,
    opener: Opener = open_link,
) -> Bus:
    """One bus: ``link`` and the meters of ``site`` on it. Raises ``StopError`` as ``gather``."""
    models = {name: profiles.load(name) for name in {row.profile for row in rows}}
    gaps_ms = {row.unit_id: models[row.profile].min_gap_ms for row in rows}
    meters = []
    for row in rows:
        model = models[row.profile]
        meters.append(PolledMeter(site, row, link, poll, model, list(model.blocks)))
    return Bus(link, opener(link, gaps_ms), tuple(meters))


def run_once(bus: Bus, sink: Sink, clock: Clock) -> LinkReport:
    """Read the meters of ``bus`` that are due, once, and put their readings into ``sink``.

    Errors of meters and of the link end up in the report and, when they are news, in the log.
    """
    readings: list[Reading] = []
    faults: list[Fault] = []
    now_ms = clock.now_ms()
    down: LinkDownError | None = None
    for meter in [meter for meter in bus.meters if meter.due(now_ms)]:
        taken, error = (None, down) if down else _poll_meter(meter, bus.link, clock)
        if taken is None:
            meter.turn = None  # a slower meter stays due until it was read
        else:
            sink.put(*taken)
            readings.append(taken[0])
            meter.polls_ok += 1
            meter.read_at_s = taken[1]
        if isinstance(error, LinkDownError):
            down = error
        meter.fault = None if error is None else _fault(meter, error)
        if meter.fault is not None:
            meter.polls_failed += 1
            faults.append(meter.fault)
        _tell(bus, meter, error)
    return LinkReport(tuple(readings), tuple(faults))


def _fault(meter: PolledMeter, error: AgentError) -> Fault:
    return Fault(meter.settings.id, error.message, error.hint)


def _tell(bus: Bus, meter: PolledMeter, error: AgentError | None) -> None:
    if isinstance(error, LinkDownError):
        bus.told.fault(f"link {bus.settings.id}: ", error)
        return
    bus.told.success(f"link {bus.settings.id}")
    name = f"meter {meter.settings.id}"
    if error is None:
        meter.told.success(name)
    else:
        meter.told.fault(f"{name}: ", error)


def _poll_meter(
    meter: PolledMeter, link: MeterLink, clock: Clock
) -> tuple[_Taken | None, AgentError | None]:
    """One poll: what was read, stamped at its middle, and what went wrong, if anything."""
    start_ms, start_s = clock.now_ms(), clock.monotonic_s()
    if not meter.circuit.lets_through(start_s):
        return None, meter.last_error
    poll = _MeterPoll(meter, link, start_s)
    try:
        poll.run()
    except LinkDownError as error:
        return _reading(meter, poll.values, start_ms, start_s, clock), error
    meter.last_error = poll.error
    if poll.answered:
        meter.circuit.worked()
    else:
        meter.circuit.failed(clock.monotonic_s())
    return _reading(meter, poll.values, start_ms, start_s, clock), poll.error


def _reading(
    meter: PolledMeter, values: dict[str, float], start_ms: int, start_s: float, clock: Clock
) -> _Taken | None:
    if not values:
        return None
    half_s = (clock.monotonic_s() - start_s) / 2
    at_ms = meter.stamp(start_ms + round(half_s * 1000))
    return Reading(meter.site, meter.settings.id, at_ms, values), start_s + half_s


class _MeterPoll:
    """The requests of one poll of one meter, and what they brought."""

    def __init__(self, meter: PolledMeter, link: MeterLink, now_s: float) -> None:
        self.meter, self.link, self.now_s = meter, link, now_s
        self.values: dict[str, float] = {}
        self.answered = False
        self.error: SkipMeterError | None = None

    def run(self) -> None:
        """Read every block. A unit that has not answered yet is not asked for the next one."""
        refused = self.meter.refused_until_s
        waiting = list(self.meter.blocks)
        if refused:
            waiting = [b for b in waiting if refused.get(b, -math.inf) <= self.now_s]
        while waiting:
            block = waiting.pop(0)
            try:
                self.values |= values_in(block, self._words(block), self.meter.ratios)
                self.answered = True
            except RefusedError as error:
                self.answered = True
                waiting[:0] = self._after_refusal(block, error)
            except SkipMeterError as error:
                self._note(block, error)
                if not self.answered:
                    return

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
            self.meter.timeout_ms(block),
        )

    def _after_refusal(self, block: ReadBlock, error: RefusedError) -> tuple[ReadBlock, ...]:
        """What to ask instead: a meter that refuses a gap is read without gaps from now on."""
        parts = self.meter.split(block) if error.code in (2, 3) else ()
        if not parts:
            self._note(block, error)
        return parts

    def _note(self, block: ReadBlock, error: SkipMeterError) -> None:
        if block.optional and self.answered:
            self.meter.refused_until_s[block] = self.now_s + REFUSED_PAUSE_S
        else:
            self.error = self.error or error
