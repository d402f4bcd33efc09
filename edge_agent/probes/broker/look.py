"""The whole look at a broker: reach it, be let in, read its greeting, time it, fill its queue."""

from __future__ import annotations

import statistics
import time
from collections.abc import Generator, Iterator, Sequence

from edge_agent.probes.broker.offer import Wants, offer_findings
from edge_agent.probes.broker.queue import queue_findings
from edge_agent.probes.broker.reach import WAITS, network_fault, reach_findings
from edge_agent.probes.broker.visit import (
    ANSWER_S,
    FAILURE,
    NO_SUBSCRIBER,
    Acknowledged,
    Address,
    Visit,
    VisitError,
)
from edge_agent.probes.finding import Finding, fault, note, ok

TRIPS = 20
VERSION_S = LOOP_S = 1.0
_VERSION = "$SYS/broker/version"
_UNSUPPORTED, _BAD_ID, _NO_QOS, _NO_RETAIN, _TOO_LARGE = 0x84, 0x85, 0x9B, 0x9A, 0x95
_REFUSED = (0x86, 0x87, 4, 5)


def broker_findings(address: Address, wants: Wants) -> Iterator[Finding]:
    """Everything that can be measured from outside; ends at the first fault of connecting."""
    try:
        yield from reach_findings(address, time.time())
    except VisitError:
        return
    try:
        hears_itself = yield from _first_visit(address, wants)
        yield from queue_findings(address, wants, hears_itself)
    except VisitError as error:
        yield refusal(error, address, wants)
        return
    yield _persistence()


def refusal(error: VisitError, address: Address, wants: Wants) -> Finding:
    """Why a broker that answers does not let the doctor in."""
    place = f"{address.host}:{address.port}"
    if error.cause is not None:
        return network_fault(place, error.cause)
    subject, measured = "broker: login", f"{place} refuses: {error.reason}"
    if error.code == _BAD_ID:
        remedy = f"Let the broker accept the client id {wants.client_id}, for the doctor only."
        return note(
            subject, measured, "It accepts only known client ids; no more is known.", remedy
        )
    if error.code in _REFUSED:
        remedy = (
            "Check username and password_file in [mqtt]. If the service itself is connected, the "
            f"broker refuses only the doctor's client id {wants.client_id}."
        )
        return fault(subject, measured, WAITS, remedy)
    if error.code in (_NO_QOS, _NO_RETAIN):
        return fault(subject, measured, WAITS, "Allow QoS 1 and retained messages in the broker.")
    if error.code in (0, 1, _UNSUPPORTED):
        other = "3.1.1" if address.version == "5" else "5"
        measured = f"{place} does not take MQTT {address.version}: {error.reason}"
        remedy = f'Is it an MQTT broker? Try [mqtt] version = "{other}".'
        return fault(subject, measured, WAITS, remedy)
    return fault(subject, measured, WAITS, "Read the broker's log.")


def _first_visit(address: Address, wants: Wants) -> Generator[Finding, None, bool]:
    """Look, time and try; returns whether this user hears what it says itself on the topic."""
    visit = Visit(address, wants.client_id, expiry_s=wants.expiry_s)
    try:
        greeting = visit.open()
        yield _greeted(visit, address)
        if address.version == "5":
            yield from offer_findings(greeting.offer, wants)
        else:
            yield _silent_version()
        yield _round_trip(visit, wants)
        hears_itself = _hears_itself(visit, wants.topic)
        if greeting.offer.get("MaximumPacketSize", wants.largest_bytes) >= wants.largest_bytes:
            yield _large(visit, wants, hears_itself)
        return hears_itself
    finally:
        visit.leave()


def _hears_itself(visit: Visit, topic: str) -> bool:
    """Whether a message comes back: a broker may take both verbs and still hand over nothing."""
    if not visit.subscribe(topic):
        return False
    visit.publish(topic, b"!")
    return bool(visit.take(1, topic, LOOP_S, LOOP_S))


def _silent_version() -> Finding:
    return note(
        "broker: limits",
        "MQTT 3.1.1 tells no limits, and acknowledges what it refuses",
        "Nothing is lost by that, but a refusal looks like silence of the collector.",
        'If the broker speaks it, set [mqtt] version = "5".',
    )


def _greeted(visit: Visit, address: Address) -> Finding:
    told = b""
    if visit.subscribe(_VERSION):
        told = b"".join(visit.take(1, _VERSION, VERSION_S, VERSION_S))
    name = told.decode("utf-8", "replace")[:60] or "does not tell its name and version"
    return ok("broker: login", f"let in with MQTT {address.version}; {name}")


def _round_trip(visit: Visit, wants: Wants) -> Finding:
    answers: list[Acknowledged] = []
    for _ in range(TRIPS):
        answer = visit.publish(wants.topic, b"?")
        if answer is None:
            break  # one wait is enough
        answers.append(answer)
    times_ms = [answer.took_s * 1000 for answer in answers]
    subject = "broker: acknowledgement"
    if len(times_ms) < TRIPS or visit.ended:
        why = f", then {visit.ended}" if visit.ended else f" within {ANSWER_S:.0f} s each"
        measured = f"{len(times_ms)} of {TRIPS} messages were acknowledged{why}"
        remedy = "Read the broker's log; see how busy the line and the broker are."
        return fault(subject, measured, WAITS, remedy)
    measured = f"median {statistics.median(times_ms):.1f} ms, slowest {max(times_ms):.1f} ms"
    what = "It says that the broker has the message in memory, no more: only a receipt counts."
    return ok(subject, measured + _codes(answers), what)


def _codes(answers: Sequence[Acknowledged]) -> str:
    codes = {answer.code for answer in answers}
    if any(code >= FAILURE for code in codes):
        return " (refused, as the doctor's topic is not in the broker's access list)"
    return " (it tells that nobody listens)" if NO_SUBSCRIBER in codes else ""


def _large(visit: Visit, wants: Wants, hears_itself: bool) -> Finding:
    """A message as large as the largest of ours: some limits are told only by refusing it."""
    answer = visit.publish(wants.topic, b" " * wants.largest_bytes)
    subject, sized = "broker: largest message", f"one of {wants.largest_bytes / 1024:,.0f} KiB"
    what = "Messages of that size wait in the outbox and never arrive."
    remedy = "Mosquitto: raise message_size_limit and max_packet_size, or remove both lines."
    if answer is None or visit.ended:
        reason = visit.ended or "no answer"
        return fault(subject, f"{sized} is not taken: {reason}", what, remedy)
    if answer.code == _TOO_LARGE:
        return fault(subject, f"{sized} is refused as too large", what, remedy)
    if hears_itself and len(visit.take(2, wants.topic, LOOP_S, LOOP_S)) < 2:
        return fault(subject, f"{sized} is acknowledged, yet not handed over", what, remedy)
    sure = hears_itself or visit.version == "5"
    return ok(subject, f"{sized} is {'let through' if sure else 'acknowledged'}")


def _persistence() -> Finding:
    return note(
        "broker: persistence",
        "cannot be seen from outside; only a restart of the broker would show it",
        "A broker that is killed may lose what it has acknowledged, Mosquitto everything since "
        "its last autosave (30 minutes unless set). That too costs repeats, never readings.",
        "To have fewer repeats, in mosquitto.conf: persistence true, "
        "persistence_location /var/lib/mosquitto/, autosave_interval 60",
    )
