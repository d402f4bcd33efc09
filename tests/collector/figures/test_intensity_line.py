"""The line of energy against production."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from collector.figures.intensity import MadeDay, line_of

FIRST = date(2025, 4, 1)


def made(amounts: list[float], kwh: list[float]) -> list[MadeDay]:
    """A day each."""
    pairs = zip(amounts, kwh, strict=True)
    return [MadeDay(FIRST + timedelta(days=n), *pair) for n, pair in enumerate(pairs)]


def test_a_plant_that_takes_400_kwh_and_2_a_piece() -> None:
    """Found exactly, and 100 pieces are then expected to take 600 kWh."""
    amounts = [float(n) for n in range(0, 100, 10)]
    line = line_of(made(amounts, [400 + 2 * one for one in amounts]))
    assert line is not None
    assert line.fixed_kwh == pytest.approx(400)
    assert line.kwh_per_unit == pytest.approx(2)
    assert line.expected_kwh(100) == pytest.approx(600)


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 10_000)), min_size=10, max_size=60)
)
def test_the_line_is_the_one_of_least_squares(pairs: list[tuple[int, int]]) -> None:
    """As numpy fits it."""
    amounts, kwh = ([float(one) for one in column] for column in zip(*pairs, strict=True))
    assume(len(set(amounts)) > 1)
    slope, fixed = np.polyfit(amounts, kwh, 1)
    line = line_of(made(amounts, kwh))
    assert line is not None
    assert line.kwh_per_unit == pytest.approx(slope, rel=1e-6, abs=1e-6)
    assert line.fixed_kwh == pytest.approx(fixed, rel=1e-6, abs=1e-4)


def test_too_few_days_or_all_alike_make_no_line() -> None:
    """Nine days, and ten of the same amount."""
    assert line_of(made([float(n) for n in range(9)], [1.0] * 9)) is None
    assert line_of(made([5.0] * 10, [float(n) for n in range(10)])) is None
