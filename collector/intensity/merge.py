"""What importing points changes in a series already held: repeats are harmless."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from collector.errors import CollectorError
from collector.intensity.point import IntensityPoint
from collector.intensity.series import gives_way


@dataclass(frozen=True, slots=True)
class Merge:
    """``to_write`` are new or changed points; ``unchanged`` and ``kept`` count the others.

    Kept points rank higher than what was to take their place: actual above forecast.
    """

    to_write: tuple[IntensityPoint, ...]
    unchanged: int
    kept: int


def merge(
    held: Iterable[IntensityPoint], new: Iterable[IntensityPoint], replace: bool = False
) -> Merge:
    """What of the new points (of one area) is to be written over those held.

    Raises ``CollectorError`` when the other boundary is held for one of the instants and
    ``replace`` is not asked for; with it, every new point takes its place.
    """
    by_start = {point.start_ms: point for point in held}
    to_write: list[IntensityPoint] = []
    unchanged = kept = 0
    for point in new:
        old = by_start.get(point.start_ms)
        if old is not None and old.boundary != point.boundary and not replace:
            raise CollectorError(
                f"{point.area} already holds {old.boundary} figures for these times, "
                f"these are {point.boundary}",
                "give --replace to write over them; the two must not be mixed",
            )
        if old == point:
            unchanged += 1
        elif old is None or replace or gives_way(old, point):
            to_write.append(point)
        else:
            kept += 1
    return Merge(tuple(to_write), unchanged, kept)
