"""A backlog at the broker: the same readings as our messages and as Telegraf's.

Values are those of a meter at work (two decimals, counters with three), so that their text is as
long as in life. What is published waits in the durable session of the one consumer that reads it.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from dataclasses import dataclass

import orjson
import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from edge_agent.contract import topics, wire
from tests.bench.telegraf import CLIENT_ID, TOPIC

SITE, AGENT, EPOCH = "works", "pi-1", "bench"
METERS = 20
QUANTITIES = (
    *("active_power_w", "reactive_power_var", "voltage_l1_v", "voltage_l2_v", "voltage_l3_v"),
    *("current_l1_a", "current_l2_a", "current_l3_a", "frequency_hz", "active_energy_import_wh"),
)
ON_THE_WAY = 500
"""Messages the publisher hands over before it waits for the broker."""


@dataclass(frozen=True)
class Load:
    """So many messages of so many readings, of 20 meters in turn, a second apart."""

    messages: int
    readings: int
    first_ms: int

    @property
    def total(self) -> int:
        """All readings."""
        return self.messages * self.readings

    def ours(self) -> Iterator[tuple[str, bytes]]:
        """Topic and payload of each message as an agent sends it on its back lane."""
        topic = topics.up(AGENT, "back")
        for number, (meter, instants, columns) in enumerate(self._rounds()):
            first = number * self.readings + 1
            seqs = tuple(range(first, first + self.readings))
            message = wire.ReadingsMessage(
                *(AGENT, EPOCH, SITE, meter, "b1", "synchronised", seqs, instants), columns
            )
            yield topic, wire.encode_readings(message)

    def lines(self) -> Iterator[tuple[str, bytes]]:
        """The same as line protocol, times in ns."""
        for meter, instants, columns in self._rounds():
            rows = zip(*columns.values(), strict=True)
            yield (
                TOPIC,
                "\n".join(
                    f"reading,meter={meter},site={SITE} "
                    + ",".join(f"{n}={v!r}" for n, v in zip(columns, row, strict=True))
                    + f" {at}000000"
                    for at, row in zip(instants, rows, strict=True)
                ).encode(),
            )

    def objects(self) -> Iterator[tuple[str, bytes]]:
        """The same as a JSON list of objects."""
        for meter, instants, columns in self._rounds():
            rows = zip(*columns.values(), strict=True)
            documents = [
                {"site": SITE, "meter": meter, "at": at, **dict(zip(columns, row, strict=True))}
                for at, row in zip(instants, rows, strict=True)
            ]
            yield TOPIC, orjson.dumps(documents)

    def _rounds(self) -> Iterator[tuple[str, tuple[int, ...], dict[str, list[float]]]]:
        chance = random.Random(7)
        pool = [round(chance.uniform(0, 1000), 2) for _ in range(10_007)]
        for number in range(self.messages):
            turn, meter = divmod(number, METERS)
            first_ms = self.first_ms + turn * self.readings * 1000
            instants = tuple(first_ms + 1000 * n for n in range(self.readings))
            at = number * 13 % 9_000
            columns = {
                name: pool[at + 50 * k : at + 50 * k + self.readings]
                for k, name in enumerate(QUANTITIES[:-1])
            }
            columns[QUANTITIES[-1]] = [
                round(1e6 + (turn * self.readings + n) * 0.731, 3) for n in range(self.readings)
            ]
            yield f"m{meter:02}", instants, columns


def hold_session(port: int, client_id: str, topic: str, version: str) -> None:
    """Make the consumer's durable session, as if it had been connected before."""
    mqtt5 = version == "5"
    client = mqtt.Client(
        CallbackAPIVersion.VERSION2,
        client_id=client_id,
        protocol=mqtt.MQTTv5 if mqtt5 else mqtt.MQTTv311,
        clean_session=None if mqtt5 else False,
    )
    subscribed: list[int] = []
    client.on_subscribe = lambda *_: subscribed.append(1)
    properties = None
    if mqtt5:
        properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
        properties.SessionExpiryInterval = 86_400
        client.connect("127.0.0.1", port, clean_start=False, properties=properties)
    else:
        client.connect("127.0.0.1", port)
    client.loop_start()
    time.sleep(0.3)
    client.subscribe(topic, 1)
    while not subscribed:
        time.sleep(0.01)
    client.disconnect()
    client.loop_stop()


def publish(port: int, messages: Iterator[tuple[str, bytes]]) -> None:
    """Publish all at QoS 1 and wait until the broker has them."""
    client = mqtt.Client(CallbackAPIVersion.VERSION2, protocol=mqtt.MQTTv311)
    client.max_inflight_messages_set(ON_THE_WAY)
    client.connect("127.0.0.1", port)
    client.loop_start()
    handed: list[mqtt.MQTTMessageInfo] = []
    for topic, payload in messages:
        handed.append(client.publish(topic, payload, qos=1))
        if len(handed) >= ON_THE_WAY:
            handed.pop(0).wait_for_publish(60)
    for info in handed:
        info.wait_for_publish(60)
    client.disconnect()
    client.loop_stop()


OUR_CLIENT_ID, OUR_TOPICS = "mieruka-collector-bench", topics.up_filter()
THEIR_CLIENT_ID, THEIR_TOPICS = CLIENT_ID, TOPIC
