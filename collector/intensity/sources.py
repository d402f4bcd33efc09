"""The kinds of file that tell a grid's intensity, by name: to add one is one file and one line.

What is stated beside a file must mean something for its kind: an option that does not is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Literal
from zoneinfo import ZoneInfo

from collector.errors import CollectorError
from collector.intensity.area_supply import Labels, parse_area_supply
from collector.intensity.areas import area_in_name, area_key, japan_area
from collector.intensity.carbonintensity_uk import parse_carbonintensity_uk
from collector.intensity.electricity_maps import parse_electricity_maps
from collector.intensity.fuels import FuelLibrary
from collector.intensity.plain_csv import CsvSeries, CsvUnit, parse_plain_csv
from collector.intensity.point import Boundary, IntensityPoint, Kind, Parsed, Refused

SourceName = Literal["area-supply", "carbonintensity-uk", "electricity-maps", "csv"]


@dataclass(frozen=True, slots=True)
class Stated:
    """What is stated beside the file; None: nothing is."""

    area: str | None = None
    boundary: Boundary | None = None
    labels: Labels | None = None
    unit: CsvUnit | None = None
    kind: Kind | None = None
    time_zone: ZoneInfo | None = None
    time_column: str | None = None
    value_column: str | None = None


def parse_source(name: SourceName, file_name: str, content: bytes, stated: Stated) -> Parsed:
    """What a file of that kind holds.

    Raises ``CollectorError``, with the file's name, when it cannot be read or when something is
    not stated that must be, or is that means nothing.
    """
    parse, meaningful = SOURCES[name]
    try:
        _require_meaning(name, stated, meaningful)
        return _consistent(parse(file_name, content, stated))
    except CollectorError as error:
        raise CollectorError(f"{file_name}: {error.message}", error.hint) from error


def _area_supply(file_name: str, content: bytes, stated: Stated) -> Parsed:
    named = area_in_name(file_name)
    area = japan_area(stated.area) if stated.area else named
    if area is None:
        raise CollectorError("its name holds no area", "add --area 01 to 10")
    if named not in (None, area):
        raise CollectorError(f"it is of area {named} by its name, not {area}", "leave --area out")
    boundary = stated.boundary or "direct"
    return parse_area_supply(content, area, FuelLibrary.shipped(), boundary, stated.labels)


def _carbonintensity_uk(_: str, content: bytes, stated: Stated) -> Parsed:
    if stated.boundary == "lifecycle":
        raise CollectorError(
            "carbonintensity.org.uk counts direct emissions", "leave --boundary out"
        )
    return parse_carbonintensity_uk(content)


def _electricity_maps(_: str, content: bytes, stated: Stated) -> Parsed:
    return parse_electricity_maps(content, stated.area, stated.boundary)


def _csv(_: str, content: bytes, stated: Stated) -> Parsed:
    if stated.area is None or stated.unit is None or stated.boundary is None:
        needed = {"--area": stated.area, "--unit": stated.unit, "--boundary": stated.boundary}
        missing = ", ".join(option for option, value in needed.items() if value is None)
        hint = "for example --area de --unit g/kWh --boundary lifecycle"
        raise CollectorError(f"a CSV does not say it itself: {missing}", hint)
    series = CsvSeries(
        area=area_key(stated.area),
        unit=stated.unit,
        boundary=stated.boundary,
        kind=stated.kind or "actual",
        time_zone=stated.time_zone,
        time_column=stated.time_column or "time",
        value_column=stated.value_column or "value",
    )
    return parse_plain_csv(content, series)


Parser = Callable[[str, bytes, Stated], Parsed]
SOURCES: Mapping[SourceName, tuple[Parser, frozenset[str]]] = {
    "area-supply": (_area_supply, frozenset({"area", "boundary", "labels"})),
    "carbonintensity-uk": (_carbonintensity_uk, frozenset({"boundary"})),
    "electricity-maps": (_electricity_maps, frozenset({"area", "boundary"})),
    "csv": (_csv, frozenset(Stated.__dataclass_fields__) - {"labels"}),
}
"""Name of a source to what parses it and which statements mean something for it."""


def _consistent(parsed: Parsed) -> Parsed:
    """The file with each area and instant once, all of one boundary."""
    if len({point.boundary for point in parsed.points}) > 1:
        hint = "add --boundary direct or --boundary lifecycle to take the one"
        raise CollectorError("it holds direct and lifecycle figures, which must not be mixed", hint)
    once: dict[tuple[str, int], IntensityPoint] = {}
    twice: list[Refused] = []
    for point in parsed.points:
        if once.setdefault((point.area, point.start_ms), point) is not point:
            start = datetime.fromtimestamp(point.start_ms / 1000, UTC)
            twice.append(
                Refused(f"{point.area} {start:%Y-%m-%dT%H:%MZ}", "the time is there twice")
            )
    return replace(parsed, points=tuple(once.values()), refused=(*parsed.refused, *twice))


def _require_meaning(name: SourceName, stated: Stated, meaningful: frozenset[str]) -> None:
    foreign = [
        f"--{field.replace('_', '-')}" for field in _given(stated) if field not in meaningful
    ]
    if foreign:
        hint = f"leave it out, or check --source {name}"
        raise CollectorError(f"{', '.join(foreign)} means nothing for {name}", hint)


def _given(stated: Stated) -> Iterator[str]:
    for field in Stated.__dataclass_fields__:
        if getattr(stated, field) is not None:
            yield field
