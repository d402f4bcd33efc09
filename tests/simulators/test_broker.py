"""The embedded broker does what the demo needs of one, with paho as its client."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import paho.mqtt.client as mqtt
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from edge_agent.errors import StopError
from simulators.broker import EmbeddedBroker

LIVE = "mieruka/1/works-1/up/live"
UP = "mieruka/1/+/up/#"


@pytest.fixture(scope="module")
def broker() -> Iterator[EmbeddedBroker]:
    """One broker for the tests that leave it running."""
    with EmbeddedBroker() as running:
        yield running


def _until(true: Callable[[], bool], timeout_s: float = 20.0) -> bool:
    end = time.monotonic() + timeout_s
    while not true() and time.monotonic() < end:
        time.sleep(0.01)
    return true()


class _Client:
    """A paho client in 3.1.1 mode, with what it has received."""

    def __init__(self, name: str, port: int, clean: bool = True) -> None:
        self.received: list[mqtt.MQTTMessage] = []
        self.session_present: list[bool] = []
        self.subscribed = threading.Event()
        self.paho = mqtt.Client(
            CallbackAPIVersion.VERSION2, name, clean_session=clean, protocol=mqtt.MQTTv311
        )
        self.paho.on_message = lambda _client, _data, message: self.received.append(message)
        self.paho.on_subscribe = lambda *_: self.subscribed.set()
        self.paho.on_connect = lambda _client, _data, flags, _code, _props: (
            self.session_present.append(flags.session_present)
        )
        self.paho.connect("127.0.0.1", port)
        self.paho.loop_start()
        assert _until(lambda: bool(self.session_present))

    def subscribe(self, topic: str) -> None:
        """Subscribe with quality 1 and wait for the broker's word."""
        self.paho.subscribe(topic, 1)
        assert self.subscribed.wait(5)

    def publish(self, topic: str, payload: bytes, *, retain: bool = False) -> None:
        """Publish with quality 1 and wait for the PUBACK."""
        self.paho.publish(topic, payload, 1, retain).wait_for_publish(10)

    def payloads(self) -> list[bytes]:
        """What has come in, in order."""
        return [bytes(message.payload) for message in list(self.received)]


@contextmanager
def _client(name: str, broker: EmbeddedBroker, *, clean: bool = True) -> Iterator[_Client]:
    client = _Client(name, broker.port, clean)
    try:
        yield client
    finally:
        client.paho.disconnect()
        client.paho.loop_stop()


def test_two_thousand_messages_arrive_in_order(broker: EmbeddedBroker) -> None:
    """A replay's load, 2,000 messages of 10 kB at quality 1, arrives whole and in order."""
    with _client("load-in", broker) as receiver, _client("load-out", broker) as sender:
        receiver.subscribe("load/#")
        sent = [b"%06d" % number + b"." * 10_240 for number in range(2000)]
        pending = [sender.paho.publish("load/x", payload, 1) for payload in sent]
        for info in pending:
            info.wait_for_publish(30)
        assert _until(lambda: len(receiver.received) >= 2000)
        assert receiver.payloads() == sent


def test_a_message_of_256_kb_arrives(broker: EmbeddedBroker) -> None:
    """The largest message that an agent may send passes unchanged."""
    with _client("big-in", broker) as receiver, _client("big-out", broker) as sender:
        receiver.subscribe("big/#")
        payload = bytes(range(256)) * 1024
        sender.publish("big/x", payload)
        assert _until(lambda: receiver.payloads() == [payload])


def test_a_retained_message_waits_for_its_reader(broker: EmbeddedBroker) -> None:
    """A birth that was retained reaches a collector that comes later; empty, it is forgotten."""
    topic = "mieruka/1/retained/up/birth"
    with _client("birth-out", broker) as sender:
        sender.publish(topic, b"old", retain=True)
        sender.publish(topic, b"new", retain=True)
        with _client("birth-in", broker) as reader:
            reader.subscribe(topic)
            assert _until(lambda: reader.payloads() == [b"new"])
            assert reader.received[0].retain
        sender.publish(topic, b"", retain=True)
        with _client("birth-late", broker) as reader:
            reader.subscribe(topic)
            sender.publish(topic, b"now")
            assert _until(lambda: bool(reader.received))
            assert reader.payloads() == [b"now"]


def test_a_kept_session_receives_what_it_missed(broker: EmbeddedBroker) -> None:
    """With clean_session=False messages wait, longer than the second amqtt gives to anonymous."""
    with _client("keeper", broker, clean=False) as collector:
        collector.subscribe(UP)
        assert collector.session_present == [False]
    time.sleep(2.5)
    with _client("keeper-out", broker) as sender:
        for number in range(5):
            sender.publish(LIVE, b"%d" % number)
    with _client("keeper", broker, clean=False) as collector:
        assert collector.session_present == [True]
        assert _until(lambda: len(collector.received) >= 5)
        assert collector.payloads() == [b"0", b"1", b"2", b"3", b"4"]


def test_a_will_is_published_for_a_lost_client(broker: EmbeddedBroker) -> None:
    """When a client's connection breaks, the broker publishes its will."""
    with _client("will-in", broker) as watcher:
        watcher.subscribe("mieruka/1/lost/up/state")
        lost = mqtt.Client(CallbackAPIVersion.VERSION2, "lost", protocol=mqtt.MQTTv311)
        lost.will_set("mieruka/1/lost/up/state", b"gone", 1)
        lost.connect("127.0.0.1", broker.port)
        lost.loop_start()
        assert _until(lost.is_connected)
        lost.loop_stop()
        connection = lost.socket()
        assert isinstance(connection, socket.socket)
        connection.shutdown(socket.SHUT_RDWR)
        assert _until(lambda: watcher.payloads() == [b"gone"])
        lost.disconnect()


def test_the_broker_stops_and_starts_on_its_port() -> None:
    """A broker that was stopped leaves no thread and comes back where clients look for it."""
    threads = threading.active_count()
    broker = EmbeddedBroker()
    with broker:
        url = broker.url
    assert threading.active_count() == threads
    with broker, _client("again", broker) as client:
        assert broker.url == url
        client.publish("a", b"b")
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", broker.port), timeout=1)
    broker.stop()


def test_a_port_in_use_is_told() -> None:
    """When its port is taken the broker says so, with a hint, and leaves no thread."""
    threads = threading.active_count()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        broker = EmbeddedBroker(taken.getsockname()[1])
        with pytest.raises(StopError, match="does not start"):
            broker.start()
        broker.stop()
    assert threading.active_count() == threads
