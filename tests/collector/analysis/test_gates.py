"""Gates: enough data or not."""

from __future__ import annotations

import pytest

from collector.analysis import gates_for, passed
from collector.analysis.contract_rules import high_voltage_rules
from collector.analysis.gates import available, needs
from tests.collector.analysis.loads import kinds, load, of_kw

NAN = float("nan")


def test_every_need_has_a_limit_a_source_and_something_to_count() -> None:
    """No row of the data is silent or asks for what nobody counts, and none is there twice."""
    counted = available(load(1.0, 2))
    for need in needs():
        assert need.limit > 0
        assert need.source
        assert need.name in counted
    assert len({(need.analysis, need.name) for need in needs()}) == len(needs())


@pytest.mark.parametrize("analysis", sorted({need.analysis for need in needs()}))
def test_a_day_is_not_enough_and_a_full_year_is(analysis: str) -> None:
    """Every gate is shut for one day with holes and open for a full year."""
    year = load(5.0, 365)
    year["reactive_kvarh"] = 1.0
    poor = of_kw([5.0] * 30 + [NAN] * 18)
    assert passed(gates_for(analysis, year, kinds(365), ("sunday",)))
    assert not passed(gates_for(analysis, poor, kinds(1), ("sunday",)))


def test_a_gate_tells_figure_limit_and_why() -> None:
    """Thirteen days are no base load: thirteen of fourteen, and whose rule that is."""
    (gate,) = gates_for("base_load", load(5.0, 13))
    assert (gate.name, gate.passed, gate.figure, gate.limit) == ("days", False, 13.0, 14.0)
    assert gate.why
    assert gates_for("base_load", load(5.0, 14))[0].passed


def test_eleven_months_are_no_contract_power() -> None:
    """A year less a month is not enough, however well known."""
    months, known = gates_for("contract_power", load(5.0, 334))
    assert (months.figure, months.passed, known.passed) == (11.0, False, True)


def test_unknown_analysis_and_no_slots() -> None:
    """Each has its line."""
    with pytest.raises(ValueError, match="no need is written for horoscope"):
        gates_for("horoscope", load(5.0))
    with pytest.raises(ValueError, match="two slots"):
        gates_for("base_load", load(5.0).iloc[:0])


def test_contract_rules_carry_their_source() -> None:
    """The figures of the supply terms come from the data file, with a day and a source."""
    rules = high_voltage_rules()
    assert (rules.lookback_months, rules.negotiated_from_kw) == (12, 500.0)
    assert rules.power_factor.span == (480, 1320)
    assert "tohoku-epco" in rules.source
    assert rules.from_date.year >= 2016
