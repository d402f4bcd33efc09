"""Base loads and their trend."""

from __future__ import annotations

from datetime import date, datetime

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collector.analysis import (
    base_load_of,
    base_trend,
    daily_minima,
    night_base,
    percentile_base,
)
from tests.collector.analysis.loads import MONDAY, kinds, load, of_kw, shift

NAN = float("nan")


def test_days_known_for_less_than_80_percent_do_not_count() -> None:
    """A day with a long hole has no least power: it might have been in the hole."""
    kw = [10.0] * 48 + [1.0] * 38 + [NAN] * 10 + [2.0] * 39 + [NAN] * 9
    minima = daily_minima(of_kw(kw))
    assert minima.tolist() == [10.0, pytest.approx(NAN, nan_ok=True), 2.0]
    found = base_load_of(of_kw(kw))
    assert (found.kw, found.days) == (6.0, 2)


def test_one_odd_day_does_not_move_the_base() -> None:
    """A day on which everything was off leaves the median where it is."""
    slots = load(shift(100, 12), days=21)
    slots.loc["2026-06-03", "kwh"] = 0.0
    found = base_load_of(slots)
    assert (found.kw, found.days, found.p10_kw, found.p90_kw) == (12.0, 21, 12.0, 12.0)


def test_the_share_of_the_base_never_passes_the_load() -> None:
    """Where the load is below its base, the base takes only what is there."""
    found = base_load_of(of_kw([10.0] * 40 + [50.0] * 8 + [20.0] * 48 + [30.0] * 48))
    assert found.kw == 20.0
    assert found.kwh == (40 * 10 + 8 * 20 + 96 * 20) / 2
    assert found.share == found.kwh / ((40 * 10 + 8 * 50 + 48 * 20 + 48 * 30) / 2)


def test_a_load_of_nothing_has_a_base_of_nothing() -> None:
    """No energy: a base of 0 kW, of which no share can be told."""
    found = base_load_of(of_kw([0.0] * 48))
    assert (found.kw, found.share) == (0.0, None)


def test_night_base_is_of_days_off() -> None:
    """Only nights of days off count, the hours from midnight to five."""

    def power(at: datetime) -> float:
        if at.weekday() < 5:
            return 100.0
        return 7.0 if at.hour < 5 else 9.0

    found = night_base(load(power, days=14), kinds(14))
    assert (found.kw, found.days, found.definition) == (7.0, 4, "non_working_nights")


def test_a_night_with_a_hole_is_left_out() -> None:
    """Three unknown half hours of ten are too many, two are not."""
    slots = load(7.0, days=14)
    slots.loc["2026-06-06 00:00":"2026-06-06 01:00", "kwh"] = NAN
    slots.loc["2026-06-07 00:00":"2026-06-07 00:30", "kwh"] = NAN
    assert night_base(slots, kinds(14)).days == 3


def test_percentile_base() -> None:
    """The median as a base, if asked for; beyond it is no base."""
    slots = of_kw([float(kw) for kw in range(49)] + [NAN] * 47)
    assert percentile_base(slots, 50).kw == 24.0
    assert percentile_base(slots, 0).kw == 0.0
    for percent in (-1, 51):
        with pytest.raises(ValueError, match="0 to 50"):
            percentile_base(slots, percent)


def test_no_base_without_days() -> None:
    """Half a day, or days of nothing known, have no base load; nor have working days a night."""
    for slots in (of_kw([5.0] * 24), of_kw([NAN] * 96)):
        with pytest.raises(ValueError, match=r"no day is known well enough"):
            base_load_of(slots)
    with pytest.raises(ValueError, match="no day is known well enough"):
        night_base(load(5.0, days=5), kinds(5))


def test_a_base_that_creeps_is_told() -> None:
    """Half a kW a day over 60 days is found, in kW and as a share, in the last 60 days only."""
    slots = load(lambda at: 30 + max((at.date() - MONDAY).days - 40, 0) * 0.5, days=100)
    found = base_trend(slots)
    assert found.kw_per_day == pytest.approx(0.5)
    assert found.start_kw == pytest.approx(30.0)
    assert found.change_kw == pytest.approx(29.5)
    assert found.change_share == pytest.approx(29.5 / 30)
    assert found.creeping
    assert (found.days, found.evidence.start.date()) == (60, date(2026, 7, 11))


@pytest.mark.parametrize(("step", "creeping"), [(0.02, False), (0.03, True), (-0.5, False)])
def test_creep_is_five_percent_over_the_window(step: float, creeping: bool) -> None:
    """Below 5 % over the 60 days, or falling, it is no creep."""
    slots = load(lambda at: 30 + (at.date() - MONDAY).days * step, days=60)
    assert base_trend(slots).creeping is creeping


def test_outliers_do_not_make_a_trend() -> None:
    """A fortnight's holiday in the middle leaves the slope of a steady base at nothing."""
    slots = load(30.0, days=60)
    slots.loc["2026-06-20":"2026-07-01", "kwh"] = 1.0
    assert base_trend(slots).kw_per_day == 0.0


def test_no_trend_in_two_days() -> None:
    """Three days are the least."""
    with pytest.raises(ValueError, match="three days"):
        base_trend(of_kw([5.0] * 96 + [NAN] * 48))


@settings(deadline=None, max_examples=40)
@given(
    st.lists(st.floats(0.5, 100), min_size=3, max_size=12),
    st.floats(-50, 50),
)
def test_the_trend_follows_its_load(minima: list[float], added: float) -> None:
    """More load every day by the same kW moves the start, not the slope."""
    one = base_trend(of_kw([kw for kw in minima for _ in range(48)]))
    two = base_trend(of_kw([kw + added for kw in minima for _ in range(48)]))
    assert two.kw_per_day == pytest.approx(one.kw_per_day, abs=1e-9)
    assert two.start_kw == pytest.approx(one.start_kw + added, abs=1e-9)


@settings(deadline=None, max_examples=40)
@given(st.lists(st.floats(0, 100) | st.just(NAN), min_size=48, max_size=144))
def test_the_base_lies_within_the_load(kw: list[float]) -> None:
    """A base is never below the least nor above the largest known power, and never NaN."""
    try:
        found = base_load_of(of_kw(kw))
    except ValueError:
        return
    assert np.nanmin(kw) - 1e-9 <= found.kw <= np.nanmax(kw) + 1e-9
    assert found.kwh <= np.nansum(kw) / 2 + 1e-6
