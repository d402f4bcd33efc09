"""Columns looked at as a whole: sure where it says so, never where a value is wrong."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_agent.contract.columns import WHOLE, surely_numbers, surely_whole

anything = (
    st.floats()
    | st.integers(-(2**70), 2**70)
    | st.none()
    | st.booleans()
    | st.text(max_size=3)
    | st.lists(st.integers(), max_size=2)
)


@given(column=st.lists(anything, max_size=6))
def test_what_is_called_numbers_is_numbers(column: list[object]) -> None:
    """Every value of such a column is a finite float, or a whole number that fits."""
    if surely_numbers(column):
        assert column
        assert all(
            (type(value) is float and math.isfinite(value))
            or (type(value) is int and abs(value) < WHOLE)
            for value in column
        )


@given(column=st.lists(st.floats(-1e300, 1e300) | st.integers(-(2**62), 2**62), min_size=1))
def test_usual_numbers_are_known_as_such(column: list[float]) -> None:
    """The quick way is taken wherever it can be."""
    if max(map(abs, column)) < WHOLE or {type(value) for value in column} == {float}:
        assert surely_numbers(column)


@pytest.mark.parametrize(
    "column", [[], [True], [1.0, None], [1.0, math.nan], [2**63], [1.0, "x"], [1, -(2**63)]]
)
def test_one_wrong_value_is_enough(column: list[object]) -> None:
    """Absent, not finite, no number, too large: none of them passes."""
    assert not surely_numbers(column)


@given(column=st.lists(anything, max_size=6), minimum=st.integers(0, 2))
def test_whole_numbers_are_exactly_those_in_range(column: list[object], minimum: int) -> None:
    """A truth value is no whole number, though Python thinks so."""
    each = all(type(value) is int and minimum <= value < WHOLE for value in column)
    assert surely_whole(column, minimum) == (bool(column) and each)
