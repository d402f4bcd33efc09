"""A CSV of one's own: what is stated beside it, and units that cannot be."""

from __future__ import annotations

from dataclasses import replace

import pytest

from collector.errors import CollectorError
from collector.intensity.plain_csv import CsvSeries, parse_plain_csv
from collector.intensity.point import IntensityPoint, Parsed

STATED = CsvSeries("de", "g/kWh", "lifecycle")
HOUR_MS = 1_743_508_800_000


def parse(rows: str, stated: CsvSeries = STATED) -> Parsed:
    """What the rows below a head of time and value hold."""
    return parse_plain_csv(f"time,value\n{rows}\n".encode(), stated)


def hours(*values: str) -> str:
    """Rows of consecutive hours from noon on."""
    return "\n".join(f"2025-04-01T{12 + n}:00Z,{value}" for n, value in enumerate(values))


def test_a_line_becomes_a_point_as_stated() -> None:
    """Area, boundary and kind come from who imports; the interval from the step of the lines."""
    found = parse(hours("300", "310.5"), replace(STATED, kind="estimated"))
    assert found.points[1] == IntensityPoint(
        "de", HOUR_MS + 3_600_000, HOUR_MS + 7_200_000, 310.5, "estimated", "lifecycle", "csv"
    )


def test_kilograms_become_grams() -> None:
    """0.3 kg/kWh are 300 g/kWh."""
    found = parse(hours("0.3", "0.5"), replace(STATED, unit="kg/kWh"))
    assert [point.g_per_kwh for point in found.points] == [300.0, 500.0]


def test_columns_may_have_other_names() -> None:
    """They are stated."""
    stated = replace(STATED, time_column="Zeit", value_column="Intensität")
    content = "Zeit,Intensität\n2025-04-01T12:00Z,300\n".encode()
    assert len(parse_plain_csv(content, stated).points) == 1


@pytest.mark.parametrize("minutes", [5, 15, 30, 60])
def test_an_interval_is_as_long_as_the_usual_step(minutes: int) -> None:
    """A gap does not make an interval longer."""
    at = [0, minutes, 2 * minutes, 6 * minutes]
    rows = "\n".join(f"2025-04-01T{12 + m // 60}:{m % 60:02}Z,300" for m in at)
    assert {point.end_ms - point.start_ms for point in parse(rows).points} == {minutes * 60_000}


def test_a_figure_no_grid_can_have_is_refused() -> None:
    """Below zero or beyond 3,000 g/kWh is told with its line."""
    found = parse(hours("300", "-1", "3001"))
    assert [item.where for item in found.refused] == ["line 3", "line 4"]
    assert "-1 g/kWh is not an intensity that a grid can have" in found.refused[0].reason


@pytest.mark.parametrize(
    ("rows", "stated", "told", "hint"),
    [
        (hours("0.3", "0.5"), STATED, "no figure is above 0.5, which cannot be g/kWh", "kg/kWh"),
        (hours("300", "500"), replace(STATED, unit="kg/kWh"),
         "no figure is below 300, which cannot be kg/kWh", "--unit g/kWh"),
        ("2025-04-01T12:00Z,300\n2025-04-02T12:00Z,300", STATED, "1440 minutes apart", "hourly"),
        ("2025-04-01T12:00Z,300\n2025-04-01T12:01Z,300", STATED, "1 minutes apart", "hourly"),
    ],
)  # fmt: skip
def test_a_series_that_cannot_be_as_stated_is_one_clear_error(
    rows: str, stated: CsvSeries, told: str, hint: str
) -> None:
    """A thousandfold error of the unit and days instead of hours are told, never taken."""
    with pytest.raises(CollectorError) as refused:
        parse(rows, stated)
    assert told in refused.value.message
    assert hint in refused.value.hint
