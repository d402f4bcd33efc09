"""The picture of a finding: its evidence series drawn as steps, lines, points or bars."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from collector.findings.finding import EvidenceLine, EvidenceSeries, PictureKind
from collector.reports.consultant.view import View, hour_ticks, month_ticks
from collector.reports.numbers import plain
from collector.reports.report import (
    AxisLabel,
    Bar,
    BarChart,
    BarPart,
    LegendEntry,
    Picture,
    ReferenceLine,
    SeriesKind,
    XYChart,
    XYSeries,
)

MOST_BARS = 14


def picture_of(view: View, held: EvidenceSeries) -> Picture:
    """The evidence as a picture of the report, in the view's language."""
    return _DRAWN[held.kind](view, held)


def _typical_day(view: View, held: EvidenceSeries) -> XYChart:
    return _chart(view, held, "steps", "", "", hour_ticks(view))


def _duration(view: View, held: EvidenceSeries) -> XYChart:
    return _chart(view, held, "line", held.x_label.in_(view.language), "", ())


def _scatter(view: View, held: EvidenceSeries) -> XYChart:
    return _chart(view, held, "line", held.x_label.in_(view.language), "", ())


def _days(view: View, held: EvidenceSeries) -> Picture:
    days = [date.fromisoformat(text.en) for text in held.lines[0].x_texts]
    xs = tuple(float(number) for number in range(len(days)))
    series = tuple(
        XYSeries(line.label.in_(view.language), "steps", "energy", xs, line.y, shade=number)
        for number, line in enumerate(held.lines)
    )
    return XYChart(
        title=held.title.in_(view.language),
        description=held.title.in_(view.language),
        x_label="",
        x_unit="",
        unit=held.unit,
        series=series,
        x_ticks=month_ticks(view, days),
    )


def _bars(view: View, held: EvidenceSeries) -> BarChart:
    line = held.lines[0]
    named = list(zip(line.x_texts, line.y, strict=True))[:MOST_BARS]
    bars = []
    for text, value in named:
        name = text.in_(view.language)
        part = None if value is None else BarPart(max(value, 0.0))
        bars.append(Bar(name, name, f"{name}: {plain(value)} {held.unit}", (part,)))
    return BarChart(
        title=held.title.in_(view.language),
        description="; ".join(bar.text for bar in bars),
        unit=held.unit,
        series=(LegendEntry(line.label.in_(view.language), "solid", "energy"),),
        bars=tuple(bars),
        horizontal=True,
    )


def _chart(
    view: View,
    held: EvidenceSeries,
    kind: SeriesKind,
    x_label: str,
    x_unit: str,
    ticks: tuple[AxisLabel, ...],
) -> XYChart:
    title = held.title.in_(view.language)
    level = [line for line in held.lines if _is_level(line)]
    drawn = [line for line in held.lines if not _is_level(line)]
    series = [
        part for number, line in enumerate(drawn) for part in _series(view, line, kind, number)
    ]
    return XYChart(
        title=title,
        description=title,
        x_label=x_label,
        x_unit=x_unit,
        unit=held.unit,
        series=tuple(series),
        x_ticks=ticks,
        references=tuple(_level(view, line, held.unit) for line in level),
    )


def _series(view: View, line: EvidenceLine, kind: SeriesKind, shade: int) -> list[XYSeries]:
    label = line.label.in_(view.language)
    if line.as_points:
        return [XYSeries(label, "points", "energy", line.x, line.y, shade=shade)]
    if line.reference:
        return [XYSeries(label, "line", "reference", line.x, line.y, dashed=True)]
    found = [XYSeries(label, kind, "energy", line.x, line.y, shade=shade)]
    if line.low:
        found.insert(0, XYSeries("", "band", "energy", line.x, (), line.low, line.high, shade))
    return found


def _is_level(line: EvidenceLine) -> bool:
    return line.reference and len(set(line.y)) == 1 and line.y[0] is not None


def _level(view: View, line: EvidenceLine, unit: str) -> ReferenceLine:
    value = float(line.y[0] or 0.0)
    return ReferenceLine(value, f"{line.label.in_(view.language)} {plain(value, 3)} {unit}")


_DRAWN: dict[PictureKind, Callable[[View, EvidenceSeries], Picture]] = {
    "typical_day": _typical_day,
    "duration": _duration,
    "scatter": _scatter,
    "days": _days,
    "bars": _bars,
}
