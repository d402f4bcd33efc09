"""Pictures of a report as SVG: small, sharp on paper, read aloud by their title and description.

Own drawing rather than a chart library: a picture is about 20 kB, needs no numpy and loads nothing.
"""

from __future__ import annotations

from collector.exports.bar_picture import bar_picture
from collector.exports.canvas import element
from collector.exports.heat_picture import heat_picture
from collector.exports.paint import AXIS, COLOURS, GROUND, PAPER, TINTS, series_colour
from collector.exports.step_picture import step_picture
from collector.reports.report import BarChart, HeatMap, LegendEntry, Picture

SWATCH_WIDTH = 22
SWATCH_HEIGHT = 12


def draw(picture: Picture, width: int, key: str) -> str:
    """Draw the picture ``width`` px wide (below 500 for a phone).

    ``key`` must be unique on the page and start with a letter: ids inside the picture begin with
    it. All text from the picture is escaped.
    """
    if isinstance(picture, HeatMap):
        return heat_picture(picture, width, key)
    if isinstance(picture, BarChart):
        return bar_picture(picture, width, key)
    return step_picture(picture, width, key)


def swatch(entry: LegendEntry, key: str) -> str:
    """Draw the small sample of a legend entry; the label is left to whoever shows it."""
    return element(
        "svg",
        _sample(entry, key),
        xmlns="http://www.w3.org/2000/svg",
        width=SWATCH_WIDTH,
        height=SWATCH_HEIGHT,
        viewBox=f"0 0 {SWATCH_WIDTH} {SWATCH_HEIGHT}",
        aria_hidden="true",
    )


def _sample(entry: LegendEntry, key: str) -> str:
    colour = series_colour(entry.meaning, entry.shade)
    if entry.swatch == "dashed":
        middle = SWATCH_HEIGHT / 2
        return element(
            "line", x1=0, y1=middle, x2=SWATCH_WIDTH, y2=middle,
            stroke=COLOURS[entry.meaning], stroke_width=2, stroke_dasharray="6 3",
        )  # fmt: skip
    if entry.swatch == "hatched":
        return _hatched(entry, key)
    if entry.swatch == "blank":
        return _box(PAPER, stroke=AXIS, stroke_dasharray="2 2")
    if entry.swatch == "shade":
        return _box(GROUND, stroke=AXIS, stroke_opacity="0.4")
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
