"""Bad lines on real ports: each fault has one clear message in both languages; others go on."""

from __future__ import annotations

import logging
import os
import random
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from edge_agent import meter_link
from edge_agent.bus import Bus, LinkReport
from edge_agent.clock import SystemClock
from edge_agent.config import LinkSettings, PollSettings
from edge_agent.poll import assemble, run_once
from edge_agent.words import in_language
from tests.edge_agent.bench import Shelf, meter
from tests.edge_agent.modbus_server import HOST, ModbusServer, Unit, serving, tty_pair

PROFILE = """
vendor = "Acme"
models = ["One"]
verification = "manual"
sources = [{ title = "Manual", where = "acme.example" }]
factory = { unit_id = 1, baud = 9600, parity = "N", stop_bits = 1 }
counter = { step_wh = 1 }
[reading]
function = 3
format = "u16"
word_order = "big"
max_registers = 10
timeout_ms = 100
[registers]
voltage_l1_v = { address = 0 }
"""


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    monkeypatch.setattr(meter_link, "QUIET_S", 0.01)
    monkeypatch.setattr(meter_link, "FIRST_PAUSE_S", 0.01)
    caplog.set_level(logging.INFO, logger="edge_agent.poll")


@pytest.fixture
def profile(tmp_path: Path) -> str:
    """A meter of one register."""
    path = tmp_path / "acme.toml"
    path.write_text(PROFILE, encoding="utf-8")
    return str(path)


def lay(link: LinkSettings, profile: str, *units: int) -> Bus:
    """A bus of such meters, named after their units."""
    rows = [meter(f"m{unit}", unit, profile=profile) for unit in units]
    quick = link.model_copy(update={"timeout_ms": 60})
    return assemble("plant", quick, rows, PollSettings(every_s=0.2))


def poll(bus: Bus, times: int = 1) -> LinkReport:
    """So many rounds; what the last one brought."""
    for _ in range(times):
        report = run_once(bus, Shelf(), SystemClock())
    return report


def poll_until(bus: Bus, done: Callable[[LinkReport], bool]) -> LinkReport:
    """Round after round until something shows; fails the test when it does not."""
    give_up_s = time.monotonic() + 20
    while not done(report := poll(bus)):
        assert time.monotonic() < give_up_s
    return report


def read(report: LinkReport) -> list[str]:
    """The meters that were read."""
    return [reading.meter for reading in report.readings]


class NoisyServer(ModbusServer):
    """A server on whose line the answers of some units are spoiled, by chance."""

    def __init__(self, spoiled: dict[int, float]) -> None:
        super().__init__("rtu", {1: Unit(), 2: Unit(), 3: Unit()})
        self._spoiled, self._chance = spoiled, random.Random(7)

    def _leaving(self, sending: bool, frame: bytes) -> bytes:
        if sending and self._chance.random() < self._spoiled.get(frame[0], 0.0):
            return bytes(byte ^ 0x24 for byte in frame)
        return frame


@contextmanager
def noisy(spoiled: dict[int, float]) -> Iterator[ModbusServer]:
    """The server behind a pair of ptys."""
    server = NoisyServer(spoiled)
    with tty_pair() as (server.client_tty, server.server_tty):
        server.start()
        try:
            yield server
        finally:
            server.stop()


@pytest.mark.parametrize(
    ("spoiled", "told", "goes_on"),
    [
        ({3: 0.6}, "of the answers of unit 3 are spoiled, and those of all others are sound", "m1"),
        ({1: 1.0, 2: 1.0, 3: 1.0}, "bytes come, but no unit ever gives a whole answer", ""),
        ({1: 0.3, 2: 0.3, 3: 0.3}, "answers came spoiled", ""),
    ],
    ids=["two meters with one id", "wrong baud or parity", "noise"],
)
def test_spoiled_answers_are_told_as_what_they_are(
    profile: str,
    caplog: pytest.LogCaptureFixture,
    spoiled: dict[int, float],
    told: str,
    goes_on: str,
) -> None:
    """One line about the line as a whole, which says what to look for; sound units are read."""
    with noisy(spoiled) as server:
        one = lay(server.link(), profile, 1, 2, 3)
        report = poll_until(one, lambda _: one.suspicion is not None)
        assert not goes_on or goes_on in read(report)
        one.close()
    found = one.suspicion
    assert found is not None
    assert told in found.message
    assert sum(told in message for message in caplog.messages) == 1
    assert in_language(found.message, "ja") != found.message
    assert in_language(found.hint, "ja") != found.hint


