"""Second step: everything durable, in this order. It may raise at any point and be done again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import chain

from collector.ingest.batch import Batch, Kept
from collector.state import CollectorState
from collector.state.arrivals import StoredReadings
from collector.state.dirty import JOIN_MS, Mark
from collector.state.received import Sender
from collector.storage.port import Columns, ReadingStore, Refused, Write
from edge_agent.contract import wire
from edge_agent.contract.care import ConfigState

ESTIMATED = "estimated"
"""The clock state of readings that the agent could only place between others."""


def write_of(batch: Batch, store: ReadingStore) -> Write:
    """Make the write of the batch's readings ready, to be called in any thread."""
    if not batch.kept:
        return _nothing
    return store.ready(_joined(kept.columns for kept in batch.kept))


def _joined(parts: Iterable[Columns]) -> list[Columns]:
    """The same readings in fewer, longer columns: many small messages then cost little more.

    A meter's readings stay in their order, so of a point that comes twice the later still wins.
    """
    newest: dict[tuple[str, str], list[Columns]] = {}
    runs: list[list[Columns]] = []
    for part in parts:
        run = newest.get((part.site, part.meter))
        if run is None or run[0].values.keys() != part.values.keys():
            newest[part.site, part.meter] = run = []
            runs.append(run)
        run.append(part)
    return [run[0] if len(run) == 1 else _end_to_end(run) for run in runs]


def _end_to_end(run: Sequence[Columns]) -> Columns:
    values = {
        name: [*chain.from_iterable([part.values[name] for part in run])] for name in run[0].values
    }
    at_ms = [*chain.from_iterable([part.at_ms for part in run])]
    return Columns(run[0].site, run[0].meter, at_ms, values)


def _nothing() -> Sequence[Refused]:
    return ()


def keep(batch: Batch, refused: Sequence[Refused], state: CollectorState) -> None:
    """Note what the store has taken and refused, and all else the batch brought: durable."""
    if refused:
        _take_out(batch, refused)
    for kept in batch.kept:
        batch.stored[kept.sender] += _ranges(kept.seqs)
    with state.database.write():
        _note_stored(batch, state)
        _keep_the_rest(batch, state)


def merged(ranges: Iterable[wire.Range]) -> tuple[wire.Range, ...]:
    """The same numbers as sorted ranges that neither overlap nor touch."""
    found: list[wire.Range] = []
    for first, last in sorted(ranges):
        if found and first <= found[-1][1] + 1:
            found[-1] = (found[-1][0], max(last, found[-1][1]))
        else:
            found.append((first, last))
    return tuple(found)


def _take_out(batch: Batch, refused: Iterable[Refused]) -> None:
    reasons = {
        (item.reading.site, item.reading.meter, item.reading.at_ms): item.reason for item in refused
    }
    meters = {(site, meter) for site, meter, _ in reasons}
    kept, batch.kept = batch.kept, []
    for whole in kept:
        meter = (whole.columns.site, whole.columns.meter)
        for part in _apart(whole) if meter in meters else (whole,):
            reason = reasons.get((*meter, part.columns.at_ms[0])) if meter in meters else None
            if reason is None:
                batch.kept.append(part)
            else:
                batch.refuse(part, part.seqs[0], reason)


def _apart(kept: Kept) -> Iterator[Kept]:
    columns = kept.columns
    for n, seq in enumerate(kept.seqs):
        values = {name: column[n : n + 1] for name, column in columns.values.items()}
        row = Columns(columns.site, columns.meter, columns.at_ms[n : n + 1], values)
        yield replace(kept, seqs=(seq,), columns=row)


def _ranges(seqs: Sequence[int]) -> Sequence[wire.Range]:
    first, last = seqs[0], seqs[-1]
    if last - first + 1 == len(seqs) and list(seqs) == list(range(first, last + 1)):
        return ((first, last),)
    return wire.ranges(seqs)


def _note_stored(batch: Batch, state: CollectorState) -> None:
    readings = _by_meter(batch.kept)
    state.dirty.mark_all([_mark(of_meter) for of_meter in readings])
    stored = {sender: merged(ranges) for sender, ranges in batch.stored.items()}
    fresh = {sender: state.received.add(*sender, ranges) for sender, ranges in stored.items()}
    state.arrivals.note(readings, fresh, batch.now_ms)
    for sender, refused in batch.refused.items():
        state.received.add(*sender, wire.ranges(seq for seq, _ in refused))


def _note_identities(births: Iterable[wire.Birth], state: CollectorState) -> None:
    # Another serial number or ratio decides how a step of the counter is judged. All at once: a
    # fleet that comes back brings thousands of cards.
    marks: list[Mark] = [
        (card.site, card.meter, birth.at_ms, birth.at_ms + 1)
        for birth in births
        for card in birth.meters
        if state.identities.note(card, birth.agent, birth.epoch, birth.at_ms)
    ]
    if marks:
        state.dirty.mark_all(marks)


def _keep_the_rest(batch: Batch, state: CollectorState) -> None:
    _note_identities(batch.births, state)
    for birth in batch.births:
        state.cards.remember(birth)
        state.agents.born(birth)
        if state.sightings.note(birth, batch.now_ms):
            hint = "a copied or an old memory card? see: collector fleet list"
            batch.say(f"ALARM: agent {birth.agent} comes with two stores in turn ({hint})")
    for told in batch.states:
        if state.agents.hear(told) and not told.online:
            batch.say(f"agent {told.agent} is offline (it keeps its readings meanwhile)")
    for gap in batch.gaps:
        batch.stored[Sender(gap.agent, gap.epoch)].append((gap.first, gap.last))
        state.received.add(gap.agent, gap.epoch, [(gap.first, gap.last)])
        if state.gaps.keep(gap, batch.now_ms):
            count, why = gap.last - gap.first + 1, gap.reason[:200]
            batch.say(f"agent {gap.agent}: {count} readings will never come: {why}")
    _keep_told(batch, state)
    for (topic, payload), reason in batch.letters.items():
        state.dead_letters.keep(topic, payload, reason, batch.now_ms)


def _keep_told(batch: Batch, state: CollectorState) -> None:
    """What agents say of themselves, and answer."""
    for health in batch.healths:
        state.agent_health.keep(health, batch.now_ms)
    for answer in batch.answers:
        if isinstance(answer, ConfigState):
            state.agent_settings.hear(answer, batch.now_ms)
        else:
            state.care_requests.take(answer, batch.now_ms)


def _by_meter(kept: Iterable[Kept]) -> list[StoredReadings]:
    """Answer the readings by meter and hour; those of one message, of one meter, stay together."""
    found: dict[tuple[Sender, str, str, bool, int], StoredReadings] = {}
    hour, delivery = 0, None
    for one in kept:
        columns, estimated = one.columns, one.clock == ESTIMATED
        if one.delivery is not delivery:
            hour, delivery = columns.at_ms[0] // JOIN_MS, one.delivery
        key = (one.sender, columns.site, columns.meter, estimated, hour)
        if (readings := found.get(key)) is None:
            found[key] = readings = StoredReadings(*key[:4], [], [])
        readings.seqs.extend(one.seqs)
        readings.at_ms.extend(columns.at_ms)
    return list(found.values())


def _mark(readings: StoredReadings) -> Mark:
    return readings.site, readings.meter, min(readings.at_ms), max(readings.at_ms) + 1
