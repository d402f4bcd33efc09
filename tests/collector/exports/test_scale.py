"""Axes have round values, and labels that do not touch."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.exports.scale import (
    Scale,
    fitting_labels,
    nice_ticks,
    shortened,
    text_width,
    tick_texts,
)
from collector.reports.report import AxisLabel


@pytest.mark.parametrize(
    ("low", "high", "ticks"),
    [
        (0, 176.7, (0, 50, 100, 150, 200)),
        (0, 2027, (0, 500, 1000, 1500, 2000, 2500)),
        (0, 0, (0, 0.2, 0.4, 0.6, 0.8, 1)),
        (-12, 30, (-20, -10, 0, 10, 20, 30)),
    ],
)
def test_ticks_are_round(low: float, high: float, ticks: tuple[float, ...]) -> None:
    """Steps are 1, 2, 2.5 or 5 times a power of ten and enclose the values."""
    assert nice_ticks(low, high) == ticks


@given(st.floats(0.001, 1e7))
def test_ticks_enclose_any_value(high: float) -> None:
    """Whatever the largest value, there are few ticks, from zero to at least the value."""
    ticks = nice_ticks(0.0, high)
    assert ticks[0] == 0
    assert ticks[-1] >= high * (1 - 1e-6)
    assert 3 <= len(ticks) <= 8


def test_tick_texts_share_their_decimals() -> None:
    """A step of 0.25 needs two decimals on every tick; thousands are separated."""
    assert tick_texts((0, 0.25, 0.5)) == ("0.00", "0.25", "0.50")
    assert tick_texts((-1000, 0, 1000)) == ("−1,000", "0", "1,000")


def test_full_width_characters_count_double() -> None:
    """A Japanese character takes one em, a digit a bit more than half."""
    assert text_width("月", 10) == 10
    assert 5 < text_width("8", 10) < 7


def _labels(count: int) -> list[AxisLabel]:
    return [AxisLabel(n, f"11/{n + 10}(月)", f"{n + 10}", until=n + 1) for n in range(count)]


@pytest.mark.parametrize(
    ("count", "width", "first", "shown"),
    [(7, 800, "11/10(月)", 7), (7, 200, "10", 7), (31, 200, "10", 11)],
)
def test_labels_are_shortened_then_thinned(
    count: int, width: float, first: str, shown: int
) -> None:
    """Full labels where there is room, short ones where not, then only every so many.

    31 places of 6.45 px: a short label takes 12.8 px and 3.3 px of gap, so every third has room.
    """
    place = Scale(0, count, 0, width)
    found = fitting_labels(_labels(count), place, 11)
    assert (found[0][1], len(found)) == (first, shown)
    ends = [
        (
            place(label.centre) - text_width(text, 11) / 2,
            place(label.centre) + text_width(text, 11) / 2,
        )
        for label, text in found
    ]
    assert all(right < left for (_, right), (left, _) in pairwise(ends))


def test_a_text_is_cut_where_its_room_ends() -> None:
    """What fits stays; what does not ends in an ellipsis; without room nothing is left."""
    assert shortened("電力量", 30, 10) == "電力量"
    assert shortened("電力量の合計", 45, 10) == "電力量…"
    assert shortened("電力量", 3, 10) == ""


@pytest.mark.parametrize(("low", "high"), [(0.0, 1e-32), (5.0, 5.0 + 1e-12), (-1e-300, 0.0)])
def test_a_range_too_small_to_write_is_widened(low: float, high: float) -> None:
    """Ticks always rise, however little the values differ."""
    ticks = nice_ticks(low, high)
    assert all(left < right for left, right in pairwise(ticks))
