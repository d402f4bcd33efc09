"""One connection to a broker, made, used and left by a doctor: the only paho file of this room.

Each wait has its limit. The callbacks only note what came, under one lock, so that none of them
can raise inside paho's thread.
"""

from __future__ import annotations

import ssl
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

CONNECT_S = 5.0
ANSWER_S = 5.0
KEEPALIVE_S = 20
WINDOW = 20
"""Messages on the way at one time."""
SUCCESS, NO_SUBSCRIBER, FAILURE = 0, 0x10, 0x80


class VisitError(Exception):
    """A connection that did not come up.

    ``code`` is the broker's reason code, 0 when it has none; ``cause`` is the system's error when
    the network or TLS failed.
    """

    def __init__(self, reason: str, code: int = 0, cause: OSError | None = None) -> None:
        super().__init__(reason)
        self.reason, self.code, self.cause = reason, code, cause


@dataclass(frozen=True, slots=True)
class Address:
    """Where the broker is and how to be let in. ``tls`` None: not encrypted."""

    host: str
    port: int
    version: str = "5"
    username: str | None = None
    password: str | None = None
    tls: ssl.SSLContext | None = None


@dataclass(frozen=True, slots=True)
class Greeting:
    """The CONNACK: ``offer`` holds its MQTT 5 properties by name, empty with 3.1.1."""

    session_present: bool
    offer: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """The answer to one message: reason code and how long it took."""

    code: int
    took_s: float


