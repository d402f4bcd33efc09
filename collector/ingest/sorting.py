"""First step: open the messages and sort them by what has to be done with them.

A message that is wholly sound stays in its columns. Any other is taken apart and judged reading
by reading; both ways come to the same verdicts.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import compress
from typing import Any

import orjson

from collector.ingest.batch import Batch, Kept
from collector.inlet import Delivery
from collector.state.received import Sender
from collector.storage.port import Columns
from collector.validate import Quarantined, all_sound, judge
from edge_agent.contract import wire
from edge_agent.contract.care import decode_answer
from edge_agent.contract.health import decode_health
from edge_agent.contract.reading import Reading
from edge_agent.contract.topics import UpTopic, parse_up

_LARGEST = 2**63 - 1
MAX_KINDS = 4
"""A message with more different sets of quantities than this is judged reading by reading."""
_parse_up = lru_cache(maxsize=4096)(parse_up)
PASSING = ("health", "answer")
"""What is said again, each minute or when it is asked again, is not put aside: it would push out
what holds readings."""
POISON = (ValueError, TypeError, KeyError, IndexError, OverflowError, RecursionError)
"""What a payload can make the reading of it raise; ``WireError`` is a ``ValueError``."""


def sort_into(batch: Batch, deliveries: Iterable[Delivery]) -> None:
    """Open the deliveries and put what they hold into the batch. No payload makes it raise."""
    for delivery in deliveries:
        batch.deliveries.append(delivery)
        topic = _parse_up(delivery.topic)
        if topic is None:
            batch.dead(delivery, "the topic is not one of an agent")
            batch.say("a message on a topic that is not an agent's (check the broker's rights)")
            continue
        try:
            _open(batch, topic, delivery)
        except POISON as error:
            _poisoned(batch, topic, delivery, str(error) or repr(error))


def _open(batch: Batch, topic: UpTopic, delivery: Delivery) -> None:
    payload = delivery.payload
    match topic.channel:
        case "live" | "back":
            message = wire.decode_readings(payload, orjson.loads)
            _same_agent(topic, message.agent)
            _at_home(batch, message.agent, message.site)
            if topic.channel == "back":
                batch.backlog[message.agent] += len(message.seqs)
            _judge(batch, message, delivery)
        case "gap":
            gap = wire.decode_gap(payload, orjson.loads)
            _same_agent(topic, gap.agent)
            _fits(gap.last)
            batch.gaps.append(gap)
        case "health" | "answer":
            _open_passing(batch, topic, payload)
        case _ if not payload:
            return  # somebody has cleared the retained birth or state
        case "birth":
            birth = wire.decode_birth(payload, orjson.loads)
            _same_agent(topic, birth.agent)
            _at_home(batch, birth.agent, *(card.site for card in birth.meters))
            _fits(birth.connection, birth.at_ms)
            batch.births.append(replace(birth, at_ms=min(birth.at_ms, batch.now_ms)))
        case _:
            state = wire.decode_state(payload, orjson.loads)
            _same_agent(topic, state.agent)
            _fits(state.connection)
            batch.states.append(state)


def _open_passing(batch: Batch, topic: UpTopic, payload: bytes) -> None:
    if topic.channel == "health":
        told = decode_health(payload, orjson.loads)
        _same_agent(topic, told.agent)
        batch.healths.append(told)
        return
    answer = decode_answer(payload, orjson.loads)
    _same_agent(topic, answer.agent)
    batch.answers.append(answer)


def _same_agent(topic: UpTopic, agent: str) -> None:
    if agent != topic.agent:
        raise wire.WireError(f"the payload names agent {agent!r}, the topic {topic.agent!r}")


def _at_home(batch: Batch, agent: str, *sites: str) -> None:
    """A certificate is for an agent of one site: it may not speak for another customer's."""
    home = batch.homes.get(agent)
    for site in sites if home is not None else ():
        if site != home:
            raise wire.WireError(
                f"agent {agent} is enrolled for {home}, and speaks for {site!r:.80}"
            )


