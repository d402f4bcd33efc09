"""carbonintensity.org.uk: national and regional answers, actual figures and forecasts."""

from __future__ import annotations

import json
from typing import Any

import pytest

from collector.errors import CollectorError
from collector.intensity.carbonintensity_uk import parse_carbonintensity_uk
from collector.intensity.point import IntensityPoint, Parsed

NOON = {"from": "2025-04-01T12:00Z", "to": "2025-04-01T12:30Z"}
NOON_MS = 1_743_508_800_000


def half_hour(intensity: object, **times: str) -> dict[str, Any]:
    """One half hour of an answer."""
    return {**NOON, **times, "intensity": intensity}


def parse(data: object) -> Parsed:
    """What the answer holds."""
    return parse_carbonintensity_uk(json.dumps({"data": data}).encode())


def refusal(content: bytes) -> CollectorError:
    """The error of a whole answer."""
    with pytest.raises(CollectorError) as refused:
        parse_carbonintensity_uk(content)
    assert refused.value.hint
    return refused.value


def test_a_closed_half_hour_is_actual() -> None:
    """The actual figure counts, not the forecast beside it."""
    found = parse([half_hour({"forecast": 266, "actual": 263, "index": "moderate"})])
    assert found.points == (
        IntensityPoint(
            "gb", NOON_MS, NOON_MS + 1_800_000, 263.0, "actual", "direct", "carbonintensity-uk"
        ),
    )


def test_an_open_half_hour_is_a_forecast() -> None:
    """Actual is null until the half hour is closed; the forecast is taken and so labelled."""
    (point,) = parse([half_hour({"forecast": 266, "actual": None, "index": "high"})]).points
    assert (point.g_per_kwh, point.kind) == (266.0, "forecast")


def test_an_actual_zero_is_a_figure() -> None:
    """Zero is not null."""
    (point,) = parse([half_hour({"forecast": 5, "actual": 0})]).points
    assert (point.g_per_kwh, point.kind) == (0.0, "actual")


def test_a_half_hour_without_any_figure_is_refused() -> None:
    """Nothing stands in for it."""
    found = parse([half_hour({"forecast": None, "actual": None})])
    assert found.points == ()
    assert found.refused[0].where == "data[0]"
    assert found.refused[0].reason == "it has neither an actual nor a forecast figure"


REGION = {"regionid": 13, "shortname": "London"}


@pytest.mark.parametrize(
    "data",
    [
        {**REGION, "data": [half_hour({"forecast": 91, "index": "low"})]},
        [{**REGION, "data": [half_hour({"forecast": 91, "index": "low"})]}],
        [{**NOON, "regions": [{**REGION, "intensity": {"forecast": 91, "index": "low"}}]}],
    ],
)
def test_every_form_of_a_regional_answer_is_a_forecast(data: object) -> None:
    """One region with its half hours, in a list or not, or one half hour with its regions."""
    (point,) = parse(data).points
    assert (point.area, point.start_ms, point.g_per_kwh) == ("gb-13", NOON_MS, 91.0)
    assert point.kind == "forecast"


@pytest.mark.parametrize(
    ("item", "told"),
    [
        (half_hour({"forecast": -1}), "intensity.forecast: input should be greater than or equal"),
        (half_hour({"forecast": "266"}), "intensity.forecast: input should be a valid number"),
        (half_hour({"forecast": 99999}), "less than or equal to 3000"),
        (half_hour({"forecast": 1}, **{"from": "noon"}), "from: 'noon' is not a time"),
        (half_hour({"forecast": 1}, **{"from": "2025-04-01T12:00"}), "has no time zone"),
        (half_hour({"forecast": 1}, to="2025-04-01T11:00Z"), "not an interval of an hour at most"),
        (half_hour({"forecast": 1}, to="2025-04-02T12:00Z"), "not an interval of an hour at most"),
        (half_hour(None), "intensity: input should be a valid dictionary"),
        (NOON, "intensity: field required"),
        (7, "it is not an object"),
        ({**NOON, "regions": [{"regionid": 99, "intensity": {}}]}, "there is no region 99"),
        ({"from": 1, "regions": []}, "to: field required"),
    ],
)
def test_a_wrong_half_hour_costs_only_itself(item: object, told: str) -> None:
    """It is refused with its path and reason; its neighbour is taken."""
    found = parse([item, half_hour({"forecast": 1, "actual": 2})])
    assert [point.g_per_kwh for point in found.points] == [2.0]
    (refused,) = found.refused
    assert refused.where.startswith("data[0]")
    assert told in refused.reason


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b"<html>", "not JSON"),
        (b"[1]", "not a JSON object"),
        (b"{}", "data is not an array"),
        (b'{"data": 1}', "data is not an array"),
        (b'{"data": {"regionid": 13}}', "data.data is not an array"),
        (b'{"data": [{"regionid": [], "data": []}]}', "data[0].regionid is [], not a region"),
        (b'{"error": {"code": "400", "message": "bad dates"}}', "with an error: bad dates"),
        (b'{"error": "down"}', "with an error: down"),
    ],
)
def test_an_answer_that_is_none_is_one_clear_error(content: bytes, told: str) -> None:
    """A failed request, a page, another document: one line with a hint."""
    assert told in refusal(content).message
