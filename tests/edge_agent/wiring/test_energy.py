"""The energy counter against power: a wrong ratio, unit or direction of one of them."""

from __future__ import annotations

import pytest

from edge_agent.wiring import Judgement, MeterFacts, judge


def _counted(imports: float, exports: float, watts: float = 36_000.0) -> Judgement:
    """Ten minutes of 36 kW, 6 kWh, with counters that moved by so many Wh."""
    shares = [n / 10 for n in range(11)]
    samples = [
        {
            "active_power_w": watts,
            "current_avg_a": 50.0,
            "active_energy_import_wh": 1e6 + imports * share,
            "active_energy_export_wh": 1e3 + exports * share,
        }
        for share in shares
    ]
    facts = MeterFacts("3P3W", rated_current_a=100, ct_ratio=40, counter_step_wh=10)
    return judge(samples, facts, [60.0 * n for n in range(11)])


@pytest.mark.parametrize(
    ("imports", "exports", "words"),
    [
        (6_000.0, 0.0, None),
        (5_600.0, 0.0, None),
        (0.0, 0.0, "stands still"),
        (0.0, 6_000.0, "other direction"),
        (150.0, 0.0, "CT ratio"),
        (6.0, 0.0, "Wh, kWh and MWh"),
        (6_000_000.0, 0.0, "Wh, kWh and MWh"),
        (12_000.0, 0.0, "factor is 2.00"),
    ],
)
def test_the_counter_is_compared_with_power(
    imports: float, exports: float, words: str | None
) -> None:
    """A wrong ratio, unit or direction of one of them is told with its factor."""
    found = _counted(imports, exports).verdicts
    assert [one.kind for one in found] == ([] if words is None else ["energy_vs_power"])
    assert words is None or words in found[0].evidence


def test_a_coarse_counter_is_not_judged_too_early() -> None:
    """100 Wh are too few for steps of 10 Wh, and that is said."""
    samples = [{"active_power_w": 360.0 * 50, "active_energy_import_wh": 1e6}] * 6
    found = judge(samples, MeterFacts("1P2W", generates=False), [4.0 * n for n in range(6)])
    assert found.verdicts == ()
    assert "too few" in found.looked_at[-1].why


def test_an_export_counter_that_is_missing_now_and_then_is_no_jump() -> None:
    """A reading without it is passed over, not taken as zero."""
    samples = [
        {"active_power_w": -36_000.0, "current_avg_a": 50.0, "active_energy_import_wh": 7e6}
        | ({} if number in (0, 4) else {"active_energy_export_wh": 5e6 + 600.0 * number})
        for number in range(11)
    ]
    facts = MeterFacts("3P3W", generates=True, rated_current_a=100)
    assert judge(samples, facts, [60.0 * n for n in range(11)]).verdicts == ()


def test_export_without_a_counter_of_its_own_is_not_judged() -> None:
    """The import counter may stand still while power flows back."""
    samples = [{"active_power_w": -36_000.0, "active_energy_import_wh": 7e6}] * 11
    found = judge(samples, MeterFacts(generates=True), [60.0 * n for n in range(11)])
    assert found.verdicts == ()
    assert "no counter of the energy that flows back" in found.looked_at[-1].why
