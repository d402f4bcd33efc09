"""Importing again: what is written, what is unchanged, what is kept."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.errors import CollectorError
from collector.intensity.merge import merge
from collector.intensity.point import IntensityPoint, Kind

KINDS: list[Kind] = ["actual", "estimated", "forecast"]


def point(start: int, grams: float = 1, kind: Kind = "actual") -> IntensityPoint:
    """A half hour."""
    start_ms = start * 1_800_000
    return IntensityPoint("gb", start_ms, start_ms + 1_800_000, grams, kind, "direct", "x")


POINTS = st.lists(
    st.builds(point, st.integers(0, 20), st.floats(0, 900), st.sampled_from(KINDS)),
    unique_by=lambda held: held.start_ms,
)


@given(held=POINTS, new=POINTS)
def test_importing_again_writes_nothing(
    held: list[IntensityPoint], new: list[IntensityPoint]
) -> None:
    """After an import the same file changes nothing."""
    after = {p.start_ms: p for p in held} | {p.start_ms: p for p in merge(held, new).to_write}
    again = merge(after.values(), new)
    assert again.to_write == ()
    assert again.unchanged + again.kept == len(new)


def test_an_old_forecast_does_not_displace_an_actual_figure() -> None:
    """It is counted as kept."""
    found = merge([point(1)], [point(1, 9, "forecast"), point(2, 9, "forecast")])
    assert (found.to_write, found.kept) == ((point(2, 9, "forecast"),), 1)


def test_a_corrected_figure_is_written() -> None:
    """Operators correct their files."""
    assert merge([point(1, 400)], [point(1, 410)]).to_write == (point(1, 410),)


def test_the_other_boundary_is_refused_unless_asked_for() -> None:
    """Direct and lifecycle figures must not come to stand side by side by accident."""
    held = IntensityPoint("gb", 0, 1_800_000, 1.0, "actual", "lifecycle", "x")
    with pytest.raises(CollectorError, match="already holds lifecycle figures") as refused:
        merge([held], [point(0)])
    assert "--replace" in refused.value.hint
    assert merge([held], [point(0)], replace=True).to_write == (point(0),)


def test_replace_puts_even_a_forecast_in_place() -> None:
    """Whoever asks for it gets it."""
    assert merge([point(0)], [point(0, 9, "forecast")], replace=True).kept == 0
