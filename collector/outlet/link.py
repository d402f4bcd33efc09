"""A connection to the broker for what may be lost: it never waits and never grows.

A message is handed to the socket only while few are under way; the caller keeps the others. So
a broker that takes nothing costs the caller a False, and the walk of the readings nothing at all.
"""

from __future__ import annotations

import logging
import socket
import sys
import threading
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

from collector.config import MqttSettings
from collector.inlet.client import Client, connect, new_client
from collector.outlet.message import Message

WINDOW = 2_000
"""Messages handed over and not yet on the wire."""
MOST_HEARD = 1_000
"""Messages that came and are not taken yet; more are dropped."""
LARGEST_HEARD_BYTES = 64 * 1024
LAST_WORDS_S = 2.0
"""So long the end waits for the broker to take the last messages."""
log = logging.getLogger(__name__)
Will = Callable[[], Message]


class Link:
    """One MQTT connection with a will, made anew for ever. Safe to use from several threads.

    ``will`` is asked before each attempt to connect; ``topics`` are subscribed to at QoS 1.
    """

    def __init__(
        self, settings: MqttSettings, client_id: str, will: Will, topics: Sequence[str] = ()
    ) -> None:
        self._settings, self._client_id, self._will, self._topics = (
            settings, client_id, will, tuple(topics),
        )  # fmt: skip
        self._lock = threading.Lock()
        self._client: Client | None = None
        self._under_way = 0
        self._heard: deque[tuple[str, bytes]] = deque(maxlen=MOST_HEARD)
        self._reported = False
        self.connection = 0
        """Rises with each connection the broker has accepted."""
        self.connected = False
        self.last_fault = ""
        self.refused = 0
        """Messages the broker acknowledged with a refusal (MQTT 5 tells)."""

    def start(self) -> None:
        """Begin to connect, in the background. Idempotent. Raises ``StopError`` for bad TLS."""
        if self._client is None:
            client = new_client(self._settings, self._client_id, lasting=False)
            client.on_pre_connect = lambda *_: self._set_will(client)
            client.on_connect, client.on_connect_fail = self._on_connect, self._on_connect_fail
            client.on_disconnect, client.on_publish = self._on_disconnect, self._on_publish
            client.on_message = self._on_message
            connect(client, self._settings, lasting=False)
            self._client = client
            client.loop_start()

    def stop(self, last: Sequence[Message] = ()) -> None:
        """End the connection in order, after these messages. Idempotent."""
        client, self._client = self._client, None
        if client is None:
            return
        if self.connected:
            infos = [client.publish(m.topic, m.payload, m.qos, m.retain) for m in last]
            for info in infos:
                if info.rc == 0:
                    info.wait_for_publish(LAST_WORDS_S)
        stuck = self._under_way > 0
        client.disconnect()
        if stuck:
            _cut(client)
        client.loop_stop()
        self._down()

    def publish(self, message: Message) -> bool:
        """Hand a message over; False when it cannot go now."""
        client = self._client
        if client is None or not self.connected:
            return False
        with self._lock:
            if self._under_way >= WINDOW:
                return False
            self._under_way += 1
        info = client.publish(message.topic, message.payload, message.qos, message.retain)
        if info.rc != 0:
            with self._lock:
                self._under_way -= 1
        return info.rc == 0

    def heard(self) -> list[tuple[str, bytes]]:
        """Take what has come: topics and payloads, in order."""
        found = []
        while self._heard:
            found.append(self._heard.popleft())
        return found

    @property
    def stopped(self) -> bool:
        """Whether it neither has a connection nor tries to get one."""
        return self._client is None

    @property
    def idle(self) -> bool:
        """Whether the broker has taken all that was handed over on this connection."""
        with self._lock:
            return self.connected and not self._under_way

    def revive(self) -> None:
        """Connect anew, should the network thread have died though nobody asked it to."""
        client = self._client
        if client is not None and client.ended:
            log.error("outlet: the MQTT network thread had ended (please report this)")
            self.stop()
            self.start()

    # Callbacks: paho's thread. Nothing in them may raise: it would end that thread.

    def _set_will(self, client: Client) -> None:
        will = self._will()
        client.will_set(will.topic, will.payload, will.qos, will.retain)

    def _on_connect(self, client: Any, _userdata: Any, _flags: Any, code: Any, *_: Any) -> None:
        if code.is_failure:
            self._report(f"the broker refuses: {code}", "check [outlet] or [mqtt] username")
            return
        if self._topics:
            client.subscribe([(topic, 1) for topic in self._topics])
        with self._lock:
            self._under_way = 0
            self.connection += 1
            self.connected = True
        if self._reported:
            log.info("%s: broker %s is back", self._client_id, self._settings.url)
        self._reported, self.last_fault = False, ""

    def _on_connect_fail(self, *_: Any) -> None:
        error = sys.exc_info()[1]  # paho calls this while it handles the error
        reason = getattr(error, "strerror", None) or error
        self._report(f"cannot be reached: {reason}", "is it running? it is tried again for ever")

    def _on_disconnect(self, *_: Any) -> None:
        if self.connected and self._client is not None:
            self._report("connection lost", "it is tried again for ever")
        self._down()

    def _on_publish(self, _client: Any, _userdata: Any, _mid: Any, code: Any, *_: Any) -> None:
        with self._lock:
            self._under_way = max(0, self._under_way - 1)
        if getattr(code, "is_failure", False):
            self.refused += 1
            hint = "let this user write the topics of [outlet]: deploy/open_data/README.md"
            self._report(f"does not take what is published: {code}", hint)

    def _on_message(self, client: Any, _userdata: Any, message: Any) -> None:
        client.ack(message.mid, message.qos)
        if len(message.payload) <= LARGEST_HEARD_BYTES:
            self._heard.append((message.topic, bytes(message.payload)))

    def _down(self) -> None:
        with self._lock:
            self.connected = False
            self._under_way = 0

    def _report(self, what: str, hint: str) -> None:
        """Say once what is wrong, until it is well again."""
        self.last_fault = f"{self._client_id}: broker {self._settings.url}: {what} ({hint})"
        if not self._reported:
            self._reported = True
            log.warning("%s", self.last_fault)


def _cut(client: Client) -> None:
    """End the connection of a broker that takes nothing: its thread would wait for it."""
    connection = client.socket()
    if isinstance(connection, socket.socket):
        with suppress(OSError):
            connection.shutdown(socket.SHUT_RDWR)
