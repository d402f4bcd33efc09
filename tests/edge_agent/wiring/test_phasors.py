"""The vector picture: where arrows point."""

from __future__ import annotations

import pytest

from edge_agent.wiring import Phasor, phasors
from edge_agent.wiring.phasors import turned


def _angles(arrows: tuple[Phasor, ...]) -> dict[str, float]:
    return {row.name: round(row.angle_deg, 1) for row in arrows}


def _star(**more: float) -> dict[str, float]:
    values: dict[str, float] = {}
    for phase in ("l1", "l2", "l3"):
        values |= {f"voltage_{phase}_v": 230.0, f"current_{phase}_a": 10.0}
        values |= {f"active_power_{phase}_w": 1992.0, f"reactive_power_{phase}_var": 1150.0}
    return values | more


def test_an_inductive_load_is_behind_its_voltages() -> None:
    """30 degrees clockwise of each voltage, in the order L1, L2, L3."""
    assert _angles(phasors(_star(), "3P4W")) == {
        **{"L1": 0.0, "L2": -120.0, "L3": 120.0},
        **{"I1": -30.0, "I2": -150.0, "I3": 90.0},
    }


def test_a_reversed_current_points_away() -> None:
    """Both powers negative: the arrow is turned by half a turn."""
    values = _star(active_power_l2_w=-1992.0, reactive_power_l2_var=-1150.0)
    assert _angles(phasors(values, "3P4W"))["I2"] == 30.0


def test_line_voltages_move_the_voltages() -> None:
    """An uneven triangle is drawn as it is."""
    lines = {"voltage_l1_l2_v": 230.0 * 2**0.5, "voltage_l2_l3_v": 400.0}
    arrows = phasors(_star(**lines, voltage_l3_l1_v=230.0 * 3**0.5), "3P4W")
    assert _angles(arrows)["L2"] == -90.0
    assert _angles(arrows)["L3"] == 120.0


def test_line_voltages_that_make_no_triangle_are_passed_over() -> None:
    """The usual 120 degrees stand in."""
    lines = {f"voltage_{name}_v": 900.0 for name in ("l1_l2", "l2_l3", "l3_l1")}
    assert _angles(phasors(_star(**lines), "3P4W"))["L2"] == -120.0


def test_three_wires_take_the_angle_of_the_total() -> None:
    """Line voltages, and currents as in a balanced load."""
    values = {f"voltage_{name}_v": 6600.0 for name in ("l1_l2", "l2_l3", "l3_l1")}
    values |= {f"current_l{n}_a": 20.0 for n in (1, 2, 3)}
    values |= {"active_power_w": 100.0, "reactive_power_var": 100.0}
    angles = _angles(phasors(values, "3P3W"))
    assert angles == {
        **{"L1-L2": 30.0, "L2-L3": -90.0, "L3-L1": 150.0},
        **{"I1": -45.0, "I2": -165.0, "I3": 75.0},
    }
    assert phasors(values, "") == phasors(values, "3P3W")


def test_single_phase_three_wire_stands_opposite() -> None:
    """L1 and L2 half a turn apart."""
    values = {n: v for n, v in _star().items() if "l3" not in n}
    assert _angles(phasors(values, "1P3W")) == {"L1": 0, "L2": 180, "I1": -30.0, "I2": 150.0}


def test_a_single_phase_may_be_drawn_by_its_total() -> None:
    """A meter of one phase often has totals only."""
    values = {"voltage_l1_v": 100.0, "current_l1_a": 5.0, "active_power_w": 500.0}
    values["reactive_power_var"] = 0.0
    assert _angles(phasors(values, "1P2W")) == {"L1": 0.0, "I1": 0.0}


@pytest.mark.parametrize(
    ("more", "angle"),
    [
        ({"apparent_power_l1_va": 3984.0}, -60.0),
        ({"power_factor_l1": -0.5}, -60.0),
        ({}, None),
        ({"power_factor_l1": 0.0}, None),
    ],
)
def test_without_reactive_power_a_current_is_drawn_lagging(
    more: dict[str, float], angle: float | None
) -> None:
    """Apparent power or power factor tell how far; without them there is no arrow."""
    values = {n: v for n, v in _star(**more).items() if "reactive" not in n}
    assert _angles(phasors(values, "3P4W")).get("I1") == angle


def test_what_is_missing_has_no_arrow() -> None:
    """No values, no arrows; no power, no current."""
    assert phasors({}, "3P4W") == ()
    assert _angles(phasors({"voltage_l1_v": 230.0, "current_l1_a": 5.0}, "1P2W")) == {"L1": 0.0}


@pytest.mark.parametrize(("angle", "same"), [(180, 180), (-180, 180), (190, -170), (540, 180)])
def test_angles_stay_within_half_a_turn(angle: float, same: float) -> None:
    """-180 is 180."""
    assert turned(angle) == same
