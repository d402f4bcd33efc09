"""Payloads no sound agent sends: what a broken card, a hostile peer, or another version may."""

from __future__ import annotations

import json
import time
from typing import Any, TypeVar

import hypothesis
import paho.mqtt.client as mqtt
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from paho.mqtt.enums import CallbackAPIVersion

from edge_agent.contract.topics import UP_CHANNELS, up

T = TypeVar("T")
AGENT = "poison-1"
LIVE = up(AGENT, "live")
ODD_NAMES = ("m00 v=1", "m00,site=works", 'a"b', "x\ny", "\ud800", "../..", "", "x" * 500, "計器")
ODD_VALUES: tuple[Any, ...] = (
    "12", True, [], {}, float("nan"), float("inf"), 10**400, -(10**30), 1e308, "1e5", [[[]]],
)  # fmt: skip
HUGE = 3 * 1024 * 1024


def _sound(number: int = 1) -> dict[str, Any]:
    return {
        "v": 1, "agent": AGENT, "epoch": "poison", "site": "elsewhere", "meter": "bad", "boot": "b",
        "clock": "synchronised", "seq": [number], "at": [time.time_ns() // 1_000_000],
        "q": {"active_power_w": [1.0]},
    }  # fmt: skip


def _dumped(document: object) -> bytes:
    return json.dumps(document).encode("utf-8", "surrogatepass")


def _spoil(choice: tuple[str, Any]) -> bytes:
    key, value = choice
    return _dumped(_sound() | {key: value})


_json = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=20,
)
_columns = st.dictionaries(
    st.sampled_from(["active_power_w", "no_such_quantity", "a,b=c", ""]),
    st.lists(st.sampled_from(ODD_VALUES), min_size=0, max_size=3),
    min_size=1,
)
_spoiled = st.one_of(
    st.tuples(st.sampled_from(sorted(_sound())), _json),
    st.tuples(st.sampled_from(["site", "meter", "agent", "epoch"]), st.sampled_from(ODD_NAMES)),
    st.tuples(st.just("q"), _columns),
    st.tuples(st.just("seq"), st.sampled_from([[0], [-1], [2**63], [1.5], ["1"], [1, 2], []])),
    st.tuples(st.just("at"), st.sampled_from([[0], [2**62], [-1], [1e12], [None], [10**400]])),
    st.tuples(st.just("v"), st.sampled_from([0, 2, "1", None, 1.5])),
)
payloads = st.one_of(
    st.binary(max_size=200),
    _json.map(_dumped),
    _spoiled.map(_spoil),
    _spoiled.map(lambda choice: _spoil(choice)[:-7]),
    st.sampled_from(
        [
            b"",
            b"\xff\xfe{}",
            b"[" * 200_000,
            b'{"a":' * 50_000,
            b'{"v":1,"q":' + b"9" * 400 + b"}",
            b'{"x":"' + b"a" * HUGE + b'"}',
            b"NaN",
        ]
    ),
)
"""Bytes of every kind: noise, JSON that is no message, messages with one thing wrong or cut off."""
messages = st.tuples(st.sampled_from([up(AGENT, channel) for channel in UP_CHANNELS]), payloads)


def sound(number: int, columns: dict[str, list[float]]) -> tuple[str, bytes]:
    """A message with nothing wrong about it."""
    return LIVE, _dumped(_sound(number) | {"q": columns})


def drawn(strategy: st.SearchStrategy[T], count: int, seed: int) -> list[T]:
    """So many values of a strategy, the same for the same seed."""
    found: list[T] = []

    @hypothesis.seed(seed)
    @settings(
        max_examples=count,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy)
    def collect(value: T) -> None:
        found.append(value)

    collect()
    return found


def publish(port: int, sent: list[tuple[str, bytes]]) -> None:
    """Publish the messages at QoS 1 as a client of the broker on loopback, until it has them."""
    client = mqtt.Client(CallbackAPIVersion.VERSION2, "poisoner", protocol=mqtt.MQTTv5)
    client.connect("127.0.0.1", port)
    client.loop_start()
    try:
        for topic, payload in sent:
            client.publish(topic, payload, qos=1).wait_for_publish(20)
    finally:
        client.disconnect()
        client.loop_stop()
