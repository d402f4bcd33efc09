"""What the broker's greeting (CONNACK) grants, against what is needed. Pure.

Source: MQTT 5.0, section 3.2.2.3: a property that is absent has the default given here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from edge_agent.probes.finding import Finding, fault, note, ok

FOR_EVER = 0xFFFFFFFF
NO_LIMIT = 65_535
KIB = 1024


@dataclass(frozen=True, slots=True)
class Wants:
    """What somebody needs of a broker.

    ``client_id`` and ``topic`` are the doctor's own; ``expiry_s`` is how long the session shall
    outlive its connection, ``window`` how many messages are on the way at one time,
    ``largest_bytes`` the largest message, ``shared`` whether a share group is set.
    """

    client_id: str
    topic: str
    expiry_s: int
    window: int
    largest_bytes: int
    keepalive_s: int
    shared: bool = False


def offer_findings(offer: Mapping[str, Any], wants: Wants) -> Iterator[Finding]:
    """Each property of an MQTT 5 greeting that matters."""
    yield _session(offer.get("SessionExpiryInterval", wants.expiry_s), wants)
    yield _basics(offer)
    yield _window(offer.get("ReceiveMaximum", NO_LIMIT), wants)
    yield _packet(offer.get("MaximumPacketSize"), wants)
    yield from _shared(offer.get("SharedSubscriptionAvailable", 1), wants)
    keep_s = offer.get("ServerKeepAlive")
    if keep_s is not None and keep_s != wants.keepalive_s:
        measured = (
            f"the broker asks for a sign of life every {keep_s} s, not every {wants.keepalive_s} s"
        )
        what = "That is obeyed; a dead line is noticed after about one and a half times as long."
        yield note("broker: keep-alive", measured, what)


def _session(granted_s: int, wants: Wants) -> Finding:
    if granted_s >= wants.expiry_s:
        kept = "for ever" if granted_s == FOR_EVER else f"for {_long(granted_s)}"
        return ok("broker: session", f"kept {kept} after the connection ends")
    measured = f"kept for {_long(granted_s)}, asked for {_long(wants.expiry_s)}"
    what = (
        "What arrives later than that for somebody absent is not kept by the broker. Agents send "
        "it again: repeats, no loss."
    )
    return note("broker: session", measured, what, "Allow a longer session expiry in the broker.")


def _basics(offer: Mapping[str, Any]) -> Finding:
    quality, retain = offer.get("MaximumQoS", 2), offer.get("RetainAvailable", 1)
    if quality >= 1 and retain:
        aliases = offer.get("TopicAliasMaximum", 0) or "no"
        measured = f"QoS up to {quality}, retained messages, {aliases} topic aliases (none is used)"
        return ok("broker: messages", measured)
    lacks = "acknowledged messages (QoS 1)" if not quality else "retained messages"
    what = "The delivery promise needs both; nothing is sent to such a broker."
    return fault("broker: messages", f"it does not offer {lacks}", what, "Allow both there.")


def _window(most: int, wants: Wants) -> Finding:
    if most >= wants.window:
        limit = "no limit" if most == NO_LIMIT else f"{most} messages"
        return ok("broker: receive maximum", f"{limit} on the way, {wants.window} are needed")
    measured = f"{most} messages on the way, {wants.window} would be used"
    what = "A backlog drains more slowly over a long line; nothing is lost."
    return note("broker: receive maximum", measured, what, "Mosquitto: max_inflight_messages 200")


def _packet(most: int | None, wants: Wants) -> Finding:
    need = f"the largest message here has about {_kib(wants.largest_bytes)}"
    if most is None:
        return ok("broker: packet size", f"no limit told; {need}")
    if most >= wants.largest_bytes:
        return ok("broker: packet size", f"up to {_kib(most)}; {need}")
    what = "Larger messages end the connection: their readings wait and never arrive."
    remedy = f"Mosquitto: max_packet_size {_round_up(wants.largest_bytes)}, or remove that line."
    return fault("broker: packet size", f"up to {_kib(most)}; {need}", what, remedy)


def _shared(there: int, wants: Wants) -> Iterator[Finding]:
    if not wants.shared:
        return
    if there:
        yield ok("broker: shared subscriptions", "offered")
        return
    what = "A group of collectors cannot share the work here."
    remedy = 'Set [mqtt] share_group = ""; several collectors then each take everything.'
    yield fault("broker: shared subscriptions", "not offered", what, remedy)


def _long(seconds: int) -> str:
    for size, name in ((86_400, "day"), (3_600, "hour"), (60, "minute")):
        if seconds >= size:
            count = seconds / size
            return f"{count:.3g} {name}{'s'[: count != 1]}"
    return f"{seconds} s"


def _kib(size: int) -> str:
    return f"{size} bytes" if size < KIB else f"{size / KIB:,.0f} KiB"


def _round_up(size: int) -> int:
    return 1 << (size - 1).bit_length()
