"""What the probes say of real brokers with odd configurations."""

from __future__ import annotations

import re
import shutil
import socket
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from edge_agent.contract import topics
from edge_agent.probes.broker import Address, Wants, broker_findings, visit
from edge_agent.probes.broker.look import refusal
from edge_agent.probes.broker.offer import offer_findings
from edge_agent.probes.broker.reach import certificate_finding
from edge_agent.probes.broker.visit import Visit, VisitError
from edge_agent.probes.finding import Finding
from tests.services.missing import missing_service
from tests.services.mochi import MochiServer
from tests.services.mosquitto import MosquittoServer, free_port, mosquitto_binary

TOPIC = "mieruka/1/a-1/doctor/x"
WANTS = Wants("a-1-doctor", TOPIC, 3600, 20, 30_000, 20)
SHIPPED_ACL = Path(__file__).resolve().parents[3] / "deploy" / "mosquitto" / "acl"
DOCTORS_RIGHT = "pattern readwrite mieruka/1/%u/doctor/#"
Broker = Callable[..., MosquittoServer]


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    """Starts a Mosquitto with these lines in its configuration."""
    servers: list[MosquittoServer] = []

    def start(*lines: str, who: str = "allow_anonymous true") -> MosquittoServer:
        # As another user it could not read what the test has made for it.

        head = ["listener {port} 127.0.0.1", who, "log_dest none", "persistence false", "user root"]
        server = MosquittoServer(mosquitto_binary(), tmp_path, "\n".join([*head, *lines, ""]))
        servers.append(server)
        server.start()
        return server

    yield start
    for server in servers:
        server.stop()


def look(
    port: int,
    version: str = "5",
    host: str = "127.0.0.1",
    login: tuple[str | None, str | None] = (None, None),
) -> dict[str, Finding]:
    """What is said of the broker, by subject without the common word."""
    found = broker_findings(Address(host, port, version, *login), WANTS)
    return {finding.subject.removeprefix("broker").lstrip(": "): finding for finding in found}


def marks(found: dict[str, Finding]) -> set[str]:
    """The marks that were given."""
    return {finding.mark for finding in found.values()}


@pytest.mark.services
@pytest.mark.parametrize("version", ["5", "3.1.1"])
def test_a_small_queue_is_measured(broker: Broker, version: str) -> None:
    """The oldest fifty are kept, the rest is dropped though acknowledged, and nothing is lost."""
    found = look(broker("max_queued_messages 50").port, version)
    assert found["login"].measured.startswith(f"let in with MQTT {version}; mosquitto version")
    queue = found["queue"]
    assert queue.mark == "note"
    kept = re.search(r"the oldest (\d+) were kept; all were acknowledged", queue.measured)
    assert kept is not None
    assert 50 <= int(kept[1]) <= 70
    assert "repeats, never readings" in queue.meaning
    assert "max_queued_messages" in queue.remedy
    assert found["reconnect"].mark == "ok"


@pytest.mark.services
def test_a_large_queue_is_well(broker: Broker) -> None:
    """With room for all, nothing is said against the queue."""
    found = look(broker("max_queued_messages 5000").port)
    assert found["queue"].measured == "all 1,200 messages for an absent subscriber were kept"
    assert marks(found) == {"ok", "note"}
    assert "autosave_interval" in found["persistence"].remedy


@pytest.mark.services
def test_the_greeting_is_read(broker: Broker) -> None:
    """A small packet size is a fault with the size that is needed; a keep-alive is a note."""
    found = look(broker("max_packet_size 4096", "max_keepalive 10").port)
    assert found["packet size"].mark == "fault"
    assert found["packet size"].remedy.startswith("Mosquitto: max_packet_size 32768")
    assert "every 10 s, not every 20 s" in found["keep-alive"].measured
    assert found["session"].measured == "kept for 1 hour after the connection ends"
    assert found["receive maximum"].mark == "ok"


@pytest.mark.services
@pytest.mark.parametrize("version", ["5", "3.1.1"])
def test_a_hidden_limit_of_size_is_found_by_trying(broker: Broker, version: str) -> None:
    """Mosquitto tells message_size_limit in no greeting; with 3.1.1 it acknowledges the loss."""
    found = look(broker("message_size_limit 1000").port, version)["largest message"]
    assert found.mark == "fault"
    assert "message_size_limit" in found.remedy


