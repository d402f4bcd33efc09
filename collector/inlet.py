"""The collector's only paho file: messages come in, receipts and acknowledgements go out.

Before: the broker. After: `ingest`, which takes deliveries, stores them, and only then sends the
receipt and acknowledges. paho dies silently unless wrapped, so here every callback is guarded, a
network thread that ends is noticed and replaced, the queue is bounded (a full one makes the
callback wait, so that TCP pushes back), and an acknowledgement for an older connection is
dropped, because packet numbers mean something else on a new one. The file is longer than most,
because all that touches paho stands here.
"""

from __future__ import annotations

import logging
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import Any, Concatenate, ParamSpec

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from collector.config import MqttSettings
from collector.errors import StopError
from edge_agent.contract.topics import down, up_filter
from edge_agent.contract.wire import (
    CONTENT_TYPE,
    Receipt,
    Resend,
    encode_receipt,
    encode_resend,
)

SESSION_EXPIRY_S = 7 * 24 * 3600
KEEP_ALIVE_S = 30
WINDOW = 200
"""Messages the broker may send before the first is acknowledged (MQTT 5)."""
RECEIPTS_ON_THE_WAY = 1000
log = logging.getLogger(__name__)
P = ParamSpec("P")


@dataclass(frozen=True, slots=True)
class Delivery:
    """A message as it came, and the connection on which it may be acknowledged."""

    topic: str
    payload: bytes
    connection: int = 0
    packet_id: int = 0
    qos: int = 0


class _Client(mqtt.Client):
    """A client that tells when its network thread has ended."""

    ended = False

    def loop_forever(
        self, timeout: float = 1.0, retry_first_connection: bool = False
    ) -> MQTTErrorCode:
        try:
            return super().loop_forever(timeout, retry_first_connection)
        finally:
            self.ended = True


def _guarded(
    callback: Callable[Concatenate[Inlet, P], None],
) -> Callable[Concatenate[Inlet, P], None]:
    """Keep a callback's mistake from ending paho's thread, which would go unnoticed."""

    @wraps(callback)
    def call(self: Inlet, /, *args: P.args, **kwargs: P.kwargs) -> None:
        try:
            callback(self, *args, **kwargs)
        except Exception as error:
            self.callback_faults += 1
            self.last_fault = f"{callback.__name__}: {error!r}"
            log.exception("a fault in the MQTT inlet; it goes on (please report this)")

    return call


