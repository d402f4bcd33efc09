"""An XY chart as SVG: duration curves, typical days, scatters with a fitted line, running sums."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from math import isfinite

from collector.exports.calm_text import calm
from collector.exports.canvas import Canvas, Frame, axis_width, element
from collector.exports.paint import AXIS, COLOURS, FAINT_INK, INK, REFERENCE_DASH
from collector.exports.placing import Box, Places, along, around
from collector.exports.scale import (
    SMALLEST_RANGE,
    Scale,
    fitting_labels,
    nice_ticks,
    shortened,
    text_width,
    tick_texts,
)
from collector.exports.xy_series import draw_series, known, last_step
from collector.reports.report import AxisLabel, XYChart, XYSeries

HEADROOM = 1.06
VALUE_TICKS = 6
LABEL_SHARE = 0.6
"""The widest a label inside the frame may be, as a share of the frame."""


def xy_picture(chart: XYChart, width: int, key: str) -> str:
    """Draw the chart ``width`` px wide."""
    canvas = Canvas(width, 260 if width < 500 else 310, key)
    size, titled = canvas.size, bool(_x_title(chart))
    ticks = _value_ticks(chart)
    foot = canvas.height - size * (3.6 if titled else 2.1)
    frame = Frame(axis_width(ticks, size), size * 2.2, width - 8, foot)
    x = Scale(*_x_range(chart), frame.left, frame.right)
    y = Scale(ticks[0], ticks[-1], frame.bottom, frame.top)
    _x_grid(canvas, chart, frame, x)
    canvas.value_axis(frame, y, ticks, chart.unit)
    draw_series(canvas, chart, x, y)
    _x_names(canvas, chart, frame, x)
    places = Places(frame, size, [*_drawn(chart, frame, x, y)])
    _marks(canvas, chart, places, x, y)
    _references(canvas, chart, places, y)
    return canvas.svg(chart.title, chart.description)


def _x_title(chart: XYChart) -> str:
    return f"{chart.x_label} ({chart.x_unit})" if chart.x_unit else chart.x_label


def _values(series: XYSeries) -> Iterator[float]:
    for numbers in (series.ys, series.lows, series.highs):
        yield from (value for _, value in known(series.xs, numbers))


def _value_ticks(chart: XYChart) -> tuple[float, ...]:
    held = [value for series in chart.series for value in _values(series)]
    held += [line.value for line in chart.references] + [mark.y for mark in chart.marks]
    held = [value for value in held if isfinite(value)] or [0.0]
    if chart.from_zero:
        low, high = min(0.0, *held, 0.0), max([*held, 0.0])
        return nice_ticks(low * HEADROOM, high * HEADROOM, VALUE_TICKS)
    room = (max(held) - min(held)) * (HEADROOM - 1) or abs(held[0]) * 0.1
    return nice_ticks(min(held) - room, max(held) + room, VALUE_TICKS)


def _x_range(chart: XYChart) -> tuple[float, float]:
    """From the first to the last x, with room around a cloud of points; never empty."""
    held = [at for series in chart.series for at in series.xs if isfinite(at)]
    held += [mark.x for mark in chart.marks]
    held += [s.xs[-1] + last_step(s.xs) for s in chart.series if s.kind == "steps" and s.xs]
    held += [
        end for tick in chart.x_ticks for end in (tick.position, tick.until) if end is not None
    ]
    held = [at for at in held if isfinite(at)] or [0.0]
    low, high = min(held), max(held)
    if high - low <= SMALLEST_RANGE * max(1.0, abs(low), abs(high)):
        room = max(0.5, abs(low) / 2)
        return low - room, low + room
    room = (high - low) * 0.03 if any(s.kind == "points" for s in chart.series) else 0.0
    return low - room, high + room


def _x_labels(chart: XYChart, x: Scale, narrow: bool) -> list[AxisLabel]:
    if chart.x_ticks:
        return list(chart.x_ticks)
    ticks = nice_ticks(x.low, x.high, 4 if narrow else 8)
    named = zip(ticks, tick_texts(ticks), strict=True)
    inside = [(tick, text) for tick, text in named if x.low - 1e-9 <= tick <= x.high + 1e-9]
    return [AxisLabel(tick, text, text, line=True) for tick, text in inside]


def _x_grid(canvas: Canvas, chart: XYChart, frame: Frame, x: Scale) -> None:
    for tick in _x_labels(chart, x, canvas.narrow):
        at = x(tick.position)
        if tick.line and frame.left <= at <= frame.right + 0.1:
            canvas.line(at, frame.top, at, frame.bottom + 4)
    canvas.line(frame.left, frame.bottom, frame.right, frame.bottom, AXIS)


def _x_names(canvas: Canvas, chart: XYChart, frame: Frame, x: Scale) -> None:
    for label, text in fitting_labels(_x_labels(chart, x, canvas.narrow), x, canvas.size):
        half = text_width(text, canvas.size) / 2
        middle = min(max(x(label.centre), half), canvas.width - half)
        canvas.text(middle, frame.bottom + canvas.size * 1.5, text)
    title = shortened(_x_title(chart), frame.width, canvas.size)
    if title:
        canvas.text(frame.right, frame.bottom + canvas.size * 3.0, title, "end", INK)


def _drawn(chart: XYChart, frame: Frame, x: Scale, y: Scale) -> Iterator[Box]:
    """What no label may cover: the marks themselves and the reference lines."""
    for mark in chart.marks:
        at, level = x(mark.x), y(mark.y)
        yield Box(at - 5, level - 5, at + 5, level + 5)
    for line in chart.references:
        yield Box(frame.left, y(line.value) - 1, frame.right, y(line.value) + 1)


def _references(canvas: Canvas, chart: XYChart, places: Places, y: Scale) -> None:
    """Draw the levels to compare with; a label without a free place is shown when pointed at."""
    frame, colour = places.frame, COLOURS["reference"]
    for line in chart.references:
        level = y(line.value)
        named = element("title", escape(calm(line.label)))
        canvas.add(
            "line", named, x1=frame.left, y1=level, x2=frame.right, y2=level,
            stroke=colour, stroke_width=1.6, stroke_dasharray=REFERENCE_DASH,
        )  # fmt: skip
        text = shortened(line.label, frame.width * LABEL_SHARE, canvas.size)
        place = places.first_free(text, along(frame.left, frame.right, level, canvas.size))
        if place and text:
            canvas.text(place.x, place.y, text, place.anchor, FAINT_INK, halo=True)


def _marks(canvas: Canvas, chart: XYChart, places: Places, x: Scale, y: Scale) -> None:
    """Draw the marks; a label that finds no free place is shown when pointed at."""
    for mark in chart.marks:
        at, level = x(mark.x), y(mark.y)
        named = element("title", escape(calm(mark.label)))
        look: dict[str, str | float] = {"fill": "none", "stroke": INK, "stroke_width": 2.0}
        # A ring, so that the point under it keeps the colour of its meaning.
        canvas.add("circle", named, cx=at, cy=level, r=5.0, **look)
        text = shortened(mark.label, places.frame.width * LABEL_SHARE, canvas.size)
        place = places.first_free(text, around(at, level, canvas.size))
        if place and text:
            canvas.text(place.x, place.y, text, place.anchor, INK, strong=True, halo=True)
