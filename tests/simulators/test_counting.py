"""Counters of meters that are connected wrongly, or connected anew while they run."""

from __future__ import annotations

import pytest

from simulators.counting import Counter
from simulators.faults import Fault, Rewired
from simulators.hookup import SOUND, Hookup

HOUR_MS = 3_600_000
BACKWARDS = Hookup("1P2W", ("reversed_l1",))
RIGHT = Hookup("1P2W")


def _counter(hookup: Hookup) -> Counter:
    """1 kWh an hour at a power factor of 0.8, from 5 kWh on."""
    return Counter(0, 5_000.0, 0.8, hookup, lambda at_ms: at_ms / HOUR_MS * 1000)


def test_a_sound_meter_counts_what_flows() -> None:
    """Import grows, export stands at nothing, and varh follow the angle."""
    counted = _counter(SOUND).at(2 * HOUR_MS, None, ())
    assert (counted.import_wh, counted.export_wh, counted.export_varh) == (7_000, 0, 0)
    assert counted.import_varh == pytest.approx(5_250)


def test_a_reversed_meter_counts_into_export() -> None:
    """What flows in is counted as flowing out; import stands."""
    counted = _counter(BACKWARDS).at(2 * HOUR_MS, None, ())
    assert counted.import_wh == 5_000
    assert counted.export_wh == pytest.approx(2_000)


def test_a_meter_set_right_goes_on_from_where_it_stood() -> None:
    """After the fitter's visit import grows again, and what went into export stays there."""
    rewired = (Rewired(2 * HOUR_MS, RIGHT),)
    counted = _counter(BACKWARDS).at(5 * HOUR_MS, None, rewired)
    assert counted.import_wh == pytest.approx(8_000)
    assert counted.export_wh == pytest.approx(2_000)
    before = _counter(BACKWARDS).at(HOUR_MS, None, rewired)
    assert before.export_wh == pytest.approx(1_000)


@pytest.mark.parametrize(
    ("fault", "import_wh", "export_wh"),
    [
        (Fault("reset", 3 * HOUR_MS), 1_000, 0),
        (Fault("replaced", 3 * HOUR_MS, start_wh=70.0), 1_070, 0),
        (Fault("frozen", 3 * HOUR_MS), 6_000, 2_000),
        (Fault("frozen", HOUR_MS), 5_000, 1_000),
    ],
)
def test_counter_faults_and_wiring_go_together(
    fault: Fault, import_wh: float, export_wh: float
) -> None:
    """A reset, replaced or frozen counter still counts by how it was connected when."""
    counted = _counter(BACKWARDS).at(4 * HOUR_MS, fault, (Rewired(2 * HOUR_MS, RIGHT),))
    assert counted.import_wh == pytest.approx(import_wh)
    assert counted.export_wh == pytest.approx(export_wh)
