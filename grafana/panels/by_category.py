"""Charts whose axis is not time: by month or year, curves over a share, shares, point clouds."""

from __future__ import annotations

from collections.abc import Sequence

from grafana_foundation_sdk.models import piechart as pie

from grafana.look import BLUE, Card, Query, Series
from grafana.panels.dress import (
    Built,
    Panel,
    barchart,
    c,
    coloured,
    d,
    dressed,
    legend,
    newest,
    own,
    palette,
    piechart,
    tooltip,
    xychart,
)
from grafana.panels.over_time import UNMEASURED

_DONUT, _PERCENT = pie.PieChartType.DONUT, pie.PieChartLabels.PERCENT


def bars_by_period(
    card: Card, query: Query, series: Sequence[Series], period: str, *, stacked: bool = True
) -> Panel:
    """Draw bars by month or year; ``period`` is how Grafana writes it (``YYYY-MM``).

    The query answers a table, newest first (``LIMIT``); each series is a column of it. Stacked
    columns add up, others stand side by side.
    """
    panel = _columns(card, query, series, "Time", stacked=stacked)
    panel.bar_width(0.8).group_width(0.8).x_tick_label_spacing(100)
    panel.with_transformation(_sorted_by("Time"))
    # Labels that are left out for want of space would be written as the empty text.
    return panel.override_by_name("Time", [own("unit", f"time:{period}"), own("noValue", "")])


def curve(card: Card, query: Query, x: str, x_unit: str, series: Sequence[Series]) -> Panel:
    """Draw columns of a table without gaps over its column ``x`` (percent, hours, rank).

    A bar chart, because it is read by every Grafana from 9.4 on.
    """
    panel = _columns(card, query, series, x, stacked=False)
    panel.bar_width(1.0).group_width(1.0).x_tick_label_spacing(60)
    if len(series) == 1:
        # Grafana would call it by the axis.
        panel.legend(legend().show_legend(False))
    panel.with_transformation(_sorted_by(x))
    return panel.override_by_name(x, [own("unit", x_unit), own("noValue", "")])


def shares(card: Card, query: Query, rest: Series) -> Panel:
    """Draw a ring of one slice a series, with ``rest`` in its own colour and name.

    The other slices go from blue to purple by value; where the meters are known, each has a blue.
    """
    panel = dressed(piechart.Panel(), card, [query], BLUE)
    panel.color_scheme(palette())
    panel.pie_type(_DONUT).reduce_options(newest()).tooltip(tooltip())
    names = piechart.PieChartLegendOptions().show_legend(True)
    names.display_mode(c.LegendDisplayMode.LIST).placement(c.LegendPlacement.RIGHT)
    # Names only: Grafana would head the figures in its own language.
    panel.legend(names.values([])).display_labels([_PERCENT])
    looks = [coloured(rest.colour), own("displayName", rest.name)]
    panel.override_by_name(UNMEASURED, looks)
    return panel


def cloud(card: Card, query: Query, x: str, series: Sequence[Series]) -> Panel:
    """Draw columns of a table as points over its column ``x``; a dashed one is a fitted line.

    The XY chart's options are those of Grafana 9, which later ones convert when they open the
    board; a board that uses it shows the same figures in a table as well.
    """
    panel = dressed(xychart.Panel(), card, [query], series[0].colour)
    panel.legend(legend()).tooltip(tooltip())
    for one in series:
        # Points that lie on one line are joined by that line, in whatever order.
        shown = [own("custom.show", "lines")] if one.dashed else []
        panel.override_by_name(one.name, [coloured(one.colour), *shown])
    built = panel.build()
    built.options = {
        "seriesMapping": "auto",
        "dims": {"frame": 0, "x": x, "exclude": ["Time"]},
        "series": [],
        "legend": legend().build(),
        "tooltip": tooltip().build(),
    }
    assert built.field_config is not None
    built.field_config.defaults.custom = {"show": "points", "pointSize": {"fixed": 6}}
    return Built(built)


def _columns(
    card: Card, query: Query, series: Sequence[Series], x: str, *, stacked: bool
) -> barchart.Panel:
    panel = dressed(barchart.Panel(), card, [query], series[0].colour)
    # A single stacked series would be drawn without gaps between its bars.
    together = stacked and len(series) > 1
    mode = c.StackingMode.NORMAL if together else c.StackingMode.NONE
    panel.orientation(c.VizOrientation.VERTICAL).stacking(mode).x_field(x)
    panel.show_value(c.VisibilityMode.NEVER).fill_opacity(90).line_width(0).axis_soft_min(0)
    panel.legend(legend()).tooltip(tooltip())
    for one in series:
        panel.override_by_name(one.name, [coloured(one.colour)])
    return panel


def _sorted_by(field: str) -> d.DataTransformerConfig:
    # The newest rows come first out of the store; a Grafana later than 9 leaves them so.
    order = {"fields": {}, "sort": [{"field": field}]}
    return d.DataTransformerConfig(id_val="sortBy", options=order)
