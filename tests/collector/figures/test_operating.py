"""When a plant does not work."""

from __future__ import annotations

import pytest

from collector.figures.day_load import Kw48
from collector.figures.operating import declared_off, found_off
from collector.figures.typical import bands_of


@pytest.mark.parametrize(
    ("hours", "on"),
    [
        ("08:00-17:00", set(range(16, 34))),
        ("08:30-12:00", set(range(17, 24))),
        ("22:00-06:00", {*range(44, 48), *range(12)}),
        ("09:00-00:00", set(range(18, 48))),
    ],
)
def test_declared_hours_are_taken_as_they_are(hours: str, on: set[int]) -> None:
    """A shift over midnight works at both ends of the day; 00:00 is the day's end."""
    off = declared_off(hours)
    assert {number for number in range(48) if not off[number]} == on


def worked(kw: float = 100.0) -> Kw48:
    """Ten by night, ``kw`` from 08:00 to 17:00."""
    return tuple(kw if 16 <= number < 34 else 10.0 for number in range(48))


def test_hours_are_found_where_the_typical_day_is_above_the_threshold() -> None:
    """Near base 10, near peak 100: above 37 kW the plant works."""
    days = [worked()] * 8
    off = found_off(days, bands_of(days))
    assert off is not None
    assert [number for number in range(48) if not off[number]] == list(range(16, 34))


def test_an_even_load_tells_nothing() -> None:
    """Within a tenth of the peak, idle and working cannot be told apart."""
    days = [worked(10.5)] * 8
    assert found_off(days, bands_of(days)) is None
    assert found_off([], None) is None
    assert found_off(days, None) is None
