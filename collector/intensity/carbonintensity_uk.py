"""carbonintensity.org.uk (NESO): the half-hourly JSON of its service to carbon intensity.

National answers (``/intensity/...``) hold a forecast and, once the half hour is closed, the
actual figure; regional answers (``/regional/...``) hold forecasts only. Northern Ireland is not in
it. The figures are g CO2/kWh from operating the plants, imports included: boundary ``direct``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any

from pydantic import Field, ValidationError, model_validator

from collector.errors import CollectorError
from collector.intensity.areas import BRITAIN
from collector.intensity.json_source import (
    Grams,
    Instant,
    SourceRow,
    document,
    faults_of,
    in_ms,
    items,
)
from collector.intensity.point import IntensityPoint, Kind, Parsed, Refused

SOURCE = "carbonintensity-uk"
LONGEST_MS = 60 * 60_000


class _Intensity(SourceRow):
    forecast: Grams | None = None
    actual: Grams | None = None


class _Region(SourceRow):
    regionid: int
    intensity: _Intensity

    @model_validator(mode="after")
    def _is_known(self) -> _Region:
        if self.regionid not in BRITAIN:
            raise ValueError(f"there is no region {self.regionid}")
        return self


class _Period(SourceRow):
    begin: Annotated[Instant, Field(alias="from")]
    end: Annotated[Instant, Field(alias="to")]

    @model_validator(mode="after")
    def _has_length(self) -> _Period:
        if not 0 < in_ms(self.end) - in_ms(self.begin) <= LONGEST_MS:
            raise ValueError("it is not an interval of an hour at most")
        return self


class _National(_Period):
    intensity: _Intensity


class _AllRegions(_Period):
    regions: list[Any]


Found = tuple[str, str, _Period, _Intensity] | Refused
"""Where it stands, the area, the half hour and its figures."""


def parse_carbonintensity_uk(content: bytes) -> Parsed:
    """The carbon intensity of Great Britain ("gb") or its regions ("gb-1" to "gb-17").

    A half hour without an actual figure is taken as ``forecast``. Raises ``CollectorError`` when
    the bytes are not an answer of that service with half hours in it.
    """
    points: list[IntensityPoint] = []
    refused: list[Refused] = []
    for found in _found(document(content)):
        if isinstance(found, Refused):
            refused.append(found)
            continue
        where, area, period, intensity = found
        point = _point(area, period, intensity)
        if point is None:
            refused.append(Refused(where, "it has neither an actual nor a forecast figure"))
        else:
            points.append(point)
    return Parsed(tuple(points), tuple(refused))


def _point(area: str, period: _Period, intensity: _Intensity) -> IntensityPoint | None:
    kind: Kind = "forecast" if intensity.actual is None else "actual"
    grams = intensity.forecast if intensity.actual is None else intensity.actual
    if grams is None:
        return None
    begin_ms, end_ms = in_ms(period.begin), in_ms(period.end)
    return IntensityPoint(area, begin_ms, end_ms, grams, kind, "direct", SOURCE)


def _found(doc: Mapping[str, Any]) -> Iterator[Found]:
    data = doc.get("data")
    if isinstance(data, dict):
        yield from _of_region(data, "data")
        return
    for where, item in items(data, "data"):
        if not isinstance(item, dict):
            yield Refused(where, "it is not an object")
        elif "regionid" in item:
            yield from _of_region(item, where)
        elif "regions" in item:
            yield from _of_all_regions(item, where)
        else:
            yield _of_nation(item, where)


def _of_nation(item: Mapping[str, Any], where: str) -> Found:
    try:
        row = _National.model_validate(item)
    except ValidationError as error:
        return Refused(where, faults_of(error))
    return where, "gb", row, row.intensity


def _of_region(region: Mapping[str, Any], where: str) -> Iterator[Found]:
    number = region.get("regionid")
    if type(number) is not int or number not in BRITAIN:
        hint = "the regions have the numbers 1 to 17"
        raise CollectorError(f"{where}.regionid is {number!r}, not a region", hint)
    for path, item in items(region.get("data"), f"{where}.data"):
        found = _of_nation(item, path)
        yield found if isinstance(found, Refused) else (path, f"gb-{number}", *found[2:])


def _of_all_regions(item: Mapping[str, Any], where: str) -> Iterator[Found]:
    try:
        period = _AllRegions.model_validate(item)
    except ValidationError as error:
        yield Refused(where, faults_of(error))
        return
    for path, text in items(period.regions, f"{where}.regions"):
        try:
            region = _Region.model_validate(text)
        except ValidationError as error:
            yield Refused(path, faults_of(error))
        else:
            yield path, f"gb-{region.regionid}", period, region.intensity
