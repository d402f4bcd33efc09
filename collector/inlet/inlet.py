"""The connection: messages come in, receipts and acknowledgements go out.

paho dies silently unless wrapped, so here every callback is guarded, a network thread that ends is
noticed and replaced, and an acknowledgement for an older connection is dropped, because packet
numbers mean something else on a new one.
"""

from __future__ import annotations

import logging
import sys
import threading
import time
from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any, Concatenate, ParamSpec

import paho.mqtt.client as mqtt
from paho.mqtt.enums import MQTTErrorCode
from paho.mqtt.reasoncodes import ReasonCode

from collector.config import MqttSettings
from collector.inlet.client import WINDOW, Client, connect, content_type, new_client
from collector.inlet.subscriptions import given_up, wanted
from collector.inlet.waiting import Delivery, Waiting
from edge_agent.contract.care import Ask, encode_ask
from edge_agent.contract.credit import Credit, encode_credit
from edge_agent.contract.topics import down
from edge_agent.contract.wire import Receipt, Resend, encode_receipt, encode_resend

log = logging.getLogger(__name__)
P = ParamSpec("P")


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
            self._last_fault = f"{callback.__name__}: {error!r}"
            log.exception("a fault in the MQTT inlet; it goes on (please report this)")

    return call


class Inlet:
    """The collector's connection to the broker. Safe to use from several threads.

    ``start`` returns at once and connects in the background for ever, with a growing pause. The
    session outlives the connection (7 days), so that the broker keeps messages meanwhile;
    ``lasting=False`` leaves no session behind; ``readings=False`` takes only what agents tell of
    themselves, because their readings come another way.
    """

    def __init__(
        self,
        settings: MqttSettings,
        collector_id: str,
        *,
        max_messages: int = 2 * WINDOW,
        max_bytes: int = 4 * 1024 * 1024,
        lasting: bool = True,
        readings: bool = True,
    ) -> None:
        self._settings = settings
        self._readings = readings
        self._collector_id = collector_id
        self._lasting = lasting
        self._waiting = Waiting(max_messages, max_bytes)
        self._changed = threading.Condition()
        self._client: Client | None = None
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
        self._last_fault = ""

    @property
    def connected(self) -> bool:
        """Whether the broker has accepted the connection and the subscription."""
        return self._connected

    @property
    def last_fault(self) -> str:
        """What is or was wrong, with a hint; empty since the broker is there."""
        return self._last_fault

    @property
    def turned_s(self) -> float:
        """When the network thread last went round (monotonic); it waits while the queue is full."""
        client = self._client
        return client.turned_s if client is not None else 0.0

    @property
    def queued_messages(self) -> int:
        """How many messages have come and not been taken."""
        return self._waiting.messages

    @property
    def queued_bytes(self) -> int:
        """How many bytes their payloads have."""
        return self._waiting.bytes

    def start(self) -> None:
        """Begin to connect, in the background. Idempotent.

        Raises ``StopError`` when the certificate file cannot be used.
        """
        if self._client is None:
            self._stopping = False
            self._waiting.open()
            self._client = self._new_client()
            self._client.loop_start()

    def stop(self) -> None:
        """End the connection; what was not acknowledged comes again. Idempotent."""
        with self._changed:
            self._stopping = True
            self._changed.notify_all()
        self._waiting.close()
        client, self._client = self._client, None
        if client is not None:
            client.disconnect()
            client.loop_stop()
        with self._changed:
            self._up = self._connected = False
        self._waiting.clear()

    def take(self, max_messages: int, wait_s: float) -> list[Delivery]:
        """Take up to ``max_messages`` in order of arrival, waiting for the first of them."""
        self._revive()
        return self._waiting.take(max_messages, wait_s)

    def give_back(self, deliveries: Sequence[Delivery]) -> None:
        """Put taken deliveries back to the front, to be taken again."""
        self._waiting.give_back(deliveries)

    def ack_all(self, deliveries: Sequence[Delivery]) -> None:
        """Tell the broker that these deliveries are done with.

        Those of an older connection are dropped: the broker sends the messages again.
        """
        client, connection = self._client, self._connection
        fresh = [one for one in deliveries if client is not None and one.connection == connection]
        self.acks_dropped += len(deliveries) - len(fresh)
        packet_ids = [one.packet_id for one in fresh if one.qos]
        if client is not None and packet_ids:
            client.ack_all(packet_ids)

    def ack(self, delivery: Delivery) -> None:
        """The same for a single one."""
        self.ack_all((delivery,))

    def send_receipt(self, receipt: Receipt) -> bool:
        """Publish the receipt to its agent.

        Answers False when it could not be sent now: the agent then sends its readings again.
        """
        sent = self._publish(down(receipt.agent, "receipt"), encode_receipt(receipt))
        self.receipts_dropped += not sent
        return sent

    def send_credit(self, credit: Credit) -> bool:
        """Publish how fast an agent may send its backlog; False when it could not be sent now."""
        return self._publish(down(credit.agent, "credit"), encode_credit(credit))

    def ask_again(self, resend: Resend) -> bool:
        """Publish the command to its agent; False when it could not be sent now."""
        return self._publish(down(resend.agent, "cmd"), encode_resend(resend))

    def put_question(self, ask: Ask, wait_s: int) -> bool:
        """Publish a question, which the broker forgets after ``wait_s``; False: not sent now."""
        return self._publish(down(ask.agent, "ask"), encode_ask(ask), wait_s)

    def _publish(self, topic: str, payload: bytes, expires_s: int | None = None) -> bool:
        client = self._client
        if client is None or not self._up:
            return False
        properties = content_type(self._settings, expires_s)
        info = client.publish(topic, payload, qos=1, properties=properties)
        return info.rc == MQTTErrorCode.MQTT_ERR_SUCCESS

    def wait_connected(self, timeout_s: float, *, once: bool = False) -> bool:
        """Answer whether the broker is there, waiting for it at most ``timeout_s``.

        ``once`` answers False at the first fault, of which ``last_fault`` then tells.
        """
        with self._changed:
            self._changed.wait_for(
                lambda: self._connected or (once and bool(self._last_fault)), timeout_s
            )
            return self._connected

    # The client and its life.

    def _new_client(self) -> Client:
        client_id = f"mieruka-collector-{self._collector_id}"
        client = new_client(self._settings, client_id, lasting=self._lasting)
        client.on_connect, client.on_connect_fail = self._on_connect, self._on_connect_fail
        client.on_disconnect, client.on_subscribe = self._on_disconnect, self._on_subscribe
        client.on_message, client.on_packet = self._on_message, self._on_packet
        connect(client, self._settings, lasting=self._lasting)
        return client

    def _wanted(self) -> list[str]:
        return wanted(self._settings.share_group, self._readings)

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
        if left := given_up(self._settings.share_group, self._readings):
            client.unsubscribe(left)
        client.subscribe([(topics, 1) for topics in self._wanted()])

    @_guarded
    def _on_subscribe(
        self, _client: Any, _userdata: Any, _mid: int, codes: list[ReasonCode], *_: Any
    ) -> None:
        if any(code.is_failure for code in codes):
            topics = ", ".join(self._wanted())
            hint = f"let this user read {topics}, then start the collector again"
            refused = next(code for code in codes if code.is_failure)
            self._report_down(f"the broker refuses the subscription: {refused}", hint)
            return
        with self._changed:
            self._connected = True
            self._changed.notify_all()
        log.info("broker %s: %s", self._settings.url, "back" if self._reported_down else "there")
        self._reported_down = False
        self._last_fault = ""

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
        self._come_in(message.topic, bytes(message.payload), message.mid, message.qos)

    @_guarded
    def _on_packet(self, topic: str, payload: bytes, packet_id: int, qos: int) -> None:
        self._come_in(topic, payload, packet_id, qos)

    def _come_in(self, topic: str, payload: bytes, packet_id: int, qos: int) -> None:
        delivery = Delivery(topic, payload, self._connection, packet_id, qos)
        self.messages += self._waiting.put(delivery)

    def _lost(self) -> None:
        with self._changed:
            self._up = self._connected = False
            self._connection += 1  # acknowledgements of the old connection are void from here on
            self._changed.notify_all()

    def _report_down(self, what: str, hint: str) -> None:
        """Say once that the broker is away, until it is back."""
        with self._changed:
            self._last_fault = f"broker {self._settings.url}: {what} ({hint})"
            self._changed.notify_all()
        if not self._reported_down:
            self._reported_down = True
            log.warning("%s", self._last_fault)


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