class Inlet:
    """The collector's connection to the broker. Safe to use from several threads.

    ``start`` returns at once and connects in the background for ever, with a growing pause. The
    session outlives the connection (7 days), so that the broker keeps messages meanwhile;
    ``lasting=False`` leaves no session behind.
    """

    def __init__(
        self,
        settings: MqttSettings,
        collector_id: str,
        *,
        max_messages: int = 4 * WINDOW,
        max_bytes: int = 64 * 1024 * 1024,
        lasting: bool = True,
    ) -> None:
        self._settings = settings
        self._collector_id = collector_id
        self._max_messages = max_messages
        self._max_bytes = max_bytes
        self._lasting = lasting
        self._queue: deque[Delivery] = deque()
        self._queued_bytes = 0
        self._changed = threading.Condition()
        self._client: _Client | None = None
        self._stopping = False
        self._connection = 0
        self._up = False  # the broker answers: receipts can go out
        self._connected = False  # and it has taken the subscription
        self._reported_down = False
        self.messages = 0
        self.acks_dropped = 0
        self.receipts_dropped = 0
        self.callback_faults = 0
        self.connection_losses = 0
        self.last_fault = ""

    @property
    def connected(self) -> bool:
        """Whether the broker has accepted the connection and the subscription."""
        return self._connected

    def start(self) -> None:
        """Begin to connect, in the background. Idempotent.

        Raises ``StopError`` when the certificate file cannot be used.
        """
        if self._client is None:
            self._stopping = False
            self._client = self._new_client()
            self._client.loop_start()

    def stop(self) -> None:
        """End the connection; what was not acknowledged comes again. Idempotent."""
        with self._changed:
            self._stopping = True
            self._changed.notify_all()
        client, self._client = self._client, None
        if client is not None:
            client.disconnect()
            client.loop_stop()
        with self._changed:
            self._up = self._connected = False
            self._queue.clear()
            self._queued_bytes = 0

    def take(self, max_messages: int, wait_s: float) -> list[Delivery]:
        """Take up to ``max_messages`` in order of arrival, waiting for the first of them."""
        self._revive()
        with self._changed:
            self._changed.wait_for(lambda: self._queue or self._stopping, wait_s)
            taken = [self._queue.popleft() for _ in range(min(max_messages, len(self._queue)))]
            self._queued_bytes -= sum(len(delivery.payload) for delivery in taken)
            self._changed.notify_all()
        return taken

    def give_back(self, deliveries: Sequence[Delivery]) -> None:
        """Put taken deliveries back to the front, to be taken again."""
        with self._changed:
            self._queue.extendleft(reversed(deliveries))
            self._queued_bytes += sum(len(delivery.payload) for delivery in deliveries)
            self._changed.notify_all()

    def ack(self, delivery: Delivery) -> None:
        """Tell the broker that the delivery is done with.

        Dropped when the connection has changed: the broker then sends the message again.
        """
        client = self._client
        if client is None or delivery.connection != self._connection:
            self.acks_dropped += 1
            return
        client.ack(delivery.packet_id, delivery.qos)

    def send_receipt(self, receipt: Receipt) -> bool:
        """Publish the receipt to its agent.

        Answers False when it could not be sent now: the agent then sends its readings again.
        """
        sent = self._publish(down(receipt.agent, "receipt"), encode_receipt(receipt))
        self.receipts_dropped += not sent
        return sent

    def ask_again(self, resend: Resend) -> bool:
        """Publish the command to its agent; False when it could not be sent now."""
        return self._publish(down(resend.agent, "cmd"), encode_resend(resend))

    def _publish(self, topic: str, payload: bytes) -> bool:
        client = self._client
        if client is None or not self._up:
            return False
        info = client.publish(topic, payload, qos=1, properties=self._content_type())
        return info.rc == MQTTErrorCode.MQTT_ERR_SUCCESS

    def wait_connected(self, timeout_s: float, *, once: bool = False) -> bool:
        """Answer whether the broker is there, waiting for it at most ``timeout_s``.

        ``once`` answers False at the first fault, of which ``last_fault`` then tells.
        """
        with self._changed:
            self._changed.wait_for(
                lambda: self._connected or (once and bool(self.last_fault)), timeout_s
            )
            return self._connected

    # The client and its life.

    @property
    def _mqtt5(self) -> bool:
        return self._settings.version == "5"

    def _content_type(self) -> Properties | None:
        if not self._mqtt5:
            return None
        properties = Properties(PacketTypes.PUBLISH)  # type: ignore[no-untyped-call]
        properties.ContentType = CONTENT_TYPE
        return properties

    def _new_client(self) -> _Client:
        client = _Client(
            CallbackAPIVersion.VERSION2,
            client_id=f"mieruka-collector-{self._collector_id}",
            protocol=mqtt.MQTTv5 if self._mqtt5 else mqtt.MQTTv311,
            clean_session=None if self._mqtt5 else not self._lasting,
            manual_ack=True,
        )
        client.max_queued_messages_set(RECEIPTS_ON_THE_WAY)
        client.reconnect_delay_set(min_delay=1, max_delay=60)
        client.on_connect, client.on_connect_fail = self._on_connect, self._on_connect_fail
        client.on_disconnect, client.on_subscribe = self._on_disconnect, self._on_subscribe
        client.on_message = self._on_message
        self._secure(client)
        self._connect(client)
        return client

    def _secure(self, client: mqtt.Client) -> None:
        if self._settings.username:
            client.username_pw_set(self._settings.username, self._settings.password or None)
        if not self._settings.tls:
            return
        ca_file = self._settings.ca_file
        try:
            client.tls_set(ca_certs=str(ca_file) if ca_file else None)
        except (OSError, ValueError) as error:
            hint = "let [mqtt] ca_file name the PEM file of the broker's certificate authority"
            raise StopError(f"{ca_file}: certificates cannot be used: {error}", hint) from error

    def _connect(self, client: mqtt.Client) -> None:
        host, port = self._settings.host, self._settings.port
        if not self._mqtt5:
            client.connect_async(host, port, KEEP_ALIVE_S)
            return
        properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
        properties.SessionExpiryInterval = SESSION_EXPIRY_S if self._lasting else 0
        properties.ReceiveMaximum = WINDOW
        clean_start = not self._lasting
        client.connect_async(
            host, port, KEEP_ALIVE_S, clean_start=clean_start, properties=properties
        )

    def _revive(self) -> None:
        """Replace a client whose network thread has ended though nobody asked it to."""
        client = self._client
        if client is None or not client.ended or self._stopping:
            return
        self.callback_faults += 1
        log.error("the MQTT network thread had ended; a new one connects (please report this)")
        client.loop_stop()
        self._lost()
        time.sleep(1.0)  # no hot loop, should it end at once again
        self._client = self._new_client()
        self._client.loop_start()

    # Callbacks: paho's thread.

    @_guarded
    def _on_connect(
        self, client: mqtt.Client, _userdata: Any, _flags: Any, code: ReasonCode, *_: Any
    ) -> None:
        if code.is_failure:
            self._report_down(f"the broker refuses: {code}", _HINTS.get(str(code), _LOOK))
            return
        if self._stopping:
            client.disconnect()  # `stop` came while this connection was being made
            return
        self._connection += 1
        self._up = True
        client.subscribe(up_filter(), qos=1)

    @_guarded
    def _on_subscribe(
        self, _client: Any, _userdata: Any, _mid: int, codes: list[ReasonCode], *_: Any
    ) -> None:
        if any(code.is_failure for code in codes):
            hint = f"let this user read {up_filter()}, then start the collector again"
            self._report_down(f"the broker refuses the subscription: {codes[0]}", hint)
            return
        with self._changed:
            self._connected = True
            self._changed.notify_all()
        log.info("broker %s: %s", self._settings.url, "back" if self._reported_down else "there")
        self._reported_down = False
        self.last_fault = ""

    @_guarded
    def _on_connect_fail(self, *_: Any) -> None:
        error = sys.exc_info()[1]  # paho calls this while it handles the error
        reason = getattr(error, "strerror", None) or error
        hint = "is it running, and is [mqtt] url right? `run` tries again for ever"
        self._report_down(f"cannot be reached: {reason}", hint)

    @_guarded
    def _on_disconnect(
        self, _client: Any, _userdata: Any, _flags: Any, code: ReasonCode, *_: Any
    ) -> None:
        was_up = self._up
        self._lost()
        if self._stopping:
            return
        if was_up:
            self.connection_losses += 1
            self._report_down(f"connection lost: {code}", _HINTS.get(str(code), _LOOK))
        elif not self._reported_down:  # a refusal has told its reason already
            hint = 'does it speak MQTT 5? if not, set [mqtt] version = "3.1.1"'
            self._report_down("it hangs up without an answer", hint)

    @_guarded
    def _on_message(self, _client: Any, _userdata: Any, message: mqtt.MQTTMessage) -> None:
        payload = bytes(message.payload)
        delivery = Delivery(message.topic, payload, self._connection, message.mid, message.qos)
        with self._changed:
            self._changed.wait_for(lambda: self._stopping or self._has_room(delivery))
            if self._stopping:
                return
            self._queue.append(delivery)
            self._queued_bytes += len(delivery.payload)
            self.messages += 1
            self._changed.notify_all()

    def _has_room(self, delivery: Delivery) -> bool:
        if not self._queue:
            return True  # a message larger than the bound must still get through
        fits = self._queued_bytes + len(delivery.payload) <= self._max_bytes
        return fits and len(self._queue) < self._max_messages

    def _lost(self) -> None:
        with self._changed:
            self._up = self._connected = False
            self._connection += 1  # acknowledgements of the old connection are void from here on
            self._changed.notify_all()

    def _report_down(self, what: str, hint: str) -> None:
        """Say once that the broker is away, until it is back."""
        with self._changed:
            self.last_fault = f"broker {self._settings.url}: {what} ({hint})"
            self._changed.notify_all()
        if not self._reported_down:
            self._reported_down = True
            log.warning("%s", self.last_fault)


_LOOK = "see the broker's log; the connection is tried again for ever"
_HINTS = {
    "Not authorized": "check [mqtt] username and password_file, and the broker's access list",
    "Bad user name or password": "check [mqtt] username and password_file",
    "Unspecified error": f"does another collector run with this [collector] id? {_LOOK}",
    "Session taken over": "another collector runs with this [collector] id; give each its own",
    "Unsupported protocol version": 'set [mqtt] version = "3.1.1"',
    "Packet too large": "raise the broker's largest packet size",
}
"""What to do, by the broker's reason."""
