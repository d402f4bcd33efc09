"""A series of intensity: order, overlaps, means over any stretch, and the way into a store."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.errors import CollectorError
from collector.intensity.point import Boundary, IntensityPoint, Kind
from collector.intensity.series import (
    IntensitySeries,
    clipped,
    fields_of,
    gives_way,
    point_of,
)

HOUR = 3_600_000


def point(
    start: float,
    grams: float,
    hours: float = 0.5,
    kind: Kind = "actual",
    boundary: Boundary = "direct",
) -> IntensityPoint:
    """A point that begins so many hours after the epoch."""
    begin = round(start * HOUR)
    return IntensityPoint("jp-03", begin, begin + round(hours * HOUR), grams, kind, boundary, "x")


SERIES = IntensitySeries([point(1, 300), point(0, 100), point(0.5, 200)])


@pytest.mark.parametrize(
    ("begin", "end", "mean"),
    [(0, 1.5, "200"), (0, 1, "150"), (0.25, 0.75, "150"), (1.25, 1.5, "300"),
     (0, 0.75, "133.3333333333333333333333333")],
)  # fmt: skip
def test_the_mean_is_weighted_by_time(begin: float, end: float, mean: str) -> None:
    """Each point counts for the part of the stretch it covers, to the last digit."""
    assert SERIES.mean_g_per_kwh(round(begin * HOUR), round(end * HOUR)) == Decimal(mean)


@pytest.mark.parametrize(("begin", "end"), [(1, 2), (-1, 1), (3, 4), (1, 1)])
def test_a_stretch_not_wholly_known_has_no_mean(begin: float, end: float) -> None:
    """A mean over a gap would be the mean of something else."""
    assert SERIES.mean_g_per_kwh(round(begin * HOUR), round(end * HOUR)) is None


def test_how_much_is_known_can_be_told() -> None:
    """Half an hour of the last hour."""
    assert SERIES.known_ms(HOUR, 2 * HOUR) == HOUR // 2


def test_half_hours_stand_over_the_hour_beside_them() -> None:
    """An hour imported first is cut where a half hour begins."""
    series = IntensitySeries([point(0, 100, 1), point(0.5, 300)])
    assert series.mean_g_per_kwh(0, HOUR) == 200


def test_direct_and_lifecycle_are_never_one_series() -> None:
    """They count different things: the error says how to come out of it."""
    with pytest.raises(CollectorError, match="must not be mixed") as refused:
        IntensitySeries([point(0, 1), point(1, 1, boundary="lifecycle")])
    assert "--replace" in refused.value.hint


def test_an_empty_series_has_no_boundary() -> None:
    """Nothing is known of it."""
    assert (IntensitySeries([]).boundary, IntensitySeries([]).known_ms(0, HOUR)) == (None, 0)


@given(
    grams=st.lists(st.floats(0, 3000, allow_nan=False), min_size=1, max_size=30),
    cut=st.floats(0, 1),
)
def test_the_mean_lies_between_the_extremes(grams: list[float], cut: float) -> None:
    """No stretch is cleaner than the cleanest or dirtier than the dirtiest of its points."""
    series = IntensitySeries([point(n / 2, value) for n, value in enumerate(grams)])
    end = max(round(len(grams) * HOUR / 2 * cut), 1)
    mean = series.mean_g_per_kwh(0, end)
    assert mean is not None
    assert min(grams) - 1e-9 <= mean <= max(grams) + 1e-9


def test_clipping_keeps_the_parts_inside() -> None:
    """A point that reaches in is shortened, one outside is gone."""
    found = clipped(SERIES.points, HOUR // 4, HOUR)
    assert [(p.start_ms, p.end_ms) for p in found] == [
        (HOUR // 4, HOUR // 2),
        (HOUR // 2, HOUR),
    ]


@pytest.mark.parametrize(
    ("held", "new", "gives"),
    [("forecast", "actual", True), ("actual", "forecast", False), ("actual", "actual", True),
     ("actual", "estimated", False), ("forecast", "estimated", True)],
)  # fmt: skip
def test_an_actual_figure_stays(held: Kind, new: Kind, gives: bool) -> None:
    """Only what ranks as high or higher takes its place."""
    assert gives_way(point(0, 1, kind=held), point(0, 2, kind=new)) is gives


def test_a_point_comes_back_from_its_fields() -> None:
    """What is stored is what is read."""
    one = point(7, 432.1, 0.25, "forecast", "lifecycle")
    assert point_of(one.area, one.start_ms, fields_of(one)) == one


@pytest.mark.parametrize("field", ["g_per_kwh", "duration_s", "kind", "boundary"])
def test_a_stored_point_with_a_field_missing_is_one_clear_error(field: str) -> None:
    """Somebody else's write is told, not guessed over."""
    fields = fields_of(point(0, 1))
    del fields[field]
    with pytest.raises(CollectorError, match="is not whole in the store") as refused:
        point_of("jp-03", 0, fields)
    assert refused.value.hint
