"""The numbers a picture is drawn from, as rows: one a point, bar or cell."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from collector.exports.plain_column import Field, PlainColumn, known_number
from collector.reports.report import (
    AxisLabel,
    BarChart,
    HeatMap,
    Language,
    Picture,
    Report,
    StepChart,
    XYChart,
    XYSeries,
)

Data = tuple[tuple[PlainColumn, ...], tuple[tuple[Field, ...], ...]]
DECIMALS = 3

_WORDS: dict[str, tuple[str, str]] = {
    "from": ("開始", "From"),
    "value": ("値", "Value"),
    "quality": ("品質", "Quality"),
    "low": ("最小", "Lowest"),
    "high": ("最大", "Highest"),
    "name": ("項目", "Name"),
    "estimated": ("{name}(うち推定)", "{name} (estimated part)"),
    "row": ("行", "Row"),
    "row_label": ("行の名前", "Row label"),
    "column": ("列", "Column"),
    "column_label": ("列の名前", "Column label"),
    "series": ("系列", "Series"),
    "measured": ("実測", "measured"),
    "is_estimated": ("推定", "estimated"),
    "missing": ("欠測", "missing"),
}


def picture_data(picture: Picture, report: Report) -> Data:
    """The columns and rows behind the picture, worded in the report's language."""
    if isinstance(picture, StepChart):
        return _steps(picture, report)
    if isinstance(picture, BarChart):
        return _bars(picture, report.language)
    if isinstance(picture, HeatMap):
        return _cells(picture, report.language)
    return _series(picture, report.language)


def _say(key: str, language: Language, **names: str) -> str:
    return _WORDS[key][0 if language == "ja" else 1].format(**names)


def _quality(quality: str, language: Language) -> str:
    return _say("is_estimated" if quality == "estimated" else quality, language)


def _text(key: str, language: Language) -> PlainColumn:
    return PlainColumn(_say(key, language), "", "text")


def _number(key: str, language: Language, unit: str) -> PlainColumn:
    return PlainColumn(_say(key, language), unit, "number", DECIMALS)


def _steps(chart: StepChart, report: Report) -> Data:
    language, zone = report.language, ZoneInfo(report.zone)
    spread = any(point.low is not None or point.high is not None for point in chart.points)
    columns = [
        PlainColumn(_say("from", language), report.zone, "moment"),
        _number("value", language, chart.unit),
        _text("quality", language),
    ]
    if spread:
        columns += [_number(key, language, chart.unit) for key in ("low", "high")]
    rows: list[tuple[Field, ...]] = []
    for point in chart.points:
        at = datetime.fromtimestamp(point.at_ms / 1000, UTC).astimezone(zone)
        row = (at, known_number(point.value), _quality(point.quality, language))
        ends = (known_number(point.low), known_number(point.high)) if spread else ()
        rows.append((*row, *ends))
    return tuple(columns), tuple(rows)


def _bars(chart: BarChart, language: Language) -> Data:
    columns, shown = [_text("name", language)], []
    for at, entry in enumerate(chart.series):
        label = entry.label or _say("value", language)
        parts = [bar.parts[at] for bar in chart.bars]
        columns.append(PlainColumn(label, chart.unit, "number", DECIMALS))
        shown.append([part and known_number(part.value) for part in parts])
        if any(part and part.estimated for part in parts):
            name = _say("estimated", language, name=label)
            columns.append(PlainColumn(name, chart.unit, "number", DECIMALS))
            shown.append([part and known_number(part.estimated) for part in parts])
    names = [bar.label for bar in chart.bars]
    return tuple(columns), tuple(zip(names, *shown, strict=True))


def _cells(chart: HeatMap, language: Language) -> Data:
    columns = (
        PlainColumn(_say("row", language), "", "number"), _text("row_label", language),
        PlainColumn(_say("column", language), "", "number"), _text("column_label", language),
        _number("value", language, chart.unit), _text("quality", language),
    )  # fmt: skip
    across = _labels(chart.column_labels, len(chart.rows[0]) if chart.rows else 0)
    down = _labels(chart.row_labels, len(chart.rows))
    rows = tuple(
        (
            float(row + 1), down[row], float(column + 1), across[column],
            known_number(cell.value), _quality(cell.quality, language),
        )
        for row, line in enumerate(chart.rows)
        for column, cell in enumerate(line)
    )  # fmt: skip
    return columns, rows


def _labels(labels: Sequence[AxisLabel], count: int) -> list[str]:
    """The label that each of ``count`` places stands under: the last one at or before it."""
    ordered = sorted(labels, key=lambda label: label.position)
    found: list[str] = []
    for place in range(count):
        before = [label.label for label in ordered if label.position <= place + 0.5]
        found.append(before[-1] if before else "")
    return found


def _series(chart: XYChart, language: Language) -> Data:
    spread = any(series.lows or series.highs for series in chart.series)
    columns = [
        _text("series", language),
        PlainColumn(chart.x_label or "x", chart.x_unit, "number", DECIMALS),
        _number("value", language, chart.unit),
    ]
    if spread:
        columns += [_number(key, language, chart.unit) for key in ("low", "high")]
    rows = tuple(row for series in chart.series for row in _points(series, spread))
    return tuple(columns), rows


def _points(series: XYSeries, spread: bool) -> Iterator[tuple[Field, ...]]:
    for at, place in enumerate(series.xs):
        numbers = [
            known_number(held[at]) if at < len(held) else None
            for held in (series.ys, series.lows, series.highs)
        ]
        yield (series.label, known_number(place), *(numbers if spread else numbers[:1]))
