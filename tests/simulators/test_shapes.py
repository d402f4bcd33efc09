"""Load shapes: every one in the table, on every kind of day."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulators.shapes import SHAPES
from simulators.shapes.climate import outside_c
from simulators.shapes.day import MINUTES_A_DAY, Calendar, Day, DayKind, Hours
from simulators.shapes.noise import noise, seed_of

WORKDAY = Day(date(2026, 11, 16), "work")
SATURDAY = Day(date(2026, 11, 21), "half")
SUNDAY = Day(date(2026, 11, 22), "closed")
HOURS = Hours()


def _mean(curve: list[float], first: int, last: int) -> float:
    return sum(curve[first:last]) / (last - first)


@pytest.mark.parametrize("name", SHAPES)
@pytest.mark.parametrize("kind", ["work", "half", "closed"])
def test_every_shape_is_a_day_of_shares(name: str, kind: DayKind) -> None:
    """A shape gives 1,440 shares between nothing and full load, on every kind of day."""
    for month in (1, 4, 8):
        curve = SHAPES[name](Day(date(2026, month, 3), kind, seed=5), HOURS)
        assert len(curve) == MINUTES_A_DAY
        assert all(0 <= share <= 1 for share in curve)


@pytest.mark.parametrize("name", sorted(set(SHAPES) - {"flat"}))
def test_a_closed_day_draws_less(name: str) -> None:
    """Whatever people use draws far less when the plant is closed."""
    shape = SHAPES[name]
    assert sum(shape(SUNDAY, HOURS)) < 0.3 * sum(shape(WORKDAY, HOURS))


@pytest.mark.parametrize("name", ["machine", "compressor", "lighting"])
def test_a_half_day_ends_at_noon(name: str) -> None:
    """On a Saturday work stops where lunch begins, at least apart from what runs on."""
    curve = SHAPES[name](SATURDAY, HOURS)
    assert _mean(curve, 9 * 60, 11 * 60) > 3 * _mean(curve, 14 * 60, 17 * 60)


def test_machines_peak_at_the_start_and_rest_at_lunch() -> None:
    """The first half hour draws more than the morning, lunch much less."""
    curve = SHAPES["machine"](WORKDAY, HOURS)
    morning = _mean(curve, 9 * 60, 10 * 60)
    assert _mean(curve, 8 * 60, 8 * 60 + 25) > 1.2 * morning
    assert _mean(curve, 12 * 60, 12 * 60 + 50) < 0.3 * morning


def test_the_compressor_leaks_at_night() -> None:
    """Outside working hours the compressor still starts now and then."""
    night = SHAPES["compressor"](WORKDAY, HOURS)[: 5 * 60]
    assert 0 < sum(night) / len(night) < 0.1


def test_climate_follows_the_season() -> None:
    """Cooling peaks in the summer afternoon, heating in the winter morning."""
    summer = SHAPES["climate"](Day(date(2026, 8, 5), "work"), HOURS)
    winter = SHAPES["climate"](Day(date(2026, 1, 19), "work"), HOURS)
    spring = SHAPES["climate"](Day(date(2026, 5, 18), "work"), HOURS)
    assert summer[14 * 60] > summer[8 * 60]
    assert winter[8 * 60] > winter[14 * 60]
    assert sum(spring) < min(sum(summer), sum(winter))
    assert -8 < outside_c(date(2026, 1, 28), 6 * 60) < outside_c(date(2026, 8, 3), 14 * 60) < 35


def test_calendar_tells_kinds_of_days() -> None:
    """Weekly, yearly and single closed days are told from half and full working days."""
    calendar = Calendar(
        closed_yearly=frozenset({(12, 31)}), closed_dates=frozenset({date(2026, 10, 12)})
    )
    kinds = {
        date(2026, 11, 16): "work",
        date(2026, 11, 21): "half",
        date(2026, 11, 22): "closed",
        date(2027, 12, 31): "closed",
        date(2026, 10, 12): "closed",
    }
    assert {day: calendar.kind(day) for day in kinds} == kinds


@given(st.integers(0, 2**32), st.integers(-(2**40), 2**40))
def test_noise_is_bounded_and_repeats(seed: int, slot: int) -> None:
    """The same seed and slot give the same number between -1 and 1."""
    assert -1 <= noise(seed, slot) <= 1
    assert noise(seed, slot) == noise(seed, slot)


def test_noise_is_even_and_differs_by_seed() -> None:
    """Noise has no bias worth naming, and two meters waver differently."""
    one = [noise(seed_of(1, "press"), slot) for slot in range(20_000)]
    other = [noise(seed_of(1, "air"), slot) for slot in range(20_000)]
    assert abs(sum(one)) / len(one) < 0.02
    assert sum(a * b for a, b in zip(one, other, strict=True)) / len(one) < 0.02
