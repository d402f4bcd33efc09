"""CUSUM: rising is saving, and a change is seen with its date and size."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from collector.analysis.cusum import cusum_of
from tests.collector.analysis.weather_year import noise, year_of_days

DAYS = year_of_days(days=200)
EXPECTED = pd.Series(1000.0, index=DAYS)


def test_the_sum_rises_with_savings() -> None:
    """Saving 10, 20 and -5 kWh gives 10, 30 and 25: expected less actual."""
    actual = pd.Series([990.0, 980.0, 1005.0], index=DAYS[:3])
    found = cusum_of(actual, EXPECTED, 20.0)
    assert found.cumulative_kwh.tolist() == [10.0, 30.0, 25.0]
    assert found.changes == ()


def test_the_tabular_alarm_by_hand() -> None:
    """With sigma 10, k 0.5, h 5: savings of 30 pass 50 at the third day, counted from the first."""
    saved = [0.0, 0.0, 30.0, 30.0, 30.0, 30.0]
    actual = pd.Series([1000.0 - kwh for kwh in saved], index=DAYS[:6])
    (change,) = cusum_of(actual, EXPECTED, 10.0).changes
    assert (change.direction, change.since, change.seen_at) == ("saving", DAYS[2], DAYS[4])
    assert change.kwh_a_point == pytest.approx(30.0)


@pytest.mark.parametrize(("step", "direction"), [(-30.0, "saving"), (30.0, "waste")])
def test_a_step_is_found_near_its_date(step: float, direction: str) -> None:
    """A step of 1.5 sigma on day 100 is seen within three weeks, and dated within a few days.

    Of fifteen plants one may have raised a false alarm shortly before, which then goes on.
    """
    apart = []
    for seed in range(15):
        kwh = EXPECTED + noise(DAYS, 20.0, seed)
        kwh.iloc[100:] += step
        changes = cusum_of(kwh, EXPECTED, 20.0).changes
        seen = [c for c in changes if c.direction == direction and c.seen_at >= DAYS[100]]
        apart += [abs((seen[0].since - DAYS[100]).days)] if seen else []
        assert all((c.seen_at - DAYS[100]).days <= 21 for c in seen[:1])
    assert len(apart) >= 14
    assert float(np.median(apart)) <= 3
    assert max(apart) <= 14


def test_false_alarms_are_rare() -> None:
    """An unchanged plant gives about one alarm in 465 points, far from one a month."""
    found = 0
    for seed in range(50):
        found += len(cusum_of(EXPECTED + noise(DAYS, 20.0, seed), EXPECTED, 20.0).changes)
    assert 5 <= found <= 45


def test_unknown_points_stand_still() -> None:
    """A gap adds nothing and is counted."""
    actual = pd.Series([990.0, np.nan, 990.0], index=DAYS[:3])
    found = cusum_of(actual, EXPECTED, 20.0)
    assert found.cumulative_kwh.tolist() == [10.0, 20.0]
    assert found.unknown_points == 1


def test_wrong_inputs_are_refused() -> None:
    """A scatter of zero and a period without a known point are errors."""
    with pytest.raises(ValueError, match="scatter must be above zero"):
        cusum_of(EXPECTED, EXPECTED, 0.0)
    with pytest.raises(ValueError, match="no point is known"):
        cusum_of(EXPECTED * np.nan, EXPECTED, 10.0)
