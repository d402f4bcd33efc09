"""One MQTT connection of a played agent: hello, acknowledgements, keep-alive, its window.

Asyncio calls it (``asyncio.Protocol``); it tells its ``Owner``. It is never used for another
connection, so nothing of an old one reaches a new one.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol, cast

from edge_agent.contract.wire import CONTENT_TYPE
from simulators.fleet import packets
from simulators.fleet.packets import Hello
from simulators.fleet.stream import (
    Bye,
    Connack,
    Message,
    Packet,
    PacketError,
    Pingresp,
    Puback,
    Stream,
    Suback,
)

WINDOW = 20
"""Messages without their PUBACK at a time, as the agent allows itself."""
ANSWER_WAIT_S = 30.0
FAREWELL_WAIT_S = 2.0
_SUBSCRIBED_AS = 1
_REFUSED = 0x80


class Owner(Protocol):
    """Whoever a connection belongs to."""

    def came_up(self) -> None:
        """Let in, and the subscriptions stand."""

    def heard(self, topic: str, payload: bytes) -> None:
        """A message came."""

    def answered(self, label: int, code: int) -> None:
        """The broker has acknowledged what was published with ``label``; there is room."""

    def went(self, reason: str) -> None:
        """It has ended; called once, whether or not it ever came up."""


@dataclass(frozen=True, slots=True)
class Card:
    """How to come in: the CONNECT, the topics to hear, what to tell once let in (retained)."""

    hello: Hello
    filters: Sequence[str]
    told: Sequence[tuple[str, bytes]]


class Connection(asyncio.Protocol):
    """A connection that is dialled or up."""

    def __init__(self, owner: Owner, card: Card) -> None:
        self._owner, self._card = owner, card
        self._version = card.hello.version
        self._stream = Stream(self._version)
        self._transport: asyncio.Transport | None = None
        self._in_flight: dict[int, int | None] = {}
        self._next_id = _SUBSCRIBED_AS
        self._window = WINDOW
        self._reason, self._up, self._pinged = "", False, False
        self._alarm: asyncio.TimerHandle | None = None

    # What asyncio calls.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The socket is open, and TLS with it: say hello."""
        self._transport = cast(asyncio.Transport, transport)
        if self._reason:
            self._transport.abort()
            return
        self._transport.write(packets.connect(self._card.hello))
        self._alarm_in(ANSWER_WAIT_S, lambda: self.end("no answer"))

    def data_received(self, data: bytes) -> None:
        """Bytes came."""
        try:
            for packet in self._stream.feed(data):
                self._take(packet)
        except PacketError as error:
            self.end(f"not MQTT: {error}")

    def connection_lost(self, exc: Exception | None) -> None:
        """The socket is closed, by whomever."""
        if self._alarm is not None:
            self._alarm.cancel()
        self._transport, self._up = None, False
        self._owner.went(self._reason or (type(exc).__name__ if exc else "closed by the broker"))

    # What the owner calls.

    def room(self) -> int:
        """How many messages may be published now."""
        return max(self._window - len(self._in_flight), 0) if self._up else 0

    def publish(
        self, topic: str, payload: bytes, label: int | None, *, retain: bool = False
    ) -> int:
        """Publish with QoS 1; ``label`` comes back in ``answered``. Gives the packet's bytes."""
        packet_id = self._free_id()
        self._in_flight[packet_id] = label
        packet = packets.publish(
            packet_id, topic, payload, self._version, retain=retain, content_type=CONTENT_TYPE
        )
        self._write(packet)
        return len(packet)

    def farewell(self) -> None:
        """End it in good order: no will, and no session is left.

        The broker closes it: a socket closed here while acknowledgements are on their way is
        reset, and the broker may then never read what was said last.
        """
        self._write(packets.disconnect(self._version))
        self._alarm_in(FAREWELL_WAIT_S, self._hang_up)

    def _hang_up(self) -> None:
        if self._transport is not None:
            self._transport.close()

    def end(self, reason: str) -> None:
        """Break it off without a word, as a power cut does: the broker publishes the will."""
        self._reason = self._reason or reason
        if self._transport is not None:
            self._transport.abort()

    # Packets.

    def _take(self, packet: Packet) -> None:
        match packet:
            case Message():
                self._hear(packet)
            case Puback():
                self._free(packet)
            case Connack():
                self._let_in(packet)
            case Suback():
                self._subscribed(packet)
            case Pingresp():
                self._pinged = False
            case Bye():
                self._reason = f"the broker ended it with code {packet.code:#04x}"

    def _hear(self, packet: Message) -> None:
        if packet.packet_id:
            self._write(packets.puback(packet.packet_id))
        self._owner.heard(packet.topic, packet.payload)

    def _free(self, packet: Puback) -> None:
        label = self._in_flight.pop(packet.packet_id, None)
        if label is not None:
            self._owner.answered(label, packet.code)

    def _let_in(self, packet: Connack) -> None:
        if packet.code:
            self.end(f"refused with code {packet.code:#04x}")
            return
        self._window = min(WINDOW, packet.window)
        self._write(packets.subscribe(_SUBSCRIBED_AS, self._card.filters, self._version))

    def _subscribed(self, packet: Suback) -> None:
        if any(code >= _REFUSED for code in packet.codes):
            self.end("its subscriptions are refused")
            return
        self._up = True
        for topic, payload in self._card.told:
            self.publish(topic, payload, None, retain=True)
        self._beat()
        self._owner.came_up()

    def _beat(self) -> None:
        """A ping each keep-alive; one without an answer ends the connection."""
        if self._pinged:
            self.end("no answer to a ping")
            return
        if self._alarm is not None:
            self._pinged = self._up
            self._write(packets.PINGREQ)
        self._alarm_in(self._card.hello.keepalive_s, self._beat)

    def _alarm_in(self, wait_s: float, what: Callable[[], None]) -> None:
        if self._alarm is not None:
            self._alarm.cancel()
        self._alarm = asyncio.get_running_loop().call_later(wait_s, what)

    def _free_id(self) -> int:
        while True:
            self._next_id = self._next_id % 65_535 + 1
            if self._next_id not in self._in_flight:
                return self._next_id

    def _write(self, packet: bytes) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(packet)
