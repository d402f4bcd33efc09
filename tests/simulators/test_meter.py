"""The Modbus server: every profile served and read back, on every kind of link."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from pymodbus.exceptions import ModbusIOException

from edge_agent import profile
from edge_agent.errors import StopError
from simulators.face import ENERGY
from simulators.faults import FAULTS, Fault, Faults
from simulators.ledger import Ledger
from simulators.meter import MeterServer
from simulators.plant import Address, Link, LinkKind
from simulators.switchboard import Switchboard
from tests.simulators.clients import Client, open_client, read, values_of
from tests.simulators.small_plant import MONDAY_MS, HandClock, meter, plant

KINDS: tuple[LinkKind, ...] = ("tcp", "rtu-over-tcp", "rtu")
IEM = "schneider_iem3155"
PLAIN = ("eastron_sdm630", "omron_km_n1", IEM)
"""Functions 3 and 4, floats and integers; test_every_profile.py has the others."""
POWER_AT = 0x0BF3
ENERGY_AT = 0x0C83


@contextmanager
def _served(
    *names: str, kind: LinkKind = "tcp", timeout_s: float = 2.0, **facts: object
) -> Iterator[tuple[Switchboard, Client, HandClock]]:
    """Meters of these profiles at units 1, 2, ..., with a client that is connected to them."""
    clock = HandClock()
    meters = [
        meter(name, id=f"m{unit}", unit_id=unit, **facts) for unit, name in enumerate(names, 1)
    ]
    with (
        Switchboard(plant(*meters, kind=kind), clock.now_ms) as board,
        open_client(kind, board.addresses["line"], timeout_s) as client,
    ):
        yield board, client, clock


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", PLAIN)
def test_a_profile_is_read_back_on_any_link(name: str, kind: LinkKind) -> None:
    """A meter shows power, energy and all other quantities of its profile, on any link."""
    model = profile.load(name)
    with _served(name, kind=kind) as (board, client, clock):
        values = values_of(client, model)
        entry = board.ledger.last("m1")
        power_w = board.plant.power_w("m1", clock.at_ms)
        true_wh = board.plant.counter_wh("m1", clock.at_ms)
    assert entry is not None
    assert None not in values.values()
    assert set(values) == {register.quantity for register in model.registers}
    assert values["active_power_w"] == pytest.approx(power_w, rel=1e-4)
    assert (entry.at_ms, entry.wh, entry.true_wh) == (clock.at_ms, values[ENERGY], true_wh)
    # The last step is not complete yet, and a float counter is rounded to 8 Wh at this size.
    assert -4 <= true_wh - entry.wh <= model.counter_step_wh + 4


@pytest.mark.parametrize("name", PLAIN)
def test_a_poll_is_one_entry_whatever_its_blocks(name: str) -> None:
    """Reading all blocks, even twice, at one instant is one reading; the next instant another."""
    with _served(name) as (board, client, clock):
        model = profile.load(name)
        for _ in range(2):
            values_of(client, model)
        clock.at_ms += 60_000
        values_of(client, model)
        assert [entry.at_ms for entry in board.ledger.entries("m1")] == [
            clock.at_ms - 60_000,
            clock.at_ms,
        ]


def test_reading_without_the_counter_is_no_reading() -> None:
    """Power alone, or half a counter, is answered but not entered."""
    with _served(IEM) as (board, client, _):
        assert not read(client, 3, POWER_AT, 2).isError()
        assert not read(client, 3, ENERGY_AT, 2).isError()
        assert len(board.ledger) == 0
        assert not read(client, 3, ENERGY_AT, 4).isError()
        assert len(board.ledger) == 1


@pytest.mark.parametrize("kind", KINDS)
def test_several_units_share_a_link(kind: LinkKind) -> None:
    """Each unit of a link answers with its own values."""
    with _served(*PLAIN, kind=kind) as (board, client, _):
        for unit, name in enumerate(PLAIN, 1):
            values = values_of(client, profile.load(name), unit)
            entry = board.ledger.last(f"m{unit}")
            assert entry is not None
            assert values[ENERGY] == entry.wh
        assert board.ledger.meters == ("m1", "m2", "m3")


@pytest.mark.parametrize("kind", KINDS)
def test_a_unit_that_is_not_there_is_silent(kind: LinkKind) -> None:
    """Nobody answers for a unit that does not exist, and the others go on."""
    with _served(IEM, kind=kind, timeout_s=1.5) as (_, client, _clock):
        with pytest.raises(ModbusIOException):
            read(client, 3, ENERGY_AT, 4, unit=9)
        assert not read(client, 3, ENERGY_AT, 4).isError()


@pytest.mark.parametrize(
    ("function", "address", "count"),
    [(3, 0x0000, 2), (4, ENERGY_AT, 4), (3, ENERGY_AT - 1, 4), (3, 0xFFFE, 2), (3, 0x0CA0, 2)],
)
def test_addresses_that_do_not_exist_are_refused(function: int, address: int, count: int) -> None:
    """Beyond the registers of its profile a meter answers exception 2, and enters nothing."""
    with _served(IEM) as (board, client, _):
        answer = read(client, function, address, count)
        assert answer.isError()
        assert answer.exception_code == 2
        assert len(board.ledger) == 0


def test_nothing_can_be_written() -> None:
    """A write to a register that exists is refused with exception 1."""
    with _served(IEM) as (_, client, _clock):
        before = read(client, 3, ENERGY_AT, 4).registers
        answer = client.write_register(ENERGY_AT, 1, device_id=1)
        assert answer.exception_code == 1
        assert read(client, 3, ENERGY_AT, 4).registers == before


def test_counters_show_whole_steps_and_never_fall() -> None:
    """Minute by minute the counter rises in whole steps of the meter, or stands."""
    with _served("omron_km_n1") as (board, client, clock):
        model = profile.load("omron_km_n1")
        for _ in range(50):
            clock.at_ms += 7_777
            values_of(client, model)
        shown = [entry.wh for entry in board.ledger.entries("m1")]
    assert shown == sorted(shown)
    assert all(wh == int(wh) for wh in shown)
    assert shown[-1] > shown[0]


def test_a_counter_comes_round_at_its_modulus() -> None:
    """A u32 counter starts from zero again, while the ledger keeps the true energy."""
    with _served("omron_km_n1", start_wh=2.0**32 - 1000) as (board, client, clock):
        model = profile.load("omron_km_n1")
        clock.at_ms = MONDAY_MS
        values_of(client, model)
        clock.at_ms = MONDAY_MS + 10 * 3_600_000
        values_of(client, model)
        first, last = board.ledger.entries("m1")
    assert first.wh == 2.0**32 - 1000
    assert last.wh < 0.1 * 2**32
    assert last.true_wh - 2**32 == pytest.approx(last.wh, abs=1)


def _read_at(board: Switchboard, client: Client, clock: HandClock, hours: float) -> float:
    clock.at_ms = MONDAY_MS + int(hours * 3_600_000)
    value = values_of(client, profile.load(IEM))[ENERGY]
    assert value is not None
    return value


def test_counters_can_be_reset_replaced_and_frozen() -> None:
    """The three counter faults show what such meters show; cleared, the truth is back."""
    with _served(IEM) as (board, client, clock):
        sound = _read_at(board, client, clock, 10)
        at_ten = clock.at_ms
        drawn_wh = board.plant.energy_wh("m1", at_ten + 3_600_000) - board.plant.energy_wh(
            "m1", at_ten
        )
        board.faults.inject("m1", Fault("reset", since_ms=at_ten))
        assert _read_at(board, client, clock, 10) == 0
        assert _read_at(board, client, clock, 11) == pytest.approx(drawn_wh, abs=1)
        board.faults.inject("m1", Fault("replaced", since_ms=at_ten, start_wh=777_000))
        assert _read_at(board, client, clock, 11) == pytest.approx(777_000 + drawn_wh, abs=1)
        board.faults.inject("m1", Fault("frozen", since_ms=at_ten))
        assert _read_at(board, client, clock, 11) == sound
        board.faults.clear("m1")
        assert _read_at(board, client, clock, 11) == pytest.approx(sound + drawn_wh, abs=1)
        last = board.ledger.last("m1")
        assert last is not None
        assert last.true_wh == board.plant.counter_wh("m1", clock.at_ms)


@pytest.mark.parametrize("kind", KINDS)
def test_a_silent_meter_does_not_disturb_the_others(kind: LinkKind) -> None:
    """A meter that falls silent times out, is not entered, and comes back when it is cleared."""
    with _served(IEM, IEM, kind=kind, timeout_s=1.5) as (board, client, _):
        board.faults.inject("m1", Fault("silent"))
        with pytest.raises(ModbusIOException):
            read(client, 3, ENERGY_AT, 4, unit=1)
        assert not read(client, 3, ENERGY_AT, 4, unit=2).isError()
        board.faults.clear("m1")
        assert not read(client, 3, ENERGY_AT, 4, unit=1).isError()
        assert {m: len(board.ledger.entries(m)) for m in ("m1", "m2")} == {"m1": 1, "m2": 1}


@pytest.mark.parametrize("kind", KINDS)
def test_a_meter_can_refuse_or_answer_too_little(kind: LinkKind) -> None:
    """An exception 4 and an answer of one register less reach the client; neither is entered."""
    with _served(IEM, kind=kind) as (board, client, _):
        board.faults.inject("m1", Fault("refuse"))
        assert read(client, 3, ENERGY_AT, 4).exception_code == 4
        board.faults.inject("m1", Fault("short"))
        assert len(read(client, 3, ENERGY_AT, 4).registers) == 3
        assert len(board.ledger) == 0


def test_an_answer_can_come_from_the_wrong_unit() -> None:
    """On the wire the answer bears another unit's id."""
    with _served(IEM) as (board, _client, _):
        board.faults.inject("m1", Fault("wrong-unit"))
        at = board.addresses["line"]
        with socket.create_connection((at.host, at.port), timeout=10) as raw:
            raw.sendall(bytes.fromhex("0001 0000 0006 01 03 0C83 0004"))
            answer = raw.recv(260)
        assert (answer[6], answer[7], len(answer)) == (2, 3, 17)
        assert len(board.ledger) == 0


