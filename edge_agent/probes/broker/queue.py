"""How much a broker really keeps for somebody absent: measured with messages of the doctor's own.

A durable session is left, numbered messages are sent, and what comes back is counted. Mosquitto
2.0.11 with ``max_queued_messages 50`` answered Success to 200 of them and dropped the newest 150.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from edge_agent.probes.broker.offer import Wants
from edge_agent.probes.broker.visit import FAILURE, Acknowledged, Address, Visit
from edge_agent.probes.finding import Finding, note, ok

SENT = 1_200
"""A little more than what brokers keep by default (Mosquitto, HiveMQ: 1000)."""
SESSION_S = 60
SEND_S, QUIET_S, TAKE_S = 5.0, 1.0, 5.0
REPEATS = (
    "The outbox keeps every reading until the collector's receipt and sends it again: "
    "this costs repeats, never readings."
)


@dataclass(frozen=True, slots=True)
class Kept:
    """What became of ``sent`` numbered messages for an absent subscriber.

    ``refused`` were answered with a failure; ``came`` are the numbers that came back, in order.
    """

    sent: int
    acknowledged: int
    refused: int
    came: Sequence[int]
    session_present: bool


def queue_findings(
    address: Address, wants: Wants, hears_itself: bool, count: int = SENT
) -> Iterator[Finding]:
    """The session's life, and the queue's length where the user ``hears_itself`` on the topic.

    Raises ``VisitError``.
    """
    try:
        _leave_behind(address, wants)
        kept = _count(address, wants, count) if hears_itself else None
        present = kept.session_present if kept else _returns(address, wants)
    finally:
        _forget(address, wants)
    yield _session(present)
    yield _queue(kept) if kept else _no_rights(wants)


def _leave_behind(address: Address, wants: Wants) -> None:
    """Leave a session with its subscription, and nothing of an earlier one."""
    _forget(address, wants)
    # With 3.1.1 a clean session would not outlive its connection.
    visit = Visit(address, wants.client_id, expiry_s=SESSION_S, clean=False)
    try:
        visit.open()
        visit.subscribe(wants.topic)
    finally:
        visit.leave()


def _count(address: Address, wants: Wants, count: int) -> Kept:
    sender = Visit(address, f"{wants.client_id}-sender")
    try:
        sender.open()
        numbers = [str(number).encode() for number in range(1, count + 1)]
        answers = sender.publish_all(wants.topic, numbers, SEND_S)
    finally:
        sender.leave()
    back = Visit(address, wants.client_id, expiry_s=SESSION_S, clean=False)
    try:
        present = back.open().session_present
        came = back.take(len(answers), wants.topic, QUIET_S, TAKE_S)
    finally:
        back.leave()
    return _kept(answers, came, present)


def _kept(answers: Sequence[Acknowledged], came: Sequence[bytes], present: bool) -> Kept:
    refused = sum(answer.code >= FAILURE for answer in answers)
    return Kept(len(answers), len(answers) - refused, refused, [int(one) for one in came], present)


def _returns(address: Address, wants: Wants) -> bool:
    visit = Visit(address, wants.client_id, expiry_s=SESSION_S, clean=False)
    try:
        return visit.open().session_present
    finally:
        visit.leave()


def _forget(address: Address, wants: Wants) -> None:
    """End the session that the doctor has left."""
    visit = Visit(address, wants.client_id)
    try:
        visit.open()
    finally:
        visit.leave()


def _session(present: bool) -> Finding:
    if present:
        return ok("broker: reconnect", "the session is still there after a disconnect")
    what = f"The broker keeps nothing for somebody absent. {REPEATS}"
    return note("broker: reconnect", "the session is gone after a disconnect", what)


def _queue(kept: Kept) -> Finding:
    subject = "broker: queue"
    if len(kept.came) >= kept.sent:
        measured = f"all {kept.sent:,} messages for an absent subscriber were kept"
        return ok(subject, measured, "Its limit is not reached by that many.")
    measured = (
        f"of {kept.sent:,} messages for an absent subscriber {_which(kept)} were kept; "
        f"{_said(kept)}"
    )
    remedy = "To have fewer repeats after an outage, Mosquitto: max_queued_messages 100000"
    return note(subject, measured, REPEATS, remedy)


def _which(kept: Kept) -> str:
    count = len(kept.came)
    if not count:
        return "none"
    oldest = kept.came[0] == 1
    newest = kept.came[-1] == kept.sent
    word = "the oldest " if oldest and not newest else "the newest " if newest else ""
    return f"{word}{count:,}"


def _said(kept: Kept) -> str:
    if not kept.refused:
        return "all were acknowledged as taken"
    return f"{kept.refused:,} were refused when they were sent"


def _no_rights(wants: Wants) -> Finding:
    prefix = wants.topic.rsplit("/", 1)[0]
    measured = f"cannot be measured with these rights (nothing comes back on {prefix}/#)"
    remedy = (
        "To measure it, let this user read and write there; "
        "Mosquitto's access list: pattern readwrite mieruka/1/%u/doctor/#"
    )
    return note("broker: queue", measured, REPEATS, remedy)
