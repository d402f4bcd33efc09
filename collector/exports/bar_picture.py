"""A bar chart as SVG: stacked parts, the estimated share hatched, the total above the bar."""

from __future__ import annotations

from html import escape

from collector.exports.calm_text import calm
from collector.exports.canvas import Canvas, Frame, axis_width, element
from collector.exports.paint import INK, PAPER, series_colour
from collector.exports.scale import Scale, fitting_labels, nice_ticks, text_width
from collector.reports.numbers import decimals_for, plain
from collector.reports.report import AxisLabel, Bar, BarChart

WIDEST_BAR = 64.0
FILLED = 0.7
"""Share of its place a bar fills."""
HEADROOM = 1.04


def bar_picture(chart: BarChart, width: int, key: str) -> str:
    """Draw the chart ``width`` px wide."""
    canvas = Canvas(width, 220 if width < 500 else 260, key)
    ticks = nice_ticks(0.0, max((_sum(bar) for bar in chart.bars), default=0.0) * HEADROOM, 5)
    size = canvas.size
    frame = Frame(axis_width(ticks, size), size * 2.2, width - 4, canvas.height - size * 2.1)
    x = Scale(0.0, max(1, len(chart.bars)), frame.left, frame.right)
    y = Scale(ticks[0], ticks[-1], frame.bottom, frame.top)
    canvas.value_axis(frame, y, ticks, chart.unit)
    hatch = canvas.hatch("estimated", "", PAPER, 0.6)
    for index, bar in enumerate(chart.bars):
        canvas.add("g", _bar(chart, bar, index, x, y, hatch))
    _totals(canvas, chart, x, y)
    _labels(canvas, chart, frame, x)
    return canvas.svg(chart.title, chart.description)


def _sum(bar: Bar) -> float:
    return sum(part.value for part in bar.parts if part)


def _bar(chart: BarChart, bar: Bar, index: int, x: Scale, y: Scale, hatch: str) -> str:
    place = x(1) - x(0)
    width = min(WIDEST_BAR, FILLED * place)
    left, level = x(index + 0.5) - width / 2, 0.0
    drawn = element("title", escape(calm(bar.text)))
    opacity = {"opacity": "0.65"} if bar.muted else {}
    for entry, part in zip(chart.series, bar.parts, strict=True):
        if part is None or part.value <= 0:
            continue
        top, foot = y(level + part.value), y(level)
        gap = 0.8 if level and foot - top > 2 else 0.0
        box: dict[str, str | float] = {"x": left, "y": top, "width": width}
        fill = series_colour(entry.meaning, entry.shade)
        drawn += element("rect", **box, height=foot - top - gap, fill=fill, **opacity)
        if part.estimated > 0:
            height = y(level + part.value - part.estimated) - top
            drawn += element("rect", **box, height=max(0.0, height - gap), fill=hatch)
        level += part.value
    return drawn


def _totals(canvas: Canvas, chart: BarChart, x: Scale, y: Scale) -> None:
    """Write the total above every bar when all have room, else above the largest alone."""
    sums = [_sum(bar) for bar in chart.bars]
    largest = max(sums, default=0.0)
    decimals = min(1, decimals_for(largest))
    texts = [plain(value, 4, decimals) for value in sums]
    room = x(1) - x(0) - 4
    all_fit = all(text_width(text, canvas.size) <= room for text in texts)
    for index, (bar, value, text) in enumerate(zip(chart.bars, sums, texts, strict=True)):
        booked = any(part is not None for part in bar.parts)
        if booked and (all_fit or value == largest):
            half = text_width(text, canvas.size) / 2
            middle = min(max(x(index + 0.5), half), canvas.width - half)
            canvas.text(middle, y(value) - 5, text, fill=INK, strong=True, halo=True)


def _labels(canvas: Canvas, chart: BarChart, frame: Frame, x: Scale) -> None:
    labels = [AxisLabel(index + 0.5, bar.label, bar.short) for index, bar in enumerate(chart.bars)]
    for label, text in fitting_labels(labels, x, canvas.size):
        half = text_width(text, canvas.size) / 2
        middle = min(max(x(label.centre), half), canvas.width - half)
        canvas.text(middle, frame.bottom + canvas.size * 1.5, text)
