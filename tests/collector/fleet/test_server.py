"""The fleet server against peers that are rude: too much, too slow, too many, no HTTP at all."""

from __future__ import annotations

import json
import socket
import ssl
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.fleet import conversation, server
from collector.fleet.http_text import END, BadRequestError, answer_head, head_of
from collector.fleet.limits import Limit
from collector.fleet.routes import BINARY, ROUTES, Answer, Asked, Route, route_of
from collector.fleet.service import FleetService
from edge_agent.enrolment.client import FleetClient
from edge_agent.enrolment.identity import Identity
from edge_agent.enrolment.refusals import Refusal
from tests.collector.fleet.plant import Fleet, fleet_in


@pytest.fixture
def fleet(tmp_path: Path) -> Iterator[Fleet]:
    """A fleet of today."""
    with fleet_in(tmp_path) as made:
        yield made


def dialled(fleet: Fleet) -> ssl.SSLSocket:
    """A TLS connection to the fleet server, without a certificate."""
    context = ssl.create_default_context(cafile=fleet.office.posts().ca_file)
    plain = socket.create_connection(("127.0.0.1", fleet.service.port), timeout=10)
    return context.wrap_socket(plain, server_hostname="127.0.0.1")


def said(fleet: Fleet, text: bytes) -> tuple[int, dict[str, str]]:
    """The status and the document of the answer to ``text``."""
    with dialled(fleet) as peer:
        peer.sendall(text)
        answer = b"".join(iter(lambda: peer.recv(4096), b""))
    head, _, body = answer.partition(END)
    return int(head.split()[1]), json.loads(body)


RUDE = [
    (b"hello\r\n\r\n", 400),
    (b"GET / SMTP\r\n\r\n", 400),
    (b"PUT /enrol HTTP/1.1\r\n\r\n", 400),
    (b"POST /enrol HTTP/1.1\r\nContent-Length: -1\r\n\r\n", 400),
    (b"POST /enrol HTTP/1.1\r\nContent-Length: 99999999\r\n\r\n", 413),
    (b"POST /enrol HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n", 400),
    (b"POST /enrol HTTP/1.1\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}", 400),
    (b"POST /enrol HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}", 400),
    (b"POST /enrol HTTP/1.1\r\nContent-Length: 2\r\n\r\n[]", 400),
    (b"GET /nowhere HTTP/1.1\r\n\r\n", 404),
    (b"GET /../state HTTP/1.1\r\n\r\n", 404),
    (b"GET /" + b"a" * 9000 + b" HTTP/1.1\r\n\r\n", 400),
    (b"GET /nonce HTTP/1.1\r\n" + b"a: b\r\n" * 2000 + b"\r\n", 400),
]


def test_what_is_no_request_of_ours_is_refused(fleet: Fleet) -> None:
    """With a reason, and the next peer is answered as ever."""
    assert [(text, said(fleet, text)[0]) for text, _ in RUDE] == RUDE
    assert said(fleet, b"GET /nonce HTTP/1.1\r\n\r\n")[0] == 200


def test_a_slow_request_ends(fleet: Fleet, monkeypatch: pytest.MonkeyPatch) -> None:
    """However slowly the bytes come, there is one time for all of them."""
    monkeypatch.setattr(conversation, "REQUEST_WITHIN_S", 0.5)
    with dialled(fleet) as peer:
        for letter in b"GET /nonce HTTP/1.1\r\n":
            try:
                peer.sendall(bytes([letter]))
            except OSError:
                break
            time.sleep(0.05)
        answer = peer.recv(4096)
    assert b" 408 " in answer


def test_one_address_takes_a_bounded_share(fleet: Fleet, monkeypatch: pytest.MonkeyPatch) -> None:
    """Further connections are hung up on; once the first are gone others are let in."""
    monkeypatch.setattr(server, "MOST_OF_ONE_ADDRESS", 3)
    held = [dialled(fleet) for _ in range(3)]
    with pytest.raises(OSError, match=r"."):
        dialled(fleet)
    for peer in held:
        peer.close()
    deadline = time.monotonic() + 5
    while True:
        try:
            dialled(fleet).close()
            break
        except OSError:
            assert time.monotonic() < deadline
            time.sleep(0.05)


