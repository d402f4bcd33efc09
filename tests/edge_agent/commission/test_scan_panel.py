"""Eight meters of eight vendors on one bus, found and named without being told anything."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pytest

from edge_agent.commission.identify import tied
from edge_agent.commission.recognise import Recognised, recognise
from edge_agent.commission.scan import ScanReport, scan, serial_plan
from edge_agent.config import LinkSettings
from edge_agent.meter_link import MeterLink, open_link
from simulators.plant import Link
from simulators.switchboard import Switchboard
from tests.edge_agent.commission.cases import all_profiles
from tests.simulators.small_plant import HandClock, meter, plant

PANEL = {
    2: "eastron_sdm630",
    3: "schneider_iem3155",
    5: "carlo_gavazzi_em340",
    7: "omron_km_n1",
    8: "abb_b23",
    11: "chint_dtsu666",
    12: "lovato_dmg610",
    20: "janitza_umg96rm",
}
DEAD = 4
"""A unit id between the others whose meter has no supply."""


@pytest.fixture(scope="module")
def panel() -> Iterator[str]:
    """The serial port of the panel: 9600 baud, and at another speed nothing is understood."""
    rows = [meter(name, id=f"m{unit}", unit_id=unit, seed=unit) for unit, name in PANEL.items()]
    dead = meter("eastron_sdm120", id="dead", unit_id=DEAD, fault="silent")
    made = plant(*rows, dead, kind="rtu")
    made.links = (Link("line", "rtu", baud=9600, baud_timing=True),)
    with Switchboard(made, HandClock().now_ms, time_factor=0) as board:
        yield board.addresses["line"].device


@pytest.fixture(scope="module")
def report(panel: str) -> ScanReport:
    """What the scan says, speeds unknown."""
    plan = serial_plan(panel, [19200, 9600], ["N"], 1, range(1, 33), 120)
    return scan(plan, listener=lambda *_: 0)


@pytest.fixture(scope="module")
def named(report: ScanReport) -> dict[int, Recognised]:
    """Each unit that was found, and what it may be."""
    return {row.unit_id: recognise(row, all_profiles(), _in_a_hurry) for row in report.found}


def _in_a_hurry(settings: LinkSettings, gaps_ms: Mapping[int, int]) -> MeterLink:
    """The line without the pauses that real meters want."""
    return open_link(settings, dict.fromkeys(gaps_ms, 0))


def test_all_eight_are_found_and_the_dead_one_is_not(report: ScanReport) -> None:
    """At the speed of the bus, by their ids."""
    assert [row.unit_id for row in report.found] == list(PANEL)
    assert {row.link.baud for row in report.found} == {9600}
    assert not any(row.doubled for row in report.found)


@pytest.mark.parametrize("unit", PANEL)
def test_each_is_named_rightly(named: dict[int, Recognised], unit: int) -> None:
    """The right profile comes first, or shares the first place and says so."""
    candidates = named[unit].candidates
    first = [one.profile.name for one in tied(candidates) or candidates[:1]]
    assert PANEL[unit] in first
    assert candidates[0].score > 0.7
