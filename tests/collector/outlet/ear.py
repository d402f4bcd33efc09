"""A reader at the broker: what it hears, and what is retained there."""

from __future__ import annotations

import threading

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion


class Ear:
    """Hears a topic filter at a broker on loopback; ``held`` is what would be retained."""

    def __init__(self, port: int, *filters: str, username: str = "") -> None:
        self.said: list[tuple[str, bytes]] = []
        self.held: dict[str, str] = {}
        self._filters = filters
        self._there = threading.Event()
        self._client = mqtt.Client(CallbackAPIVersion.VERSION2)
        self._client.on_connect = self._subscribe
        self._client.on_subscribe = lambda *_: self._there.set()
        self._client.on_message = self._hear
        if username:
            self._client.username_pw_set(username)
        self._client.reconnect_delay_set(1, 1)
        self._client.connect("127.0.0.1", port)
        self._client.loop_start()
        assert self._there.wait(10)

    def _subscribe(self, *_: object) -> None:
        self._client.subscribe([(one, 1) for one in self._filters])

    def _hear(self, _client: object, _userdata: object, message: mqtt.MQTTMessage) -> None:
        payload = bytes(message.payload)
        self.said.append((message.topic, payload))
        if payload:
            self.held[message.topic] = payload.decode("utf-8", "replace")
        else:
            self.held.pop(message.topic, None)

    def say(self, topic: str, payload: bytes, retain: bool = False) -> None:
        """Publish at QoS 1 and wait for the broker."""
        self._client.publish(topic, payload, qos=1, retain=retain).wait_for_publish(10)

    def kinds(self) -> list[str]:
        """Sparkplug's kinds of the messages heard."""
        return [topic.split("/")[2] for topic, _ in list(self.said)]

    def close(self) -> None:
        """Leave."""
        self._client.disconnect()
        self._client.loop_stop()