@pytest.mark.services
def test_small_rights_are_told_and_nothing_is_disturbed(broker: Broker, tmp_path: Path) -> None:
    """With an agent's rights alone the queue cannot be measured, the rest can."""
    shipped = SHIPPED_ACL.read_text(encoding="utf-8").splitlines()
    rights = [line for line in shipped if "doctor" not in line]
    (tmp_path / "acl").write_text("\n".join(rights), encoding="utf-8")
    found = look(broker(f"acl_file {tmp_path / 'acl'}").port, login=("a-1", None))
    assert "cannot be measured with these rights" in found["queue"].measured
    assert found["queue"].remedy.endswith(DOCTORS_RIGHT)
    assert found["acknowledgement"].mark == "ok"
    assert "not in the broker's access list" in found["acknowledgement"].measured
    assert found["reconnect"].mark == "ok"


@pytest.mark.services
def test_the_right_that_is_named_is_enough(broker: Broker, tmp_path: Path) -> None:
    """With the line of the remedy the queue is measured."""
    shipped = SHIPPED_ACL.read_text(encoding="utf-8")
    (tmp_path / "acl").write_text(f"{DOCTORS_RIGHT}\n{shipped}", encoding="utf-8")
    found = look(broker(f"acl_file {tmp_path / 'acl'}").port, login=("a-1", None))
    assert "the oldest 1,0" in found["queue"].measured


@pytest.mark.services
@pytest.mark.parametrize("version", ["5", "3.1.1"])
def test_a_wrong_password_is_a_fault(broker: Broker, tmp_path: Path, version: str) -> None:
    """The broker's reason is told, and where to look."""
    (tmp_path / "passwords").write_text("", encoding="ascii")
    port = broker(f"password_file {tmp_path / 'passwords'}", who="allow_anonymous false").port
    found = look(port, version, login=("a-1", "wrong"))["login"]
    assert found.mark == "fault"
    assert "refuses" in found.measured
    assert "password_file" in found.remedy


def test_a_broker_that_is_away_is_a_fault() -> None:
    """Nothing else is tried then."""
    found = look(free_port())
    assert list(found) == [""]
    assert (found[""].mark, "Connection refused" in found[""].measured) == ("fault", True)
    assert "outbox" in found[""].meaning


def test_a_name_that_nobody_knows_is_a_fault() -> None:
    """The name service's answer is put into words."""
    found = look(1883, host="nowhere.invalid")[""]
    assert found.measured.endswith("the name is not known")


def test_a_server_that_is_no_broker_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody who takes the connection and never answers is not waited for longer than said."""
    monkeypatch.setattr(visit, "CONNECT_S", 1.0)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        found = look(listener.getsockname()[1])
    assert "no answer within 1 s" in found["login"].measured
    assert "Is it an MQTT broker?" in found["login"].remedy


def test_a_broker_without_version_5_is_told() -> None:
    """It answers as MQTT 3.1.1 has it (code 1); the setting that helps is named."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=_speak_311, args=(listener,), daemon=True).start()
        found = look(listener.getsockname()[1])
    assert "does not take MQTT 5" in found["login"].measured
    assert '[mqtt] version = "3.1.1"' in found["login"].remedy


def _speak_311(listener: socket.socket) -> None:
    # The first connection only looks whether somebody is there.
    for _ in range(2):
        line, _address = listener.accept()
        with line:
            if line.recv(1000):
                line.sendall(b"\x20\x02\x00\x01")
                line.recv(1000)


@pytest.mark.services
def test_another_broker_is_looked_at_as_well(own_mochi: MochiServer) -> None:
    """Nothing of the look rests on Mosquitto."""
    found = look(own_mochi.port)
    assert found["login"].mark == "ok"
    assert {"session", "acknowledgement", "reconnect", "queue"} <= set(found)


@pytest.mark.services
def test_nothing_is_left_behind_and_nothing_of_others_is_touched(
    mosquitto: MosquittoServer,
) -> None:
    """No session stays, and the retained card of an agent is what it was."""
    address = Address("127.0.0.1", mosquitto.port)
    card = topics.up("a-1", "birth")
    agent = Visit(address, "a-1")
    agent.open()
    agent._client.publish(card, b"card", qos=1, retain=True).wait_for_publish(5)
    look(mosquitto.port)
    assert agent.ended == ""
    agent.leave()
    again = Visit(address, WANTS.client_id, clean=False)
    assert again.open().session_present is False
    again.subscribe(card)
    assert again.take(1, card, 2, 2) == [b"card"]
    again.leave()


