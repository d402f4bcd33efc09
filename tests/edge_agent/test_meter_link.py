"""The line to the meters, against a real Modbus server on TCP, RTU over TCP and a pty pair."""

from __future__ import annotations

import ast
import re
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from pymodbus.framer import FramerRTU

from edge_agent import meter_link
from edge_agent.config import LinkSettings
from edge_agent.errors import (
    BadAnswerError,
    LinkDownError,
    RefusedError,
    SilentMeterError,
    SkipMeterError,
)
from edge_agent.meter_link import ModbusLink, open_link
from tests.edge_agent.modbus_server import HOST, Kind, ModbusServer, Unit, serving, tty_pair

KINDS: tuple[Kind, ...] = ("tcp", "rtu-over-tcp", "rtu")
ROOT = Path(__file__).resolve().parent.parent.parent
TIMEOUT_MS = 80


@pytest.fixture(params=KINDS)
def server(request: pytest.FixtureRequest) -> Iterator[ModbusServer]:
    """Units 1 and 2 behind a link of each kind; unit 3 is dead."""
    with serving(request.param, {1: Unit(), 2: Unit(), 3: Unit(silent=True)}) as running:
        yield running


@pytest.fixture
def link(server: ModbusServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[meter_link.MeterLink]:
    """An open link to the server, with quiet times short enough for a test."""
    monkeypatch.setattr(meter_link, "QUIET_S", 0.05)
    opened = open_link(server.link())
    yield opened
    opened.close()


@pytest.mark.parametrize("function", [3, 4])
def test_words_come_as_they_stand_in_the_meter(
    server: ModbusServer, link: meter_link.MeterLink, function: int
) -> None:
    """Both read functions bring the words of the address asked for, up to 125 of them."""
    server.units[1].words = {100: 0xABCD, 101: 0}
    assert link.read(1, function, 100, 3, 1_000) == (0xABCD, 0, 102)
    assert link.read(2, function, 0, 125, 1_000) == tuple(range(125))
    assert server.units[1].requests == [(function, 100, 3)]


def test_a_silent_unit_is_asked_once(server: ModbusServer, link: meter_link.MeterLink) -> None:
    """No answer is an error after one time limit, not after the library's retries."""
    with pytest.raises(SilentMeterError, match="unit 3 gave no answer within 80 ms") as caught:
        link.read(3, 4, 0, 2, TIMEOUT_MS)
    assert server.units[3].requests == [(4, 0, 2)]
    assert "check" in caught.value.hint


def test_a_dead_unit_beside_live_ones(link: meter_link.MeterLink) -> None:
    """Neighbours on the same line answer as before, however often a dead unit is asked."""
    for _ in range(4):
        with pytest.raises(SilentMeterError):
            link.read(3, 4, 0, 2, TIMEOUT_MS)
        assert link.read(1, 4, 10, 2, 1_000) == (10, 11)
        assert link.read(2, 3, 20, 2, 1_000) == (20, 21)


@pytest.mark.parametrize(
    ("code", "told"), [(1, "illegal function"), (2, "illegal address"), (6, "busy"), (9, "unknown")]
)
def test_a_refusal_carries_its_code(
    server: ModbusServer, link: meter_link.MeterLink, code: int, told: str
) -> None:
    """A Modbus exception is told with code and hint; the line goes on at once."""
    server.units[1].refuses = code if code != 9 else 0x08
    with pytest.raises(RefusedError, match=told) as caught:
        link.read(1, 4, 0, 2, 1_000)
    assert caught.value.code == (code if code != 9 else 8)
    assert caught.value.hint
    assert link.read(2, 4, 0, 1, 1_000) == (0,)


@pytest.mark.parametrize("code", [10, 11])
def test_a_gateway_speaks_for_a_silent_unit(
    server: ModbusServer, link: meter_link.MeterLink, code: int
) -> None:
    """A gateway's "target did not respond" is the unit's silence."""
    server.units[1].refuses = code
    with pytest.raises(SilentMeterError, match="gateway"):
        link.read(1, 4, 0, 2, 1_000)


def test_a_short_answer_is_refused(server: ModbusServer, link: meter_link.MeterLink) -> None:
    """Fewer registers than asked for are never shifted into place; the next read is whole."""
    server.units[1].cut_words = 1
    with pytest.raises(BadAnswerError, match="sent 3 registers when asked for 4") as caught:
        link.read(1, 4, 0, 4, 200)
    assert "profile" in caught.value.hint
    server.units[1].cut_words = 0
    assert link.read(1, 4, 0, 4, 1_000) == (0, 1, 2, 3)


def test_another_units_answer_is_refused(server: ModbusServer, link: meter_link.MeterLink) -> None:
    """An answer that carries another unit's id is not taken, and is told as such."""
    server.units[1].answers_as = 9
    with pytest.raises(BadAnswerError, match="unit 9 answered when unit 1 was asked") as caught:
        link.read(1, 4, 0, 2, TIMEOUT_MS)
    assert re.search("gateway|unit id", caught.value.hint)
    server.units[1].answers_as = None
    assert link.read(1, 4, 0, 2, 1_000) == (0, 1)


def test_another_functions_answer_is_refused(
    server: ModbusServer, link: meter_link.MeterLink
) -> None:
    """An answer to function 4 does not pass for one to function 3."""
    server.units[1].answers_function = 4
    with pytest.raises(BadAnswerError, match="answered to function 4 when asked for 3"):
        link.read(1, 3, 0, 2, 200)
    server.units[1].answers_function = None
    assert link.read(1, 3, 0, 2, 1_000) == (0, 1)


@pytest.mark.parametrize("length", [1, 5, 9])
def test_an_answer_that_breaks_off_is_refused(
    server: ModbusServer, link: meter_link.MeterLink, length: int
) -> None:
    """A part of an answer is told as noise, and does not spoil the next one."""
    server.units[1].broken_off_at = length
    with pytest.raises(BadAnswerError, match="bytes came that are no whole answer of unit 1"):
        link.read(1, 4, 0, 10, TIMEOUT_MS)
    server.units[1].broken_off_at = None
    assert link.read(1, 4, 0, 10, 1_000) == tuple(range(10))


@pytest.mark.parametrize("kind", ["rtu-over-tcp", "rtu"])
def test_bytes_after_an_answer_do_no_harm(kind: Kind) -> None:
    """RTU: noise behind an answer is thrown away before the next request."""
    with serving(kind, {1: Unit(tail=b"\x00\xff\x17")}) as server:
        link = open_link(server.link(gap_ms=5))
        for _ in range(3):
            assert link.read(1, 4, 5, 2, 1_000) == (5, 6)
        link.close()


def test_a_late_answer_is_not_taken_for_the_next(
    server: ModbusServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a timeout the answer that comes late, equal in shape, is not the next one's."""
    server.units[1].delay_s = 0.15
    server.units[1].words = {0: 0xDEAD, 1: 0xBEEF}
    monkeypatch.setattr(meter_link, "QUIET_S", 0.25)
    link = open_link(server.link())
    with pytest.raises(SilentMeterError):
        link.read(1, 4, 0, 2, TIMEOUT_MS)
    server.units[1].delay_s = 0.0
    assert link.read(1, 4, 50, 2, 1_000) == (50, 51)
    assert link.read(1, 4, 60, 2, 1_000) == (60, 61)
    link.close()


def test_an_answer_held_back_is_not_taken_for_a_like_request(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """RTU: an answer that outlasts every pause, equal in shape, is not the next one's."""
    monkeypatch.setattr(meter_link, "QUIET_S", 0.0)
    with socket.create_server((HOST, 0)) as listener:
        threading.Thread(target=_holding_gateway, args=(listener,), daemon=True).start()
        link = open_link(_settings(port=listener.getsockname()[1], kind="rtu-over-tcp"))
        with pytest.raises(SilentMeterError):
            link.read(1, 4, 0, 2, TIMEOUT_MS)
        with pytest.raises(BadAnswerError, match="sent 2 registers when asked for 1"):
            link.read(1, 4, 50, 2, TIMEOUT_MS)
        assert link.read(1, 4, 60, 2, 1_000) == (60, 60)
        assert link.read(1, 4, 70, 2, 1_000) == (70, 70)
        link.close()


def _holding_gateway(listener: socket.socket) -> None:
    """Answer with the address asked for; the first answer comes with the second request."""
    connection, _address = listener.accept()
    with connection:
        held = _rtu_answer(connection.recv(8))
        while request := connection.recv(8):
            connection.sendall(held)
            time.sleep(0.01 if held else 0.0)
            held = b""
            connection.sendall(_rtu_answer(request))


def _rtu_answer(request: bytes) -> bytes:
    body = request[:2] + bytes([2 * request[5]]) + request[2:4] * request[5]
    return body + FramerRTU.compute_CRC(body).to_bytes(2, "big")


def test_a_slow_gateway_is_told_from_a_silent_unit() -> None:
    """TCP: answers that come after their time limit lead to the hint to raise it."""
    with socket.create_server((HOST, 0)) as listener:
        threading.Thread(target=_slow_gateway, args=(listener, 0.12), daemon=True).start()
        link = open_link(_settings(port=listener.getsockname()[1]))
        with pytest.raises(SilentMeterError):
            link.read(1, 4, 0, 2, TIMEOUT_MS)
        with pytest.raises(BadAnswerError, match="answered an earlier request") as caught:
            link.read(1, 4, 0, 2, TIMEOUT_MS)
        assert "timeout_ms" in caught.value.hint
        assert link.read(1, 4, 9, 1, 1_000) == (9,)
        link.close()


def _slow_gateway(listener: socket.socket, delay_s: float) -> None:
    """Answer one request after the other, each one late, with the address asked for."""
    for _ in range(2):
        connection, _address = listener.accept()
        with connection:
            while request := connection.recv(12):
                time.sleep(delay_s)
                count = request[11]
                body = request[6:8] + bytes([2 * count]) + request[8:10] * count
                with suppress(OSError):
                    connection.sendall(request[:4] + len(body).to_bytes(2, "big") + body)


def test_an_answer_that_broke_off_is_not_ended_by_the_next_one() -> None:
    """TCP: half an answer with another one glued to it is refused, though it is long enough."""
    with socket.create_server((HOST, 0)) as listener:
        threading.Thread(target=_breaking_gateway, args=(listener,), daemon=True).start()
        link = open_link(_settings(port=listener.getsockname()[1]))
        with pytest.raises(BadAnswerError, match="more than the answer of unit 1 came"):
            link.read(1, 4, 0, 8, TIMEOUT_MS)
        assert link.read(1, 4, 9, 8, 1_000) == (9,) * 8
        link.close()


def _breaking_gateway(listener: socket.socket) -> None:
    """Break off in the first answer, and send one to an earlier request behind it."""
    for broken in (True, False):
        connection, _address = listener.accept()
        with connection:
            request = connection.recv(12)
            body = request[6:8] + b"\x10" + request[8:10] * 8
            answer = request[:4] + len(body).to_bytes(2, "big") + body
            earlier = b"\x77" + answer[1:]
            connection.sendall(answer[:13] + earlier if broken else answer)
            connection.recv(12)


@pytest.mark.parametrize("kind", ["rtu-over-tcp", "rtu"])
def test_a_line_stays_quiet_after_a_timeout(kind: Kind) -> None:
    """RTU: at least half a second, and twice the time limit, pass before the next request."""
    with serving(kind, {1: Unit(), 3: Unit(silent=True)}) as server:
        link = open_link(server.link())
        with pytest.raises(SilentMeterError):
            link.read(3, 4, 0, 2, TIMEOUT_MS)
        before = time.monotonic()
        link.read(1, 4, 0, 2, 1_000)
        assert 0.45 < time.monotonic() - before < 5
        link.close()


def test_many_silent_requests_open_a_tcp_connection_anew(
    server: ModbusServer, link: meter_link.MeterLink
) -> None:
    """A connection on which nobody answers is given up; a serial port is not."""
    link.read(1, 4, 0, 1, 1_000)
    connections = server.connections
    for _ in range(meter_link.MANY_SILENT):
        with pytest.raises(SilentMeterError):
            link.read(3, 4, 0, 2, TIMEOUT_MS)
    assert link.read(1, 4, 0, 1, 1_000) == (0,)
    assert server.connections == connections + (server.kind != "rtu")


@pytest.mark.parametrize("kind", ["tcp", "rtu-over-tcp"])
def test_a_dropped_connection_is_opened_again_at_once(kind: Kind) -> None:
    """A gateway that closed an idle connection costs no reading."""
    with serving(kind, {1: Unit()}) as server:
        link = open_link(server.link())
        assert link.read(1, 4, 0, 1, 1_000) == (0,)
        port = server.port
    again = ModbusServer(kind, {1: Unit()})
    again.port = port
    again.start()
    assert link.read(1, 4, 7, 1, 1_000) == (7,)
    again.stop()
    link.close()


def _settings(**more: Any) -> LinkSettings:
    return LinkSettings.model_validate({"id": "lan", "kind": "tcp", "host": HOST, **more})


def _closed_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


@pytest.mark.parametrize(
    ("settings", "told", "hint"),
    [
        (_settings(port=_closed_port()), "connection refused", "is it on"),
        (_settings(host="no-such-host.invalid"), "unknown host no-such-host.invalid", "check host"),
        (_settings(kind="rtu", host="", device="/dev/ttyNONE"), "there is no such port", "plug"),
        (
            _settings(kind="rtu", host="", device="/dev/null"),
            "this is not a serial port",
            "correct",
        ),
    ],
)
def test_a_link_that_cannot_be_opened_says_why(
    settings: LinkSettings, told: str, hint: str
) -> None:
    """A wrong host, port or device is one line with a hint."""
    with pytest.raises(LinkDownError, match=re.escape(told)) as caught:
        open_link(settings).read(1, 4, 0, 1, 1_000)
    assert hint in caught.value.hint


def test_a_host_that_never_answers_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    """A connection attempt that runs out of time is told as a link that is away."""

    def never(*_: object, **__: object) -> socket.socket:
        raise TimeoutError("timed out")

    monkeypatch.setattr(socket, "create_connection", never)
    with pytest.raises(LinkDownError, match="no answer to the connection"):
        open_link(_settings()).read(1, 4, 0, 1, 1_000)


def test_a_serial_port_has_one_master() -> None:
    """A port that is held already is refused, and the holder reads on."""
    with serving("rtu", {1: Unit()}) as server:
        first, second = open_link(server.link()), open_link(server.link())
        assert first.read(1, 4, 0, 1, 1_000) == (0,)
        with pytest.raises(LinkDownError, match="another program holds the port"):
            second.read(1, 4, 0, 1, 1_000)
        assert first.read(1, 4, 1, 1, 1_000) == (1,)
        first.close()


def test_an_unplugged_port_is_a_link_that_is_away() -> None:
    """When the adapter goes, the next read says so instead of failing oddly."""
    with tty_pair() as (device, _):
        link = open_link(_settings(kind="rtu", host="", device=device))
        with pytest.raises(SilentMeterError):
            link.read(1, 4, 0, 1, TIMEOUT_MS)
    with pytest.raises(LinkDownError, match=r"no such port|went away|Input/output"):
        link.read(1, 4, 0, 1, TIMEOUT_MS)


def test_reconnects_wait_longer_each_time() -> None:
    """Attempts come after 1, 2, 4 ... 60 s, and none in between."""
    now = [0.0]
    link = ModbusLink(_settings(port=_closed_port()), {}, lambda: now[0], now.append)
    attempts = []
    for second in range(300):
        now[0] = float(second)
        was = link._pause_s
        with pytest.raises(LinkDownError):
            link.read(1, 4, 0, 1, 1_000)
        if link._pause_s != was or link._retry_at == second + was:
            attempts.append(second)
    assert attempts == [0, 1, 3, 7, 15, 31, 63, 123, 183, 243]
    assert now == [299.0]


def test_an_answer_resets_the_back_off() -> None:
    """Once a unit has answered, the next fault starts with a short pause again."""
    server = ModbusServer("tcp", {1: Unit()})
    link = ModbusLink(server.link(), {})
    for _ in range(3):
        link._retry_at = float("-inf")
        with pytest.raises(LinkDownError):
            link.read(1, 4, 0, 1, 1_000)
    assert link._pause_s == 8.0
    link._retry_at = float("-inf")
    server.start()
    assert link.read(1, 4, 0, 1, 1_000) == (0,)
    assert link._pause_s == meter_link.FIRST_PAUSE_S
    link.close()
    server.stop()


@pytest.mark.parametrize(
    ("kind", "gap_ms", "unit_gap_ms", "least_s"),
    [
        ("rtu", None, None, 0.020),
        ("rtu", None, 60, 0.060),
        ("rtu", 30, None, 0.030),
        ("rtu", 30, 60, 0.060),
        ("rtu", None, 0, 0.0),
        ("tcp", None, None, 0.0),
        ("tcp", None, 60, 0.060),
    ],
)
def test_the_gap_before_a_request(
    kind: Kind, gap_ms: int | None, unit_gap_ms: int | None, least_s: float
) -> None:
    """The unit's own silence; for units of which none is told the link's, or 20 ms on RTU lines."""
    gaps_ms = {} if unit_gap_ms is None else {1: unit_gap_ms}
    with serving(kind, {1: Unit()}) as server:
        waited: list[float] = []
        link = ModbusLink(server.link(gap_ms=gap_ms), gaps_ms, lambda: 5.0, waited.append)
        link.read(1, 4, 0, 1, 1_000)
        link.read(1, 4, 0, 1, 1_000)
        assert waited == pytest.approx([least_s] if least_s else [])
        link.close()


def test_every_failure_is_one_of_ours(server: ModbusServer, link: meter_link.MeterLink) -> None:
    """Whatever bytes come, a read gives the right words or skips the meter, nothing else."""
    for mangled in range(1, 24):
        unit = server.units[1]
        unit.broken_off_at, unit.tail = mangled, bytes([mangled] * (mangled % 3))
        with suppress(SkipMeterError):
            assert link.read(1, 4, 0, 6, 40) == tuple(range(6))


def test_reading_is_quick(server: ModbusServer, link: meter_link.MeterLink) -> None:
    """The agent adds no pauses of its own: a read of 80 registers takes a few milliseconds."""
    took_s = []
    for _ in range(50):
        before = time.perf_counter()
        link.read(1, 4, 0, 80, 1_000)
        took_s.append(time.perf_counter() - before)
    assert min(took_s) < 0.005


def test_no_code_path_writes_a_register() -> None:
    """No name in the agent is one of pymodbus's writing calls, and the line asks two functions."""
    writing = re.compile(
        r"write_(coil|register|file)|mask_write|readwrite_|WriteMultiple|WriteSingle"
    )
    asking = set()
    for path in (ROOT / "edge_agent").rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        assert not writing.search(text), path
        names = [node.attr for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Attribute)]
        asking |= {name for name in names if name.startswith("read_") and "register" in name}
    assert asking == {"read_holding_registers", "read_input_registers"}
