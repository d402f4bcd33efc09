"""A series of carbon intensity: points in order of time, and their mean over any stretch."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise
from typing import cast, get_args

from collector.errors import CollectorError
from collector.intensity.point import RANK, Boundary, IntensityPoint, Kind


class IntensitySeries:
    """The points of one area and one boundary, in order of time and without overlap.

    Where a point begins before the one ahead of it has ended, the one ahead is cut short: half
    hours stand over the hours they were imported beside. Raises ``CollectorError`` when points of
    both boundaries come together, which must never be compared.
    """

    def __init__(self, points: Iterable[IntensityPoint]) -> None:
        self.points = _arranged(points)
        boundaries = sorted({point.boundary for point in self.points})
        if len(boundaries) > 1:
            raise CollectorError(
                "the series holds direct and lifecycle figures, which must not be mixed",
                "import the days again with one --boundary and --replace",
            )
        self._starts = [point.start_ms for point in self.points]
        self._grams = [Decimal(str(point.g_per_kwh)) for point in self.points]

    @property
    def boundary(self) -> Boundary | None:
        """What the figures count; None for an empty series."""
        return self.points[0].boundary if self.points else None

    def kinds(self) -> Mapping[Kind, int]:
        """How many points are actual, forecast and estimated."""
        return Counter(point.kind for point in self.points)

    def mean_g_per_kwh(self, from_ms: int, to_ms: int) -> Decimal | None:
        """The mean over time (g/kWh); None when a part of the stretch is not known."""
        grams, known_ms = self._sum(from_ms, to_ms)
        return grams / known_ms if known_ms and known_ms == to_ms - from_ms else None

    def known_ms(self, from_ms: int, to_ms: int) -> int:
        """How much of the stretch is known, in ms."""
        return self._sum(from_ms, to_ms)[1]

    def _sum(self, from_ms: int, to_ms: int) -> tuple[Decimal, int]:
        grams, known_ms = Decimal(0), 0
        index = max(bisect_right(self._starts, from_ms) - 1, 0)
        while index < len(self.points) and self._starts[index] < to_ms:
            point = self.points[index]
            part_ms = min(point.end_ms, to_ms) - max(point.start_ms, from_ms)
            if part_ms > 0:
                grams += self._grams[index] * part_ms
                known_ms += part_ms
            index += 1
        return grams, known_ms


def clipped(
    points: Iterable[IntensityPoint], from_ms: int, to_ms: int
) -> tuple[IntensityPoint, ...]:
    """The parts of the points that lie in the range."""
    return tuple(
        replace(point, start_ms=max(point.start_ms, from_ms), end_ms=min(point.end_ms, to_ms))
        for point in points
        if point.start_ms < to_ms and point.end_ms > from_ms
    )


def gives_way(held: IntensityPoint, new: IntensityPoint) -> bool:
    """Whether a point held makes place for a new one of the same instant.

    An actual figure stays when an old forecast is imported again.
    """
    return RANK[new.kind] >= RANK[held.kind]


def fields_of(point: IntensityPoint) -> dict[str, float | str]:
    """The point's fields as a store keeps them, beside area and start."""
    return {
        "g_per_kwh": point.g_per_kwh,
        "duration_s": (point.end_ms - point.start_ms) / 1000,
        "kind": point.kind,
        "boundary": point.boundary,
        "source": point.source,
    }


def point_of(area: str, at_ms: int, fields: Mapping[str, float | str]) -> IntensityPoint:
    """The point that a store kept. Raises ``CollectorError`` when a field is not as we write it."""
    kind, boundary = fields.get("kind"), fields.get("boundary")
    grams, duration_s = fields.get("g_per_kwh"), fields.get("duration_s")
    if (
        kind not in get_args(Kind)
        or boundary not in get_args(Boundary)
        or not isinstance(grams, int | float)
        or not isinstance(duration_s, int | float)
    ):
        hint = "import the file of that day again"
        raise CollectorError(
            f"the intensity of {area} at {at_ms} ms is not whole in the store", hint
        )
    return IntensityPoint(
        area=area,
        start_ms=at_ms,
        end_ms=at_ms + round(duration_s * 1000),
        g_per_kwh=float(grams),
        kind=cast("Kind", kind),
        boundary=cast("Boundary", boundary),
        source=str(fields.get("source", "")),
    )


def _arranged(points: Iterable[IntensityPoint]) -> Sequence[IntensityPoint]:
    by_start = {point.start_ms: point for point in points}
    ordered = [by_start[start_ms] for start_ms in sorted(by_start)]
    if not ordered:
        return ()
    cut = [
        point if point.end_ms <= after.start_ms else replace(point, end_ms=after.start_ms)
        for point, after in pairwise(ordered)
    ]
    return (*cut, ordered[-1])