def test_a_peer_without_tls_is_hung_up_on(fleet: Fleet) -> None:
    """Nothing is answered in the clear."""
    with socket.create_connection(("127.0.0.1", fleet.service.port), timeout=10) as peer:
        peer.sendall(b"GET /nonce HTTP/1.1\r\n\r\n")
        got = b""
        with suppress(ConnectionError):
            while part := peer.recv(100):
                got += part
        assert b"HTTP" not in got


def test_a_fault_in_the_program_ends_one_connection_alone(
    fleet: Fleet, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """It is in the log, and the server answers on."""
    monkeypatch.setattr(fleet.service.reception, "nonce", lambda: 1 / 0)
    with dialled(fleet) as peer:
        peer.sendall(b"GET /nonce HTTP/1.1\r\n\r\n")
        with suppress(OSError):
            assert peer.recv(10) == b""
    monkeypatch.undo()
    assert said(fleet, b"GET /nonce HTTP/1.1\r\n\r\n")[0] == 200
    assert any("please report" in record.getMessage() for record in caplog.records)


# A further place.


def _sample(asked: Asked) -> Answer:
    return Answer(kind=BINARY, file=asked.folder / asked.name)


PLACES = (*ROUTES, Route("GET", "/samples/<name>", _sample))


def test_a_further_place_is_one_row(tmp_path: Path) -> None:
    """Files for members are handed out by a row of the table, in pieces."""
    with fleet_in(tmp_path) as fleet:
        fleet.enrol("pi-1")
        content = bytes(range(256)) * 1000
        (fleet.office.folder / "a.whl").write_bytes(content)
        service = FleetService(fleet.settings, fleet.clock, PLACES)
        service.start()
        try:
            identity = Identity.of(fleet.card("pi-1"))
            client = FleetClient(f"https://127.0.0.1:{service.port}", identity.ca_file)
            with pytest.raises(Refusal):
                client.get("/samples/a.whl", client.known())
            with pytest.raises(Refusal):
                client.get("/samples/..%2fserver.pem", client.known(identity.agent_file))
            got = _whole(service.port, client.known(identity.agent_file), "/samples/a.whl")
        finally:
            service.stop()
    assert got == content


def _whole(port: int, context: ssl.SSLContext, path: str) -> bytes:
    plain = socket.create_connection(("127.0.0.1", port), timeout=10)
    with context.wrap_socket(plain, server_hostname="127.0.0.1") as peer:
        peer.sendall(f"GET {path} HTTP/1.1\r\n\r\n".encode())
        answer = b"".join(iter(lambda: peer.recv(65536), b""))
    return answer.partition(END)[2]


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/samples/a.whl", "a.whl"),
        ("/samples/mieruka-0.2.0-py3-none-any.whl", "mieruka-0.2.0-py3-none-any.whl"),
        ("/samples/", None),
        ("/samples/..", None),
        ("/samples/.hidden", None),
        ("/samples/a/b", None),
        ("/samples/%2e%2e", None),
        ("/samples", None),
    ],
)
def test_a_name_in_a_path_is_a_file_name(path: str, name: str | None) -> None:
    """No way leads out of the folder."""
    found = route_of("GET", path, PLACES)
    assert (None if found is None else found[1]) == name


# The pure parts.


@given(st.binary(max_size=300), st.booleans())
def test_any_bytes_are_a_head_or_a_bad_request(text: bytes, real: bool) -> None:
    """Nothing else can come of them."""
    whole = (b"POST /enrol HTTP/1.1\r\n" if real else b"") + text + END
    with suppress(BadRequestError):
        head = head_of(whole, 1000)
        assert head.method in ("GET", "POST")
        assert 0 <= head.body_bytes <= 1000


def test_an_answer_says_its_length_and_ends() -> None:
    """No keep-alive, nothing to be cached."""
    head = answer_head(200, "application/json", 5).decode()
    assert head.startswith("HTTP/1.1 200 OK\r\n")
    assert "Content-Length: 5\r\n" in head
    assert head.endswith("Connection: close\r\n\r\n")


def test_a_limit_refills_with_time_and_is_each_addresss_own() -> None:
    """Two at once, then one every ten seconds."""
    limit = Limit(0.1, 2)
    assert [limit.take("a", 0.0) for _ in range(3)] == [True, True, False]
    assert limit.take("b", 0.0)
    assert not limit.has_room("a", 9.0)
    assert limit.take("a", 10.5)
    assert not limit.take("a", 10.5)
