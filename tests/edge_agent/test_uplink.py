"""The uplink on a real Mosquitto: it lives on, whatever broker, network or callbacks do."""

from __future__ import annotations

import json
import logging
import shutil
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from itertools import count, pairwise
from pathlib import Path

import pytest

from edge_agent.config import MqttSettings
from edge_agent.contract import wire
from edge_agent.errors import StopError
from edge_agent.uplink import Uplink, retries
from edge_agent.uplink.link import WINDOW, Link, Sent
from edge_agent.uplink.loss import Loss, lost
from edge_agent.uplink.retries import Retries
from edge_agent.uplink.uplink import ANSWER_WAIT_S, FATAL_FAULTS, HEARD
from edge_agent.words import in_language
from tests.edge_agent.delivery import NOON_MS, PlayedCollector, wait_until
from tests.services.missing import missing_service
from tests.services.mosquitto import MosquittoServer, free_port, mosquitto_binary

ROOT = Path(__file__).resolve().parents[2]
CARD = wire.MeterCard("sendai", "press", "プレス", "eastron_sdm630", 10.0, 1.0)

Made = Callable[..., Uplink]


@pytest.fixture(autouse=True)
def _told(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, logger="edge_agent")


@pytest.fixture
def made() -> Iterator[Made]:
    """Makes uplinks with quick retries, all closed at the end."""
    uplinks: list[Uplink] = []
    numbers = count(1)

    def make(
        url: str, agent: str, *, news: Callable[[], None] = lambda: None, **settings: object
    ) -> Uplink:
        def birth(number: int) -> wire.Birth:
            return wire.Birth(agent, "epoch-1", number, "test", NOON_MS, (CARD,))

        mqtt = MqttSettings.model_validate({"url": url, **settings})
        number = numbers.__next__
        uplink = Uplink(mqtt, agent, number=number, birth=birth, news=news, waits_s=(0.02, 0.1))
        uplinks.append(uplink)
        return uplink

    yield make
    for uplink in uplinks:
        uplink.close()


def up(uplink: Uplink, within_s: float = 20.0) -> Uplink:
    """Keep it up until it is connected, and that is told."""
    wait_until(lambda: uplink.keep_up(time.monotonic()), within_s)
    uplink.keep_up(time.monotonic())
    return uplink


def received(uplink: Uplink, count: int) -> list[bytes]:
    """The next receipts, as they come."""
    found: list[bytes] = []

    def enough() -> bool:
        found.extend(uplink.receipts())
        return len(found) >= count

    wait_until(enough)
    return found


def retained(server: MosquittoServer, agent: str, channel: str) -> bytes:
    """What a newcomer is told on a retained topic; empty when there is nothing yet."""
    with PlayedCollector(server.port, agent) as newcomer:
        time.sleep(0.1)
        payloads = newcomer.of("birth" if channel == "birth" else "state")
    return payloads[0] if payloads else b""


def broker(folder: Path, *lines: str) -> MosquittoServer:
    """A broker with other settings."""
    text = "\n".join(["user root", "persistence false", "log_dest none", *lines])
    return MosquittoServer(mosquitto_binary(), folder, text)


@pytest.mark.services
@pytest.mark.parametrize("version", ["5", "3.1.1"])
def test_birth_and_state_are_retained_under_one_number(
    mosquitto: MosquittoServer, made: Made, version: str
) -> None:
    """A collector that comes later learns who is there, with which meters, on which connection."""
    agent = f"birth-{version[0]}"
    uplink = up(made(mosquitto.url, agent, version=version))
    birth = wire.decode_birth(retained(mosquitto, agent, "birth"))
    state = wire.decode_state(retained(mosquitto, agent, "state"))
    assert birth.meters == (CARD,)
    assert state == wire.State(agent, birth.connection, online=True)
    assert uplink.connection == birth.connection


@pytest.mark.services
@pytest.mark.parametrize("version", ["5", "3.1.1"])
def test_the_will_tells_a_death_and_the_next_birth_is_newer(
    mosquitto: MosquittoServer, made: Made, version: str
) -> None:
    """A broken line says offline under its own number; the next connection has a higher one."""
    agent = f"will-{version[0]}"
    with PlayedCollector(mosquitto.port, agent) as collector:
        uplink = up(made(mosquitto.url, agent, version=version))
        first = uplink.connection
        cut(uplink)
        wait_until(lambda: len(collector.of("state")) == 2)
        wait_until(lambda: not uplink.keep_up(time.monotonic()))
        up(uplink)
        wait_until(lambda: len(collector.of("birth")) == 2 and len(collector.of("state")) == 3)
        states = [wire.decode_state(payload) for payload in collector.of("state")]
        births = [wire.decode_birth(payload) for payload in collector.of("birth")]
    second = uplink.connection
    assert second > first
    assert [birth.connection for birth in births] == [first, second]
    assert [(s.connection, s.online) for s in states] == [
        (first, True),
        (first, False),
        (second, True),
    ]


