"""What a scan makes of meters and lines that misbehave as the simulators know how."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import pytest

from edge_agent.commission.recognise import recognise
from edge_agent.commission.scan import ScanReport, scan, serial_plan
from edge_agent.config import LinkSettings
from edge_agent.meter_link import MeterLink, open_link
from simulators.faults import Fault, Faults
from simulators.plant import Link, OtherMaster
from simulators.switchboard import Switchboard
from tests.edge_agent.commission.cases import all_profiles
from tests.simulators.small_plant import HandClock, meter, plant

ROWS = {1: "eastron_sdm630", 2: "schneider_iem3155", 3: "omron_km_n1", 4: "abb_b23"}


@contextmanager
def line(faults: Mapping[str, Fault], masters: tuple[OtherMaster, ...] = ()) -> Iterator[str]:
    """The serial port of four meters ``m1`` to ``m4`` with these faults."""
    rows = [meter(name, id=f"m{unit}", unit_id=unit) for unit, name in ROWS.items()]
    made = plant(*rows, kind="rtu")
    made.links = (Link("line", "rtu", baud=9600, baud_timing=True),)
    made.masters = masters
    switched = Faults()
    for name, fault in faults.items():
        switched.inject(name, fault)
    with Switchboard(made, HandClock().now_ms, faults=switched, time_factor=0) as board:
        yield board.addresses["line"].device


def scanned(device: str) -> ScanReport:
    """The scan of units 1 to 6 at the line's own settings."""
    plan = serial_plan(device, [9600], ["N"], 1, range(1, 7), 200)
    return scan(plan, listener=lambda *_: 0)


@pytest.mark.parametrize("fault", ["slow", "late"])
def test_a_unit_that_needs_longer_is_found(fault: str) -> None:
    """Its answer came while the next unit was asked; it is asked again with patience."""
    with line({"m3": Fault(fault, delay_s=0.3)}) as device:  # type: ignore[arg-type]
        report = scanned(device)
    assert [row.unit_id for row in report.found] == [1, 2, 3, 4]
    assert any("unit 3 takes" in note for note in report.notes)


def test_a_unit_that_answers_for_another_is_told() -> None:
    """Each time, so it is no late answer; the others are found."""
    with line({"m3": Fault("wrong-unit")}) as device:
        report = scanned(device)
    assert [row.unit_id for row in report.found] == [1, 2, 4]
    assert any("unit 4 answered when unit 3 was asked, each time" in n for n in report.notes)


def test_a_unit_whose_answers_are_cut_is_told() -> None:
    """It is there, and gives less than was asked for."""
    with line({"m3": Fault("short")}) as device:
        report = scanned(device)
    assert any("unit 3 sent 1 registers when asked for 2, each time" in n for n in report.notes)


def test_two_meters_with_one_id_are_told_at_the_latest_when_they_are_asked_what_they_are() -> None:
    """Both refuse the probe with the same bytes, which no collision shows; their values collide."""
    with line({"m3": Fault("doubled", unit_id=1)}) as device:
        report = scanned(device)
        first = next(row for row in report.found if row.unit_id == 1)
        told = recognise(first, all_profiles(), _in_a_hurry)
    assert first.doubled or "two meters with one unit id" in told.fault


def test_another_master_is_heard_before_anything_is_asked() -> None:
    """A controller polls two of the units each tenth of a second."""
    with line({}, (OtherMaster("line", (1, 2), 0.1),)) as device:
        report = scan(serial_plan(device, [9600], ["N"], 1, range(1, 7)))
    assert report.found == ()
    assert report.busy == (device,)
    assert any("edge-agent listen" in note for note in report.notes)


def _in_a_hurry(settings: LinkSettings, gaps_ms: Mapping[int, int]) -> MeterLink:
    """The line without the pauses that real meters want."""
    return open_link(settings, dict.fromkeys(gaps_ms, 0))
