"""What the delivery tests share: a clock set by hand, readings, and a collector played by paho."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from edge_agent.contract import topics, wire
from edge_agent.contract.reading import Reading
from edge_agent.contract.topics import UpTopic

NOON_MS = 1_764_043_200_000
"""2025-11-25 04:00 UTC."""


@dataclass
class HandClock:
    """A clock that only moves when told."""

    wall_ms: int = NOON_MS
    monotonic: float = 1000.0

    def now_ms(self) -> int:
        """UTC now as set."""
        return self.wall_ms

    def monotonic_s(self) -> float:
        """Seconds as set."""
        return self.monotonic

    def pass_s(self, seconds: float) -> None:
        """Let time go by on both."""
        self.wall_ms += int(seconds * 1000)
        self.monotonic += seconds


def reading(at_ms: int = NOON_MS, meter: str = "press", power_w: float = 1500.5) -> Reading:
    """A reading of two quantities."""
    values = {"active_power_w": power_w, "active_energy_import_wh": 123_456.0}
    return Reading("sendai", meter, at_ms, values)


def wait_until(done: Callable[[], bool], within_s: float = 20.0) -> None:
    """Wait for something that other threads do; fails the test when it does not happen."""
    give_up_at = time.monotonic() + within_s
    while not done():
        assert time.monotonic() < give_up_at, f"not within {within_s} s"
        time.sleep(0.01)


@dataclass
class PlayedCollector:
    """A collector of a few lines: hears one agent and, when ``answering``, sends receipts."""

    port: int
    agent: str
    answering: bool = True
    heard: list[tuple[str, bytes]] = field(default_factory=list)
    ready: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> PlayedCollector:
        client = self.client = mqtt.Client(CallbackAPIVersion.VERSION2)
        client.reconnect_delay_set(1, 1)
        client.on_connect = self._connected
        client.on_subscribe = self._subscribed
        client.on_message = self._message
        client.connect("127.0.0.1", self.port)
        client.loop_start()
        assert self.ready.wait(10)
        return self

    def __exit__(self, *_: object) -> None:
        self.client.disconnect()
        self.client.loop_stop()

    def of(self, channel: topics.UpChannel) -> list[bytes]:
        """The payloads heard on one channel, in order."""
        return [payload for topic, payload in self.heard if topic == topics.up(self.agent, channel)]

    def messages(self) -> list[wire.ReadingsMessage]:
        """Every readings message heard, live and back, decoded."""
        parsed = ((topics.parse_up(topic), payload) for topic, payload in self.heard)
        return [
            wire.decode_readings(payload)
            for topic, payload in parsed
            if topic is not None and topic.channel in ("live", "back")
        ]

    def seqs(self) -> list[int]:
        """Every number heard, as often as it came."""
        return [seq for message in self.messages() for seq in message.seqs]

    def send(self, payload: bytes) -> None:
        """Put raw bytes on the agent's receipt topic."""
        self.client.publish(topics.down(self.agent, "receipt"), payload, qos=1)

    def command(self, payload: bytes) -> None:
        """Put raw bytes on the agent's command topic."""
        self.client.publish(topics.down(self.agent, "cmd"), payload, qos=1)

    def lend(self, payload: bytes) -> None:
        """Put raw bytes on the agent's credit topic."""
        self.client.publish(topics.down(self.agent, "credit"), payload, qos=1)

    def answer(self, *stored: tuple[int, int], epoch: str) -> None:
        """Send a receipt for ranges."""
        self.send(wire.encode_receipt(wire.Receipt(self.agent, epoch, stored)))

    def _connected(self, client: mqtt.Client, *_: Any) -> None:
        client.subscribe(topics.up(self.agent, "live").replace("live", "#"), qos=1)

    def _subscribed(
        self, _client: mqtt.Client, _data: Any, _mid: int, codes: list[ReasonCode], _p: Properties
    ) -> None:
        assert not codes[0].is_failure
        self.ready.set()

    def _message(self, _client: mqtt.Client, _data: Any, message: mqtt.MQTTMessage) -> None:
        payload = bytes(message.payload)
        self.heard.append((message.topic, payload))
        topic = topics.parse_up(message.topic)
        if self.answering and topic is not None:
            self._receipt(topic, payload)

    def _receipt(self, topic: UpTopic, payload: bytes) -> None:
        if topic.channel in ("live", "back"):
            message = wire.decode_readings(payload)
            self.answer(*wire.ranges(message.seqs), epoch=message.epoch)
        elif topic.channel == "gap":
            gap = wire.decode_gap(payload)
            self.answer((gap.first, gap.last), epoch=gap.epoch)
