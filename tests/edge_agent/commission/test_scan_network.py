"""Scans of addresses: gateways, meters with Ethernet, and what is neither."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread

import pytest

from edge_agent.commission.scan import ScanReport, attempt, scan, tcp_plan
from edge_agent.commission.scan.network_walk import STRANGERS
from edge_agent.errors import LinkDownError, SilentMeterError
from tests.edge_agent.modbus_server import HOST, Kind, ModbusServer, Unit, serving


def silent_units(*but: int) -> dict[int, Unit]:
    """Units that stay silent, for the ids that a scan may ask; ``but`` answer."""
    ids = (*range(1, 9), *STRANGERS)
    return {unit: Unit(silent=unit not in but) for unit in ids}


def scanned(server: ModbusServer, *units: int, **more: object) -> ScanReport:
    """What a scan of this server finds."""
    wanted = units or tuple(range(1, 9))
    return scan(tcp_plan([HOST], [server.port], unit_ids=wanted, timeout_ms=150, **more))  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", ["tcp", "rtu-over-tcp"])
def test_units_behind_a_gateway_are_found_with_the_way_to_speak(kind: Kind) -> None:
    """Both framings are tried on one port; the one that is answered is told."""
    with serving(kind, silent_units(2, 5)) as server:
        report = scanned(server)
    assert [(row.link.kind, row.unit_id) for row in report.found] == [(kind, 2), (kind, 5)]


def test_a_device_that_answers_to_every_id_is_one() -> None:
    """A meter with Ethernet of its own, whatever id it is asked by."""
    with serving("tcp", silent_units(*range(1, 9), *STRANGERS)) as server:
        report = scanned(server)
    assert [row.unit_id for row in report.found] == [1]
    assert any("answers to every unit id" in note for note in report.notes)


def test_a_gateway_that_refuses_absent_ids_has_only_the_others() -> None:
    """Exception 4 for ids that nobody has is not a unit."""
    units = {unit: Unit(refuses=4) for unit in (*range(1, 9), *STRANGERS)}
    units[3] = Unit()
    with serving("tcp", units) as server:
        report = scanned(server)
    assert [row.unit_id for row in report.found] == [3]
    assert any("exception 4" in note for note in report.notes)


def test_a_gateway_that_says_no_answer_is_silence() -> None:
    """Exception 11 is the silence of the unit behind it."""
    units = {unit: Unit(refuses=11) for unit in (*range(1, 9), *STRANGERS)}
    units[4] = Unit()
    with serving("tcp", units) as server:
        report = scanned(server)
    assert [row.unit_id for row in report.found] == [4]
    assert report.notes == ()


def test_a_host_without_answering_units_is_told() -> None:
    """It takes the connection, and that is all."""
    with serving("tcp", silent_units()) as server:
        report = scanned(server, 1, 2, kinds=("tcp",))
    (note,) = report.notes
    assert "none of 2 unit ids answered" in note


def test_hosts_that_are_not_there_are_counted() -> None:
    """Of several addresses the absent ones are one line; a single one says why."""
    with serving("tcp", silent_units(1)) as server:
        plan = tcp_plan([HOST, "127.0.0.77"], [server.port], unit_ids=[1, 2], timeout_ms=150)
        # The server listens on one loopback address only.
        report = scan(plan)
    assert [row.unit_id for row in report.found] == [1]
    assert any("1 of 2 addresses take no connection" in note for note in report.notes)


def test_a_single_host_that_is_not_there_says_why() -> None:
    """The port is closed."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        report = scan(tcp_plan([HOST], [probe.getsockname()[1]]))
    (note,) = report.notes
    assert "connection refused" in note


class Grudging:
    """A gateway that refuses each connection once before it takes it; unit 2 answers."""

    def __init__(self) -> None:
        self.refused: set[int] = set()

    def read(
        self, unit_id: int, function: int, address: int, count: int, timeout_ms: int
    ) -> tuple[int, ...]:
        """Silent but for unit 2; the connection is refused at first, and after that."""
        if unit_id in (1, 3) and unit_id not in self.refused:
            self.refused.add(unit_id)
            raise LinkDownError("connection refused", "stop another master")
        if unit_id != 2:
            raise SilentMeterError("no answer")
        return (0,) * count

    def close(self) -> None:
        """Nothing is open."""


def test_a_gateway_that_refuses_for_a_moment_is_scanned_to_its_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It has one connection, and has not noticed yet that the last one was closed."""
    monkeypatch.setattr(attempt, "RELEASE_S", 0.0)
    with socket.create_server((HOST, 0)) as listening:
        port = listening.getsockname()[1]
        plan = tcp_plan([HOST], [port], ["tcp"], [1, 2, 3, 4])
        report = scan(plan, opener=lambda _: Grudging())
    assert [row.unit_id for row in report.found] == [2]
    assert report.notes == ()


def test_a_gateway_that_goes_on_refusing_is_told() -> None:
    """What keeps it from being asked, and what to do."""

    class Refusing(Grudging):
        def read(self, *_: int) -> tuple[int, ...]:
            raise LinkDownError("connection refused", "stop another master")

    with socket.create_server((HOST, 0)) as listening, pytest.MonkeyPatch.context() as patch:
        patch.setattr(attempt, "RELEASE_S", 0.0)
        plan = tcp_plan([HOST], [listening.getsockname()[1]], ["tcp"], [1, 2])
        report = scan(plan, opener=lambda _: Refusing())
    assert report.notes == ("connection refused: stop another master",)


def test_what_is_no_modbus_is_told() -> None:
    """A service that answers anything with text of its own."""
    with chatting() as port:
        report = scan(tcp_plan([HOST], [port], unit_ids=[1], timeout_ms=150))
    assert report.found == ()
    assert report.notes


@contextmanager
def chatting() -> Iterator[int]:
    """A server on a port of its own that says hello to everything."""
    with socket.create_server((HOST, 0)) as server:
        Thread(target=_chat, args=(server,), daemon=True).start()
        yield server.getsockname()[1]


def _chat(server: socket.socket) -> None:
    while True:
        try:
            one, _ = server.accept()
        except OSError:
            return
        Thread(target=_greet, args=(one,), daemon=True).start()


def _greet(one: socket.socket) -> None:
    with one:
        while one.recv(512):
            one.sendall(b"220 hello\r\n")
