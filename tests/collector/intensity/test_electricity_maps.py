"""Electricity Maps API v3: its four forms of an answer, boundaries, estimates and forecasts."""

from __future__ import annotations

import json
from typing import Any

import pytest

from collector.errors import CollectorError
from collector.intensity.electricity_maps import parse_electricity_maps
from collector.intensity.point import Boundary, IntensityPoint, Parsed

HOUR: dict[str, Any] = {
    "zone": "JP-TK",
    "carbonIntensity": 463,
    "datetime": "2025-04-01T12:00:00.000Z",
    "updatedAt": "2025-04-02T00:00:00.000Z",
    "emissionFactorType": "lifecycle",
    "isEstimated": False,
    "estimationMethod": None,
}
HOUR_MS = 1_743_508_800_000


def parse(doc: object, area: str | None = None, boundary: Boundary | None = None) -> Parsed:
    """What the answer holds."""
    return parse_electricity_maps(json.dumps(doc).encode(), area, boundary)


def history(**changes: object) -> dict[str, Any]:
    """An answer with one hour."""
    return {"zone": "JP-TK", "history": [{**HOUR, **changes}]}


@pytest.mark.parametrize(
    "doc",
    [
        {"zone": "JP-TK", "history": [HOUR]},
        {"zone": "JP-TK", "data": [HOUR], "temporalGranularity": "hourly"},
        HOUR,
    ],
)
def test_an_hour_is_read_from_every_form_of_an_answer(doc: object) -> None:
    """History, past range and latest hold the same hour."""
    assert parse(doc).points == (
        IntensityPoint(
            "jp-tk", HOUR_MS, HOUR_MS + 3_600_000, 463.0, "actual", "lifecycle", "electricity-maps"
        ),
    )


@pytest.mark.parametrize("told", [True, None])
def test_what_is_not_said_to_be_measured_is_estimated(told: bool | None) -> None:
    """A model's hour, and one that does not say, never pass for actual."""
    assert parse(history(isEstimated=told)).points[0].kind == "estimated"


def test_a_forecast_needs_its_boundary_stated() -> None:
    """Forecast rows hold a time and a figure only."""
    row = {"carbonIntensity": 77, "datetime": "2025-04-01T12:00:00Z"}
    doc = {"zone": "DK-DK2", "forecast": [row]}
    assert parse(doc).refused[0].reason == "it does not say lifecycle or direct; add --boundary"
    (point,) = parse(doc, boundary="lifecycle").points
    assert (point.area, point.kind, point.boundary) == ("dk-dk2", "forecast", "lifecycle")


def test_a_row_of_another_boundary_is_refused() -> None:
    """What is stated never turns direct into life cycle."""
    found = parse(history(), boundary="direct")
    assert (found.points, found.refused[0].reason) == ((), "it is lifecycle, not direct")


def test_the_area_can_be_named_otherwise() -> None:
    """A plant may keep its own key for a zone."""
    assert parse(history(), area="JP-03").points[0].area == "jp-03"


def test_finer_figures_are_as_long_as_they_say() -> None:
    """15 minutes are 15 minutes."""
    (point,) = parse({**history(), "temporalGranularity": "15_minutes"}).points
    assert point.end_ms - point.start_ms == 900_000


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"carbonIntensity": None}, "carbonIntensity: input should be a valid number"),
        ({"carbonIntensity": -5}, "carbonIntensity: input should be greater than"),
        ({"datetime": "2025-04-01T12:00"}, "datetime: '2025-04-01T12:00' has no time zone"),
        ({"emissionFactorType": "marginal"}, "emissionFactorType: input should be 'direct'"),
        ({"isEstimated": "perhaps"}, "isEstimated: input should be a valid boolean"),
        ({"zone": "DE"}, "it is of zone DE, the answer of JP-TK"),
    ],
)
def test_a_wrong_hour_is_refused_with_its_reason(changes: dict[str, object], told: str) -> None:
    """It is told with its path; nothing stands in for it."""
    found = parse(history(**changes))
    assert found.points == ()
    assert found.refused[0].where == "history[0]"
    assert told in found.refused[0].reason


@pytest.mark.parametrize(
    ("doc", "told"),
    [
        ({**history(), "temporalGranularity": "daily"}, "the figures are daily, too coarse"),
        ({"history": [{k: v for k, v in HOUR.items() if k != "zone"}]}, "names no zone"),
        ({"zone": "JP-TK"}, "holds no carbonIntensity"),
        ({"zone": "JP-TK", "history": {}}, "history is not an array"),
        ({"zone": "日本", "history": []}, "is not the name of an area"),
        ({"error": "Invalid auth-token"}, "with an error: Invalid auth-token"),
    ],
)
def test_an_answer_that_is_none_is_one_clear_error(doc: object, told: str) -> None:
    """One line and a hint."""
    with pytest.raises(CollectorError) as refused:
        parse(doc)
    assert told in refused.value.message
    assert refused.value.hint
