"""A meter against those below it."""

from __future__ import annotations

import random

import pytest

from edge_agent.wiring import Load, balance, families, load_of
from edge_agent.wiring.tally import Flow


def _kinds(parent: Load, *children: Load) -> list[tuple[str, str]]:
    return [(one.kind, one.severity) for one in balance(parent, children).verdicts]


@pytest.mark.parametrize(
    ("children_w", "kinds"),
    [
        ((4_000.0, 3_000.0), []),
        ((6_000.0, 4_300.0), []),
        ((6_500.0, 4_500.0), [("parent_vs_children", "check")]),
        ((8_000.0, 6_000.0), [("parent_vs_children", "fault")]),
        ((-2_000.0, 9_000.0), []),
    ],
)
def test_children_may_not_carry_more(
    children_w: tuple[float, ...], kinds: list[tuple[str, str]]
) -> None:
    """Within the errors of the meters nothing is said; what feeds back counts against the rest."""
    children = [Load(f"m{n}", watts, 0.03 * abs(watts)) for n, watts in enumerate(children_w)]
    assert _kinds(Load("main", 10_000.0, 300.0), *children) == kinds


def test_a_family_of_one_is_not_compared() -> None:
    """Without children the look was not possible."""
    outcome = balance(Load("main", 1.0, 0.0), [])
    assert (outcome.verdicts, outcome.look.done) == ((), False)


def test_families_come_from_the_meters_above() -> None:
    """By name; a meter with nothing above it heads none."""
    assert families({"a": "main", "b": "main", "c": "a", "main": ""}) == {
        "main": ("a", "b"),
        "a": ("c",),
    }


def _flow(powers: list[float], pace_s: float, counter_factor: float | None) -> Flow:
    flow, wh = Flow(), 0.0
    for number, watts in enumerate(powers):
        values = {"active_power_w": watts}
        if counter_factor is not None:
            values["active_energy_import_wh"] = 100.0 + counter_factor * wh
        flow.add(number * pace_s, values)
        wh += watts * pace_s / 3600
    return flow


def test_the_load_is_by_the_counter_when_power_is_uneven() -> None:
    """The counter misses nothing between two readings."""
    chance = random.Random(1)
    powers = [chance.choice((0.0, 30_000.0)) for _ in range(16)]
    load = load_of("m", _flow(powers, 60.0, 1.0))
    assert load is not None
    assert load.power_w == pytest.approx(sum(powers[:-1]) / 15)
    assert load.margin_w < 0.1 * load.power_w


def test_the_load_is_by_power_when_the_counter_is_coarse() -> None:
    """Even power is more exact than a few steps."""
    load = load_of("m", _flow([1_000.0] * 16, 60.0, 1.0), counter_step_wh=1_000.0)
    assert load is not None
    assert (load.power_w, load.margin_w) == (1_000.0, 30.0)


def test_a_short_while_makes_no_load() -> None:
    """Less than five minutes say too little of a quarter-hour."""
    assert load_of("m", _flow([1_000.0] * 4, 60.0, 1.0)) is None


def test_a_long_pause_or_a_fallen_counter_begins_anew() -> None:
    """Neither energy over a pause nor that of another meter is taken for this one's."""
    flow = _flow([1_000.0] * 10, 60.0, 1.0)
    flow.add(540.0 + 3_600.0, {"active_power_w": 1_000.0, "active_energy_import_wh": 900.0})
    assert (flow.seconds, flow.span_s, flow.count) == (0.0, 0.0, 1)
    flow = _flow([1_000.0] * 10, 60.0, 1.0)
    flow.add(600.0, {"active_power_w": 1_000.0, "active_energy_import_wh": 5.0})
    assert (flow.seconds, flow.imported_wh) == (0.0, 0.0)