def _fits(*numbers: int) -> None:
    if any(abs(number) > _LARGEST for number in numbers):
        raise wire.WireError("a number is larger than 63 bits")


# Readings.


def _judge(batch: Batch, message: wire.ReadingsMessage, delivery: Delivery) -> None:
    meter = (message.site, message.meter)
    rated_power_w = batch.ratings.get(meter) if batch.ratings else None
    batch.values += len(message.seqs) * len(message.columns)
    if parts := _sound_parts(message, batch.now_ms, rated_power_w):
        for part in parts:
            columns = Columns(*meter, part.at_ms, part.columns)  # type: ignore[arg-type]
            batch.kept.append(_kept(message, delivery, part.seqs, columns))
    else:
        _judge_one_by_one(batch, message, delivery, rated_power_w)
    if batch.ratings is not None and meter not in batch.ratings:
        hint = "stored, but no part of the site's total; add it under [[sites.meters]]"
        batch.say(f"meter {meter[0][:80]}/{meter[1][:80]} not in the settings ({hint})")


def _sound_parts(
    message: wire.ReadingsMessage, now_ms: int, rated_power_w: float | None
) -> list[wire.ReadingsMessage]:
    """The message as parts without absent values; none when a reading has to be looked at."""

    def sound(part: wire.ReadingsMessage) -> bool:
        return all_sound(*(part.site, part.meter, part.at_ms, part.columns), now_ms, rated_power_w)

    if sound(message):
        return [message]
    parts = _by_quantities(message)
    return parts if all(map(sound, parts)) else []


def _by_quantities(message: wire.ReadingsMessage) -> list[wire.ReadingsMessage]:
    """The readings that have the same quantities together: slow registers are in one of many.

    Nothing for a message of many kinds, or with an instant that comes twice: order counts there.
    """
    if len(set(message.at_ms)) < len(message.at_ms):
        return []
    kinds: dict[tuple[bool, ...], list[int]] = {}
    for n, row in enumerate(zip(*message.columns.values(), strict=True)):
        kinds.setdefault(tuple([value is not None for value in row]), []).append(n)
        if len(kinds) > MAX_KINDS:
            return []
    return [_picked(message, kind, rows) for kind, rows in kinds.items()]


def _picked(
    message: wire.ReadingsMessage, kind: Sequence[bool], rows: Sequence[int]
) -> wire.ReadingsMessage:
    return replace(
        message,
        seqs=tuple([message.seqs[n] for n in rows]),
        at_ms=tuple([message.at_ms[n] for n in rows]),
        columns={
            name: [column[n] for n in rows]
            for name, column in compress(message.columns.items(), kind)
        },
    )


def _judge_one_by_one(
    batch: Batch, message: wire.ReadingsMessage, delivery: Delivery, rated_power_w: float | None
) -> None:
    unknown: set[str] = set()
    for seq, reading in message.readings():
        verdict = judge(reading, batch.now_ms, rated_power_w)
        if isinstance(verdict, Quarantined):
            batch.refuse(_kept(message, delivery, (seq,), _row(reading)), seq, verdict.reason)
            continue
        batch.kept.append(_kept(message, delivery, (seq,), _row(verdict.reading)))
        unknown.update(verdict.unknown)
    for name in sorted(unknown):
        batch.say(f"agent {message.agent}: {name[:80]} not known here (update the collector)")


def _kept(
    message: wire.ReadingsMessage, delivery: Delivery, seqs: tuple[int, ...], columns: Columns
) -> Kept:
    return Kept(Sender(message.agent, message.epoch), seqs, columns, message.clock, delivery)


def _row(reading: Reading) -> Columns:
    values = {name: (value,) for name, value in reading.values.items()}
    return Columns(reading.site, reading.meter, (reading.at_ms,), values)


# Poison.


def _poisoned(batch: Batch, topic: UpTopic, delivery: Delivery, reason: str) -> None:
    reason = reason[:300]
    hint = "look at that agent's version and settings"
    if topic.channel not in PASSING:
        batch.dead(delivery, reason)
        hint = f"kept as a dead letter; {hint}"
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
