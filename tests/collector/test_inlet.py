"""The inlet on a real Mosquitto: sessions, acknowledgements, bounds, and brokers that go away."""

from __future__ import annotations

import logging
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

import paho.mqtt.client as mqtt
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from collector.config import MqttSettings
from collector.errors import StopError
from collector.ingest.conveyor import MAX_MESSAGES
from collector.inlet import Delivery, Inlet
from edge_agent.contract import topics
from edge_agent.contract.credit import Credit, decode_credit
from edge_agent.contract.wire import Receipt, Resend
from tests.collector.agent_side import Agent, eventually
from tests.services.mosquitto import MosquittoServer, mosquitto_binary

services = pytest.mark.services
Version = Literal["5", "3.1.1"]
LIVE = topics.up("pi-1", "live")


def settings(url: str, version: Version = "5", **more: Any) -> MqttSettings:
    """Make settings for the broker."""
    return MqttSettings(url=url, version=version, **more)


@pytest.fixture
def agent(own_mosquitto: MosquittoServer) -> Iterator[Agent]:
    """Connect an agent to the broker of this test."""
    connected = Agent(own_mosquitto.port)
    yield connected
    connected.close()


@pytest.fixture
def inlets(own_mosquitto: MosquittoServer) -> Iterator[Callable[..., Inlet]]:
    """Make connected inlets that are stopped at the end."""
    made: list[Inlet] = []

    def make(version: Version = "5", **bounds: Any) -> Inlet:
        inlet = Inlet(settings(own_mosquitto.url, version), "hq", **bounds)
        made.append(inlet)
        inlet.start()
        assert inlet.wait_connected(10)
        return inlet

    yield make
    for inlet in made:
        inlet.stop()


def take(inlet: Inlet, count: int, within_s: float = 10.0) -> list[Delivery]:
    """Take until so many messages have come, or the time is up."""
    taken: list[Delivery] = []
    end_s = time.monotonic() + within_s
    while len(taken) < count and time.monotonic() < end_s:
        taken += inlet.take(count - len(taken), 0.1)
    return taken


@services
@pytest.mark.parametrize("version", ["5", "3.1.1"])
def test_messages_come_in_order_and_receipts_go_out(
    inlets: Callable[..., Inlet], agent: Agent, version: Version
) -> None:
    """Both protocol versions carry the walk."""
    inlet = inlets(version)
    for i in range(30):
        agent.say(str(i).encode())
    taken: list[tuple[str, bytes]] = []
    while len(taken) < 30:
        (delivery,) = take(inlet, 1)
        inlet.ack(delivery)
        taken.append((delivery.topic, delivery.payload))
    assert taken == [(LIVE, str(i).encode()) for i in range(30)]
    receipt = Receipt("pi-1", "e1", ((1, 30),))
    assert inlet.send_receipt(receipt)
    assert eventually(lambda: agent.receipts == [receipt])


@services
def test_a_whole_batch_of_receipts_goes_out(inlets: Callable[..., Inlet]) -> None:
    """At a full minute each message of a batch is another agent's: none of their receipts drops."""
    inlet = inlets("5")
    assert eventually(lambda: inlet.connected)
    receipts = [Receipt(f"pi-{number}", "e1", ((1, 1),)) for number in range(MAX_MESSAGES)]
    assert all([inlet.send_receipt(receipt) for receipt in receipts])
    assert inlet.receipts_dropped == 0


@services
@pytest.mark.parametrize("version", ["5", "3.1.1"])
def test_an_agent_is_asked_again_on_its_command_topic(
    inlets: Callable[..., Inlet], agent: Agent, version: Version
) -> None:
    """With a broker the command comes; stopped, the inlet says that it cannot be sent."""
    inlet, resend = inlets(version), Resend("pi-1", "e1", 4, 9)
    assert inlet.ask_again(resend)
    assert eventually(lambda: agent.resends == [resend])
    inlet.stop()
    assert not inlet.ask_again(resend)
    assert inlet.receipts_dropped == 0


