"""Charts on a time axis: bars, lines, a line in its usual range, stacked series, states."""

from __future__ import annotations

from collections.abc import Sequence

from grafana.look import BLUE, GREY, Band, Card, Named, Query, Series
from grafana.panels.dress import (
    Panel,
    c,
    coloured,
    common,
    d,
    dressed,
    legend,
    mappings,
    own,
    palette,
    statetimeline,
    timeseries,
    tooltip,
)

UNMEASURED = "_unmeasured"
"""The collector's pseudo meter for what no circuit measures."""


def bars_over_time(card: Card, series: Sequence[Series], *, stacked: bool) -> Panel:
    """Draw bars on a time axis, each from its period's start on; a dashed series is a line.

    Stacked series add up; otherwise a later series covers an earlier one (as a hatch would). A
    series with ``below`` is the top of a pale range that reaches down to that other series.
    """
    panel = _time_chart(card, series)
    panel.draw_style(c.GraphDrawStyle.BARS).bar_alignment(c.BarAlignment.AFTER)
    panel.bar_width_factor(0.9).fill_opacity(90).line_width(0)
    mode = c.StackingMode.NORMAL if stacked else c.StackingMode.NONE
    panel.stacking(common.StackingConfig().mode(mode).group("A"))
    return panel


def lines_over_time(card: Card, series: Sequence[Series], *, from_zero: bool = True) -> Panel:
    """Draw a line a series; no line is drawn where nothing is known."""
    panel = _time_chart(card, series, from_zero=from_zero)
    panel.draw_style(c.GraphDrawStyle.LINE).line_width(2).fill_opacity(0)
    return panel.line_interpolation(c.LineInterpolation.LINEAR)


def stack_over_time(card: Card, query: Query, rest: Series) -> Panel:
    """Stack bars of one series a meter, ``rest`` (what no meter measures) in its own colour."""
    panel = _time_chart(card, [Series("", BLUE, query)])
    panel.color_scheme(palette()).draw_style(c.GraphDrawStyle.BARS)
    panel.bar_alignment(c.BarAlignment.AFTER).bar_width_factor(0.9).fill_opacity(90).line_width(0)
    panel.stacking(common.StackingConfig().mode(c.StackingMode.NORMAL).group("A"))
    looks = [coloured(rest.colour), own("displayName", rest.name)]
    return panel.override_by_name(UNMEASURED, looks)


def meters_over_time(card: Card, query: Query, *, from_zero: bool = True) -> Panel:
    """Draw one line a series, blue to purple by value, for meters not known beforehand."""
    panel = _time_chart(card, [Series("", BLUE, query)], from_zero=from_zero)
    panel.color_scheme(palette()).draw_style(c.GraphDrawStyle.LINE).line_width(2)
    return panel.fill_opacity(0)


def states(card: Card, query: Query, bands: Sequence[Band], names: Sequence[Named] = ()) -> Panel:
    """Draw a timeline a series, coloured and named by band or by the text that is stored.

    Nothing is drawn where there is no value.
    """
    panel = dressed(statetimeline.Panel(), card, [query], GREY)
    panel.mappings(mappings(bands, names)).merge_values(False).show_value(c.VisibilityMode.NEVER)
    panel.row_height(0.8).fill_opacity(85).line_width(0).legend(legend()).tooltip(tooltip())
    return panel


def _time_chart(
    card: Card, series: Sequence[Series], *, from_zero: bool = True
) -> timeseries.Panel:
    queries = [one.query for one in series if one.query is not None]
    panel = dressed(timeseries.Panel(), card, queries, series[0].colour)
    panel.show_points(c.VisibilityMode.AUTO).legend(legend()).tooltip(tooltip())
    if from_zero:
        panel.axis_soft_min(0)
    for one in series:
        if one.name:
            panel.override_by_name(one.name, [coloured(one.colour), *_line_looks(one)])
    return panel


def _line_looks(one: Series) -> list[d.DynamicConfigValue]:
    if one.edge:
        return [*_as_line(0, one.stepped), *_filled_to(one.below)]
    if not (one.dashed or one.dotted):
        return []
    dash = [10, 10] if one.dashed else [2, 6]
    return [
        *_as_line(2, one.stepped),
        own("custom.lineStyle", {"fill": "dash", "dash": dash}),
        own("custom.spanNulls", True),
    ]


def _as_line(width: int, stepped: bool) -> list[d.DynamicConfigValue]:
    return [
        own("custom.drawStyle", "line"),
        own("custom.lineInterpolation", "stepAfter" if stepped else "linear"),
        own("custom.lineWidth", width),
        own("custom.fillOpacity", 0),
        own("custom.stacking", {"group": "B", "mode": "none"}),
        own("custom.showPoints", "never"),
    ]


def _filled_to(below: str) -> list[d.DynamicConfigValue]:
    if not below:
        return []
    return [own("custom.fillBelowTo", below), own("custom.fillOpacity", 18)]
