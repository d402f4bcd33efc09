"""Grid intensity in a CSV of one's own: a column of times, a column of g/kWh or kg/kWh.

What such a file cannot say is stated by who imports it: area, unit, boundary, kind.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal
from zoneinfo import ZoneInfo

from collector.errors import CollectorError
from collector.intensity.json_source import LARGEST_G_PER_KWH
from collector.intensity.point import Boundary, IntensityPoint, Kind, Parsed, Refused
from collector.intensity.timed_csv import TimedValue, read_timed_values

CsvUnit = Literal["g/kWh", "kg/kWh"]
SOURCE = "csv"
SURELY_KG = 1.5
"""A series in g/kWh that never rises above this is in kg/kWh: no grid that sells power is so
clean, and none emits more than that in kg/kWh."""
LONGEST_MIN = 60
_GRAMS: dict[CsvUnit, float] = {"g/kWh": 1, "kg/kWh": 1000}


@dataclass(frozen=True, slots=True)
class CsvSeries:
    """What the importer states of a CSV: ``time_zone`` is for times written without an offset.

    Times label the interval's start.
    """

    area: str
    unit: CsvUnit
    boundary: Boundary
    kind: Kind = "actual"
    time_zone: ZoneInfo | None = None
    time_column: str = "time"
    value_column: str = "value"


def parse_plain_csv(content: bytes, stated: CsvSeries) -> Parsed:
    """The carbon intensity of every line; an interval is as long as the usual step between lines.

    Raises ``CollectorError`` when the columns are not there, the unit cannot be as stated, or the
    lines do not follow each other in steps of 5 to 60 minutes.
    """
    found = read_timed_values(content, stated.time_column, stated.value_column, stated.time_zone)
    _require_unit(found.values, stated.unit)
    points: list[IntensityPoint] = []
    refused = list(found.refused)
    step_ms = _step_ms(found.values)
    for value in found.values:
        grams = value.value * _GRAMS[stated.unit]
        if 0 <= grams <= LARGEST_G_PER_KWH:
            points.append(_point(value, grams, step_ms, stated))
        else:
            reason = f"{value.value:g} {stated.unit} is not an intensity that a grid can have"
            refused.append(Refused(f"line {value.line_number}", reason))
    return Parsed(tuple(points), tuple(refused), found.blank)


def _point(value: TimedValue, grams: float, step_ms: int, stated: CsvSeries) -> IntensityPoint:
    return IntensityPoint(
        area=stated.area,
        start_ms=value.at_ms,
        end_ms=value.at_ms + step_ms,
        g_per_kwh=grams,
        kind=stated.kind,
        boundary=stated.boundary,
        source=SOURCE,
    )


def _require_unit(values: Sequence[TimedValue], unit: CsvUnit) -> None:
    largest = max((value.value for value in values), default=0.0)
    if unit == "g/kWh" and 0 < largest < SURELY_KG:
        hint = "if they are kg/kWh, say --unit kg/kWh"
        raise CollectorError(f"no figure is above {largest:g}, which cannot be g/kWh", hint)
    smallest = min((value.value for value in values), default=0.0)
    if unit == "kg/kWh" and smallest * 1000 > LARGEST_G_PER_KWH:
        hint = "if they are g/kWh, say --unit g/kWh"
        raise CollectorError(f"no figure is below {smallest:g}, which cannot be kg/kWh", hint)


def _step_ms(values: Sequence[TimedValue]) -> int:
    instants = sorted(value.at_ms for value in values)
    steps = Counter(later - earlier for earlier, later in pairwise(instants))
    step_ms = steps.most_common(1)[0][0] if steps else LONGEST_MIN * 60_000
    if not 5 * 60_000 <= step_ms <= LONGEST_MIN * 60_000:
        raise CollectorError(
            f"lines are {step_ms / 60_000:g} minutes apart",
            "an hourly or half-hourly series is needed, of 5 to 60 minutes",
        )
    return step_ms
