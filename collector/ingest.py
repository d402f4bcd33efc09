"""Station: inlet -> wire -> validate -> store -> receipt -> acknowledgement.

One batch at a time. Nothing is receipted before the store has answered and what follows (windows
to recompute, numbers accounted for) is on the disk, in one transaction; nothing is acknowledged
before it is receipted. Every step may be repeated: writing a reading twice leaves one point,
marking a window twice one window. So a stop between any two steps costs a repeat on the wire,
never a reading.

The file is longer than most because its three steps (sort, keep, answer) share one batch.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Any, Protocol

import orjson

from collector.clock import Clock
from collector.errors import RetryLaterError
from collector.inlet import Delivery
from collector.state import CollectorState
from collector.state.arrivals import StoredReadings
from collector.state.dirty import JOIN_MS, Mark
from collector.state.received import Sender
from collector.storage.port import ReadingStore
from collector.validate import Quarantined, judge
from edge_agent.contract import wire
from edge_agent.contract.reading import Reading
from edge_agent.contract.topics import UpTopic, parse_up

MAX_MESSAGES = 500
_LARGEST = 2**63 - 1
ESTIMATED = "estimated"
"""The clock state of readings that the agent could only place between others."""
POISON = (ValueError, TypeError, KeyError, IndexError, OverflowError, RecursionError)
"""What a payload can make the reading of it raise; ``WireError`` is a ``ValueError``."""

Point = tuple[str, str, int]
"""Site, meter, instant: what identifies a point in the store."""
Ratings = Mapping[tuple[str, str], float | None]
"""The meters of the settings, by (site, meter), each with its rated power in W if known."""


class Source(Protocol):
    """What ingest needs of the inlet."""

    def take(self, max_messages: int, wait_s: float) -> list[Delivery]:
        """Take the next messages, in order of arrival."""
        ...

    def give_back(self, deliveries: Sequence[Delivery]) -> None:
        """Put them back to the front."""
        ...

    def ack(self, delivery: Delivery) -> None:
        """Say that a message is done with."""
        ...

    def send_receipt(self, receipt: wire.Receipt) -> bool:
        """Tell the agent what is stored; False when that is not possible now."""
        ...


@dataclass(frozen=True, slots=True)
class IngestReport:
    """What one batch brought.

    ``receipts`` counts those that could be sent. ``lines`` has one line for each kind of fault,
    with a hint. ``fault`` is not empty when store or state were away: then the batch is back in
    the inlet, and all other counts are zero.
    """

    messages: int = 0
    readings_stored: int = 0
    readings_rejected: int = 0
    dead_letters: int = 0
    receipts: int = 0
    births: int = 0
    gaps: int = 0
    lines: tuple[str, ...] = ()
    fault: str = ""


@dataclass(frozen=True, slots=True)
class _Record:
    """A sound reading, whose it is, and the delivery it came in."""

    sender: Sender
    seq: int
    reading: Reading
    delivery: Delivery
    clock: str


@dataclass(slots=True)
class _Batch:
    """The deliveries, sorted by what has to be done with them."""

    now_ms: int
    ratings: Ratings | None
    records: list[_Record] = field(default_factory=list)
    births: list[wire.Birth] = field(default_factory=list)
    states: list[wire.State] = field(default_factory=list)
    gaps: list[wire.Gap] = field(default_factory=list)
    stored: defaultdict[Sender, list[wire.Range]] = field(default_factory=lambda: defaultdict(list))
    refused: defaultdict[Sender, list[tuple[int, str]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    letters: dict[tuple[str, bytes], str] = field(default_factory=dict)
    lines: dict[str, None] = field(default_factory=dict)

    def dead(self, delivery: Delivery, reason: str) -> None:
        """Put the message aside; the first reason stands for it."""
        self.letters.setdefault((delivery.topic, delivery.payload), reason)

    def say(self, line: str) -> None:
        """Note a fault for the report, once."""
        self.lines.setdefault(line)


def run_once(
    inlet: Source,
    store: ReadingStore,
    state: CollectorState,
    clock: Clock,
    *,
    ratings: Ratings | None = None,
    max_messages: int = MAX_MESSAGES,
    wait_s: float = 0.0,
) -> IngestReport:
    """Take one batch, store it, tell the agents, acknowledge it.

    While store or state are away the batch goes back and the report carries the fault. A
    ``StopError`` (refused credentials, a damaged file) goes on to the caller, the batch kept too.
    """
    deliveries = inlet.take(max_messages, wait_s)
    if not deliveries:
        return IngestReport()
    try:
        batch = _sort(deliveries, clock.now_ms(), ratings)
        _keep(batch, store, state)
    except RetryLaterError as error:
        inlet.give_back(deliveries)
        return IngestReport(fault=str(error))
    except BaseException:
        inlet.give_back(deliveries)
        raise
    sent = sum(inlet.send_receipt(receipt) for receipt in _receipts(batch))
    for delivery in deliveries:
        inlet.ack(delivery)
    return _report(batch, len(deliveries), sent)


# Sort: what came, by what has to be done with it.


def _sort(deliveries: Iterable[Delivery], now_ms: int, ratings: Ratings | None) -> _Batch:
    batch = _Batch(now_ms, ratings)
    for delivery in deliveries:
        topic = parse_up(delivery.topic)
        if topic is None:
            batch.dead(delivery, "the topic is not one of an agent")
            batch.say("a message on a topic that is not an agent's (check the broker's rights)")
            continue
        try:
            _open(batch, topic, delivery)
        except POISON as error:
            _poisoned(batch, topic, delivery, str(error) or repr(error))
    return batch


def _open(batch: _Batch, topic: UpTopic, delivery: Delivery) -> None:
    payload = delivery.payload
    match topic.channel:
        case "live" | "back":
            message = wire.decode_readings(payload, orjson.loads)
            _same_agent(topic, message.agent)
            _judge(batch, message, delivery)
        case "gap":
            gap = wire.decode_gap(payload, orjson.loads)
            _same_agent(topic, gap.agent)
            _fits(gap.last)
            batch.gaps.append(gap)
        case _ if not payload:
            return  # somebody has cleared the retained birth or state
        case "birth":
            birth = wire.decode_birth(payload, orjson.loads)
            _same_agent(topic, birth.agent)
            _fits(birth.connection, birth.at_ms)
            batch.births.append(replace(birth, at_ms=min(birth.at_ms, batch.now_ms)))
        case _:
            state = wire.decode_state(payload, orjson.loads)
            _same_agent(topic, state.agent)
            _fits(state.connection)
            batch.states.append(state)


def _same_agent(topic: UpTopic, agent: str) -> None:
    if agent != topic.agent:
        raise wire.WireError(f"the payload names agent {agent!r}, the topic {topic.agent!r}")


def _fits(*numbers: int) -> None:
    if any(abs(number) > _LARGEST for number in numbers):
        raise wire.WireError("a number is larger than 63 bits")


def _judge(batch: _Batch, message: wire.ReadingsMessage, delivery: Delivery) -> None:
    sender = Sender(message.agent, message.epoch)
    meter = (message.site, message.meter)
    rated_power_w = batch.ratings.get(meter) if batch.ratings else None
    unknown: set[str] = set()
    for seq, reading in message.readings():
        verdict = judge(reading, batch.now_ms, rated_power_w)
        if isinstance(verdict, Quarantined):
            record = _Record(sender, seq, reading, delivery, message.clock)
            _refuse(batch, record, verdict.reason)
            continue
        batch.records.append(_Record(sender, seq, verdict.reading, delivery, message.clock))
        unknown.update(verdict.unknown)
    for name in sorted(unknown):
        batch.say(f"agent {message.agent}: {name[:80]} not known here (update the collector)")
    if batch.ratings is not None and meter not in batch.ratings:
        hint = "stored, but no part of the site's total; add it under [[sites.meters]]"
        batch.say(f"meter {meter[0][:80]}/{meter[1][:80]} not in the settings ({hint})")


def _refuse(batch: _Batch, record: _Record, reason: str) -> None:
    batch.refused[record.sender].append((record.seq, reason))
    batch.dead(record.delivery, reason)
    meter = f"{record.reading.site[:80]}/{record.reading.meter[:80]}"
    batch.say(f"agent {record.sender.agent}: reading of {meter} refused: {reason}")


def _poisoned(batch: _Batch, topic: UpTopic, delivery: Delivery, reason: str) -> None:
    reason = reason[:300]
    batch.dead(delivery, reason)
    hint = "kept as a dead letter; look at that agent's version and settings"
    batch.say(f"agent {topic.agent}: message on {topic.channel} refused: {reason} ({hint})")
    found = _still_readable(delivery.payload) if topic.channel in ("live", "back") else None
    if found is not None:
        epoch, seqs = found
        batch.refused[Sender(topic.agent, epoch)].extend((seq, reason) for seq in seqs)


def _still_readable(payload: bytes) -> tuple[str, list[int]] | None:
    """Answer epoch and numbers of a refused message, so that its agent can be told."""
    try:
        doc: Any = orjson.loads(payload)
    except ValueError:
        return None
    if not isinstance(doc, dict):
        return None
    epoch, seqs = doc.get("epoch"), doc.get("seq")
    if not isinstance(epoch, str) or not 1 <= len(epoch) <= 256 or not isinstance(seqs, list):
        return None
    numbers = [n for n in seqs[: wire.MAX_POLLS] if type(n) is int and 1 <= n <= _LARGEST]
    return (epoch, numbers) if numbers else None


# Keep: everything durable, in this order; it may raise at any point and be done again.


def _keep(batch: _Batch, store: ReadingStore, state: CollectorState) -> None:
    if batch.records:
        refused = store.write_readings([record.reading for record in batch.records])
        reasons = {_point(item.reading): item.reason for item in refused}
        kept = [record for record in batch.records if _point(record.reading) not in reasons]
        for record in batch.records:
            if (reason := reasons.get(_point(record.reading))) is not None:
                _refuse(batch, record, reason)
        batch.records = kept
    for record in batch.records:
        batch.stored[record.sender].append((record.seq, record.seq))
    with state.database.write():
        _note_stored(batch, state)
        _keep_the_rest(batch, state)


def _note_stored(batch: _Batch, state: CollectorState) -> None:
    readings = _by_meter(batch.records)
    state.dirty.mark_all([_mark(of_meter) for of_meter in readings])
    stored = {sender: _merged(ranges) for sender, ranges in batch.stored.items()}
    fresh = {sender: state.received.add(*sender, ranges) for sender, ranges in stored.items()}
    state.arrivals.note(readings, fresh, batch.now_ms)
    for sender, refused in batch.refused.items():
        state.received.add(*sender, wire.ranges(seq for seq, _ in refused))


def _note_identities(birth: wire.Birth, state: CollectorState) -> None:
    # Another serial number or ratio decides how a step of the counter is judged.
    for card in birth.meters:
        if state.identities.note(card, birth.agent, birth.epoch, birth.at_ms):
            state.dirty.mark(card.site, card.meter, birth.at_ms, birth.at_ms + 1)


def _keep_the_rest(batch: _Batch, state: CollectorState) -> None:
    for birth in batch.births:
        state.cards.remember(birth)
        _note_identities(birth, state)
        state.agents.born(birth)
    for told in batch.states:
        if state.agents.hear(told) and not told.online:
            batch.say(f"agent {told.agent} is offline (it keeps its readings meanwhile)")
    for gap in batch.gaps:
        batch.stored[Sender(gap.agent, gap.epoch)].append((gap.first, gap.last))
        state.received.add(gap.agent, gap.epoch, [(gap.first, gap.last)])
        if state.gaps.keep(gap, batch.now_ms):
            count, why = gap.last - gap.first + 1, gap.reason[:200]
            batch.say(f"agent {gap.agent}: {count} readings will never come: {why}")
    for (topic, payload), reason in batch.letters.items():
        state.dead_letters.keep(topic, payload, reason, batch.now_ms)


def _point(reading: Reading) -> Point:
    return reading.site, reading.meter, reading.at_ms


def _by_meter(records: Iterable[_Record]) -> list[StoredReadings]:
    """Answer the records by meter and hour; those of one message, of one meter, stay together."""
    found: dict[tuple[Sender, str, str, bool, int], StoredReadings] = {}
    for _, group in groupby(records, key=lambda record: id(record.delivery)):
        message = list(group)
        first, at_ms = message[0], [record.reading.at_ms for record in message]
        estimated, hour = first.clock == ESTIMATED, at_ms[0] // JOIN_MS
        key = (first.sender, first.reading.site, first.reading.meter, estimated, hour)
        readings = found.setdefault(key, StoredReadings(*key[:4], [], []))
        readings.seqs.extend([record.seq for record in message])
        readings.at_ms.extend(at_ms)
    return list(found.values())


def _mark(readings: StoredReadings) -> Mark:
    return readings.site, readings.meter, min(readings.at_ms), max(readings.at_ms) + 1


# Answer: one receipt for each agent and epoch, by ranges.


def _receipts(batch: _Batch) -> list[wire.Receipt]:
    senders = dict.fromkeys([*batch.stored, *batch.refused])
    return [
        wire.Receipt(
            agent=sender.agent,
            epoch=sender.epoch,
            stored=_merged(batch.stored[sender]),
            rejected=_rejected(batch.refused[sender], batch.stored[sender]),
        )
        for sender in senders
    ]


def _merged(ranges: Iterable[wire.Range]) -> tuple[wire.Range, ...]:
    merged: list[wire.Range] = []
    for first, last in sorted(ranges):
        if merged and first <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(last, merged[-1][1]))
        else:
            merged.append((first, last))
    return tuple(merged)


def _rejected(
    refused: Iterable[tuple[int, str]], stored: Iterable[wire.Range]
) -> tuple[wire.Rejected, ...]:
    kept = {first for first, last in stored if first == last}
    by_reason: defaultdict[str, list[int]] = defaultdict(list)
    for seq, reason in refused:
        if seq not in kept:
            by_reason[reason].append(seq)
    return tuple(
        wire.Rejected(first, last, reason)
        for reason, seqs in by_reason.items()
        for first, last in wire.ranges(seqs)
    )


def _report(batch: _Batch, messages: int, receipts: int) -> IngestReport:
    return IngestReport(
        messages=messages,
        readings_stored=len(batch.records),
        readings_rejected=sum(len(refused) for refused in batch.refused.values()),
        dead_letters=len(batch.letters),
        receipts=receipts,
        births=len(batch.births),
        gaps=len(batch.gaps),
        lines=tuple(batch.lines),
    )
