"""The simulators' own vector model, miswired in every way they know, is judged as it was wired."""

from __future__ import annotations

import pytest

from edge_agent.wiring import MeterFacts, judge
from simulators.electricity import Draw, Supply, quantities
from simulators.hookup import Hookup, miswirings
from simulators.vectors import Wiring

SUPPLY_V: dict[Wiring, float] = {"1P2W": 100, "1P3W": 200, "3P3W": 210, "3P4W": 400}
CASES = [(wiring, word) for wiring in SUPPLY_V for word in ("", *miswirings(wiring))]


def _expected(wiring: Wiring, word: str) -> tuple[str, tuple[str, ...]] | None:
    if not word:
        return None
    if word == "single_phase":
        return "single_phase_on_three", ()
    what, _, where = word.partition("_l")
    phases = tuple(f"L{part.lstrip('l')}" for part in where.split("_"))
    if what.startswith("swapped") and wiring == "1P3W":
        return "reversed_ct", ("L1", "L2")  # of two opposite phases: the same figures
    if what.startswith("swapped") and wiring == "3P3W":
        return "swapped_phases", ("L1", "L3")  # two wattmeters: nothing is left of any exchange
    kinds = {"reversed": "reversed_ct", "swapped_voltages": "rotation"}
    return kinds.get(what, what.replace("swapped_currents", "swapped_phases")), phases


@pytest.mark.parametrize(("wiring", "word"), CASES)
@pytest.mark.parametrize("power_factor", [0.8, 0.97])
def test_a_simulated_meter_is_judged_as_it_is_wired(
    wiring: Wiring, word: str, power_factor: float
) -> None:
    """One verdict for each miswiring, none for the sound meter."""
    hookup = Hookup(wiring, (word,) if word else ())
    supply = Supply(SUPPLY_V[wiring])
    samples = []
    for number in range(8):
        load = Draw(20_000.0 + 1_000 * number, 1e6, 1e5, power_factor, 40_000.0)
        samples.append(quantities(load, supply, 10_000 * number, 5, hookup))
    found = judge(samples, MeterFacts(wiring, generates=False)).verdicts
    expected = _expected(wiring, word)
    assert [(one.kind, one.phases) for one in found] == ([] if expected is None else [expected])
