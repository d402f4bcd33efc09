"""The series of an XY chart: lines, steps, points and bands as SVG paths.

A series stays small whatever its length: lines and steps keep the first, lowest, highest and last
value of every pixel column, and above ``POINTS_DRAWN`` points a cloud is counted in cells of
``CELL_PX`` pixels, whose dots grow with the count.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from math import isfinite

from collector.exports.canvas import Canvas, n
from collector.exports.paint import PAPER, TINTS, line_colour, line_dash
from collector.exports.scale import Scale
from collector.reports.report import XYChart, XYSeries

POINTS_DRAWN = 1500
CELL_PX = 5.0
CELL_LEVELS = 4
STROKE = 2.0
Point = tuple[float, float]
Span = tuple[float, float, float]
"""(x, low, high) of a band."""


def draw_series(canvas: Canvas, chart: XYChart, x: Scale, y: Scale) -> None:
    """Draw the series: bands first, then lines, the points of measurements last but under them."""
    order = {"band": 0, "points": 1, "steps": 2, "line": 3}
    stepped = {series.xs for series in chart.series if series.kind == "steps"}
    for series in sorted(chart.series, key=lambda one: order[one.kind]):
        if series.kind == "band":
            _band(canvas, series, x, y, series.xs in stepped)
        if series.kind == "points":
            _points(canvas, series, x, y)
        else:
            _lines(canvas, series, x, y, series.kind == "steps" or series.xs in stepped)


def known(xs: Sequence[float], ys: Sequence[float | None]) -> list[Point]:
    """The points of which both numbers are known; NaN and infinite are not."""
    return [
        (at, value)
        for at, value in zip(xs, ys, strict=False)
        if value is not None and isfinite(value) and isfinite(at)
    ]


def last_step(xs: Sequence[float]) -> float:
    """How long the last step is: as long as the one before it."""
    return xs[-1] - xs[-2] if len(xs) > 1 else 0.0


def _lines(canvas: Canvas, series: XYSeries, x: Scale, y: Scale, stepped: bool) -> None:
    """Draw the known stretches; a value alone between two gaps is drawn as a dot."""
    colour, dash = line_colour(series.meaning, series.shade), _dash(series)
    runs = list(_runs(series.xs, series.ys))
    draw = _steps if stepped else _polyline
    ends = _ends(series) if stepped else {}
    path = "".join(draw(run, x, y, ends) for run in runs if stepped or len(run) > 1)
    look = {"stroke_dasharray": dash} if dash else {}
    if path:
        canvas.add(
            "path", d=path, fill="none", stroke=colour, stroke_width=STROKE,
            stroke_linejoin="round", **look,
        )  # fmt: skip
    alone = [run[0] for run in runs if len(run) == 1 and not stepped]
    if alone:
        canvas.add(
            "path", d="".join(_disc(x(at), y(value), 2.0) for at, value in alone), fill=colour
        )


def _dash(series: XYSeries) -> str:
    # The middle of a band and a line share their shade; only lines need to be told apart.
    return line_dash(series.shade, series.dashed)


def _ends(series: XYSeries) -> dict[float, float]:
    """Where the step at each x ends."""
    ends = dict(zip(series.xs, series.xs[1:], strict=False))
    if series.xs:
        ends[series.xs[-1]] = series.xs[-1] + last_step(series.xs)
    return ends


def _runs(xs: Sequence[float], ys: Sequence[float | None]) -> Iterator[list[Point]]:
    """Stretches of known points, cut where a value is missing."""
    run: list[Point] = []
    for at, value in zip(xs, ys, strict=False):
        if value is not None and isfinite(value) and isfinite(at):
            run.append((at, value))
        elif run:
            yield run
            run = []
    if run:
        yield run


def _polyline(run: list[Point], x: Scale, y: Scale, _: dict[float, float]) -> str:
    places = _thinned([(x(at), y(value)) for at, value in run])
    return "M" + "L".join(f"{n(across)} {n(down)}" for across, down in places)


def _steps(run: list[Point], x: Scale, y: Scale, ends: dict[float, float]) -> str:
    places = _thinned([(x(at), y(value)) for at, value in run])
    path = f"M{n(places[0][0])} {n(places[0][1])}"
    path += "".join(f"H{n(across)}V{n(down)}" for across, down in places[1:])
    return f"{path}H{n(min(x(ends[run[-1][0]]), x.end))}"


def _thinned(places: list[Point]) -> list[Point]:
    """Keep the first, lowest, highest and last of each pixel column, in order."""
    if len(places) <= 4 or len(places) <= abs(places[-1][0] - places[0][0]):
        return places
    kept: list[Point] = []
    column: list[Point] = []
    for place in places:
        if column and int(place[0]) != int(column[0][0]):
            kept += _extremes(column)
            column = []
        column.append(place)
    return kept + _extremes(column)


def _extremes(column: list[Point]) -> list[Point]:
    places = range(len(column))
    lowest = min(places, key=lambda at: column[at][1])
    highest = max(places, key=lambda at: column[at][1])
    return [column[at] for at in sorted({0, lowest, highest, len(column) - 1})]


def _band(canvas: Canvas, series: XYSeries, x: Scale, y: Scale, stepped: bool) -> None:
    ends = _ends(series) if stepped else {}
    path = "".join(_outline(run, x, y, ends) for run in _spans(series))
    if path:
        canvas.add("path", d=path, fill=TINTS[series.meaning], fill_opacity="0.8")


def _spans(series: XYSeries) -> Iterator[list[Span]]:
    """Stretches where both edges of the band are known."""
    run: list[Span] = []
    for at, low, high in zip(series.xs, series.lows, series.highs, strict=False):
        if low is not None and high is not None and isfinite(low) and isfinite(high):
            run.append((at, low, high))
        elif run:
            yield run
            run = []
    if run:
        yield run


def _outline(run: list[Span], x: Scale, y: Scale, ends: dict[float, float]) -> str:
    """There along the upper edge and back along the lower one, in steps when ``ends`` are given."""
    upper = [(x(at), y(high)) for at, _, high in run]
    lower = [(x(at), y(low)) for at, low, _ in run]
    if ends:
        stops = [min(x(ends[at]), x.end) for at, _, _ in run]
        upper = [corner for place, stop in zip(upper, stops, strict=True)
                 for corner in (place, (stop, place[1]))]  # fmt: skip
        lower = [corner for place, stop in zip(lower, stops, strict=True)
                 for corner in (place, (stop, place[1]))]  # fmt: skip
    corners = _thinned(upper) + _thinned(lower)[::-1]
    return "M" + "L".join(f"{n(across)} {n(down)}" for across, down in corners) + "Z"


def _points(canvas: Canvas, series: XYSeries, x: Scale, y: Scale) -> None:
    places = [(x(at), y(value)) for at, value in known(series.xs, series.ys)]
    colour = line_colour(series.meaning, series.shade)
    if len(places) > POINTS_DRAWN:
        _cells(canvas, places, colour)
        return
    reach = 3.0 if len(places) > 200 else 4.0
    path = "".join(marker(across, down, reach, series.shade) for across, down in places)
    if path:
        canvas.add(
            "path", d=path, fill=colour, fill_opacity="0.6", stroke=PAPER, stroke_width=0.7,
        )  # fmt: skip


def _cells(canvas: Canvas, places: list[Point], colour: str) -> None:
    """Count the points in cells; a dot's area grows with the count, in four steps."""
    counts = Counter((int(across // CELL_PX), int(down // CELL_PX)) for across, down in places)
    most = max(counts.values())
    paths = [""] * CELL_LEVELS
    for (column, row), count in sorted(counts.items()):
        level = min(CELL_LEVELS - 1, int(CELL_LEVELS * ((count - 1) / most) ** 0.5))
        reach = CELL_PX * (0.28 + 0.12 * level)
        paths[level] += _disc((column + 0.5) * CELL_PX, (row + 0.5) * CELL_PX, reach)
    for level, path in enumerate(paths):
        if path:
            canvas.add("path", d=path, fill=colour, fill_opacity=f"{0.4 + 0.18 * level:.2f}")


def marker(x: float, y: float, reach: float, shade: int) -> str:
    """The path of a point: a disc, square, triangle or diamond by the series' shade."""
    shape = shade % 4
    if shape == 0:
        return _disc(x, y, reach)
    if shape == 1:
        side = reach * 1.7
        return f"M{n(x - side / 2)} {n(y - side / 2)}h{n(side)}v{n(side)}h{n(-side)}z"
    if shape == 2:
        return f"M{n(x)} {n(y - reach * 1.2)}l{n(reach * 1.15)} {n(reach * 2)}h{n(-reach * 2.3)}z"
    wide = reach * 1.3
    return f"M{n(x)} {n(y - wide)}l{n(wide)} {n(wide)} {n(-wide)} {n(wide)} {n(-wide)} {n(-wide)}z"


def _disc(x: float, y: float, radius: float) -> str:
    arc = f"a{n(radius)} {n(radius)} 0 1 0 "
    return f"M{n(x - radius)} {n(y)}{arc}{n(2 * radius)} 0{arc}{n(-2 * radius)} 0"