def cut(uplink: Uplink) -> None:
    """Break the line under the connection, as a network does: no goodbye."""
    client = uplink._client
    assert client is not None
    line = client.socket()
    assert isinstance(line, socket.socket)
    line.shutdown(socket.SHUT_RDWR)


@pytest.mark.services
@pytest.mark.parametrize("version", ["5", "3.1.1"])
def test_an_orderly_end_says_offline(mosquitto: MosquittoServer, made: Made, version: str) -> None:
    """A stopped agent is offline at once, without waiting for its will."""
    agent = f"goodbye-{version[0]}"
    uplink = up(made(mosquitto.url, agent, version=version))
    number = uplink.connection
    uplink.close()
    assert wire.decode_state(retained(mosquitto, agent, "state")) == wire.State(
        agent, number, online=False
    )


@pytest.mark.services
@pytest.mark.parametrize("version", ["5", "3.1.1"])
def test_receipts_sent_meanwhile_are_not_lost(
    mosquitto: MosquittoServer, made: Made, version: str
) -> None:
    """The session outlives the process: never a clean start, so the broker keeps receipts."""
    agent = f"session-{version[0]}"
    up(made(mosquitto.url, agent, version=version)).close()
    with PlayedCollector(mosquitto.port, agent) as collector:
        collector.send(b"a receipt")
        time.sleep(0.2)
    again = up(made(mosquitto.url, agent, version=version))
    assert received(again, 1) == [b"a receipt"]


@pytest.mark.services
@pytest.mark.parametrize("version", ["5", "3.1.1"])
def test_a_credit_sent_meanwhile_is_not_kept(
    mosquitto: MosquittoServer, made: Made, version: str
) -> None:
    """What one agent might send an hour ago is no measure for a fleet that comes back."""
    agent = f"stale-{version[0]}"
    up(made(mosquitto.url, agent, version=version)).close()
    with PlayedCollector(mosquitto.port, agent) as collector:
        collector.lend(b"of before")
        collector.send(b"a receipt")
        time.sleep(0.2)
    again = up(made(mosquitto.url, agent, version=version))
    assert received(again, 1) == [b"a receipt"]
    assert again.credits() == []


@pytest.mark.services
@pytest.mark.parametrize("version", ["5", "3.1.1"])
def test_no_more_than_the_window_is_handed_over(
    own_mosquitto: MosquittoServer, made: Made, version: str
) -> None:
    """While the broker does not acknowledge, paho holds one window and nothing beyond it."""
    uplink = up(made(own_mosquitto.url, "window", version=version))
    wait_until(lambda: uplink.room() == WINDOW)
    own_mosquitto.signal(signal.SIGSTOP)
    assert [uplink.publish("live", b"x") for _ in range(WINDOW + 5)] == [True] * 20 + [False] * 5
    assert uplink.room() == 0
    own_mosquitto.signal(signal.SIGCONT)
    wait_until(lambda: uplink.room() == WINDOW)


@pytest.mark.services
@pytest.mark.parametrize("version", ["5", "3.1.1"])
def test_a_broker_that_is_away_is_one_line(
    own_mosquitto: MosquittoServer, made: Made, caplog: pytest.LogCaptureFixture, version: str
) -> None:
    """Away at the start and away later: each one line with its hint, and one when it is back."""
    own_mosquitto.kill()
    uplink = made(own_mosquitto.url, "patient", version=version)
    for _ in range(20):
        assert not uplink.keep_up(time.monotonic())
        assert not uplink.publish("live", b"x")
        time.sleep(0.01)
    own_mosquitto.start()
    up(uplink)
    own_mosquitto.kill()
    wait_until(lambda: not uplink.keep_up(time.monotonic()))
    for _ in range(20):
        uplink.keep_up(time.monotonic())
        time.sleep(0.01)
    own_mosquitto.start()
    up(uplink)
    away = [line for line in caplog.messages if "is away" in line]
    assert "Connection refused (check [mqtt] url and that the broker runs" in away[0]
    assert "connection lost" in away[1]
    assert len(away) == 2
    assert len([line for line in caplog.messages if "connected to broker" in line]) == 2


