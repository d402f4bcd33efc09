"""A meter is settled before it is polled: stopped, warned about, or known by its serial number."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from pathlib import Path

import pytest

from edge_agent.bus import Bus
from edge_agent.bus.settling import AGAIN_S, RETRY_S
from edge_agent.errors import AgentError, LinkDownError, SilentMeterError
from edge_agent.lines import card_of
from edge_agent.poll import run_once
from tests.edge_agent.bench import HandClock, ScriptedLink, Shelf, bus, counting_words, meter

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
timeout_ms = 300
[registers]
voltage_l1_v = { address = 0, range = [1, 300] }
active_energy_import_wh = { address = 1, scale_by = ["prefix"] }
[settings.prefix]
function = 3
address = 100
format = "u16"
map = [[0, 1.0], [1, 1000.0]]
[settings.order]
function = 3
address = 101
format = "u16"
expect = [7]
severity = "warn"
message = "turn the switch"
[[identity]]
role = "serial"
function = 3
address = 110
format = "u16"
"""


class Acme:
    """A meter of that profile, and what goes wrong with it."""

    def __init__(self) -> None:
        self.words = {0: 230, 1: 42, 100: 0, 101: 7, 110: 5501}
        self.error: AgentError | None = None
        self.silent: int | None = None

    def __call__(self, unit: int, function: int, address: int, count: int) -> Iterable[int]:
        """The words, unless something goes wrong."""
        if self.error is not None:
            raise self.error
        if address == self.silent:
            raise SilentMeterError("no answer", "check the wiring")
        return [self.words.get(at, 0) for at in range(address, address + count)]


class Bench:
    """The meter on a bus of its own, polled every ten seconds."""

    def __init__(self, folder: Path, serial: str = "") -> None:
        path = folder / "acme.toml"
        path.write_text(PROFILE, encoding="utf-8")
        self.acme, self.clock, self.shelf = Acme(), HandClock(), Shelf()
        self.link = ScriptedLink(self.acme)
        self.bus: Bus = bus(self.link, meter(profile=str(path), serial=serial))

    def poll(self, seconds: float = 10) -> dict[str, float]:
        """Poll once, then let time pass; the values that came."""
        before = len(self.shelf.readings)
        self.report = run_once(self.bus, self.shelf, self.clock)
        self.clock.advance(seconds)
        new = self.shelf.readings[before:]
        return dict(new[0].values) if new else {}

    def asked(self, address: int) -> int:
        """How often a register was asked for as the first of a request."""
        return sum(found == address for _, _, found, _ in self.link.asked)


