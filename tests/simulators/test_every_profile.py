"""Every shipped profile played by a simulated meter and read by the agent's own station."""

from __future__ import annotations

import math

import pytest

from edge_agent import profile
from edge_agent.config import LinkSettings, MeterSettings, PollSettings
from edge_agent.contract.quantity import QUANTITIES
from edge_agent.meter_link import open_link
from edge_agent.poll import assemble, run_once
from edge_agent.profile import Profile, Register
from edge_agent.registers import FORMATS
from edge_agent.settle import settle
from simulators.face import Face
from simulators.plant import PlantMeter
from simulators.switchboard import Switchboard
from tests.edge_agent.bench import HandClock as AgentClock
from tests.edge_agent.bench import Shelf
from tests.simulators.small_plant import HandClock, meter, plant

PEAK_KW = 4.0
"""What the smallest meters can carry on one phase."""
MANTISSA = {"f32": 2.0**-24, "f64": 2.0**-53}


def _meter(name: str, **facts: object) -> PlantMeter:
    return meter(name, rated_power_kw=5.0, serial="40517", **facts)


def _read(name: str, one: PlantMeter) -> tuple[dict[str, float], dict[str, float], Profile]:
    """What the agent's station reads of a served meter, what it measures, and its own profile."""
    clock = HandClock()
    with Switchboard(plant(one, peak_kw=PEAK_KW), clock.now_ms) as board:
        face = Face(board.plant, one, profile.load(name), board.faults)
        at = board.addresses["line"]
        link = LinkSettings(id="line", kind="tcp", host=at.host, port=at.port, gap_ms=0)
        rows = [MeterSettings(id="m1", link="line", unit_id=1, profile=name,
                              ct_ratio=one.ct_ratio, vt_ratio=one.vt_ratio)]  # fmt: skip
        shelf = Shelf()
        bus = assemble("works", link, rows, PollSettings())
        try:
            report = run_once(bus, shelf, AgentClock())
        finally:
            bus.close()
        assert [fault.message for fault in report.faults] == []
        (reading,) = report.readings
        return dict(reading.values), face.values(clock.at_ms), face.profile


def _step(register: Register, value: float, model: Profile) -> float:
    """How far a value that is shown may be from the one that is measured."""
    share = MANTISSA.get(register.format)
    number = abs(value) * share if share else 0.5 * abs(register.scale) + 1e-12 * abs(value)
    counter = QUANTITIES[register.quantity].unit in ("Wh", "varh")
    return 1.001 * number + (model.counter_step_wh if counter else 0.0)


@pytest.mark.parametrize("name", profile.available())
def test_every_profile_is_read_as_it_measures(name: str) -> None:
    """Each value that the station reads is what the meter measures, within the register's step."""
    got, measured, model = _read(name, _meter(name))
    electric = [row for row in model.registers if row.quantity in measured]
    assert electric
    for row in electric:
        if row.scale_register is not None:
            continue  # its step is a power of ten of the meter's choice: the next test
        assert got[row.quantity] == pytest.approx(
            measured[row.quantity], abs=_step(row, measured[row.quantity], model), rel=1e-12
        ), row.quantity


@pytest.mark.parametrize(
    "name", [n for n in profile.available() if any(
        row.scale_register is not None for row in profile.load(n).registers)]
)  # fmt: skip
def test_scale_registers_keep_three_digits(name: str) -> None:
    """A meter with scale registers shows every value to half a percent of its full scale."""
    got, measured, model = _read(name, _meter(name))
    for row in model.registers:
        if row.quantity in measured:
            assert got[row.quantity] == pytest.approx(measured[row.quantity], rel=0.02, abs=0.05)


@pytest.mark.parametrize("name", profile.available())
def test_every_meter_tells_who_it_is(name: str) -> None:
    """Identity, settings and SunSpec chain answer so that the agent has nothing to complain of."""
    clock, one = HandClock(), _meter(name)
    with Switchboard(plant(one, peak_kw=PEAK_KW), clock.now_ms) as board:
        at = board.addresses["line"]
        link = open_link(LinkSettings(id="line", kind="tcp", host=at.host, port=at.port, gap_ms=0))
        try:
            settled = settle(
                profile.load(name),
                lambda function, at, count: link.read(1, function, at, count, 900),
            )
        finally:
            link.close()
    assert [complaint.text for complaint in settled.complaints] == []
    if any(row.role == "serial" for row in profile.load(name).identity):
        assert settled.serial in ("40517", "40517"[:5])


@pytest.mark.parametrize("name", profile.available())
def test_registers_hold_what_a_plant_needs(name: str) -> None:
    """No profile has a register in which an ordinary value cannot be shown."""
    clock, one = HandClock(), _meter(name)
    board = Switchboard(plant(one, peak_kw=PEAK_KW), clock.now_ms)
    face = Face(board.plant, one, profile.load(name), board.faults)
    for block in face.profile.blocks:
        answer = face.answer(block.function, block.address, block.count, clock.at_ms)
        assert answer is not None
        assert len(answer.words) == block.count
        assert all(0 <= word <= 0xFFFF for word in answer.words)
    assert all(FORMATS[row.format].words == row.words for row in face.profile.registers)
    assert all(math.isfinite(value) for value in face.values(clock.at_ms).values())
