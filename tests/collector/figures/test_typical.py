"""What a half hour usually takes, and when a day leaves it."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collector.analysis.unusual import robust_z
from collector.figures.day_load import Kw48
from collector.figures.typical import Group, History, bands_of, is_unusual, median, percentile

KW = st.floats(0, 1e6)
DAY = date(2025, 6, 1)


def flat(kw: float) -> Kw48:
    """A day at one power."""
    return (kw,) * 48


@settings(deadline=None, max_examples=30)
@given(st.lists(KW, min_size=1, max_size=60), st.sampled_from([0, 10, 50, 90, 100]))
def test_percentiles_are_those_of_the_sorted_values(values: list[float], percent: int) -> None:
    """Linear between ranks, as numpy works them out."""
    assert percentile(sorted(values), percent) == pytest.approx(np.percentile(values, percent))


@settings(deadline=None, max_examples=30)
@given(st.lists(st.lists(st.none() | KW, min_size=48, max_size=48), min_size=5, max_size=12))
def test_the_bands_are_the_percentiles_of_each_half_hour(days: list[list[float | None]]) -> None:
    """Unknown half hours are left out; one that no day knows has no band."""
    found = bands_of([tuple(day) for day in days])
    assert found is not None
    for wall in range(48):
        column = [kw for day in days if (kw := day[wall]) is not None]
        if not column:
            assert found.median[wall] is found.low[wall] is found.high[wall] is None
            continue
        low, middle, high = np.percentile(column, [10, 50, 90])
        assert found.low[wall] == pytest.approx(low)
        assert found.median[wall] == pytest.approx(middle)
        assert found.high[wall] == pytest.approx(high)


def test_four_days_are_not_enough() -> None:
    """Five days at least make a typical one."""
    assert bands_of([flat(1.0)] * 4) is None
    assert bands_of([flat(1.0)] * 5) is not None


def test_the_median_of_nothing_is_nothing() -> None:
    """No stand-in zero."""
    assert median([]) is None
    assert median([3.0, 1.0, 2.0]) == 2.0


def test_days_alike_are_those_of_the_group_in_eight_weeks() -> None:
    """The day itself, days 57 back, other groups and days known in part do not count."""
    days = [DAY - timedelta(days=number) for number in range(60)]
    groups: dict[date, Group] = {day: "off" if day.weekday() > 4 else "working" for day in days}
    profiles = {day: flat(float(number)) for number, day in enumerate(days)}
    gap = DAY - timedelta(days=3)
    profiles[gap] = (1.0,) * 20 + (None,) * 28
    found = [day[0] for day in History(profiles, groups).before(DAY, "working")]
    alike = [n for n, day in enumerate(days) if 1 <= n <= 56 and groups[day] == "working"]
    assert found == [float(n) for n in alike if days[n] != gap]


def test_the_base_is_the_median_of_the_days_lowest_half_hours() -> None:
    """The day itself counts as well."""
    profiles = {
        DAY - timedelta(days=number): (kw,) + (50.0,) * 47
        for number, kw in enumerate((9.0, 2.0, 4.0))
    }
    assert History(profiles, {}).base_kw(DAY) == 4.0
    assert History(profiles, {}).base_kw(DAY - timedelta(days=1)) == 3.0
    assert History({}, {}).base_kw(DAY) is None


def usual_days(seed: int = 1) -> list[Kw48]:
    """Forty days around 100 kW."""
    rng = np.random.default_rng(seed)
    return [tuple(rng.normal(100, 3, 48).tolist()) for _ in range(40)]


def test_an_ordinary_day_is_not_unusual() -> None:
    """None of forty days leaves what the others do."""
    days = usual_days()
    bands = bands_of(days)
    assert bands is not None
    assert not any(is_unusual(day, days, bands) for day in days)


def test_two_half_hours_in_a_row_and_enough_energy_are_unusual() -> None:
    """A machine of 60 kW left on for half a day: the z is that of the analysis, far above 3.5."""
    days = usual_days()
    bands = bands_of(days)
    assert bands is not None
    odd = tuple(kw + 60 if wall < 24 else kw for wall, kw in enumerate(days[0]) if kw is not None)
    rows = np.array([*days, odd], dtype=np.float64)
    assert np.abs(robust_z(rows)[-1, :24]).min() > 3.5
    assert is_unusual(odd, days, bands)


@pytest.mark.parametrize("slots", [[10], [10, 12, 14], [10, 11]])
def test_single_half_hours_and_little_energy_are_not(slots: list[int]) -> None:
    """Spikes apart from each other, and two half hours that are no fifth of a day's energy."""
    days = usual_days()
    bands = bands_of(days)
    assert bands is not None
    odd = tuple(200.0 if wall in slots else kw for wall, kw in enumerate(days[0]))
    assert not is_unusual(odd, days, bands)


def test_where_all_days_are_alike_nothing_can_be_told() -> None:
    """Without any spread there is no z, as in the analysis."""
    days = [flat(10.0)] * 10
    bands = bands_of(days)
    assert bands is not None
    assert not is_unusual(flat(100.0), days, bands)
