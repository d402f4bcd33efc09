"""The forward station: outbox to uplink, and the collector's receipts back to the outbox.

Upstream: ``outbox`` (readings wait there). Downstream: ``uplink`` (the broker). One call is one
round and never sleeps: settle what the receipts name, claim what is to be sent, publish while the
window has room, give the rest back. What the collector asks for again waits anew. The backlog goes
at the pace of ``pace``; readings of now are never held up.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from edge_agent.clock import Clock
from edge_agent.contract.credit import decode_credit
from edge_agent.contract.topics import UpChannel
from edge_agent.contract.wire import (
    Gap,
    ReadingsMessage,
    WireError,
    decode_receipt,
    decode_resend,
    encode_gap,
    encode_readings,
)
from edge_agent.outbox import Claim, Outbox, Row
from edge_agent.pace import Pace
from edge_agent.uplink import Uplink
from edge_agent.words import said

POLLS_A_MESSAGE = 60
_Poll = tuple[Row, dict[str, float]]


@dataclass(frozen=True, slots=True)
class ForwardReport:
    """What one round did: ``messages`` handed to the broker, ``readings`` and ``gaps`` in them.

    ``settled`` and ``rejected`` count readings that receipts closed, ``unreadable`` receipts,
    commands and credits that were none.
    """

    connected: bool = False
    messages: int = 0
    readings: int = 0
    gaps: int = 0
    settled: int = 0
    rejected: int = 0
    unreadable: int = 0


def run_once(
    outbox: Outbox, uplink: Uplink, clock: Clock, pace: Pace | None = None
) -> ForwardReport:
    """One round. ``clock`` measures the network's waits: give it the machine's own time.

    Without a ``pace`` the backlog goes as fast as the broker takes it, as in a replay.
    Raises ``RetryLaterError`` when the outbox's disk refuses, ``StopError`` when the uplink can no
    longer be trusted. Nothing is lost either way.
    """
    now_s = clock.monotonic_s()
    closed = _hear(outbox, uplink, pace, now_s)
    if not uplink.keep_up(now_s):
        return closed
    closed = replace(closed, connected=True)
    room = uplink.room()
    if not room:
        return closed
    claim = outbox.claim(
        room * POLLS_A_MESSAGE,
        now_s=now_s,
        connection=uplink.connection,
        back_limit=_allowed(outbox, uplink, pace, now_s),
    )
    live = _send_readings(outbox, uplink, "live", claim.epoch, claim.live)
    gaps = _send_gaps(outbox, uplink, claim, room // 4 + 1)
    back = _send_readings(outbox, uplink, "back", claim.epoch, claim.back)
    if pace is not None:
        pace.spend(_count(back))
    messages = len(live) + gaps + len(back)
    return replace(closed, messages=messages, readings=_count(live) + _count(back), gaps=gaps)


def _count(messages: Iterable[ReadingsMessage]) -> int:
    return sum(len(message.seqs) for message in messages)


def _allowed(outbox: Outbox, uplink: Uplink, pace: Pace | None, now_s: float) -> int | None:
    """How many readings of the backlog this round may send; None when nothing holds it back."""
    if pace is None:
        return None
    if pace.is_new(uplink.connection):
        pace.begin(uplink.connection, outbox.oldest_s(), now_s)
    return pace.allowance(now_s)


def _hear(outbox: Outbox, uplink: Uplink, pace: Pace | None, now_s: float) -> ForwardReport:
    """Take in what has come down; what nobody heard goes again soon."""
    before = uplink.unreadable.count
    settled, rejected = _settle(outbox, uplink)
    _ask(outbox, uplink)
    _hear_credit(uplink, pace, now_s)
    if unheard := uplink.unheard():
        outbox.unheard(unheard, now_s)
    unreadable = uplink.unreadable.count - before
    return ForwardReport(settled=settled, rejected=rejected, unreadable=unreadable)


def _settle(outbox: Outbox, uplink: Uplink) -> tuple[int, int]:
    """Let receipts close their readings; how many were stored and how many rejected."""
    settled = rejected = 0
    for payload in uplink.receipts():
        try:
            receipt = decode_receipt(payload)
        except WireError as error:
            uplink.unreadable.tell(said("receipt"), error, said("its readings are sent again"))
            continue
        closed = outbox.settle(receipt)
        settled += closed.stored
        rejected += closed.rejected
    return settled, rejected


def _ask(outbox: Outbox, uplink: Uplink) -> None:
    """Hand the collector's requests to the outbox."""
    for payload in uplink.commands():
        try:
            request = decode_resend(payload)
        except WireError as error:
            uplink.unreadable.tell(said("command"), error, said("passed over"))
            continue
        if request.agent == uplink.agent:
            outbox.resend(request.epoch, request.first, request.last)


