"""Electricity Maps API v3: the hourly JSON of its service to carbon intensity.

``carbonIntensity`` is g CO2eq/kWh of consumption, ``emissionFactorType`` the boundary,
``isEstimated`` whether a model filled the hour. Answers come as ``history``, ``data`` (past
range), ``forecast`` or one bare object (latest). The service needs a token and most uses a
contract: the user fetches, we pass nothing on.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import Field, ValidationError

from collector.errors import CollectorError
from collector.intensity.areas import area_key
from collector.intensity.json_source import (
    Grams,
    Instant,
    SourceRow,
    document,
    faults_of,
    in_ms,
    items,
)
from collector.intensity.point import Boundary, IntensityPoint, Kind, Parsed, Refused

SOURCE = "electricity-maps"
DURATIONS_MIN = {"hourly": 60, "15_minutes": 15, "5_minutes": 5}


class _Hour(SourceRow):
    at: Instant = Field(alias="datetime")
    grams: Grams = Field(alias="carbonIntensity")
    boundary: Boundary | None = Field(default=None, alias="emissionFactorType")
    estimated: bool | None = Field(default=None, alias="isEstimated")
    zone: str | None = None


def parse_electricity_maps(
    content: bytes, area: str | None = None, boundary: Boundary | None = None
) -> Parsed:
    """The carbon intensity of the zone the answer names, stored under ``area`` when given.

    ``boundary`` stands in where the answer names none, as forecasts do; a row of another boundary
    is refused. A figure not said to be measured is ``estimated``. Raises ``CollectorError`` when
    the bytes are not an answer of that service, or one of days or longer.
    """
    doc = document(content)
    key = _area(doc, area)
    minutes = _minutes(doc)
    points: list[IntensityPoint] = []
    refused: list[Refused] = []
    for where, item, foretold in _rows(doc):
        try:
            hour = _Hour.model_validate(item)
            points.append(_point(hour, doc, key, minutes, boundary, foretold))
        except ValidationError as error:
            refused.append(Refused(where, faults_of(error)))
        except ValueError as error:
            refused.append(Refused(where, str(error)))
    return Parsed(tuple(points), tuple(refused))


def _point(
    hour: _Hour,
    doc: Mapping[str, Any],
    area: str,
    minutes: int,
    boundary: Boundary | None,
    foretold: bool,
) -> IntensityPoint:
    told = hour.boundary or boundary
    if told is None:
        raise ValueError("it does not say lifecycle or direct; add --boundary")
    if boundary is not None and told != boundary:
        raise ValueError(f"it is {told}, not {boundary}")
    if hour.zone is not None and hour.zone != doc.get("zone", hour.zone):
        raise ValueError(f"it is of zone {hour.zone}, the answer of {doc['zone']}")
    begin_ms = in_ms(hour.at)
    end_ms = begin_ms + minutes * 60_000
    return IntensityPoint(area, begin_ms, end_ms, hour.grams, _kind(hour, foretold), told, SOURCE)


def _kind(hour: _Hour, foretold: bool) -> Kind:
    if foretold:
        return "forecast"
    return "actual" if hour.estimated is False else "estimated"


def _area(doc: Mapping[str, Any], area: str | None) -> str:
    zone = area or doc.get("zone")
    if not isinstance(zone, str):
        raise CollectorError("the answer names no zone", "add --area, for example --area de")
    return area_key(zone)


def _minutes(doc: Mapping[str, Any]) -> int:
    told = doc.get("temporalGranularity", "hourly")
    if told not in DURATIONS_MIN:
        hint = f"ask the service for {' or '.join(DURATIONS_MIN)}"
        raise CollectorError(f"the figures are {told}, too coarse for shifting load", hint)
    return DURATIONS_MIN[told]


def _rows(doc: Mapping[str, Any]) -> Iterator[tuple[str, Any, bool]]:
    held = [name for name in ("history", "data", "forecast") if name in doc]
    for name in held:
        for where, item in items(doc[name], name):
            yield where, item, name == "forecast"
    if not held and "carbonIntensity" in doc:
        yield "the answer", doc, False
    elif not held:
        hint = "save the answer of /v3/carbon-intensity/history, past-range or forecast"
        raise CollectorError("the answer holds no carbonIntensity", hint)
