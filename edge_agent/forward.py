"""The forward station: outbox to uplink, and the collector's receipts back to the outbox.

Upstream: ``outbox`` (readings wait there). Downstream: ``uplink`` (the broker). One call is one
round and never sleeps: settle what the receipts name, claim what is to be sent, publish while the
window has room, give the rest back. What the collector asks for again waits anew.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from edge_agent.clock import Clock
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
from edge_agent.uplink import Uplink

log = logging.getLogger(__name__)

POLLS_A_MESSAGE = 60


@dataclass(frozen=True, slots=True)
class ForwardReport:
    """What one round did: ``messages`` handed to the broker, ``readings`` and ``gaps`` in them.

    ``settled`` and ``rejected`` count readings that receipts closed, ``unreadable`` receipts and
    commands that were none.
    """

    connected: bool = False
    messages: int = 0
    readings: int = 0
    gaps: int = 0
    settled: int = 0
    rejected: int = 0
    unreadable: int = 0


def run_once(outbox: Outbox, uplink: Uplink, clock: Clock) -> ForwardReport:
    """One round. ``clock`` measures the network's waits: give it the machine's own time.

    Raises ``RetryLaterError`` when the outbox's disk refuses, ``StopError`` when the uplink can no
    longer be trusted. Nothing is lost either way.
    """
    closed = _settle(outbox, uplink)
    now_s = clock.monotonic_s()
    if not uplink.keep_up(now_s):
        return closed
    closed = replace(closed, connected=True)
    room = uplink.room()
    if not room:
        return closed
    claim = outbox.claim(room * POLLS_A_MESSAGE, now_s=now_s, connection=uplink.connection)
    live = _send_readings(outbox, uplink, "live", claim.epoch, claim.live)
    gaps = _send_gaps(outbox, uplink, claim, room // 4 + 1)
    back = _send_readings(outbox, uplink, "back", claim.epoch, claim.back)
    readings = sum(len(message.seqs) for message in live + back)
    messages = len(live) + gaps + len(back)
    return replace(closed, messages=messages, readings=readings, gaps=gaps)


def _settle(outbox: Outbox, uplink: Uplink) -> ForwardReport:
    settled = rejected = unreadable = 0
    for payload in uplink.receipts():
        try:
            receipt = decode_receipt(payload)
        except WireError as error:
            unreadable += 1
            hint = "its readings are sent again; do agent and collector fit in version?"
            log.warning("unreadable receipt: %s (%s)", error, hint)
            continue
        closed = outbox.settle(receipt)
        settled += closed.stored
        rejected += closed.rejected
    unreadable += _ask(outbox, uplink)
    return ForwardReport(settled=settled, rejected=rejected, unreadable=unreadable)


def _ask(outbox: Outbox, uplink: Uplink) -> int:
    """Hand the collector's requests to the outbox; returns how many commands were none."""
    unreadable = 0
    for payload in uplink.commands():
        try:
            request = decode_resend(payload)
        except WireError as error:
            unreadable += 1
            hint = "passed over; do agent and collector fit in version?"
            log.warning("unreadable command: %s (%s)", error, hint)
            continue
        if request.agent == uplink.agent:
            outbox.resend(request.epoch, request.first, request.last)
    return unreadable


def _send_readings(
    outbox: Outbox, uplink: Uplink, channel: UpChannel, epoch: str, rows: Sequence[Row]
) -> list[ReadingsMessage]:
    """Publish while there is room; what did not go out may be claimed again."""
    batches = list(_batches(rows))
    sent: list[ReadingsMessage] = []
    for batch in batches:
        message = _message(uplink.agent, epoch, batch)
        # The first that finds no room ends the lane: a later one must not overtake it.
        if not (uplink.room() and uplink.publish(channel, encode_readings(message))):
            break
        sent.append(message)
    if len(sent) < len(batches):
        outbox.release(row for batch in batches[len(sent) :] for row in batch)
    return sent


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


def _message(agent: str, epoch: str, batch: Sequence[Row]) -> ReadingsMessage:
    polls: list[dict[str, float]] = [json.loads(row.quantities) for row in batch]
    names = dict.fromkeys(name for poll in polls for name in poll)
    first = batch[0]
    return ReadingsMessage(
        agent=agent,
        epoch=epoch,
        site=first.site,
        meter=first.meter,
        boot=first.boot,
        clock=first.clock,
        seqs=tuple(row.seq for row in batch),
        at_ms=tuple(row.at_ms for row in batch),
        columns={name: [poll.get(name) for poll in polls] for name in names},
    )