def test_a_meter_that_answers_for_another_unit(
    profile: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Its answer is never taken; the others are read, and the hint says what to check."""
    with serving("rtu", {1: Unit(answers_as=9), 2: Unit()}) as server:
        one = lay(server.link(), profile, 1, 2)
        for _ in range(3):
            report = poll(one)
            assert read(report) == ["m2"]
        one.close()
    (fault,) = report.faults
    assert fault.message == "unit 9 answered when unit 1 was asked"
    assert "ユニット番号 9" in in_language(fault.message, "ja")
    assert "ユニット番号" in in_language(fault.hint, "ja")
    assert one.statistics(1).bad_answers >= 3
    assert sum("unit 9 answered" in message for message in caplog.messages) == 1


def test_a_port_in_use_is_told_and_polling_goes_on_when_it_is_free(
    profile: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Another program on the port: one line; when that ends, readings come by themselves."""
    with serving("rtu", {1: Unit()}) as server:
        other = lay(server.link(), profile, 1)
        assert read(poll(other)) == ["m1"]
        one = lay(server.link(), profile, 1)
        (fault,) = poll(one, 3).faults
        assert "another program holds the port" in fault.message
        assert "別のプログラム" in in_language(fault.message, "ja")
        other.close()
        poll_until(one, lambda report: bool(read(report)))
        one.close()
    assert sum("holds the port" in message for message in caplog.messages) == 1
    assert "link link: back after" in caplog.text


def test_an_adapter_that_is_pulled_and_plugged_in_again(
    profile: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """By its name under by-id the port is found again, and the meters are read as before."""
    name = tmp_path / "usb-adapter"
    server = ModbusServer("rtu", {1: Unit()})
    with tty_pair() as (client, server.server_tty):
        name.symlink_to(client)
        server.start()
        link = LinkSettings(id="bus", kind="rtu", device=str(name), baud=115_200)
        one = lay(link, profile, 1)
        assert read(poll(one)) == ["m1"]
        server.stop()
    name.unlink()
    (fault,) = poll(one, 3).faults
    assert f"{name}: there is no such port" in fault.message
    assert "そのポートがありません" in in_language(fault.message, "ja")
    again = ModbusServer("rtu", {1: Unit()})
    with tty_pair() as (client, again.server_tty):
        name.symlink_to(client)
        again.start()
        poll_until(one, lambda report: bool(read(report)))
        one.close()
        again.stop()
    assert sum("no such port" in message or "went away" in message for message in caplog.messages)
    assert "link bus: back after" in caplog.text


def test_a_gateway_that_serves_another_master_already(
    profile: str, caplog: pytest.LogCaptureFixture
) -> None:
    """A connection that is closed as soon as it is made is told as what it is."""
    with socket.create_server((HOST, 0)) as listener:

        def turn_away() -> None:
            with suppress(OSError):
                while True:
                    listener.accept()[0].close()

        threading.Thread(target=turn_away, daemon=True).start()
        port = listener.getsockname()[1]
        one = lay(LinkSettings(id="gw", kind="tcp", host=HOST, port=port), profile, 1, 2)
        report = poll(one)
        one.close()
        listener.shutdown(socket.SHUT_RDWR)
    assert [fault.meter for fault in report.faults] == ["m1", "m2"]
    assert "connection closed by the other side" in report.faults[0].message
    assert "gateways serve few masters" in report.faults[0].hint
    assert "同時接続数" in in_language(report.faults[0].hint, "ja")
    assert len(caplog.messages) == 1


@pytest.mark.parametrize("kind", ["tcp", "rtu-over-tcp"])
def test_one_connection_serves_all_units_of_a_gateway(profile: str, kind: str) -> None:
    """Units share the connection; a silent one makes it anew only after three silences."""
    with serving(kind, {1: Unit(), 2: Unit(), 3: Unit(silent=True)}) as server:  # type: ignore[arg-type]
        one = lay(server.link(), profile, 1, 2, 3)
        assert read(poll(one)) == ["m1", "m2"]
        assert server.connections == 1
        one.close()


def test_a_profile_that_cannot_be_read_costs_only_its_meter(
    profile: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """An impossible block is told at the start, and the other meters of the line are read."""
    impossible = tmp_path / "impossible.toml"
    text = PROFILE.replace("address = 0 }", "address = 0xFFFF, format = 'u32' }")
    impossible.write_text(text, encoding="utf-8")
    rows = [meter("good", 1, profile=profile), meter("bad", 2, profile=str(impossible))]
    with serving("tcp", {1: Unit(), 2: Unit()}) as server:
        one = assemble("plant", server.link(), rows, PollSettings(), language="ja")
        assert read(poll(one)) == ["good"]
        one.close()
        assert server.units[2].requests == []
    (fault,) = one.unsound
    assert fault.meter == "bad"
    assert "impossible" in fault.message
    assert len(caplog.messages) == 1
    assert caplog.messages[0].startswith("計測器 bad: ")


def test_times_and_gaps_of_a_single_unit(profile: str) -> None:
    """What is set for a meter stands above its link, and that above the profile."""
    link = LinkSettings(id="bus", kind="rtu", device="/dev/null", timeout_ms=500, gap_ms=40)
    gaps: dict[int, int] = {}

    def opener(settings: LinkSettings, gaps_ms: object) -> object:
        gaps.update(gaps_ms)  # type: ignore[call-overload]
        return object()

    rows = [
        meter("a", 1, profile=profile),
        meter("b", 2, profile=profile, timeout_ms=900, gap_ms=7),
    ]
    one = assemble("plant", link, rows, PollSettings(), opener)  # type: ignore[arg-type]
    assert [found.timeout_ms(10) for found in one.meters] == [500, 900]
    assert gaps == {1: 40, 2: 7}


def test_no_descriptor_is_left_behind(profile: str) -> None:
    """A port that comes and goes a hundred times costs nothing."""
    with serving("rtu", {1: Unit()}) as server:
        one = lay(server.link(), profile, 1)
        poll(one)
        one.close()
        before = len(os.listdir("/proc/self/fd"))
        for _ in range(100):
            poll(one)
            one.close()
        assert len(os.listdir("/proc/self/fd")) == before
