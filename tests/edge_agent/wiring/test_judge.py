"""Worked cases: figures that a fitter could read off a display, and what is said of them."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from edge_agent.config import MeterSettings
from edge_agent.wiring import Judgement, Look, MeterFacts, Verdict, facts_of, judge
from edge_agent.words import in_language

STAR = MeterFacts("3P4W", rated_current_a=100, nominal_voltage_v=400, generates=False)
Rows = dict[str, tuple[float, float, float, float]]

HEALTHY: Rows = {
    "l1": (230.0, 20.0, 4370.0, 1436.0),
    "l2": (231.0, 21.0, 4608.0, 1515.0),
    "l3": (229.0, 19.0, 4133.0, 1359.0),
}
"""Volts, amperes, watts, var: a power factor of 0.95, lagging."""


def _sample(rows: Rows, **more: float) -> dict[str, float]:
    values: dict[str, float] = {}
    for phase, (volts, amps, watts, var) in rows.items():
        values |= {f"voltage_{phase}_v": volts, f"current_{phase}_a": amps}
        values |= {f"active_power_{phase}_w": watts, f"reactive_power_{phase}_var": var}
    values["active_power_w"] = sum(row[2] for row in rows.values())
    values["reactive_power_var"] = sum(row[3] for row in rows.values())
    return values | more


def _judge(rows: Rows, facts: MeterFacts = STAR, **more: float) -> Judgement:
    return judge([_sample(rows, **more)] * 5, facts)


def _look(judgement: Judgement, check: str) -> Look:
    return next(row for row in judgement.looked_at if row.check == check)


def _only(judgement: Judgement) -> Verdict:
    (verdict,) = judgement.verdicts
    return verdict


def test_a_healthy_circuit_is_called_healthy() -> None:
    """Load on all phases, nothing to correct, and every possible way of looking named."""
    found = _judge(HEALTHY)
    assert found.healthy
    assert found.loaded == ("L1", "L2", "L3")
    done = {row.check for row in found.looked_at if row.done}
    assert done == {"voltages", "nominal", "directions", "rated", "product", "sums"}


CASES: list[tuple[str, Rows, str, tuple[str, ...]]] = [
    (
        "L2 turned round: all of its power is negative",
        HEALTHY | {"l2": (231.0, 21.0, -4608.0, -1515.0)},
        "reversed_ct",
        ("L2",),
    ),
    (
        "currents of L1 and L2 exchanged: 18 degrees become 138 and -102",
        {
            "l1": (230.0, 21.0, -3590.0, 3232.0),
            "l2": (231.0, 20.0, -961.0, -4519.0),
            "l3": HEALTHY["l3"],
        },
        "swapped_phases",
        ("L1", "L2"),
    ),
    (
        "voltages of L1 and L2 exchanged: 18 degrees become -102 and 138",
        {
            "l1": (231.0, 20.0, -961.0, -4519.0),
            "l2": (230.0, 21.0, -3590.0, 3232.0),
            "l3": HEALTHY["l3"],
        },
        "rotation",
        ("L1", "L2"),
    ),
    (
        "L1's transformer on L3's conductor: L3's current, at -102 degrees",
        HEALTHY | {"l1": (230.0, 19.0, -909.0, -4274.0)},
        "ct_on_wrong_phase",
        ("L1", "L3"),
    ),
    (
        "L3 has no voltage: its current goes uncounted",
        HEALTHY | {"l3": (12.0, 19.0, 0.0, 0.0)},
        "missing_voltage",
        ("L3",),
    ),
    (
        "all three turned round, where nothing generates",
        {phase: (v, i, -p, -q) for phase, (v, i, p, q) in HEALTHY.items()},
        "reversed_ct",
        ("L1", "L2", "L3"),
    ),
    (
        "currents twice the rating: a CT of 200/5 set as 400/5 or more",
        {phase: (v, 11 * i, 11 * p, 11 * q) for phase, (v, i, p, q) in HEALTHY.items()},
        "wrong_ct_ratio",
        (),
    ),
    (
        "power knows a ratio of 40 that current does not",
        {phase: (v, i, 40 * p, 40 * q) for phase, (v, i, p, q) in HEALTHY.items()},
        "wrong_ct_ratio",
        (),
    ),
    (
        "half the voltage that was said",
        {phase: (v / 2, i, p / 2, q / 2) for phase, (v, i, p, q) in HEALTHY.items()},
        "wrong_vt_ratio",
        (),
    ),
]


@pytest.mark.parametrize(("_story", "rows", "kind", "phases"), CASES, ids=[row[0] for row in CASES])
def test_a_worked_case(_story: str, rows: Rows, kind: str, phases: tuple[str, ...]) -> None:
    """One fault, seen by its figures, is one verdict of its kind at its phases."""
    verdict = _only(_judge(rows))
    assert (verdict.kind, verdict.phases) == (kind, phases)
    assert verdict.severity == "fault"
    assert "{" not in verdict.title + verdict.evidence + verdict.todo


def test_the_evidence_has_the_figures_and_the_todo_the_danger() -> None:
    """A fitter sees what gave it away, and is told not to open a transformer's circuit."""
    verdict = _only(_judge(CASES[0][1]))
    assert "L2: -4.61 kW at 21.0 A, current -162° behind" in verdict.evidence
    assert "L1: 4.37 kW at 20.0 A" in verdict.evidence
    assert "k and l" in verdict.todo
    assert "short-circuit" in verdict.todo
    assert in_language(verdict.title, "ja") == "L2 のCTが逆向き"
    assert "二次側を絶対に開放せず" in in_language(verdict.todo, "ja")


