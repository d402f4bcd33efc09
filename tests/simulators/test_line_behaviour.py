"""How whole links behave: time, settings, connections, noise, doubled ids, another master."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest
import serial
from pymodbus.exceptions import ModbusIOException

from simulators.faults import Fault
from simulators.frames import checksum
from simulators.plant import Address, Link, LinkKind, OtherMaster, Plant, PlantMeter
from simulators.switchboard import Switchboard
from simulators.timing import frame_s
from tests.simulators.clients import open_client, read
from tests.simulators.small_plant import HandClock, meter, plant

IEM, ENERGY_AT = "schneider_iem3155", 0x0C83
REQUEST = bytes.fromhex("0001 0000 0006 01 03 0C83 0004")
SERIAL_REQUEST = REQUEST[6:] + checksum(REQUEST[6:])
QUIET_S = 0.4
CLOCK = HandClock()


@contextmanager
def _served(site: Plant, time_factor: float = 1.0) -> Iterator[tuple[Switchboard, Address]]:
    with Switchboard(site, CLOCK.now_ms, time_factor=time_factor) as board:
        yield board, board.addresses["line"]


def _two() -> list[PlantMeter]:
    return [meter(IEM, id=f"m{unit}", unit_id=unit, start_wh=unit * 1e6) for unit in (1, 2)]


def _asked_s(at: Address, kind: LinkKind) -> float:
    """How long one read of 4 registers takes, s."""
    with open_client(kind, at) as client:
        began_s = time.monotonic()
        assert not read(client, 3, ENERGY_AT, 4).isError()
        return time.monotonic() - began_s


def _call(at: Address) -> bytes:
    """What comes back on a connection of its own; nothing when it was dropped."""
    with socket.create_connection((at.host, at.port), timeout=5) as end:
        try:
            end.sendall(REQUEST)
            return end.recv(260)
        except ConnectionResetError:
            return b""


@pytest.mark.parametrize("kind", ["tcp", "rtu-over-tcp"])
def test_bytes_and_turnaround_take_their_time(kind: LinkKind) -> None:
    """At 2400 baud a read takes at least what its bytes cost, and the meter's own time besides."""
    slow = plant(meter(IEM, turnaround_ms=40), kind=kind, baud=2400, baud_timing=True)
    link = Link("line", "rtu", 2400)
    with _served(slow) as (_, at):
        assert _asked_s(at, kind) >= frame_s(link, 8) + 0.040 + frame_s(link, 13)


def test_time_can_be_scaled() -> None:
    """With a factor of 0 nothing is waited for, so that tests need no patience."""
    slow = plant(meter(IEM, turnaround_ms=600_000), baud=300, baud_timing=True)
    with _served(slow, time_factor=0) as (_, at), open_client("tcp", at) as client:
        assert not read(client, 3, ENERGY_AT, 4).isError()


@pytest.mark.parametrize("time_factor", [1.0, 0.0])
@pytest.mark.parametrize(
    ("set_to", "heard"),
    [
        ((19_200, "O", 1), "answer"),
        ((9_600, "O", 1), "nothing"),
        ((19_200, "N", 1), "noise"),
        ((19_200, "O", 2), "noise"),
    ],
)
def test_both_ends_of_a_line_must_be_set_alike(
    set_to: tuple[int, str, int], heard: str, time_factor: float
) -> None:
    """Another speed is met with silence, another parity or stop bit with bytes that fit nothing."""
    site = plant(meter(IEM), kind="rtu", baud=19_200, parity="O", baud_timing=True)
    with _served(site, time_factor) as (_, at):
        baud, parity, stop_bits = set_to
        with serial.Serial(at.device, baud, parity=parity, stopbits=stop_bits, timeout=1) as port:
            port.write(SERIAL_REQUEST)
            came = port.read(13)
    assert (came[:3] == bytes((1, 3, 8))) == (heard == "answer")
    assert bool(came) == (heard != "nothing")


def test_a_gateway_drops_callers_that_are_too_many() -> None:
    """With room for one, the second caller is dropped at once; after the first there is room."""
    with _served(plant(meter(IEM), max_connections=1)) as (_, at):
        with socket.create_connection((at.host, at.port), timeout=5) as first:
            first.sendall(REQUEST)
            assert len(first.recv(260)) == 17
            assert _call(at) == b""
            first.sendall(REQUEST)
            assert len(first.recv(260)) == 17
        assert len(_after_a_while(at)) == 17


def test_a_gateway_can_refuse_callers_that_are_too_many() -> None:
    """The other kind does not listen while it is full."""
    with _served(plant(meter(IEM), max_connections=1, when_full="refuse")) as (_, at):
        with socket.create_connection((at.host, at.port), timeout=5) as first:
            first.sendall(REQUEST)
            assert len(first.recv(260)) == 17
            with pytest.raises(ConnectionRefusedError):
                _call(at)
        assert len(_after_a_while(at)) == 17


