"""The other side of the broker in tests: an agent that publishes and hears what it is told."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from edge_agent.contract import topics, wire
from edge_agent.contract.wire import Receipt, Resend


class Agent:
    """Agent pi-1, connected to a broker on loopback, again after the broker has been away."""

    def __init__(self, port: int) -> None:
        self.receipts: list[Receipt] = []
        self.resends: list[Resend] = []
        self._subscribed = threading.Event()
        self._client = mqtt.Client(CallbackAPIVersion.VERSION2, protocol=mqtt.MQTTv311)
        self._client.on_message = self._hear
        self._client.on_connect = self._subscribe
        self._client.on_subscribe = lambda *_: self._subscribed.set()
        self._client.reconnect_delay_set(1, 1)
        self._client.connect("127.0.0.1", port)
        self._client.loop_start()
        assert self._subscribed.wait(10)

    def _subscribe(self, *_: object) -> None:
        told: tuple[topics.DownChannel, ...] = ("receipt", "cmd")
        self._client.subscribe([(topics.down("pi-1", channel), 1) for channel in told])

    def _hear(self, _client: object, _userdata: object, message: mqtt.MQTTMessage) -> None:
        payload = bytes(message.payload)
        if message.topic == topics.down("pi-1", "cmd"):
            self.resends.append(wire.decode_resend(payload))
        else:
            self.receipts.append(wire.decode_receipt(payload))

    def say(self, payload: bytes, channel: topics.UpChannel = "live", retain: bool = False) -> None:
        """Publish at QoS 1 and wait for the broker."""
        info = self._client.publish(topics.up("pi-1", channel), payload, qos=1, retain=retain)
        info.wait_for_publish(10)

    def settled(self) -> set[int]:
        """Answer every number that has been receipted as stored."""
        return {
            seq
            for receipt in list(self.receipts)
            for first, last in receipt.stored
            for seq in range(first, last + 1)
        }

    def close(self) -> None:
        """Leave."""
        self._client.disconnect()
        self._client.loop_stop()


def eventually(true: Callable[[], bool], within_s: float = 20.0) -> bool:
    """Answer whether something becomes true in time."""
    end_s = time.monotonic() + within_s
    while time.monotonic() < end_s:
        if true():
            return True
        time.sleep(0.02)
    return true()