def test_without_load_only_voltages_are_judged() -> None:
    """A reversed transformer is not told by a stray ampere, and it says why."""
    rows = {
        phase: (230.0, 0.4, watts, 10.0)
        for phase, watts in zip(HEALTHY, (90.0, -90.0, 90.0), strict=True)
    }
    found = _judge(rows)
    assert (found.verdicts, found.enough_load, found.loaded) == ((), False, ())
    assert "no phase carries 5.00 A" in found.load
    assert not found.healthy


def test_a_phase_without_load_stays_unjudged_and_is_named() -> None:
    """Two phases carry load: the third is not called healthy."""
    found = _judge(HEALTHY | {"l3": (229.0, 0.2, -40.0, 0.0)})
    assert found.loaded == ("L1", "L2")
    assert "not on L3" in found.load
    assert _look(found, "directions").phases == ("L1", "L2")


def test_two_readings_are_too_few() -> None:
    """A verdict wants three readings under load."""
    assert not judge([_sample(CASES[0][1])] * 2, STAR).enough_load


@pytest.mark.parametrize(("generates", "severity"), [(False, "fault"), (None, "check")])
def test_a_reversed_ct_is_sure_only_where_nothing_generates(
    generates: bool | None, severity: str
) -> None:
    """Nobody said whether the plant generates: the verdict is a doubt, and says which."""
    verdict = _only(_judge(CASES[0][1], replace(STAR, generates=generates)))
    assert verdict.severity == severity
    assert ("Generation on single phases" in verdict.evidence) == (generates is None)


def test_a_trickle_of_an_unknown_circuit_is_never_sure() -> None:
    """Two amperes may be the noise of a transformer for a thousand."""
    rows = {p: (v, i / 10, w / 10, q / 10) for p, (v, i, w, q) in CASES[0][1].items()}
    verdict = _only(_judge(rows, replace(STAR, rated_current_a=None)))
    assert (verdict.kind, verdict.severity) == ("reversed_ct", "check")


