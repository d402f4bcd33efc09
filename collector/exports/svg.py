"""Pictures of a report as SVG: small, sharp on paper, read aloud by their title and description.

Own drawing rather than a chart library: a picture is about 20 kB, needs no numpy and loads nothing.
"""

from __future__ import annotations

from collector.exports.bar_picture import bar_picture
from collector.exports.heat_picture import heat_picture
from collector.exports.row_picture import row_picture
from collector.exports.step_picture import step_picture
from collector.exports.xy_picture import xy_picture
from collector.reports.report import BarChart, HeatMap, Picture, XYChart


def draw(picture: Picture, width: int, key: str) -> str:
    """Draw the picture ``width`` px wide (below 500 for a phone).

    ``key`` must be unique on the page and start with a letter: ids inside the picture begin with
    it. All text from the picture is escaped.
    """
    if isinstance(picture, HeatMap):
        return heat_picture(picture, width, key)
    if isinstance(picture, BarChart):
        return (row_picture if picture.horizontal else bar_picture)(picture, width, key)
    if isinstance(picture, XYChart):
        return xy_picture(picture, width, key)
    return step_picture(picture, width, key)