@services
@pytest.mark.parametrize("version", ["5", "3.1.1"])
def test_an_agent_is_told_its_credit(
    own_mosquitto: MosquittoServer, inlets: Callable[..., Inlet], version: Version
) -> None:
    """It comes on the agent's own topic; stopped, the inlet says that it cannot be sent."""
    inlet, credit = inlets(version), Credit("pi-1", 250.0)
    with heard(own_mosquitto.port, topics.down("pi-1", "credit")) as payloads:
        assert inlet.send_credit(credit)
        assert eventually(lambda: [decode_credit(p) for p in payloads] == [credit])
    inlet.stop()
    assert not inlet.send_credit(credit)


@contextmanager
def heard(port: int, topic: str) -> Iterator[list[bytes]]:
    """The payloads that come on a topic."""
    payloads: list[bytes] = []
    subscribed = threading.Event()
    client = mqtt.Client(CallbackAPIVersion.VERSION2)
    client.on_message = lambda _client, _userdata, message: payloads.append(bytes(message.payload))
    client.on_subscribe = lambda *_: subscribed.set()
    client.connect("127.0.0.1", port)
    client.subscribe(topic, 1)
    client.loop_start()
    assert subscribed.wait(10)
    yield payloads
    client.disconnect()
    client.loop_stop()


@services
@pytest.mark.parametrize("version", ["5", "3.1.1"])
def test_the_members_of_a_group_divide_readings_and_hear_all_births(
    own_mosquitto: MosquittoServer, agent: Agent, version: Version
) -> None:
    """Each reading goes to one of two; births, states and gaps go to both, retained ones too."""
    agent.say(b"born before", "birth", retain=True)
    given = settings(own_mosquitto.url, version, share_group="plant")
    members = [Inlet(given, name) for name in ("a", "b")]
    for member in members:
        member.start()
        assert member.wait_connected(10)
    for n in range(10):
        agent.say(str(n).encode())
    agent.say(b"gone", "gap")
    assert eventually(lambda: sum(member.messages for member in members) == 14)
    taken = [[delivery.payload for delivery in member.take(20, 1.0)] for member in members]
    for member in members:
        member.stop()
    told = [b"born before", b"gone"]
    assert all(set(told) <= set(payloads) for payloads in taken)
    readings = [payload for payloads in taken for payload in payloads if payload not in told]
    assert sorted(readings) == [str(n).encode() for n in range(10)]
    assert all(len(payloads) > len(told) for payloads in taken), "both have something to do"


@services
def test_a_session_that_joins_a_group_leaves_its_own_subscription(
    own_mosquitto: MosquittoServer, inlets: Callable[..., Inlet], agent: Agent
) -> None:
    """Else this member would hear every reading as before, beside its share."""
    inlets().stop()
    member = Inlet(settings(own_mosquitto.url, share_group="plant"), "hq")
    member.start()
    assert member.wait_connected(10)
    agent.say(b"0")
    assert [delivery.payload for delivery in take(member, 2, 1.0)] == [b"0"]
    member.stop()


@services
@pytest.mark.parametrize("version", ["5", "3.1.1"])
def test_what_was_not_acknowledged_comes_again_and_the_rest_does_not(
    inlets: Callable[..., Inlet], agent: Agent, version: Version
) -> None:
    """The session outlives the connection, and messages meanwhile are kept too."""
    first = inlets(version)
    for i in range(4):
        agent.say(str(i).encode())
    for delivery in take(first, 4)[:2]:
        first.ack(delivery)
    assert first.acks_dropped == 0
    first.stop()
    agent.say(b"meanwhile")
    second = inlets(version)
    assert [delivery.payload for delivery in take(second, 3)] == [b"2", b"3", b"meanwhile"]
    assert second.take(1, 0.3) == []


@services
def test_a_check_leaves_no_session_behind(own_mosquitto: MosquittoServer, agent: Agent) -> None:
    """The broker keeps nothing for a client that will not come back."""
    for _ in range(2):
        inlet = Inlet(settings(own_mosquitto.url), "hq-check", lasting=False)
        inlet.start()
        assert inlet.wait_connected(10)
        assert inlet.take(1, 0.3) == []
        inlet.stop()
        agent.say(b"meanwhile")


@services
def test_what_is_given_back_is_taken_again_first(
    inlets: Callable[..., Inlet], agent: Agent
) -> None:
    """A batch that could not be stored keeps its place."""
    inlet = inlets()
    for i in range(3):
        agent.say(str(i).encode())
    taken = take(inlet, 2)
    inlet.give_back(taken)
    assert [delivery.payload for delivery in take(inlet, 3)] == [b"0", b"1", b"2"]