def test_all_phases_back_says_both_and_asks() -> None:
    """Export and three reversed transformers look alike: both are told, the fact is asked for."""
    verdict = _only(_judge(CASES[5][1], replace(STAR, generates=None)))
    assert verdict.severity == "check"
    assert "the plant feeds out, or all CTs are reversed" in verdict.evidence
    assert verdict.todo.startswith("Say first whether the plant generates")


def test_a_plant_that_generates_may_feed_any_phase_back() -> None:
    """Directions are not judged, and that is said."""
    found = _judge(CASES[0][1], replace(STAR, generates=True))
    assert found.verdicts == ()
    look = _look(found, "directions")
    assert not look.done
    assert "generation is off" in look.why


def test_braking_drives_are_no_reversed_transformers() -> None:
    """Power that flows back in a quarter of the readings is the load's doing."""
    forward, back = _sample(HEALTHY), _sample(CASES[5][1])
    assert judge([forward, forward, forward, back] * 3, STAR).verdicts == ()


def test_exchanged_phases_at_a_bad_power_factor_are_told_both_ways() -> None:
    """At 0.5 lagging one exchanged pair looks like another pair at 0.5 leading."""
    angles = (60.0 + 120.0, 60.0 - 120.0, 60.0)
    rows = {
        phase: (230.0, 20.0, 4600 * math.cos(math.radians(a)), 4600 * math.sin(math.radians(a)))
        for phase, a in zip(("l1", "l2", "l3"), angles, strict=True)
    }
    verdict = _only(_judge(rows))
    assert (verdict.severity, verdict.phases) == ("check", ("L1", "L2"))
    assert ("swapped_phases", ("L1", "L3")) in verdict.others
    assert "Also possible: currents of L1 and L3 exchanged" in verdict.evidence


def test_without_reactive_power_a_reversed_ct_is_still_found() -> None:
    """The sign of active power tells it; the sign of the angle is not needed."""
    rows = {n: v for n, v in _sample(CASES[0][1]).items() if "reactive" not in n}
    found = judge([rows] * 5, STAR)
    assert [(one.kind, one.phases) for one in found.verdicts] == [("reversed_ct", ("L2",))]
    assert "without reactive power" in _look(found, "directions").why


def test_totals_alone_tell_that_something_is_wrong_but_not_where() -> None:
    """A third of voltage times current is left: a transformer is reversed, on no named phase."""
    values = {n: v for n, v in _sample(CASES[0][1]).items() if "power_l" not in n}
    verdict = _only(judge([values] * 5, STAR))
    assert (verdict.kind, verdict.severity, verdict.phases) == ("reversed_ct", "check", ())


def _three_wires(signs: tuple[int, int], angle_deg: float = 25.0) -> dict[str, float]:
    """Two wattmeters at 6600 V and 20 A: V12 with I1, V32 with I3; I2 is made of both."""
    one, three = signs
    phi = math.radians(angle_deg)
    w1, w3 = one * math.cos(phi + math.pi / 6), three * math.cos(phi - math.pi / 6)
    q1, q3 = one * math.sin(phi + math.pi / 6), three * math.sin(phi - math.pi / 6)
    va = 6600.0 * 20.0
    middle = 20.0 if one == three else 20.0 * math.sqrt(3)
    lines = {f"voltage_{name}_v": 6600.0 for name in ("l1_l2", "l2_l3", "l3_l1")}
    amps = {"current_l1_a": 20.0, "current_l2_a": middle, "current_l3_a": 20.0}
    power = {"active_power_w": va * (w1 + w3), "reactive_power_var": va * (q1 + q3)}
    return lines | amps | power


@pytest.mark.parametrize(
    ("signs", "phases"),
    [((1, 1), None), ((-1, 1), ("L1",)), ((1, -1), ("L3",)), ((-1, -1), ("L1", "L2", "L3"))],
)
def test_two_wattmeters_tell_which_transformer_is_reversed(
    signs: tuple[int, int], phases: tuple[str, ...] | None
) -> None:
    """By how much is left of voltage times current, L2's 1.73-fold current and reactive power."""
    found = judge([_three_wires(signs)] * 5, MeterFacts("3P3W", generates=False))
    got = [(one.kind, one.phases) for one in found.verdicts]
    assert got == ([] if phases is None else [("reversed_ct", phases)])