def _hear_credit(uplink: Uplink, pace: Pace | None, now_s: float) -> None:
    """Go by the newest credit."""
    for payload in uplink.credits():
        try:
            credit = decode_credit(payload)
        except WireError as error:
            uplink.unreadable.tell(said("credit"), error, said("the backlog keeps its pace"))
            continue
        if pace is not None and credit.agent == uplink.agent:
            pace.hear(credit.readings_per_s, now_s)


def _send_readings(
    outbox: Outbox, uplink: Uplink, channel: UpChannel, epoch: str, rows: Sequence[Row]
) -> list[ReadingsMessage]:
    """Publish while there is room; what did not go out may be claimed again."""
    batches = list(_batches(rows))
    sent: list[ReadingsMessage] = []
    for number, batch in enumerate(batches):
        polls = _polls(outbox, batch)
        for message, payload in _messages(uplink, epoch, polls):
            # The first that finds no room ends the lane: a later one must not overtake it.
            if not (uplink.room() and uplink.publish(channel, payload, message.seqs)):
                _release(outbox, sent, batches[number:])
                return sent
            sent.append(message)
    return sent


def _release(outbox: Outbox, sent: Iterable[ReadingsMessage], left: Iterable[list[Row]]) -> None:
    gone = {seq for message in sent for seq in message.seqs}
    outbox.release(row for batch in left for row in batch if row.seq not in gone)


def _messages(
    uplink: Uplink, epoch: str, polls: Sequence[_Poll]
) -> Iterator[tuple[ReadingsMessage, bytes]]:
    """The polls as one message, or halved until each is as small as the broker wants it."""
    if not polls:
        return
    message = _message(uplink.agent, epoch, polls)
    payload = encode_readings(message)
    if len(payload) <= (uplink.most_bytes or len(payload)) or len(polls) == 1:
        yield message, payload
        return
    middle = len(polls) // 2
    yield from _messages(uplink, epoch, polls[:middle])
    yield from _messages(uplink, epoch, polls[middle:])


def _polls(outbox: Outbox, batch: Iterable[Row]) -> list[_Poll]:
    """The rows with their values; those that a damaged disk has spoilt are given up."""
    polls, spoilt = [], []
    for row in batch:
        try:
            polls.append((row, row.values()))
        except ValueError:
            spoilt.append(row)
    if spoilt:
        outbox.give_up(spoilt)
    return polls


def _send_gaps(outbox: Outbox, uplink: Uplink, claim: Claim, limit: int) -> int:
    """Publish up to ``limit`` gaps: a long list of them must not hold up the readings."""
    sent = 0
    for gap in claim.gaps[:limit]:
        epoch = gap.epoch or claim.epoch
        payload = encode_gap(Gap(uplink.agent, epoch, gap.first, gap.last, gap.reason))
        if not uplink.publish("gap", payload):
            break
        sent += 1
    if sent < len(claim.gaps):
        outbox.release((), claim.gaps[sent:])
    return sent


def _batches(rows: Iterable[Row]) -> Iterator[list[Row]]:
    """Rows of one meter, boot and clock state, in their order, at most a message's worth."""
    groups: dict[tuple[str, str, str, str], list[Row]] = {}
    for row in rows:
        groups.setdefault((row.site, row.meter, row.boot, row.clock), []).append(row)
    for group in groups.values():
        for start in range(0, len(group), POLLS_A_MESSAGE):
            yield group[start : start + POLLS_A_MESSAGE]


def _message(agent: str, epoch: str, polls: Sequence[_Poll]) -> ReadingsMessage:
    names = dict.fromkeys(name for _, values in polls for name in values)
    first = polls[0][0]
    return ReadingsMessage(
        agent=agent,
        epoch=epoch,
        site=first.site,
        meter=first.meter,
        boot=first.boot,
        clock=first.clock,
        seqs=tuple(row.seq for row, _ in polls),
        at_ms=tuple(row.at_ms for row, _ in polls),
        columns={name: [values.get(name) for _, values in polls] for name in names},
    )
