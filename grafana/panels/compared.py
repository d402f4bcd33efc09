"""Panels that set something beside another: a range beside an earlier one, energy beside output.

What is compared is worked out by Grafana from stored figures: InfluxQL neither shifts a range nor
divides one measurement by another.
"""

from __future__ import annotations

from collections.abc import Mapping

from grafana.look import Card, Query, Series
from grafana.panels.dress import (
    Built,
    Panel,
    barchart,
    c,
    coloured,
    d,
    dashboard,
    dressed,
    legend,
    own,
    timeseries,
    tooltip,
)
from grafana.panels.pages import Variable


def pick(name: str, label: str, options: Mapping[str, str]) -> Variable:
    """Let the reader pick one of fixed values; ``options`` are values by text, the first chosen."""
    text, value = next(iter(options.items()))
    pairs = ",".join(f"{shown} : {one}" for shown, one in options.items())
    variable = dashboard.CustomVariable(name).label(label).values(pairs)
    variable.options(
        [
            d.VariableOption(selected=one == value, text=shown, value=one)
            for shown, one in options.items()
        ]
    )
    return variable.current(d.VariableOption(selected=True, text=text, value=value))


def shifted(panel: Panel, by: str) -> Panel:
    """Move a panel's range into the past by ``by`` (``364d``, ``1d/d``, or a variable).

    Its heading must say so: Grafana's own words for it are English only.
    """
    built = panel.build()
    built.time_shift, built.hide_time_override = by, True
    return Built(built)


def mean_day(card: Card, query: Query, one: Series) -> Panel:
    """Draw one bar an hour of the day: the mean over the days.

    The query is a table of a row a day with a column an hour (``influxql.whole_hours``). Grafana
    averages: asked of InfluxDB, 48 means take ten times as long as the rows themselves.
    """
    panel = dressed(barchart.Panel(), card, [query], one.colour)
    panel.orientation(c.VizOrientation.VERTICAL).stacking(c.StackingMode.NONE)
    panel.show_value(c.VisibilityMode.NEVER).fill_opacity(90).line_width(0).axis_soft_min(0)
    panel.bar_width(0.9).group_width(1.0).x_tick_label_spacing(60)
    panel.legend(legend()).tooltip(tooltip())
    panel.with_transformation(_transformation("reduce", {"reducers": ["mean"]}))
    # Labels that are left out for want of space would be written as the empty text.
    panel.override_by_name("Field", [own("noValue", "")])
    looks = [own("displayName", one.name), coloured(one.colour)]
    return panel.override_by_field_type("number", looks)


def ratio_over_time(card: Card, above: Query, below: Query, one: Series) -> Panel:
    """Draw the first query's values over the second's, where both have one at the same instant."""
    panel = dressed(timeseries.Panel(), card, [above, below], one.colour)
    panel.draw_style(c.GraphDrawStyle.BARS).bar_alignment(c.BarAlignment.AFTER)
    panel.bar_width_factor(0.9).fill_opacity(90).line_width(0).axis_soft_min(0)
    panel.legend(legend()).tooltip(tooltip())
    # Without a field's name Grafana joins by time, which has not the same name in every Grafana.
    panel.with_transformation(_transformation("joinByField", {"mode": "inner"}))
    divided = {
        "mode": "binary",
        "binary": {"left": above.alias, "operator": "/", "right": below.alias},
        "alias": one.name,
        "replaceFields": True,
    }
    panel.with_transformation(_transformation("calculateField", divided))
    return panel.override_by_name(one.name, [coloured(one.colour)])


def _transformation(kind: str, options: Mapping[str, object]) -> d.DataTransformerConfig:
    return d.DataTransformerConfig(id_val=kind, options=dict(options))