def test_a_negative_element_at_a_low_power_factor_is_no_fault() -> None:
    """Below 0.5 the first of two wattmeters runs backwards in a healthy circuit."""
    values = _three_wires((1, 1), 70.0)
    values |= {"active_power_l1_w": -23_000.0, "active_power_l2_w": 0.0}
    values["active_power_l3_w"] = values["active_power_w"] + 23_000.0
    assert judge([values] * 5, MeterFacts("3P3W", generates=False)).verdicts == ()


def test_secondary_volts_suggest_the_ratio_of_the_plate() -> None:
    """110 V between three lines is what a VT gives: 30 or 60 is probable in Japan."""
    values = {name: v / 60 if "voltage" in name else v for name, v in _three_wires((1, 1)).items()}
    values = {name: v for name, v in values.items() if "power" not in name}
    verdict = _only(judge([values] * 5, MeterFacts("3P3W")))
    assert (verdict.kind, verdict.severity) == ("wrong_vt_ratio", "check")
    assert "30.0 (3300 V), 60.0 (6600 V)" in verdict.todo


def test_the_nominal_voltage_suggests_the_ratio() -> None:
    """6600 V are said and 110 V are shown: 60 would fit."""
    values = {name: v / 60 if "voltage" in name else v for name, v in _three_wires((1, 1)).items()}
    values = {name: v for name, v in values.items() if "power" not in name}
    verdict = _only(judge([values] * 5, MeterFacts("3P3W", nominal_voltage_v=6600)))
    assert (verdict.kind, verdict.severity) == ("wrong_vt_ratio", "fault")
    assert "VT ratio 60.0 would fit, 1.00 is set" in verdict.todo


def test_phase_and_line_voltage_mixed_up_is_named() -> None:
    """A factor of 1.73 has a cause of its own."""
    verdict = _only(_judge(HEALTHY, replace(STAR, nominal_voltage_v=230)))
    assert "1.73" in verdict.evidence


SINGLE = {"l1": HEALTHY["l1"], "l2": (0.0, 0.0, 0.0, 0.0), "l3": (0.0, 0.0, 0.0, 0.0)}


def test_a_single_phase_on_a_meter_of_three_is_no_missing_voltage() -> None:
    """Two phases without voltage and without current: the circuit is single-phase."""
    found = _judge(SINGLE)
    assert [one.kind for one in found.verdicts] == ["single_phase_on_three"]
    told = _judge(SINGLE, replace(STAR, wiring="1P2W", nominal_voltage_v=230))
    assert told.verdicts == ()


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (SINGLE, ("single_phase_on_three", "note")),
        (HEALTHY | {"l3": (0.0, 0.0, 0.0, 0.0)}, ("missing_voltage", "note")),
        (HEALTHY | {"l3": (0.0, 19.0, 0.0, 0.0)}, ("missing_voltage", "check")),
    ],
)
def test_where_nobody_said_the_wiring_a_dead_phase_may_not_exist(
    rows: Rows, expected: tuple[str, str]
) -> None:
    """Without current it is a note; with current something is to be checked."""
    verdict = _only(_judge(rows, replace(STAR, wiring="", nominal_voltage_v=None)))
    assert (verdict.kind, verdict.severity) == expected


def test_a_voltage_bridged_to_all_inputs_is_a_single_phase() -> None:
    """All phases have voltage, and none has any against another."""
    rows = {phase: HEALTHY["l1"] for phase in HEALTHY}
    lines = {f"voltage_{name}_v": 0.4 for name in ("l1_l2", "l2_l3", "l3_l1")}
    kinds = [one.kind for one in _judge(rows, STAR, **lines).verdicts]
    assert kinds == ["single_phase_on_three"]