OFFERS = [
    ({"SessionExpiryInterval": 0}, "session", "note", "kept for 0 s, asked for 1 hour"),
    ({"SessionExpiryInterval": 0xFFFFFFFF}, "session", "ok", "kept for ever"),
    ({"MaximumQoS": 0}, "messages", "fault", "QoS 1"),
    ({"RetainAvailable": 0}, "messages", "fault", "retained"),
    ({"ReceiveMaximum": 5}, "receive maximum", "note", "5 messages on the way"),
    ({"SharedSubscriptionAvailable": 0}, "shared subscriptions", "fault", "not offered"),
    ({}, "shared subscriptions", "ok", "offered"),
    ({}, "packet size", "ok", "no limit told"),
]


@pytest.mark.parametrize(("offer", "subject", "mark", "words"), OFFERS)
def test_each_promise_of_a_greeting_is_judged(
    offer: dict[str, int], subject: str, mark: str, words: str
) -> None:
    """What is absent has the default of the standard."""
    wants = Wants("x", TOPIC, 3600, 20, 30_000, 20, shared=True)
    found = {one.subject: one for one in offer_findings(offer, wants)}[f"broker: {subject}"]
    assert found.mark == mark
    assert words in found.measured


@pytest.mark.parametrize(
    ("code", "mark", "words"),
    [
        (0x85, "note", "a-1-doctor"),
        (0x87, "fault", "password_file"),
        (0x9A, "fault", "retained"),
        (0x97, "fault", "broker's log"),
    ],
)
def test_each_refusal_says_what_to_do(code: int, mark: str, words: str) -> None:
    """By the broker's reason code, as MQTT 5 numbers them."""
    found = refusal(VisitError("a reason", code), Address("b.example", 1883), WANTS)
    assert found.mark == mark
    assert words in found.remedy


def test_a_certificate_that_ends_soon_is_a_note() -> None:
    """Ten days are little, ninety are enough."""
    ends = "Jan 31 00:00:00 2027 GMT"
    ends_s = 1_801_353_600.0
    soon = certificate_finding("TLSv1.3", ends, ends_s - 10 * 86_400)
    late = certificate_finding("TLSv1.3", ends, ends_s - 90 * 86_400)
    assert (soon.mark, soon.measured) == ("note", "TLSv1.3, certificate trusted, 10 days left")
    assert late.mark == "ok"


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with ``localhost.pem``, valid for ten days and its own authority."""
    openssl = shutil.which("openssl")
    if openssl is None:
        missing_service("openssl", "apt install openssl")
    folder = tmp_path_factory.mktemp("keys")
    names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
    files = ["-keyout", "localhost.key", "-out", "localhost.pem"]
    words = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "10", *names, *files]
    subprocess.run([openssl, *words], cwd=folder, check=True, capture_output=True)
    return folder


@pytest.mark.services
def test_tls_and_its_certificate_are_told(broker: Broker, keys: Path) -> None:
    """Version and days left; a certificate of an unknown authority is a fault."""
    files = [f"certfile {keys}/localhost.pem", f"keyfile {keys}/localhost.key"]
    port = broker(*files).port
    known = ssl.create_default_context(cafile=keys / "localhost.pem")
    address = Address("localhost", port, tls=known)
    found = {one.subject: one for one in broker_findings(address, WANTS)}
    assert re.fullmatch(
        r"TLSv1\.\d, certificate trusted, (9|10) days left", found["broker: TLS"].measured
    )
    assert found["broker: login"].mark == "ok"
    foreign = Address("localhost", port, tls=ssl.create_default_context())
    found = {one.subject: one for one in broker_findings(foreign, WANTS)}
    assert "its certificate is not trusted" in found["broker: TLS"].measured
    assert "ca_file" in found["broker: TLS"].remedy


@pytest.mark.services
def test_tls_on_a_plain_port_is_told(mosquitto: MosquittoServer) -> None:
    """The port is named as the thing to look at."""
    address = Address("127.0.0.1", mosquitto.port, tls=ssl.create_default_context())
    found = {one.subject: one for one in broker_findings(address, WANTS)}
    assert (found["broker: TLS"].mark, "8883" in found["broker: TLS"].remedy) == ("fault", True)
