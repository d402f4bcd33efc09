"""Power quality of a half hour."""

from __future__ import annotations

import pytest

from collector.figures.plant import FigurePlant
from collector.figures.quality import (
    newly_over,
    quality_fields,
    quality_rows,
    unbalance_percent,
    whole_days,
)
from collector.rollup.periods import SLOT_MS, Window
from collector.state.stale_figures import StaleDay
from edge_agent.contract.reading import Reading
from tests.collector.memory_store import MemoryStore
from tests.collector.summarise.plant import APRIL_MS, LIBRARY, MINUTE, SITE


def test_unbalance_is_that_of_nema() -> None:
    """NEMA MG-1's own example: 460, 467 and 450 V are 459 V and 9 V off: 1.96 %."""
    assert unbalance_percent([460.0, 467.0, 450.0]) == pytest.approx(1.96, abs=0.005)
    assert unbalance_percent([0.0, 0.0, 0.0]) is None


def test_line_voltages_stand_before_phase_voltages() -> None:
    """Means over the half hour, lowest and highest of all single values."""
    values = {
        "voltage_l1_l2_v": [200.0, 202.0],
        "voltage_l2_l3_v": [199.0, 201.0],
        "voltage_l3_l1_v": [198.0, 206.0],
        "voltage_l1_v": [115.0],
        "voltage_l2_v": [115.0],
        "voltage_l3_v": [115.0],
    }
    found = quality_fields(values)
    assert found is not None
    assert found["voltage_v"] == pytest.approx((201 + 200 + 202) / 3)
    assert (found["voltage_min_v"], found["voltage_max_v"]) == (198.0, 206.0)
    assert found["voltage_unbalance_percent"] == pytest.approx(100 / 201)
    assert found["readings"] == 2.0


@pytest.mark.parametrize(
    ("values", "factor"),
    [
        ({"active_power_w": [60.0], "apparent_power_va": [100.0]}, 0.6),
        ({"active_power_w": [30.0], "reactive_power_var": [40.0]}, 0.6),
        ({"active_power_w": [-30.0], "reactive_power_var": [-40.0]}, 0.6),
        ({"power_factor": [-0.9, -0.8]}, 0.85),
        ({"active_power_w": [0.0], "apparent_power_va": [0.0], "power_factor": [1.0]}, 1.0),
    ],
)
def test_the_power_factor_is_that_of_the_mean_powers(
    values: dict[str, list[float]], factor: float
) -> None:
    """Else the mean of the meter's own; which way energy flows does not matter."""
    found = quality_fields(values)
    assert found is not None
    assert found["power_factor"] == pytest.approx(factor)


def test_what_a_meter_does_not_send_is_absent() -> None:
    """Frequency alone is a row of its own; power alone is none."""
    assert quality_fields({"frequency_hz": [50.0, 50.1]}) == {
        "readings": 2.0,
        "frequency_hz": pytest.approx(50.05),
    }
    assert quality_fields({"active_power_w": [5.0]}) is None
    assert quality_fields({}) is None


def test_currents_that_rest_have_no_unbalance() -> None:
    """A machine that stands still is not unbalanced."""
    rest = {f"current_l{n}_a": [0.0] for n in (1, 2, 3)}
    assert quality_fields(rest) is None
    found = quality_fields({"current_l1_a": [9.0], "current_l2_a": [10.0], "current_l3_a": [11.0]})
    assert found is not None
    assert found["current_unbalance_percent"] == pytest.approx(10.0)


def test_only_half_hours_that_are_over_and_touched_have_a_row() -> None:
    """Readings each minute from midnight to 01:50, of which 00:10 to 01:40 is touched."""
    store = MemoryStore()
    store.write_readings(
        [
            Reading("s", "main", APRIL_MS + n * MINUTE, {"frequency_hz": 50.0 + n // 30})
            for n in range(110)
        ]
    )
    plant = FigurePlant(store, SITE, LIBRARY, APRIL_MS + 110 * MINUTE)
    span = Window(APRIL_MS + 10 * MINUTE, APRIL_MS + 100 * MINUTE)
    rows = list(quality_rows(plant, "main", [span]))
    assert [row.at_ms for row in rows] == [APRIL_MS + n * SLOT_MS for n in range(3)]
    assert [row.fields["frequency_hz"] for row in rows] == [50.0, 51.0, 52.0]
    assert {row.fields["readings"] for row in rows} == {30.0}


def test_a_meter_without_momentary_values_is_asked_once_for_each() -> None:
    """Days of it cost no further question of the store."""
    store = MemoryStore()
    plant = FigurePlant(store, SITE, LIBRARY, APRIL_MS + 90 * 86_400_000)
    days = [Window(APRIL_MS + n * 86_400_000, APRIL_MS + (n + 1) * 86_400_000) for n in range(60)]
    assert list(quality_rows(plant, "main", days)) == []
    assert "read_series" not in store.calls


def test_while_a_day_runs_only_what_is_newly_over_is_looked_at() -> None:
    """At 02:04 the half hour that ended at 02:00; at 02:20 none; a day that is over as a whole."""
    mark = StaleDay(1, "s", "main", APRIL_MS, APRIL_MS, APRIL_MS + 124 * MINUTE, "fresh")

    def at(minute: int) -> FigurePlant:
        return FigurePlant(MemoryStore(), SITE, LIBRARY, APRIL_MS + minute * MINUTE)

    (span,) = newly_over(at(124), [mark])
    assert span == Window(APRIL_MS + 114 * MINUTE, APRIL_MS + 124 * MINUTE)
    assert newly_over(at(140), [mark]) == []
    assert whole_days(at(3000), [mark]) == [Window(APRIL_MS, APRIL_MS + 1440 * MINUTE)]


def test_days_marked_for_their_totals_alone_keep_their_momentary_figures() -> None:
    """Their stretch is empty."""
    mark = StaleDay(1, "s", "main", APRIL_MS, APRIL_MS, APRIL_MS, "fresh")
    plant = FigurePlant(MemoryStore(), SITE, LIBRARY, APRIL_MS + 3000 * MINUTE)
    assert whole_days(plant, [mark]) == newly_over(plant, [mark]) == []
