"""Scans of a serial line whose units hear only their own speed and parity."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import serial

from edge_agent.commission.scan import ScanPlan, ScanProgress, ScanReport, scan, serial_plan
from edge_agent.config import LinkSettings
from tests.edge_agent.commission.wire import Wire, WireUnit, working

UNITS = tuple(range(1, 9))


def counting(_function: int, address: int, count: int) -> list[int]:
    """Each register holds its address."""
    return list(range(address, address + count))


def refusing(_function: int, _address: int, _count: int) -> int:
    """Exception 2."""
    return 2


def silence(_settings: LinkSettings, _for_s: float, _stop: Callable[[], bool]) -> int:
    """Nobody speaks on the line: heard without waiting for it."""
    return 0


def plan(wire: Wire, bauds: tuple[int, ...] = (9600,)) -> ScanPlan:
    """A short plan for ``wire``: few ids, little patience."""
    return serial_plan(wire.device, bauds, ["N"], 1, UNITS, 150)


def scanned(wire: Wire, bauds: tuple[int, ...] = (9600,)) -> ScanReport:
    """What a scan of ``wire`` finds."""
    return scan(plan(wire, bauds), listener=silence)


def test_the_settings_are_found_first_then_the_units() -> None:
    """Units that answer, and one that refuses, at the second of the speeds; no other id."""
    units = {2: WireUnit(counting), 5: WireUnit(refusing)}
    with working(Wire(units, baud=19200)) as wire:
        report = scanned(wire, bauds=(9600, 19200))
    assert [(row.link.baud, row.unit_id) for row in report.found] == [(19200, 2), (19200, 5)]
    assert report.ended
    assert not any(row.doubled for row in report.found)


def test_only_reads_of_two_registers_go_out_and_never_to_all() -> None:
    """Function 3, at most two registers, no broadcast."""
    with working(Wire({3: WireUnit(counting)})) as wire:
        scanned(wire)
        requests = list(wire.requests)
    assert {function for _, function, _, _ in requests} == {3}
    assert max(count for *_, count in requests) <= 2
    assert 0 not in {unit for unit, *_ in requests}


def test_no_byte_at_all_is_told_as_such() -> None:
    """An empty line: what to check is power, wires and ids."""
    with working(Wire({})) as wire:
        report = scanned(wire)
    assert report.found == ()
    (note,) = report.notes
    assert "not one byte came at 1 settings" in note


def test_garbage_at_wrong_settings_is_told_as_such() -> None:
    """Bytes came, but no answer: speed or parity."""
    with working(Wire({1: WireUnit(counting)}, baud=19200, garbles=True)) as wire:
        report = scanned(wire)
    (note,) = report.notes
    assert "never a whole answer" in note
    assert "9600 8N1" in note


def test_two_units_with_one_id_are_told() -> None:
    """One id is spoiled each time while the others are clean."""
    units = {1: WireUnit(counting), 4: WireUnit(counting, twin=True)}
    with working(Wire(units)) as wire:
        report = scanned(wire)
    assert [(row.unit_id, row.doubled) for row in report.found] == [(1, False), (4, True)]
    assert any("two meters seem to have unit id 4" in note for note in report.notes)


def test_noise_is_told_from_two_units_with_one_id() -> None:
    """Every unit's answers are spoiled now and then: all are found, the line is to be checked."""
    units = {unit: WireUnit(counting, spoiled_of=2) for unit in (1, 2, 3)}
    with working(Wire(units)) as wire:
        report = scanned(wire)
    assert [(row.unit_id, row.doubled) for row in report.found] == [(n, False) for n in (1, 2, 3)]
    assert any("noise on the line" in note for note in report.notes)


def test_a_unit_that_answers_late_is_found_as_itself() -> None:
    """Its answer falls into the next unit's time; asked with patience, it is there and slow."""
    units = {1: WireUnit(counting), 4: WireUnit(counting, delay_s=0.25)}
    with working(Wire(units)) as wire:
        report = scanned(wire)
    assert [row.unit_id for row in report.found] == [1, 4]
    assert any("unit 4 takes" in note for note in report.notes)


def test_a_line_in_use_is_left_alone() -> None:
    """Another master speaks: nothing is asked, unless a person insists."""
    request = b"\x01\x03\x00\x00\x00\x02\xc4\x0b"
    with working(Wire({1: WireUnit(counting)}, chatter=request)) as wire:
        report = scan(plan(wire))
        assert wire.requests == []
        wire.chatter = b""
        forced = scan(plan(wire), listener=lambda *_: 999, even_if_busy=True)
    assert report.busy == (wire.device,)
    assert any("another master is at work" in note for note in report.notes)
    assert [row.unit_id for row in forced.found] == [1]


def test_stray_bytes_are_no_master() -> None:
    """A few bytes on a quiet line are told, and the scan goes on."""
    with working(Wire({1: WireUnit(counting)})) as wire:
        report = scan(plan(wire), listener=lambda *_: 3)
    assert [row.unit_id for row in report.found] == [1]
    assert any("3 stray bytes" in note for note in report.notes)


def test_a_stopped_scan_tells_what_it_found_so_far() -> None:
    """It ends with the request under way."""
    seen: list[ScanProgress] = []
    with working(Wire({1: WireUnit(counting), 8: WireUnit(counting)})) as wire:
        report = scan(
            plan(wire), listener=silence, on_progress=seen.append, stop=lambda: len(seen) >= 4
        )
    assert [one.done for one in seen] == [0, 1, 2, 3]
    assert [row.unit_id for row in report.found] == [1]
    assert not report.ended


def test_progress_ends_at_its_total() -> None:
    """What need not be asked is taken off; nothing is left at the end."""
    seen: list[ScanProgress] = []
    with working(Wire({2: WireUnit(counting)})) as wire:
        scan(plan(wire, bauds=(9600, 19200, 2400)), listener=silence, on_progress=seen.append)
    assert seen[-1].done == seen[-1].total
    assert seen[-1].left_s == pytest.approx(0, abs=0.01)
    assert seen[0].total == 3 * len(UNITS)


def test_a_port_that_is_not_there_is_one_line() -> None:
    """Told once, however many settings were to be tried."""
    report = scan(serial_plan("/dev/ttyNONE"), listener=silence)
    (note,) = report.notes
    assert "there is no such port" in note
    assert "ls /dev/serial/by-id" in note


def test_a_port_in_use_is_told() -> None:
    """The agent itself may be the one who holds it."""
    wire = Wire({1: WireUnit(counting)})
    with working(wire), serial.Serial(wire.device, exclusive=True):
        report = scan(plan(wire), listener=silence)
    assert any("another program holds the port" in note for note in report.notes)