def test_line_voltages_of_zero_beside_live_phases_are_no_values() -> None:
    """A meter that does not measure them may show 0."""
    lines = {f"voltage_{name}_v": 0.0 for name in ("l1_l2", "l2_l3", "l3_l1")}
    assert _judge(HEALTHY, STAR, **lines).verdicts == ()


def test_single_phase_three_wire_on_a_meter_of_three() -> None:
    """Two phases against each other, the third dead: 1P3W."""
    rows = HEALTHY | {"l2": (230.0, 20.0, 4370.0, 1436.0), "l3": (0.0, 0.0, 0.0, 0.0)}
    verdict = _judge(rows, STAR, voltage_l1_l2_v=460.0).verdicts[0]
    assert verdict.kind == "single_phase_on_three"
    assert "1P3W" in verdict.evidence


def test_1p3w_with_both_transformers_back_also_tells_of_exchange() -> None:
    """On two opposite phases exchanged transformers and two reversed ones are the same."""
    rows = {p: (100.0, 20.0, -1900.0, -624.0) for p in ("l1", "l2")}
    verdict = _only(_judge(rows, MeterFacts("1P3W", generates=False)))
    assert verdict.phases == ("L1", "L2")
    assert "exchanged with each other" in verdict.evidence


def test_a_dead_circuit_is_a_note_not_a_fault() -> None:
    """A breaker that is off on Sunday is no wiring mistake."""
    rows = dict.fromkeys(HEALTHY, (0.0, 0.0, 0.0, 0.0))
    found = _judge(rows)
    assert [(one.kind, one.severity) for one in found.verdicts] == [("missing_voltage", "note")]


def test_a_total_that_adds_amounts_is_told() -> None:
    """The sum of sizes where one phase is negative: two verdicts, the second says how."""
    found = _judge(CASES[0][1], STAR, active_power_w=13_111.0)
    by_kind = {one.kind: one for one in found.verdicts}
    assert set(by_kind) == {"reversed_ct", "unbalanced_sums"}
    assert "amounts without their signs" in by_kind["unbalanced_sums"].evidence


@pytest.mark.parametrize(
    ("factor", "severity"), [(0.95, None), (-0.95, "note"), (0.095, "check"), (95.0, "check")]
)
def test_the_power_factor_is_compared_with_the_powers(factor: float, severity: str | None) -> None:
    """Its sign may tell leading from lagging (a note); its size must fit."""
    more = {"apparent_power_l1_va": 4600.0, "power_factor_l1": factor}
    found = _judge(HEALTHY, STAR, **more)
    kinds = [(one.kind, one.severity) for one in found.verdicts]
    assert kinds == ([] if severity is None else [("pf_sign", severity)])


def test_values_that_the_meter_does_not_give_are_named_as_reasons() -> None:
    """Nothing but frequency: no verdict, no load, and a reason for every way of looking."""
    found = judge([{"frequency_hz": 50.0}] * 5, STAR)
    assert (found.verdicts, found.enough_load) == ((), False)
    assert all(row.why for row in found.looked_at if not row.done)
    assert not any(row.done for row in found.looked_at)
    assert "neither current nor power" in found.load


def test_no_samples_are_no_verdict() -> None:
    """An empty list is judged as nothing known."""
    assert judge([], MeterFacts()).verdicts == ()


def test_the_facts_come_from_the_settings() -> None:
    """Rated current, ratios and wiring; without a rated current the ratio tells the primary."""
    row = MeterSettings(id="m", link="l", unit_id=1, profile="p", wiring="3P3W", ct_ratio=40)
    facts = facts_of(row.model_copy(update={"generates": True}), 100.0)
    assert (facts.wiring, facts.ct_ratio, facts.counter_step_wh) == ("3P3W", 40, 100.0)
    assert (facts.full_current_a, facts.least_current_a) == (200.0, 10.0)
    assert MeterFacts().least_current_a == 0.5
