"""The spoiled network and the second broker do what the tests of faults build on."""

from __future__ import annotations

import socket

import pytest

from tests.services.mochi import MochiServer
from tests.services.toxiproxy import Toxiproxy

pytestmark = pytest.mark.services
CONNECT = b"\x10\x0d\x00\x04MQTT\x04\x02\x00\x0a\x00\x01a"
"""An MQTT 3.1.1 CONNECT of client ``a``."""
CONNACK = b"\x20\x02\x00\x00"


def _dial(port: int, wait_s: float = 5.0) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), wait_s)


def test_the_second_broker_lets_a_client_in_and_comes_back_on_its_port(
    own_mochi: MochiServer,
) -> None:
    """mochi-mqtt answers a CONNECT, before and after it was killed, at the same address."""
    for _ in range(2):
        with _dial(own_mochi.port) as client:
            client.sendall(CONNECT)
            assert client.recv(100) == CONNACK
        own_mochi.kill()
        with pytest.raises(OSError, match="refused"):
            _dial(own_mochi.port)
        own_mochi.start()


def test_a_cut_link_closes_and_refuses_until_it_is_mended(
    toxiproxy: Toxiproxy, own_mochi: MochiServer
) -> None:
    """A cut link ends the connections it carries and takes no new ones."""
    link = toxiproxy.link(own_mochi.port)
    with _dial(link.port) as client:
        client.sendall(CONNECT)
        assert client.recv(100) == CONNACK
        link.cut()
        assert client.recv(100) == b""
        with pytest.raises(OSError, match="refused"):
            _dial(link.port)
    link.mend()
    with _dial(link.port) as client:
        client.sendall(CONNECT)
        assert client.recv(100) == CONNACK
    link.remove()


def test_a_black_hole_takes_a_connection_and_never_answers(
    toxiproxy: Toxiproxy, own_mochi: MochiServer
) -> None:
    """Through a black hole a connection opens, and no byte comes back until it is mended."""
    link = toxiproxy.link(own_mochi.port)
    link.black_hole()
    with _dial(link.port, 0.5) as client:
        client.sendall(CONNECT)
        with pytest.raises(TimeoutError):
            client.recv(100)
    link.mend()
    with _dial(link.port) as client:
        client.sendall(CONNECT)
        assert client.recv(100) == CONNACK
    link.remove()