def test_a_gateway_can_fill_up_while_it_runs() -> None:
    """Switched to full, it keeps those that it has and takes nobody else."""
    with _served(plant(meter(IEM))) as (board, at):
        with socket.create_connection((at.host, at.port), timeout=5) as first:
            first.sendall(REQUEST)
            assert len(first.recv(260)) == 17
            board.faults.inject_link("line", Fault("full"))
            assert _call(at) == b""
            first.sendall(REQUEST)
            assert len(first.recv(260)) == 17
        board.faults.clear_link("line")
        assert len(_call(at)) == 17


def test_garbage_on_a_connection_ends_it_alone() -> None:
    """A web browser that calls the port is hung up on; meters go on answering."""
    with _served(plant(meter(IEM))) as (_, at):
        with socket.create_connection((at.host, at.port), timeout=5) as lost:
            lost.sendall(b"GET / HTTP/1.1\r\n\r\n")
            assert lost.recv(64) == b""
        assert len(_call(at)) == 17


@pytest.mark.parametrize("kind", ["tcp", "rtu-over-tcp", "rtu"])
def test_two_units_of_one_id_spoil_each_other(kind: LinkKind) -> None:
    """Both answer at once: on a line that is no frame, and a gateway passes nothing on."""
    with (
        _served(plant(*_two(), kind=kind)) as (board, at),
        open_client(kind, at, QUIET_S) as client,
    ):
        assert not read(client, 3, ENERGY_AT, 4, unit=2).isError()
        board.faults.inject("m2", Fault("doubled", unit_id=1))
        with pytest.raises(ModbusIOException):
            read(client, 3, ENERGY_AT, 4, unit=1)
        with pytest.raises(ModbusIOException):
            read(client, 3, ENERGY_AT, 4, unit=2)
        board.faults.clear("m2")
        time.sleep(QUIET_S)
        assert not read(client, 3, ENERGY_AT, 4, unit=1).isError()


def test_the_quicker_of_two_doubles_is_heard_first() -> None:
    """When one unit has ended before the other begins, its answer is whole and counted."""
    quick, late = _two()
    site = plant(quick, replace(late, unit_id=1, doubled=True, turnaround_ms=150), kind="rtu")
    with _served(site) as (board, at), open_client("rtu", at) as client:
        assert not read(client, 3, ENERGY_AT, 4, unit=1).isError()
        assert len(board.ledger.entries("m1")) == 1


@pytest.mark.parametrize("where", ["meter", "link"])
def test_noise_spoils_a_share_of_the_answers(where: str) -> None:
    """Some frames have wrong bits, others come through; the ledger has only those."""
    site, good = plant(meter(IEM), kind="rtu-over-tcp"), 0
    with _served(site) as (board, at), open_client("rtu-over-tcp", at, 0.1) as client:
        noise = Fault("noisy", share=0.5)
        if where == "meter":
            board.faults.inject("m1", noise)
        else:
            board.faults.inject_link("line", noise)
        for _ in range(24):
            CLOCK.at_ms += 10_000
            try:
                good += not read(client, 3, ENERGY_AT, 4).isError()
            except ModbusIOException:
                continue
        assert 4 <= good <= 20
        assert len(board.ledger) == good


def test_a_cut_line_is_silent_for_all() -> None:
    """With a dead link no unit answers; mended, all do."""
    with _served(plant(*_two())) as (board, at), open_client("tcp", at, QUIET_S) as client:
        board.faults.inject_link("line", Fault("dead"))
        for unit in (1, 2):
            with pytest.raises(ModbusIOException):
                read(client, 3, ENERGY_AT, 4, unit=unit)
        board.faults.clear_link("line")
        assert not read(client, 3, ENERGY_AT, 4, unit=2).isError()


def test_a_meters_fault_is_none_of_a_link() -> None:
    """A link cannot be frozen; the words that it can be are told."""
    with _served(plant(meter(IEM))) as (board, _), pytest.raises(ValueError, match="dead, noisy"):
        board.faults.inject_link("line", Fault("frozen"))


def test_a_slow_meter_is_answered_for_and_counted() -> None:
    """A caller that waits gets the answer of a slow unit, and it is a reading given."""
    with _served(plant(meter(IEM))) as (board, at), open_client("tcp", at) as client:
        board.faults.inject("m1", Fault("slow", delay_s=0.2))
        assert not read(client, 3, ENERGY_AT, 4).isError()
        assert len(board.ledger) == 1


def test_another_master_asks_on_the_same_line() -> None:
    """A plant may have a controller on a line; it reads its units while nobody else asks."""
    site = plant(*_two(), kind="rtu")
    site.masters = (OtherMaster("line", (2,), every_s=0.05),)
    with _served(site) as (board, _):
        master = board.masters["line"]
        until_s = time.monotonic() + 10
        while not len(board.ledger) and time.monotonic() < until_s:
            time.sleep(0.02)
        assert master.answers(2)
        assert master.answers(1) == []
        assert board.ledger.meters == ("m2",)


def _after_a_while(at: Address) -> bytes:
    """What a caller gets once the gateway has noticed that the last one hung up."""
    for _ in range(50):
        try:
            if answer := _call(at):
                return answer
        except ConnectionRefusedError:
            pass
        time.sleep(0.05)
    return b""
