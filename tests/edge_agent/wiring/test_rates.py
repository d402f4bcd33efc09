"""No false alarm in ten thousand healthy circuits; single faults found in 99 of 100 draws.

The circuits come from a vector model of the tests' own (``circuit``), with the errors of class 1
meters, harmonics, unbalance, light load, solar export, braking drives, and values that meters lack.
The rates are written to the terminal.
"""

from __future__ import annotations

import random
import sys
from collections import Counter
from dataclasses import replace

import pytest

from edge_agent.wiring import MeterFacts, Verdict, judge
from tests.edge_agent.wiring.circuit import Draw, draw, readings
from tests.edge_agent.wiring.wrongs import WRONGS, Wrong

HEALTHY = 10_000
DRAWS = 300
USUAL_DEG = (-30.0, 45.0)


def _healthy(chance: random.Random) -> tuple[Draw, bool | None]:
    """A healthy circuit, and what is said of generation."""
    row, generates = draw(chance), chance.choice((False, False, None))
    lot = chance.random()
    if lot < 0.15:
        phase = chance.choice((None, None, 0))
        return replace(row, solar=chance.uniform(0, 1), solar_phase=phase), True
    if lot < 0.2:
        row = replace(row, braking=True)
    elif lot < 0.3:
        row = replace(row, load=chance.uniform(0, 0.06))
    elif lot < 0.4:
        weights = (1.0, chance.choice((0.0, 0.02, 1.0)), chance.choice((0.0, 0.02)))
        row = replace(row, weights=weights)
    return row, generates


def _with_gaps(shows: list[dict[str, float]], chance: random.Random) -> list[dict[str, float]]:
    """Some meters have no register for some quantities, or show none now and then."""
    if chance.random() < 0.2:
        gone = {name for name in shows[0] if chance.random() < 0.3}
        return [{n: v for n, v in values.items() if n not in gone} for values in shows]
    if chance.random() < 0.1:
        return [{n: v for n, v in values.items() if chance.random() > 0.1} for values in shows]
    return shows


def _facts(row: Draw, chance: random.Random, generates: bool | None) -> MeterFacts:
    return MeterFacts(
        wiring=row.wiring if chance.random() < 0.85 else "",
        rated_current_a=row.rated_a if chance.random() < 0.7 else None,
        nominal_voltage_v=row.nominal_v if chance.random() < 0.5 else None,
        generates=generates,
        counter_step_wh=row.step_wh,
    )


def _tell(capsys: pytest.CaptureFixture[str], line: str) -> None:
    with capsys.disabled():
        sys.stdout.write(f"\n    {line}")


def test_no_healthy_circuit_is_blamed(capsys: pytest.CaptureFixture[str]) -> None:
    """Ten thousand circuits of all wirings bring no fault and nothing to check."""
    chance = random.Random(20261128)
    alarms: list[tuple[Draw, Verdict]] = []
    notes: Counter[str] = Counter()
    loaded = 0
    for _ in range(HEALTHY):
        row, generates = _healthy(chance)
        shows, at_s = readings(row, chance)
        found = judge(_with_gaps(shows, chance), _facts(row, chance, generates), at_s)
        loaded += found.enough_load
        notes.update(one.kind for one in found.verdicts if one.severity == "note")
        alarms += [(row, one) for one in found.verdicts if one.severity != "note"]
    _tell(capsys, f"healthy: {HEALTHY} draws, {loaded} with load, {len(alarms)} alarms, {notes}")
    assert alarms == []
    assert loaded > 0.8 * HEALTHY


def _faulty(wrong: Wrong, chance: random.Random) -> tuple[Draw, tuple[str, ...] | None]:
    row = draw(
        chance,
        chance.choice(wrong.wirings),
        style=chance.choice(wrong.styles),
        load=chance.uniform(0.1, 1.0),
        weights=tuple(chance.uniform(0.7, 1.3) for _ in range(3)),
    )
    return wrong.apply(row, chance)


def _facts_of_faulty(wrong: Wrong, row: Draw, chance: random.Random) -> MeterFacts:
    nominal = wrong.knows_nominal or (chance.random() < 0.3 and wrong.kind != "wrong_vt_ratio")
    return MeterFacts(
        wiring=row.wiring,
        rated_current_a=row.rated_a if wrong.knows_rated or chance.random() < 0.7 else None,
        nominal_voltage_v=row.nominal_v if nominal else None,
        generates=False,
        counter_step_wh=row.step_wh,
    )


@pytest.mark.parametrize("wrong", WRONGS, ids=lambda wrong: wrong.name)
def test_a_single_fault_is_found(wrong: Wrong, capsys: pytest.CaptureFixture[str]) -> None:
    """The verdict names kind and phases in 99 of 100 draws, and little else beside it."""
    chance = random.Random(f"{wrong.name}")
    named = told = beside = usual = usual_named = 0
    for _ in range(DRAWS):
        row, phases = _faulty(wrong, chance)
        shows, at_s = readings(row, chance)
        found = judge(shows, _facts_of_faulty(wrong, row, chance), at_s).verdicts
        rows = [one for one in found if one.severity != "note"]
        hit = any(one.kind == wrong.kind and phases in (None, one.phases) for one in rows)
        named += hit
        told += hit or any((wrong.kind, phases) in one.others for one in rows)
        beside += any(one.kind not in (wrong.kind, *wrong.follows) for one in rows)
        if USUAL_DEG[0] < row.angle_deg < USUAL_DEG[1]:
            usual, usual_named = usual + 1, usual_named + hit
    shares = f"named {named / DRAWS:.2%}, named or told {told / DRAWS:.2%}"
    _tell(capsys, f"{wrong.name}: {shares}, something else beside it {beside / DRAWS:.2%}")
    assert told >= 0.99 * DRAWS
    if wrong.twins:
        assert usual_named >= wrong.at_usual_angles * usual
    else:
        assert named >= 0.99 * DRAWS
        assert beside <= 0.02 * DRAWS