@pytest.fixture
def bench(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> Bench:
    """A meter nobody has asked yet."""
    caplog.set_level(logging.INFO, logger="edge_agent.poll")
    return Bench(tmp_path)


def test_settings_of_the_meter_make_the_scale(bench: Bench) -> None:
    """Read once at first contact, applied to every poll, and read again after a day."""
    bench.acme.words[100] = 1
    assert bench.poll()["active_energy_import_wh"] == 42_000
    for _ in range(5):
        bench.poll()
    assert bench.asked(100) == 1
    bench.clock.advance(AGAIN_S)
    bench.acme.words[100] = 0
    assert bench.poll()["active_energy_import_wh"] == 42
    assert bench.asked(100) == 2


def test_a_meter_without_anything_to_settle_costs_no_request(tmp_path: Path) -> None:
    """Its first poll is its blocks and nothing else."""
    plain = PROFILE[: PROFILE.index("[settings.prefix]")].replace(', scale_by = ["prefix"]', "")
    (tmp_path / "plain.toml").write_text(plain, encoding="utf-8")
    link = ScriptedLink(counting_words)
    run_once(bus(link, meter(profile=str(tmp_path / "plain.toml"))), Shelf(), HandClock())
    assert link.asked == [(1, 3, 0, 2)]


def test_a_scale_nobody_knows_stops_the_meter_until_it_is_mended(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    """No reading under a wrong scale: told once, tried again every five minutes."""
    bench.acme.words[100] = 9
    for _ in range(6):
        assert bench.poll() == {}
        assert "gives no scale" in bench.report.faults[0].message
    assert (bench.asked(100), bench.asked(0)) == (1, 0)
    bench.acme.words[100] = 0
    bench.clock.advance(RETRY_S)
    assert bench.poll()["active_energy_import_wh"] == 42
    assert caplog.text.count("gives no scale") == 1
    assert "meter main: back after 6 failed polls" in caplog.text


def test_a_setting_that_only_warns_is_told_once(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    """The meter is read; the warning carries what the profile says to do."""
    bench.acme.words[101] = 8
    for _ in range(3):
        assert bench.poll()["voltage_l1_v"] == 230
        bench.clock.advance(AGAIN_S)
    assert caplog.text.count("turn the switch") == 1


def test_a_value_out_of_range_is_left_out_and_told_once(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    """Whatever impossible value comes: the reading goes without it."""
    for voltage in (9_999, 8_888, 0):
        bench.acme.words[0] = voltage
        assert "voltage_l1_v" not in bench.poll()
    assert caplog.text.count("voltage_l1_v is 9999, outside 1 to 300") == 1
    assert "8888" not in caplog.text


def test_the_serial_number_goes_into_the_card(bench: Bench) -> None:
    """Unknown before the first contact, then as the meter tells it."""
    assert card_of(bench.bus.meters[0]).serial == ""
    bench.poll()
    assert card_of(bench.bus.meters[0]).serial == "5501"


def test_a_serial_number_of_the_settings_stands(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """What a person wrote goes into the card; that the meter says otherwise is told."""
    bench = Bench(tmp_path, serial="A-17")
    bench.poll()
    assert card_of(bench.bus.meters[0]).serial == "A-17"
    assert "its serial number is 5501, and A-17 in the settings" in caplog.text


def test_a_replaced_meter_is_told_and_two_with_one_id_are_found(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    """Another serial number is a replacement; one that comes back is a second meter."""
    for serial in (5501, 5502, 5501):
        bench.acme.words[110] = serial
        bench.poll()
        bench.clock.advance(AGAIN_S)
    assert "serial number 5501 is now 5502" in caplog.text
    assert "serial numbers 5502 and 5501 are both read at unit 1" in caplog.text
    assert card_of(bench.bus.meters[0]).serial == "5501"


def test_a_silent_meter_is_settled_when_it_comes(bench: Bench) -> None:
    """Until then it is probed as any dead unit."""
    bench.acme.error = SilentMeterError("no answer", "check the wiring")
    for _ in range(20):
        assert bench.poll() == {}
        assert bench.report.faults[0].message == "no answer"
    assert len(bench.link.asked) < 20
    bench.acme.error = None
    bench.clock.advance(400)
    assert bench.poll()["active_energy_import_wh"] == 42


def test_a_day_later_a_silent_moment_does_not_unsettle(bench: Bench) -> None:
    """What was found the day before holds until the meter tells it anew."""
    bench.acme.words[100] = 1
    bench.poll()
    bench.clock.advance(AGAIN_S)
    bench.acme.silent = 100
    assert bench.poll()["active_energy_import_wh"] == 42_000
    assert bench.report.faults == ()
    bench.acme.silent, bench.acme.words[100] = None, 0
    bench.clock.advance(RETRY_S)
    assert bench.poll()["active_energy_import_wh"] == 42


def test_a_link_that_goes_while_settling_is_the_links_fault(bench: Bench) -> None:
    """Nothing is held against the meter, and it is settled as soon as the link is back."""
    bench.acme.error = LinkDownError("no cable", "plug it in")
    assert bench.poll() == {}
    assert bench.bus.meters[0].circuit.failures == 0
    bench.acme.error = None
    assert bench.poll()["voltage_l1_v"] == 230
