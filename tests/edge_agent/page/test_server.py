"""Where the page is found."""

from __future__ import annotations

import urllib.request

import pytest

from edge_agent.page.guard import is_private
from edge_agent.page.server import PageServer, private_addresses


def _hello(_environment: object, start_response: object) -> list[bytes]:
    start_response("200 OK", [("Content-Type", "text/plain")])  # type: ignore[operator]
    return [b"hello"]


@pytest.mark.parametrize("listen", ["0.0.0.0:0", "127.0.0.1:0", "[::]:0", "[::1]:0"])
def test_every_address_that_is_told_answers(listen: str) -> None:
    """Each of the machine's private addresses, of the family that is listened on."""
    server = PageServer(listen, _hello)
    assert server.start() == ""
    try:
        assert server.urls()
        for url in server.urls():
            with urllib.request.urlopen(url, timeout=10) as answer:
                assert answer.read() == b"hello"
                assert "Server" not in answer.headers
    finally:
        server.stop()
    assert server.port == 0
    server.stop()


def test_an_address_of_another_machine_is_told() -> None:
    """One line, and no thread left behind."""
    server = PageServer("192.0.2.1:9873", _hello)
    assert "no page at 192.0.2.1:9873" in server.start()
    server.stop()


def test_private_addresses_are_private() -> None:
    """Loopback is the last of them: a phone cannot use it."""
    found = private_addresses()
    assert found[-1] == "127.0.0.1"
    assert all(is_private(each) for each in found)
    assert len(found) == len(set(found))
