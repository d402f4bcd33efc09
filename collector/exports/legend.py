"""The legend of a picture: a small sample beside each label, like what is drawn."""

from __future__ import annotations

from collector.exports.canvas import element
from collector.exports.paint import (
    AXIS,
    COLOURS,
    GROUND,
    PAPER,
    TINTS,
    line_colour,
    line_dash,
    series_colour,
)
from collector.exports.xy_series import marker
from collector.reports.report import BarChart, LegendEntry, Picture, XYChart, XYSeries

SWATCH_WIDTH = 22
SWATCH_HEIGHT = 12
Entry = LegendEntry | XYSeries
_MIDDLE = SWATCH_HEIGHT / 2


def entries(picture: Picture) -> tuple[Entry, ...]:
    """What the legend of the picture lists, series first; a single bar series needs no entry."""
    if isinstance(picture, BarChart):
        return (*(picture.series if len(picture.series) > 1 else ()), *picture.legend)
    if not isinstance(picture, XYChart):
        return picture.legend
    named = [series for series in picture.series if series.label]
    labels = {series.label for series in named}
    return (*named, *(entry for entry in picture.legend if entry.label not in labels))


def swatch(entry: Entry, key: str) -> str:
    """Draw the small sample of a legend entry; the label is left to whoever shows it."""
    return element(
        "svg",
        _series(entry) if isinstance(entry, XYSeries) else _sample(entry, key),
        xmlns="http://www.w3.org/2000/svg",
        width=SWATCH_WIDTH,
        height=SWATCH_HEIGHT,
        viewBox=f"0 0 {SWATCH_WIDTH} {SWATCH_HEIGHT}",
        aria_hidden="true",
    )


def _series(series: XYSeries) -> str:
    colour = line_colour(series.meaning, series.shade)
    if series.kind == "points":
        return element("path", d=marker(SWATCH_WIDTH / 2, _MIDDLE, 4.0, series.shade), fill=colour)
    ground = _box(TINTS[series.meaning]) if series.kind == "band" else ""
    if series.kind == "band" and not series.ys:
        return ground
    dash = line_dash(series.shade, series.dashed)
    return ground + _line(colour, dash)


def _line(colour: str, dash: str) -> str:
    broken = {"stroke_dasharray": dash} if dash else {}
    return element(
        "line", x1=0, y1=_MIDDLE, x2=SWATCH_WIDTH, y2=_MIDDLE,
        stroke=colour, stroke_width=2, **broken,
    )  # fmt: skip


def _sample(entry: LegendEntry, key: str) -> str:
    if entry.swatch == "dashed":
        return _line(COLOURS[entry.meaning], "6 3")
    if entry.swatch == "hatched":
        return _hatched(entry, key)
    if entry.swatch == "blank":
        return _box(PAPER, stroke=AXIS, stroke_dasharray="2 2")
    if entry.swatch == "shade":
        return _box(GROUND, stroke=AXIS, stroke_opacity="0.4")
    colour = series_colour(entry.meaning, entry.shade)
    return _box(TINTS[entry.meaning] if entry.swatch == "band" else colour)


def _hatched(entry: LegendEntry, key: str) -> str:
    stripes = element("rect", width=6, height=6, fill=COLOURS[entry.meaning])
    stripes += element("rect", width=2.2, height=6, fill=PAPER, fill_opacity="0.7")
    units = {"patternUnits": "userSpaceOnUse", "patternTransform": "rotate(45)"}
    pattern = element("pattern", stripes, id=key, width=6, height=6, **units)
    return pattern + _box(f"url(#{key})")


def _box(fill: str, **attributes: str) -> str:
    size = {"width": SWATCH_WIDTH - 1, "height": SWATCH_HEIGHT - 1}
    return element("rect", x=0.5, y=0.5, rx=1.5, **size, fill=fill, **attributes)