@pytest.mark.services
def test_a_fault_in_a_callback_does_not_end_the_loop(
    mosquitto: MosquittoServer, made: Made, caplog: pytest.LogCaptureFixture
) -> None:
    """A mistake of ours is counted and told once; what comes after still arrives."""
    broken = False

    def news() -> None:
        if broken:
            raise KeyError("a mistake")

    uplink = up(made(mosquitto.url, "clumsy", news=news))
    with PlayedCollector(mosquitto.port, "clumsy", answering=False) as collector:
        broken = True
        collector.send(b"first")
        collector.send(b"second")
        wait_until(lambda: uplink.callback_faults == 2)
        broken = False
        collector.send(b"third")
        assert received(uplink, 3) == [b"first", b"second", b"third"]
        assert uplink.publish("live", b"x")
        wait_until(lambda: len(collector.heard) == 3)
    assert uplink.connected
    assert caplog.text.count("a mistake") == 1


@pytest.mark.services
def test_a_network_thread_that_dies_is_noticed(
    mosquitto: MosquittoServer,
    made: Made,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A fault inside paho, which ends its thread without a word, costs one connection."""
    uplink = up(made(mosquitto.url, "startled"))
    before = uplink.connection

    def broken(_client: object) -> None:
        raise RuntimeError("a mistake of paho's")

    with monkeypatch.context() as paho:
        paho.setattr("edge_agent.uplink.client.mqtt.Client._packet_handle", broken)
        assert uplink.publish("live", b"x")
        wait_until(lambda: not uplink.keep_up(time.monotonic()))
    assert up(uplink).connection > before
    assert "network thread ended: RuntimeError: a mistake of paho's" in caplog.text


@pytest.mark.services
def test_an_uplink_that_keeps_failing_says_so(mosquitto: MosquittoServer, made: Made) -> None:
    """After many faults the forward loop is told to end the process."""

    def news() -> None:
        raise KeyError("always")

    uplink = made(mosquitto.url, "hopeless", news=news)
    up(uplink)
    with PlayedCollector(mosquitto.port, "hopeless") as collector:
        for _ in range(FATAL_FAULTS):
            collector.send(b"x")
        wait_until(lambda: uplink.callback_faults >= FATAL_FAULTS)
    with pytest.raises(StopError, match=r"always.*please report"):
        uplink.keep_up(time.monotonic())


@pytest.mark.services
def test_nobody_listening_is_told_once(
    mosquitto: MosquittoServer, made: Made, caplog: pytest.LogCaptureFixture
) -> None:
    """With MQTT 5 the broker says that no collector is there: one line with a hint."""
    uplink = up(made(mosquitto.url, "lonely"))
    for _ in range(3):
        assert uplink.publish("live", b"x")
    wait_until(lambda: uplink.refusals == 3)
    assert caplog.text.count("is the collector running?") == 1


@pytest.mark.services
def test_nobody_listening_cannot_be_seen_with_the_older_version(
    mosquitto: MosquittoServer, made: Made
) -> None:
    """MQTT 3.1.1 has no word for it: the window frees itself, and only receipts count."""
    uplink = up(made(mosquitto.url, "lonely-3", version="3.1.1"))
    assert [uplink.publish("live", b"x") for _ in range(WINDOW)] == [True] * WINDOW
    wait_until(lambda: uplink.room() == WINDOW)
    assert (uplink.refusals, uplink.receipts()) == (0, [])


@pytest.mark.services
@pytest.mark.parametrize("version", ["5", "3.1.1"])
def test_credits_receipts_and_commands_are_told_apart(
    mosquitto: MosquittoServer, made: Made, version: str
) -> None:
    """Each topic has its own list; of credits only the newest few are kept."""
    agent = f"heard-{version[0]}"
    uplink = up(made(mosquitto.url, agent, version=version))
    with PlayedCollector(mosquitto.port, agent) as collector:
        for number in range(HEARD["credit"] + 5):
            collector.lend(b"credit %d" % number)
        collector.command(b"a command")
        collector.send(b"a receipt")
        assert received(uplink, 1) == [b"a receipt"]
    assert uplink.commands() == [b"a command"]
    credits = uplink.credits()
    assert credits[-1] == b"credit %d" % (HEARD["credit"] + 4)
    assert len(credits) == HEARD["credit"]
    assert uplink.credits() == []


@pytest.mark.services
@pytest.mark.parametrize("version", ["5", "3.1.1"])
def test_a_copied_agent_raises_an_alarm(
    mosquitto: MosquittoServer, made: Made, caplog: pytest.LogCaptureFixture, version: str
) -> None:
    """Two agents with one id fight for the session: that is told once, not at every turn."""
    one, two = (made(mosquitto.url, "twin", version=version) for _ in range(2))

    def fought() -> bool:
        now_s = time.monotonic()
        one.keep_up(now_s)
        two.keep_up(now_s)
        return "ALARM:" in caplog.text and "id twin" in caplog.text

    wait_until(fought)
    give_up_at = time.monotonic() + 1
    while time.monotonic() < give_up_at:
        fought()
        time.sleep(0.01)
    assert len([line for line in caplog.messages if "ALARM" in line]) <= 2
    assert len(caplog.messages) <= 10


@pytest.mark.services
def test_the_shipped_acl_lets_an_agent_be_itself_only(
    tmp_path: Path, made: Made, caplog: pytest.LogCaptureFixture
) -> None:
    """Under deploy/mosquitto/acl an agent works as itself and cannot speak for another."""
    acl = tmp_path / "acl"
    shutil.copy(ROOT / "deploy/mosquitto/acl", acl)
    acl.chmod(0o600)
    server = broker(
        tmp_path, "listener {port} 127.0.0.1", "allow_anonymous true", f"acl_file {acl}"
    )
    server.start()
    try:
        itself = up(made(server.url, "honest", username="honest"))
        assert itself.publish("live", b"x")
        wait_until(lambda: itself.room() == WINDOW)
        spy = up(made(server.url, "victim", username="honest"))
        collector = up(made(server.url, "collector", username="collector"))
        client = collector._client
        assert client is not None
        for agent in ("victim", "honest"):
            client.publish(f"mieruka/1/{agent}/down/receipt", agent.encode(), qos=1)
        assert received(itself, 1) == [b"honest"]
        assert spy.receipts() == []
        refused = "did not take a message on mieruka/1/victim/up/birth: Not authorized"
        assert f"{refused} (let the broker's ACL and limits allow it: deploy/" in caplog.text
    finally:
        server.stop()


@pytest.mark.services
@pytest.mark.parametrize("version", ["5", "3.1.1"])
def test_wrong_credentials_are_told(tmp_path: Path, made: Made, version: str) -> None:
    """A broker that does not let us in is one line that names the settings."""
    server = broker(tmp_path, "listener {port} 127.0.0.1", "allow_anonymous false")
    server.start()
    try:
        uplink = made(server.url, "stranger", version=version)
        wait_until(lambda: bool(uplink.keep_up(time.monotonic()) or uplink.last_fault))
        assert "refuses the connection: Not authorized (check username" in uplink.last_fault
    finally:
        server.stop()


@pytest.mark.services
def test_a_broker_that_offers_too_little_is_refused(tmp_path: Path, made: Made) -> None:
    """Without QoS 1 the promise cannot be kept, so the connection is not used."""
    server = broker(tmp_path, "listener {port} 127.0.0.1", "allow_anonymous true", "max_qos 0")
    server.start()
    try:
        uplink = made(server.url, "demanding")
        wait_until(lambda: bool(uplink.keep_up(time.monotonic()) or uplink.last_fault))
        assert "no QoS 1 or no retained messages" in uplink.last_fault
    finally:
        server.stop()


def test_a_broker_that_denies_receipts_is_not_used(made: Made) -> None:
    """Where receipts may not be heard nothing could be settled: one line names the topic."""
    with DenyingBroker() as broker:
        uplink = made(f"mqtt://127.0.0.1:{broker.port}", "deaf", version="3.1.1")
        wait_until(lambda: bool(uplink.keep_up(time.monotonic()) or uplink.last_fault))
    assert "refuses the subscription to mieruka/1/deaf/down/receipt" in uplink.last_fault
    assert "deploy/mosquitto/acl" in uplink.last_fault


class DenyingBroker:
    """A few bytes of MQTT 3.1.1: lets anyone in, refuses every subscription."""

    def __enter__(self) -> DenyingBroker:
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port = self._server.getsockname()[1]
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._thread.join(10)
        self._server.close()

    def _serve(self) -> None:
        line, _ = self._server.accept()
        with line, line.makefile("rb") as stream:
            while (kind := stream.read(1)) and kind[0] >> 4 != 14:
                length = shift = 0
                more = True
                while more:
                    byte = stream.read(1)[0]
                    length |= (byte & 0x7F) << shift
                    shift, more = shift + 7, byte >= 0x80
                body = stream.read(length)
                if kind[0] >> 4 == 1:
                    line.sendall(b"\x20\x02\x00\x00")
                elif kind[0] >> 4 == 8:
                    line.sendall(b"\x90\x03" + body[:2] + b"\x80")


def test_a_password_file_that_is_not_there_is_told(made: Made, tmp_path: Path) -> None:
    """A missing secret is a line with its path, tried again, not a crash."""
    path = tmp_path / "secret"
    uplink = made("mqtt://127.0.0.1:1", "keyless", username="a", password_file=path)
    assert not uplink.keep_up(0.0)
    assert f"{path} cannot be read: No such file" in uplink.last_fault


def test_a_silent_peer_is_left(made: Made) -> None:
    """Something that accepts connections and never answers is given up and told."""
    with socket.create_server(("127.0.0.1", 0)) as mute:
        uplink = made(f"mqtt://127.0.0.1:{mute.getsockname()[1]}", "listening")
        assert not uplink.keep_up(0.0)
        assert not uplink.keep_up(ANSWER_WAIT_S)
        assert uplink.last_fault == ""
        assert not uplink.keep_up(ANSWER_WAIT_S + 0.1)
        assert "no answer within 10 s (is this an MQTT broker" in uplink.last_fault


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a CA, a certificate for ``localhost`` and one for another name."""
    openssl = shutil.which("openssl")
    if openssl is None:
        missing_service("openssl", "apt install openssl")

    folder = tmp_path_factory.mktemp("certificates")

    def run(*words: str) -> None:
        subprocess.run([openssl, *words], cwd=folder, check=True, capture_output=True)

    for ca in ("ca", "foreign"):
        names = ["-subj", f"/CN={ca}", "-keyout", f"{ca}.key", "-out", f"{ca}.pem"]
        run("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", *names)
    for name in ("localhost", "other.example"):
        request = ["-subj", f"/CN={name}", "-keyout", f"{name}.key", "-out", f"{name}.csr"]
        run("req", "-new", "-newkey", "rsa:2048", "-nodes", *request)
        (folder / "ext").write_text(f"subjectAltName=DNS:{name}", encoding="ascii")
        signed = ["-in", f"{name}.csr", "-out", f"{name}.pem", "-extfile", "ext", "-days", "2"]
        run("x509", "-req", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", *signed)
    return folder


@pytest.mark.services
@pytest.mark.parametrize(
    ("name", "ca", "fault"),
    [
        ("localhost", "ca", ""),
        ("localhost", "foreign", "certificate is not trusted"),
        ("other.example", "ca", "certificate is not trusted: Hostname mismatch"),
    ],
)
def test_the_server_is_verified(
    certificates: Path, tmp_path: Path, made: Made, name: str, ca: str, fault: str
) -> None:
    """Over TLS only a server with the right name from the right CA is spoken to."""
    keys = [f"certfile {certificates / name}.pem", f"keyfile {certificates / name}.key"]
    server = broker(tmp_path, "listener {port} 127.0.0.1", "allow_anonymous true", *keys)
    server.start()
    try:
        url = f"mqtts://localhost:{server.port}"
        uplink = made(url, "careful", ca_file=certificates / f"{ca}.pem")
        wait_until(lambda: uplink.keep_up(time.monotonic()) or bool(uplink.last_fault))
        assert uplink.connected == (not fault)
        assert fault in uplink.last_fault
    finally:
        server.stop()


@pytest.mark.services
def test_the_shipped_configuration_works(certificates: Path, tmp_path: Path, made: Made) -> None:
    """With deploy/mosquitto as it is, only paths and ports changed, an agent logs in over TLS."""
    maker = shutil.which("mosquitto_passwd") or missing_service("mosquitto_passwd", "apt install")
    users = tmp_path / "mieruka.passwd"
    subprocess.run([maker, "-b", "-c", users, "sendai-1", "geheim"], check=True)
    shutil.copy(ROOT / "deploy/mosquitto/acl", tmp_path / "mieruka.acl")
    for path in (users, tmp_path / "mieruka.acl"):
        path.chmod(0o600)
    text = (ROOT / "deploy/mosquitto/mosquitto.conf").read_text(encoding="utf-8")
    here = {
        "/etc/mosquitto/certs/broker.crt": f"{certificates}/localhost.pem",
        "/etc/mosquitto/certs/broker.key": f"{certificates}/localhost.key",
        "/etc/mosquitto/": f"{tmp_path}/",
        "listener 8883": "listener {port} 127.0.0.1",
        "listener 1883 ": f"listener {free_port()} ",
    }
    for shipped, local in here.items():
        assert shipped in text
        text = text.replace(shipped, local)
    server = broker(tmp_path, text)
    server.start()
    try:
        secret = tmp_path / "mqtt.password"
        secret.write_text("geheim\n", encoding="utf-8")
        words = {"username": "sendai-1", "password_file": secret}
        url = f"mqtts://localhost:{server.port}"
        uplink = up(made(url, "sendai-1", ca_file=certificates / "ca.pem", **words))
        assert uplink.publish("live", b"x")
        wait_until(lambda: uplink.room() == WINDOW)
    finally:
        server.stop()


@pytest.mark.services
def test_tls_on_a_plain_port_is_told(mosquitto: MosquittoServer, made: Made) -> None:
    """A url with the wrong scheme names what to change, and nothing goes out in plain text."""
    uplink = made(mosquitto.url.replace("mqtt:", "mqtts:"), "confused")
    assert not uplink.keep_up(0.0)
    assert "check [mqtt] url" in uplink.last_fault


def test_an_acknowledgement_may_be_faster_than_its_note() -> None:
    """A PUBACK that comes before the message is noted frees the place all the same."""
    link = Link(1, 0.0)
    assert link.handed_over(7, Sent("a")) is None
    assert link.room() == WINDOW - 1
    assert link.acknowledged(8, 0x87) is None
    assert link.handed_over(8, Sent("b")) == 0x87
    assert link.acknowledged(7, 0) == Sent("a")
    assert link.room() == WINDOW


def test_waits_grow_and_start_again_after_a_good_connection(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A broker that drops us at once is not hammered; a good hour resets the waits."""
    tries = Retries("broker:1883", "a", (1.0, 60.0))
    waits = []
    now_s = 0.0
    for _ in range(9):
        tries.failed(Loss("gone", "look"), now_s, lived_s=1.0)
        start_s = now_s
        while not tries.due(now_s):
            now_s += 0.1
        waits.append(now_s - start_s)
    assert 0.7 < waits[0] < 1.4
    assert all(later > 1.2 * sooner for sooner, later in pairwise(waits[:6]))
    assert 45 < waits[-1] < 75
    tries.failed(Loss("gone", "look"), now_s, lived_s=3600)
    assert tries.due(now_s + 1.3)
    assert [line.split(":")[0] for line in caplog.messages] == [
        "broker broker",
        "ALARM",
        "broker broker",
    ]


def test_one_takeover_is_no_alarm(caplog: pytest.LogCaptureFixture) -> None:
    """A restarted agent takes over from itself once; only the second time in a minute is told."""
    tries = Retries("broker:1883", "a", (1.0, 60.0))
    taken = lost(0x8E, "Session taken over")
    tries.failed(taken, 0.0)
    tries.failed(taken, 100.0)
    assert "ALARM" not in caplog.text
    tries.failed(taken, 130.0)
    assert "ALARM" in caplog.text
    assert not tries.due(130.0 + retries.TAKEOVER_WAIT_S - 1)
    assert tries.due(130.0 + retries.TAKEOVER_WAIT_S)


def test_the_newest_fault_can_be_said_in_japanese() -> None:
    """Cause and hint of an outage stay two texts inside one."""
    tries = Retries("broker:1883", "a", (1.0, 60.0))
    tries.failed(lost(0x8E, "Session taken over"), 0.0)
    assert tries.last_fault == (
        "broker broker:1883 is away: another client connected with the same id "
        "(do two agents have one [agent] id?)"
    )
    assert in_language(tries.last_fault, "ja") == (
        "ブローカー broker:1883 に接続できません: 同じ id の別のクライアントが接続しました"
        "(2台のエージェントの [agent] id が同じではありませんか)"
    )


def test_a_free_port_is_free() -> None:
    """Nothing listens where a test expects a broker that is away."""
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", free_port()), timeout=1)


def test_a_birth_is_plain_json() -> None:
    """People read births with any MQTT tool."""
    birth = wire.encode_birth(wire.Birth("a", "e", 3, "test", NOON_MS, (CARD,)))
    assert json.loads(birth)["meters"][0]["name"] == "プレス"