def test_a_late_answer_meets_the_next_question_on_a_serial_line() -> None:
    """On RTU an answer that comes too late is there when the next question is asked."""
    with _served(IEM, kind="rtu", timeout_s=0.5) as (board, client, _):
        board.faults.inject("m1", Fault("late", delay_s=0.9))
        with pytest.raises(ModbusIOException):
            read(client, 3, ENERGY_AT, 4)
        board.faults.clear("m1")
        time.sleep(1.0)
        assert client.recv(64)[:3] == bytes((1, 3, 8))
        assert len(board.ledger) == 0


def test_every_fault_is_in_the_table() -> None:
    """Faults fall into groups, and a meter may have one of each."""
    faults = Faults()
    faults.inject("m1", Fault("late"))
    faults.inject("m1", Fault("silent"))
    faults.inject("m1", Fault("reset"))
    answer, counter = faults.answer("m1"), faults.counter("m1")
    assert answer is not None
    assert counter is not None
    assert (answer.name, counter.name) == ("silent", "reset")
    faults.clear("m1")
    assert (faults.answer("m1"), faults.counter("m1")) == (None, None)
    assert set(FAULTS.values()) == {"answer", "id", "counter"}


def test_servers_stop_and_start_again() -> None:
    """A stopped plant is gone, threads and all; started again it serves the same meters."""
    before = threading.active_count()
    clock = HandClock()
    board = Switchboard(plant(meter(IEM)), clock.now_ms)
    for _ in range(2):
        with board, open_client("tcp", board.addresses["line"]) as client:
            assert not read(client, 3, ENERGY_AT, 4).isError()
        at = board.addresses["line"]
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection((at.host, at.port), timeout=1)
    assert threading.active_count() == before


@pytest.mark.parametrize("kind", ["tcp", "rtu"])
def test_a_place_that_cannot_be_had_is_told(kind: LinkKind) -> None:
    """A port in use, or a device that is not there, is one error with a hint."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        wanted = Address("127.0.0.1", taken.getsockname()[1], "/dev/no-such-line")
        server = MeterServer([], Link("line", kind), HandClock().now_ms, Ledger(), Faults(), wanted)
        with pytest.raises(StopError, match="cannot be served"):
            server.start()
        server.stop()
