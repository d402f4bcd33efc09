"""A heat map as SVG: one path a colour, in cells, so that a year stays small and sharp."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import groupby

from collector.exports.canvas import Canvas, Frame, element, n
from collector.exports.paint import AXIS, GRID, HEAT, INK, PAPER
from collector.exports.scale import Scale, fitting_labels, shortened, text_width
from collector.reports.numbers import power
from collector.reports.report import HeatCell, HeatMap

LEGEND_WIDTH = 180.0
DAY_ROW_PX = 24.0
NAMES_SHARE = 0.35
"""The most of the width that the names of the rows take."""
Line = Sequence[HeatCell]
Run = tuple[int, int, int, int]
"""(colour, line, first cell, number of cells): neighbours that are drawn in one stroke."""


def heat_picture(chart: HeatMap, width: int, key: str) -> str:
    """Draw the heat map ``width`` px wide."""
    canvas = Canvas(width, 0, key)
    size = canvas.size
    left = max(text_width(text, size) for text in _row_names(canvas, chart)) + 8
    frame = Frame(left, size * 0.6, width - 16, size * 0.6 + _height(chart, canvas.narrow))
    canvas.height = frame.bottom + size * 4.0
    _cells(canvas, chart, frame)
    _row_labels(canvas, chart, frame)
    _column_labels(canvas, chart, frame)
    _colour_scale(canvas, chart, frame)
    return canvas.svg(chart.title, chart.description)


def _height(chart: HeatMap, narrow: bool) -> float:
    if chart.gap_rows:
        return len(chart.rows) * DAY_ROW_PX
    return len(chart.rows) * (5.0 if narrow else 5.5)


def _cells(canvas: Canvas, chart: HeatMap, frame: Frame) -> None:
    """Draw the cells along the lines (rows when they stand apart, else columns)."""
    lines = chart.rows if chart.gap_rows else tuple(zip(*chart.rows, strict=True))
    canvas.add(
        "rect", x=frame.left, y=frame.top, width=frame.width, height=frame.height,
        fill=PAPER, stroke=GRID,
    )  # fmt: skip
    wide, high = frame.width / len(chart.rows[0]), frame.height / len(chart.rows)
    paths = "".join(
        element("path", d=path, stroke=colour)
        for path, colour in zip(_strokes(lines, chart), HEAT, strict=True)
        if path
    )
    canvas.add(
        "g", paths,
        transform=f"translate({n(frame.left)} {n(frame.top)}) scale({wide:.5f} {high:.5f})",
        stroke_width="0.9" if chart.gap_rows else "1.05",
        shape_rendering="crispEdges",
    )  # fmt: skip
    boxes = _boxes(lines, chart, frame, wide, high)
    if boxes:
        stripes = canvas.hatch("estimated", "", PAPER, 0.55)
        canvas.add("path", d=boxes, fill=stripes)


def _strokes(lines: Sequence[Line], chart: HeatMap) -> list[str]:
    """A path per colour, in cells: neighbours of a colour become one stroke."""
    draw = "M{1} {0}.5h{2}" if chart.gap_rows else "M{0}.5 {1}v{2}"
    paths: list[list[str]] = [[] for _ in HEAT]
    for level, *run in _runs(lines, lambda cell: _level(cell, chart)):
        paths[level].append(draw.format(*run))
    return ["".join(path) for path in paths]


def _boxes(lines: Sequence[Line], chart: HeatMap, frame: Frame, wide: float, high: float) -> str:
    """A path around the estimated cells, in px, since stripes must not be stretched."""
    path = ""
    for _, line, first, count in _runs(lines, _estimated):
        column, row = (first, line) if chart.gap_rows else (line, first)
        columns, rows = (count, 1) if chart.gap_rows else (1, count)
        x, y = frame.left + column * wide, frame.top + row * high
        path += f"M{n(x)} {n(y)}h{n(columns * wide)}v{n(rows * high)}h{n(-columns * wide)}z"
    return path


def _runs(lines: Sequence[Line], key: Callable[[HeatCell], int | None]) -> Iterator[Run]:
    for number, line in enumerate(lines):
        first = 0
        for found, run in groupby(line, key=key):
            count = len(list(run))
            if found is not None:
                yield found, number, first, count
            first += count


def _estimated(cell: HeatCell) -> int | None:
    return 0 if cell.quality == "estimated" else None


def _level(cell: HeatCell, chart: HeatMap) -> int | None:
    """The colour of a cell, None for a missing one; a map of one value takes the middle."""
    if cell.value is None:
        return None
    if chart.high <= chart.low:
        return len(HEAT) // 2
    share = (cell.value - chart.low) / (chart.high - chart.low)
    return min(len(HEAT) - 1, int(share * len(HEAT)))


def _row_names(canvas: Canvas, chart: HeatMap) -> list[str]:
    names = [label.short if canvas.narrow else label.label for label in chart.row_labels]
    return [shortened(name, canvas.width * NAMES_SHARE, canvas.size) for name in names]


def _row_labels(canvas: Canvas, chart: HeatMap, frame: Frame) -> None:
    high = frame.height / len(chart.rows)
    for label, text in zip(chart.row_labels, _row_names(canvas, chart), strict=True):
        y = frame.top + label.centre * high
        if label.line and 0 < label.position < len(chart.rows):
            canvas.line(frame.left - 4, y, frame.left, y, AXIS)
        canvas.text(frame.left - 7, y + canvas.size * 0.36, text, "end")


def _column_labels(canvas: Canvas, chart: HeatMap, frame: Frame) -> None:
    x = Scale(0.0, len(chart.rows[0]), frame.left, frame.right)
    for label in chart.column_labels:
        if label.line:
            canvas.line(x(label.position), frame.bottom, x(label.position), frame.bottom + 4, AXIS)
    for label, text in fitting_labels(chart.column_labels, x, canvas.size):
        half = text_width(text, canvas.size) / 2
        middle = min(max(x(label.centre), half), canvas.width - half)
        canvas.text(middle, frame.bottom + canvas.size * 1.5, text)


def _colour_scale(canvas: Canvas, chart: HeatMap, frame: Frame) -> None:
    low, high = power(chart.low), f"{power(chart.high)} {chart.unit}"
    size, step = canvas.size, LEGEND_WIDTH / len(HEAT)
    left = frame.right - LEGEND_WIDTH - text_width(high, size) - 8
    top = frame.bottom + size * 2.6
    canvas.text(left - 8, top + size * 0.9, low, "end", INK)
    for level, colour in enumerate(HEAT):
        canvas.add("rect", x=left + level * step, y=top, width=step + 0.5, height=size, fill=colour)
    canvas.text(left + LEGEND_WIDTH + 8, top + size * 0.9, high, "start", INK)