@services
def test_a_broker_crash_costs_no_wrong_acknowledgement(
    own_mosquitto: MosquittoServer,
    inlets: Callable[..., Inlet],
    agent: Agent,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Old packet numbers mean other messages on the new connection: their acks are dropped."""
    caplog.set_level(logging.INFO, "collector.inlet")
    inlet = inlets()
    agent.say(b"before")
    (old,) = take(inlet, 1)
    own_mosquitto.kill()
    assert eventually(lambda: not inlet.connected)
    assert not inlet.send_receipt(Receipt("pi-1", "e1", ((1, 1),)))
    own_mosquitto.start()
    assert inlet.wait_connected(20)
    other = Agent(own_mosquitto.port)
    other.say(b"after")
    (new,) = take(inlet, 1)
    assert new.packet_id == old.packet_id
    inlet.ack(old)
    assert inlet.acks_dropped == 1
    inlet.stop()
    again = inlets()
    assert [delivery.payload for delivery in take(again, 1)] == [b"after"]
    other.close()
    lines = [record.getMessage() for record in caplog.records]
    assert sum("connection lost" in line and line.endswith(")") for line in lines) == 1
    assert sum(line.endswith(": back") for line in lines) == 1


@services
def test_a_broker_that_is_away_is_told_once_and_found_later(
    own_mosquitto: MosquittoServer, caplog: pytest.LogCaptureFixture
) -> None:
    """One line down with the reason and a hint, one line back, and no giving up between."""
    own_mosquitto.stop()
    caplog.set_level(logging.INFO, "collector.inlet")
    inlet = Inlet(settings(own_mosquitto.url), "hq")
    inlet.start()
    assert eventually(lambda: bool(inlet.last_fault))
    assert inlet.take(1, 2.5) == []
    assert "refused" in inlet.last_fault
    assert "[mqtt] url" in inlet.last_fault
    own_mosquitto.start()
    assert inlet.wait_connected(20)
    inlet.stop()
    lines = [(record.levelno, record.getMessage()) for record in caplog.records]
    assert [level for level, _ in lines] == [logging.WARNING, logging.INFO]
    assert lines[1][1] == f"broker {own_mosquitto.url}: back"


def test_a_host_that_does_not_exist_is_told(caplog: pytest.LogCaptureFixture) -> None:
    """A wrong name in the settings is one line, not a traceback."""
    inlet = Inlet(settings("mqtt://no-such-broker.invalid"), "hq")
    inlet.start()
    assert eventually(lambda: bool(inlet.last_fault))
    inlet.stop()
    assert "no-such-broker.invalid" in inlet.last_fault
    assert len(caplog.records) == 1


def test_a_broker_that_hangs_up_without_an_answer_is_told() -> None:
    """That is how a broker for MQTT 3.1.1 alone may meet a client of version 5."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def hang_up() -> None:
            connection, _ = server.accept()
            connection.recv(100)
            connection.close()

        thread = threading.Thread(target=hang_up)
        thread.start()
        fault = fault_of(settings(f"mqtt://127.0.0.1:{server.getsockname()[1]}"))
        thread.join()
    assert 'version = "3.1.1"' in fault


@services
def test_wrong_credentials_are_told_with_a_hint(tmp_path: Path) -> None:
    """The hint names the keys to look at."""
    (tmp_path / "passwords").write_text("")
    (tmp_path / "passwords").chmod(0o600)
    config = (
        "listener {port} 127.0.0.1\nallow_anonymous false\n"
        f"password_file {tmp_path}/passwords\nuser root\nlog_dest none\n"
    )
    server = MosquittoServer(mosquitto_binary(), tmp_path, config)
    server.start()
    versions: tuple[Version, ...] = ("5", "3.1.1")
    for version in versions:
        fault = fault_of(settings(server.url, version, username="hq", password="wrong"))
        assert "[mqtt] username and password_file" in fault
    server.stop()


def fault_of(given: MqttSettings) -> str:
    """Answer what an inlet with these settings has to say."""
    inlet = Inlet(given, "hq")
    inlet.start()
    assert eventually(lambda: bool(inlet.last_fault))
    assert not inlet.connected
    inlet.stop()
    return inlet.last_fault


@services
def test_a_full_queue_holds_the_broker_back_and_loses_nothing(
    inlets: Callable[..., Inlet], agent: Agent
) -> None:
    """Memory stays bounded by messages, whatever is waiting at the broker."""
    inlet = inlets(max_messages=5)
    for i in range(50):
        agent.say(str(i).encode())
    assert eventually(lambda: inlet.messages == 5)
    time.sleep(0.5)
    assert inlet.messages == 5
    taken: list[bytes] = []
    for _ in range(50):
        (delivery,) = take(inlet, 1)
        inlet.ack(delivery)
        taken.append(delivery.payload)
    assert taken == [str(i).encode() for i in range(50)]


@services
def test_the_queue_is_bounded_by_bytes_too(inlets: Callable[..., Inlet], agent: Agent) -> None:
    """One message larger than the bound still gets through, alone."""
    inlet = inlets(max_bytes=1000)
    for _ in range(3):
        agent.say(b"x" * 600)
    agent.say(b"y" * 5000)
    assert eventually(lambda: inlet.messages == 1)
    time.sleep(0.5)
    assert inlet.messages == 1
    assert [len(delivery.payload) for delivery in take(inlet, 4)] == [600, 600, 600, 5000]


@services
def test_stop_wakes_a_callback_that_waits_for_room(
    inlets: Callable[..., Inlet], agent: Agent
) -> None:
    """A full queue does not hold up the end; what waited comes again."""
    inlet = inlets(max_messages=1)
    agent.say(b"0")
    agent.say(b"1")
    assert eventually(lambda: inlet.messages == 1)
    begun_s = time.monotonic()
    inlet.stop()
    assert time.monotonic() - begun_s < 5
    again = inlets()
    assert [delivery.payload for delivery in take(again, 2)] == [b"0", b"1"]


@services
def test_a_mistake_in_a_callback_is_counted_and_the_inlet_lives(
    inlets: Callable[..., Inlet], agent: Agent, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A fault would end paho's thread end without a word; here the next message comes through."""
    inlet = inlets()
    with monkeypatch.context() as patch:
        patch.setattr(inlet._waiting, "put", lambda _: 1 / 0)
        agent.say(b"first")
        assert eventually(lambda: inlet.callback_faults == 1)
    agent.say(b"second")
    assert [delivery.payload for delivery in take(inlet, 1)] == [b"second"]
    assert "ZeroDivisionError" in inlet.last_fault


@services
def test_a_network_thread_that_ends_is_replaced(inlets: Callable[..., Inlet], agent: Agent) -> None:
    """Nothing that was not acknowledged is lost with it."""
    inlet = inlets()
    agent.say(b"before")
    take(inlet, 1)
    client = inlet._client
    assert client is not None
    client._thread_terminate = True  # as if paho had given up
    assert eventually(lambda: client.ended)
    agent.say(b"after")
    assert [delivery.payload for delivery in take(inlet, 2)] == [b"before", b"after"]
    assert inlet.callback_faults == 1


@services
def test_a_retained_birth_comes_with_the_subscription(
    own_mosquitto: MosquittoServer, agent: Agent, inlets: Callable[..., Inlet]
) -> None:
    """A collector that is new learns of every agent that was there before."""
    agent.say(b"born", "birth", retain=True)
    (delivery,) = take(inlets(), 1)
    assert (delivery.topic, delivery.payload) == (topics.up("pi-1", "birth"), b"born")


def test_a_certificate_that_cannot_be_used_stops_with_a_hint(tmp_path: Path) -> None:
    """TLS is never left out silently."""
    (tmp_path / "ca.pem").write_text("no certificate")
    inlet = Inlet(settings("mqtts://127.0.0.1:1", ca_file=tmp_path / "ca.pem"), "hq")
    with pytest.raises(StopError, match="ca_file"):
        inlet.start()
    inlet.stop()


def test_start_and_stop_may_be_repeated_whatever_the_state() -> None:
    """Stopping what never connected takes no longer than a moment."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        inlet = Inlet(settings(f"mqtt://127.0.0.1:{taken.getsockname()[1]}"), "hq")
        for _ in range(2):
            inlet.start()
            inlet.start()
            inlet.stop()
            inlet.stop()
        inlet.ack(Delivery(LIVE, b""))
        assert inlet.acks_dropped == 1