class Visit:
    """A connection as ``client_id``; with ``expiry_s`` its session outlives it by so long."""

    def __init__(
        self, address: Address, client_id: str, *, expiry_s: int = 0, clean: bool = True
    ) -> None:
        self._address = address
        self.version = address.version
        self._v5 = address.version == "5"
        self._expiry_s, self._clean = expiry_s, clean
        self._changed = threading.Condition()
        self._greeting: Greeting | None = None
        self._refusal: VisitError | None = None
        self._ended: str | None = None
        self._suback: list[int] = []
        self._acks: dict[int, tuple[int, float]] = {}
        self._came: list[tuple[str, bytes]] = []
        self._client = self._new_client(client_id)

    def open(self) -> Greeting:
        """Connect. Raises ``VisitError``."""
        try:
            self._connect()
        except (OSError, ValueError) as error:
            cause = error if isinstance(error, OSError) else None
            raise VisitError(getattr(error, "strerror", None) or str(error), cause=cause) from error
        self._client.loop_start()
        self._wait(lambda: self._greeting or self._ended, CONNECT_S)
        if self._refusal is not None:
            raise self._refusal
        if self._greeting is None:
            raise VisitError(self._ended or f"no answer within {CONNECT_S:.0f} s")
        return self._greeting

    @property
    def ended(self) -> str:
        """Why the broker has ended the connection, empty while it is there."""
        return self._ended or ""

    def subscribe(self, topic: str) -> bool:
        """Ask for a topic at QoS 1; whether the broker says yes."""
        self._suback = []
        self._client.subscribe(topic, qos=1)
        self._wait(lambda: self._suback or self._ended, ANSWER_S)
        return bool(self._suback) and all(code < FAILURE for code in self._suback)

    def publish(self, topic: str, payload: bytes) -> Acknowledged | None:
        """Send one message at QoS 1; None when no answer came."""
        answers = self.publish_all(topic, [payload])
        return answers[0] if answers else None

    def publish_all(
        self, topic: str, payloads: Sequence[bytes], within_s: float = ANSWER_S
    ) -> list[Acknowledged]:
        """Send at QoS 1, ``WINDOW`` at a time; what was answered until the time was up."""
        end_s = time.monotonic() + within_s
        sent: list[tuple[int, float]] = []
        with self._changed:
            self._acks.clear()
        for payload in payloads:
            start_s = time.perf_counter()
            sent.append((self._client.publish(topic, payload, qos=1).mid, start_s))
            self._wait(partial(self._got, len(sent) - WINDOW + 1), end_s - time.monotonic())
            if self._ended or time.monotonic() > end_s:
                break
        self._wait(partial(self._got, len(sent)), end_s - time.monotonic())
        with self._changed:
            answered = [(*self._acks[mid], start_s) for mid, start_s in sent if mid in self._acks]
        return [Acknowledged(code, at_s - start_s) for code, at_s, start_s in answered]

    def take(self, count: int, topic: str, quiet_s: float, within_s: float) -> list[bytes]:
        """Up to ``count`` messages of ``topic``, until nothing came for ``quiet_s``."""
        end_s, seen = time.monotonic() + within_s, -1
        while len(self._of(topic)) not in (count, seen) and time.monotonic() < end_s:
            seen = len(self._of(topic))
            self._wait(partial(self._more, topic, seen), quiet_s)
        return self._of(topic)[:count]

    def leave(self) -> None:
        """Disconnect in order; the session stays for as long as it was granted."""
        self._client.disconnect()
        self._client.loop_stop()

    def _of(self, topic: str) -> list[bytes]:
        with self._changed:
            return [payload for name, payload in self._came if name == topic]

    def _more(self, topic: str, seen: int) -> bool:
        return len(self._of(topic)) > seen or self._ended is not None

    def _got(self, count: int) -> bool:
        return len(self._acks) >= count or self._ended is not None

    def _wait(self, done: Callable[[], object], within_s: float) -> None:
        with self._changed:
            self._changed.wait_for(done, max(within_s, 0.0))

    def _new_client(self, client_id: str) -> mqtt.Client:
        client = mqtt.Client(
            CallbackAPIVersion.VERSION2,
            client_id=client_id,
            clean_session=None if self._v5 else self._clean,
            protocol=mqtt.MQTTv5 if self._v5 else mqtt.MQTTv311,
            reconnect_on_failure=False,
        )
        client.connect_timeout = CONNECT_S
        client.max_inflight_messages_set(WINDOW)
        if self._address.username:
            client.username_pw_set(self._address.username, self._address.password)
        if self._address.tls is not None:
            client.tls_set_context(self._address.tls)
        client.on_connect, client.on_disconnect = self._on_connect, self._on_disconnect
        client.on_subscribe, client.on_publish = self._on_subscribe, self._on_publish
        client.on_message = self._on_message
        return client

    def _connect(self) -> None:
        address = self._address
        if not self._v5:
            self._client.connect(address.host, address.port, KEEPALIVE_S)
            return
        properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
        properties.SessionExpiryInterval = self._expiry_s
        self._client.connect(
            address.host, address.port, KEEPALIVE_S, clean_start=self._clean, properties=properties
        )

    # Callbacks: paho's thread.

    def _on_connect(self, *told: Any) -> None:
        _client, _data, flags, reason, offer = told
        with self._changed:
            if reason.is_failure:
                self._refusal = VisitError(str(reason), reason.value)
                self._ended = str(reason)
            else:
                self._greeting = Greeting(flags.session_present, _plain(offer))
            self._changed.notify_all()

    def _on_disconnect(self, *told: Any) -> None:
        _client, _data, flags, reason, _properties = told
        said = flags.is_disconnect_packet_from_server
        with self._changed:
            self._ended = str(reason) if said else "the connection ended without a reason"
            self._changed.notify_all()

    def _on_subscribe(self, *told: Any) -> None:
        with self._changed:
            self._suback = [code.value for code in told[3]]
            self._changed.notify_all()

    def _on_publish(self, *told: Any) -> None:
        _client, _data, mid, reason, _properties = told
        with self._changed:
            self._acks[mid] = (reason.value, time.perf_counter())
            self._changed.notify_all()

    def _on_message(self, _client: Any, _data: Any, message: mqtt.MQTTMessage) -> None:
        with self._changed:
            self._came.append((message.topic, bytes(message.payload)))
            self._changed.notify_all()


def _plain(offer: Any) -> dict[str, Any]:
    names = (
        "SessionExpiryInterval",
        "ReceiveMaximum",
        "MaximumQoS",
        "RetainAvailable",
        "MaximumPacketSize",
        "TopicAliasMaximum",
        "SharedSubscriptionAvailable",
        "ServerKeepAlive",
        "AssignedClientIdentifier",
    )
    return {name: getattr(offer, name) for name in names if hasattr(offer, name)}
