"""A bar chart with its bars in rows, first on top: rankings of circuits and proposals."""

from __future__ import annotations

from html import escape

from collector.exports.calm_text import calm
from collector.exports.canvas import Canvas, Frame, element
from collector.exports.paint import AXIS, GRID, INK, PAPER, series_colour
from collector.exports.scale import Scale, nice_ticks, shortened, text_width, tick_texts
from collector.reports.numbers import decimals_for, plain
from collector.reports.report import Bar, BarChart

ROW_PX = 28.0
TALL_ROW_PX = 40.0
"""Height of a row on a phone, where its name stands above the bar."""
BAR_PX = 16.0
NAMES_SHARE = 0.42
"""The most of the width that names take beside their bars."""


def row_picture(chart: BarChart, width: int, key: str) -> str:
    """Draw the chart ``width`` px wide; its height grows with the number of bars."""
    canvas = Canvas(width, 0, key)
    size, row = canvas.size, TALL_ROW_PX if canvas.narrow else ROW_PX
    sums = [_sum(bar) for bar in chart.bars]
    texts = _texts(chart, sums)
    top = size * 2.0
    right = width - max((text_width(text, size) for text in texts), default=0.0) - 10
    frame = Frame(_names_width(canvas, chart), top, right, top + row * len(chart.bars))
    canvas.height = frame.bottom + size * 0.6
    ticks = nice_ticks(0.0, max(sums, default=0.0), 4)
    x = Scale(0.0, max(sums, default=0.0) or 1.0, frame.left, frame.right)
    _grid(canvas, frame, x, ticks, chart.unit)
    hatch = canvas.hatch("estimated", "", PAPER, 0.6)
    for index, bar in enumerate(chart.bars):
        foot = frame.top + row * (index + 1) - (row - BAR_PX) / (8 if canvas.narrow else 2)
        canvas.add("g", _bar(chart, bar, foot - BAR_PX, x, hatch))
        _name(canvas, frame, bar, foot)
        canvas.text(
            x(sums[index]) + 6, foot - BAR_PX / 2 + size * 0.36, texts[index], "start", INK,
            strong=True,
        )  # fmt: skip
    return canvas.svg(chart.title, chart.description)


def _sum(bar: Bar) -> float:
    return sum(max(0.0, part.value) for part in bar.parts if part)


def _texts(chart: BarChart, sums: list[float]) -> list[str]:
    """The value behind each bar, "" where nothing is known."""
    whole = all(value == int(value) for value in sums)
    decimals = 0 if whole else min(1, decimals_for(max(sums, default=0.0)))
    return [
        plain(value, 4, decimals) if any(bar.parts) else ""
        for bar, value in zip(chart.bars, sums, strict=True)
    ]


def _names_width(canvas: Canvas, chart: BarChart) -> float:
    if canvas.narrow:
        return 2.0
    widest = max((text_width(bar.label, canvas.size) for bar in chart.bars), default=0.0)
    return min(widest, canvas.width * NAMES_SHARE) + 10


def _grid(canvas: Canvas, frame: Frame, x: Scale, ticks: tuple[float, ...], unit: str) -> None:
    size = canvas.size
    canvas.text(0, size, unit, "start", INK)
    edge = text_width(unit, size) + 6
    for tick, text in zip(ticks, tick_texts(ticks), strict=True):
        at, half = x(tick), text_width(text, size) / 2
        if at > frame.right + 0.5:
            continue
        canvas.line(at, frame.top - 2, at, frame.bottom, AXIS if tick == 0 else GRID)
        if at - half >= edge:
            canvas.text(at, size, text)
            edge = at + half + 6


def _name(canvas: Canvas, frame: Frame, bar: Bar, foot: float) -> None:
    size = canvas.size
    if canvas.narrow:
        text = shortened(bar.label, canvas.width - 4, size)
        canvas.text(frame.left, foot - BAR_PX - 5, text, "start", INK)
    else:
        text = shortened(bar.label, frame.left - 10, size)
        canvas.text(frame.left - 8, foot - BAR_PX / 2 + size * 0.36, text, "end", INK)


def _bar(chart: BarChart, bar: Bar, top: float, x: Scale, hatch: str) -> str:
    drawn, level = element("title", escape(calm(bar.text))), 0.0
    opacity = {"opacity": "0.65"} if bar.muted else {}
    for entry, part in zip(chart.series, bar.parts, strict=True):
        if part is None or part.value <= 0:
            continue
        left, right = x(level), x(level + part.value)
        gap = 0.8 if level and right - left > 2 else 0.0
        box: dict[str, str | float] = {"y": top, "height": BAR_PX}
        fill = series_colour(entry.meaning, entry.shade)
        drawn += element(
            "rect", x=left + gap, width=right - left - gap, **box, fill=fill, **opacity
        )
        if part.estimated > 0:
            begin = max(left + gap, x(level + part.value - part.estimated))
            drawn += element("rect", x=begin, width=max(0.0, right - begin), **box, fill=hatch)
        level += part.value
    return drawn
