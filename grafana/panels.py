"""The panel vocabulary: the few kinds of panel a board is made of, in one look.

Stands between ``boards/<name>.py`` (what to show) and ``build.py`` (which writes the JSON). The
only file that knows grafana-foundation-sdk. Fixed here for every board: thresholds that are
always explicit, a text for the empty state, InfluxQL in raw mode, data sources named by uid.
"""

from __future__ import annotations

import json
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

from grafana.look import BLUE, GREY, TOTALS, VERMILION, Band, Card, Column, Query, Series

with warnings.catch_warnings():
    # The classic dashboard announces its successor (schema v2), which Grafana 12 does not read.
    warnings.simplefilter("ignore", DeprecationWarning)
    from grafana_foundation_sdk.builders import (
        barchart,
        bargauge,
        common,
        dashboard,
        gauge,
        piechart,
        stat,
        statetimeline,
        table,
        timeseries,
    )
    from grafana_foundation_sdk.cog.builder import Builder
    from grafana_foundation_sdk.cog.encoder import JSONEncoder
    from grafana_foundation_sdk.cog.variants import Dataquery
    from grafana_foundation_sdk.models import common as c
    from grafana_foundation_sdk.models import dashboard as d
    from grafana_foundation_sdk.models import piechart as pie

Panel = Builder[d.Panel]
Variable = Builder[d.VariableModel]
Link = Builder[d.DashboardLink]
Row = dashboard.Row
P = TypeVar(
    "P",
    barchart.Panel,
    bargauge.Panel,
    gauge.Panel,
    piechart.Panel,
    stat.Panel,
    statetimeline.Panel,
    table.Panel,
    timeseries.Panel,
)


class _InfluxQuery(Dataquery):
    def __init__(self, query: Query, ref_id: str) -> None:
        self._query, self._ref_id = query, ref_id

    def to_json(self) -> dict[str, object]:
        return {
            "refId": self._ref_id,
            "datasource": {"type": "influxdb", "uid": self._query.source},
            "query": self._query.text,
            "rawQuery": True,
            "resultFormat": "table" if self._query.table else "time_series",
            "alias": self._query.alias,
        }


class _Built(Builder[Any]):
    """The SDK takes builders only; this one holds what is built already."""

    def __init__(self, thing: object) -> None:
        self._thing = thing

    def build(self) -> Any:
        return self._thing


def _dressed(panel: P, card: Card, queries: Sequence[Query], colour: str) -> P:
    """Give any panel builder its card, queries and one neutral base colour."""
    panel.title(card.title).description(card.about).no_value(card.empty).unit(card.unit)
    panel.span(card.width).height(card.height)
    panel.datasource(c.DataSourceRef(type_val="influxdb", uid=queries[0].source))
    panel.targets([_Built(_InfluxQuery(q, chr(ord("A") + i))) for i, q in enumerate(queries)])
    panel.thresholds(_steps((None, colour)))
    panel.color_scheme(_fixed(colour))
    if card.window:
        panel.time_from(card.window).hide_time_override(True)
    return panel


def _steps(*steps: tuple[float | None, str]) -> dashboard.ThresholdsConfig:
    made = [d.Threshold(value=value, color=colour) for value, colour in steps]
    return dashboard.ThresholdsConfig().mode(d.ThresholdsMode.ABSOLUTE).steps(made)


def _fixed(colour: str) -> dashboard.FieldColor:
    return dashboard.FieldColor().mode(d.FieldColorModeId.FIXED).fixed_color(colour)


def _newest() -> common.ReduceDataOptions:
    return common.ReduceDataOptions().calcs(["lastNotNull"]).fields("").values(False)


def _legend() -> common.VizLegendOptions:
    legend = common.VizLegendOptions().show_legend(True)
    return legend.display_mode(c.LegendDisplayMode.LIST).placement(c.LegendPlacement.BOTTOM)


def _tooltip() -> common.VizTooltipOptions:
    return common.VizTooltipOptions().mode(c.TooltipDisplayMode.MULTI).sort(c.SortOrder.NONE)


def _mappings(bands: Sequence[Band]) -> list[Any]:
    return [
        d.RangeMap(
            d.DashboardRangeMapOptions(
                from_val=band.low,
                to=band.high,
                result=d.ValueMappingResult(text=band.text, color=band.colour, index=index),
            )
        )
        for index, band in enumerate(bands)
    ]


def _property(name: str, value: object) -> d.DynamicConfigValue:
    return d.DynamicConfigValue(id_val=name, value=value)


def _coloured(colour: str) -> d.DynamicConfigValue:
    return _property("color", {"mode": "fixed", "fixedColor": colour})


def figure(card: Card, query: Query, *, bands: Sequence[Band] = (), low: bool = False) -> Panel:
    """Show one large figure in neutral text; ``bands`` make it a state, ``low`` alarms below 0."""
    panel = _dressed(stat.Panel(), card, [query], GREY)
    panel.reduce_options(_newest()).graph_mode(c.BigValueGraphMode.NONE)
    panel.text_mode(c.BigValueTextMode.VALUE).color_mode(c.BigValueColorMode.NONE)
    if bands:
        panel.mappings(_mappings(bands)).text(common.VizTextDisplayOptions().value_size(32))
    if low:
        # As a mapping, not a threshold: an empty panel would take the lowest threshold's colour.
        below = d.DashboardRangeMapOptions(
            from_val=-1e12, to=-0.05, result=d.ValueMappingResult(color=VERMILION, index=0)
        )
        panel.mappings([d.RangeMap(below)]).color_mode(c.BigValueColorMode.VALUE)
    return panel


def dial(card: Card, query: Query, *, top: float, alarm: float) -> Panel:
    """Show a gauge from 0 to ``top``, blue, vermilion from ``alarm`` on."""
    panel = _dressed(gauge.Panel(), card, [query], BLUE)
    panel.thresholds(_steps((None, BLUE), (alarm, VERMILION))).min(0).max(top)
    panel.color_scheme(dashboard.FieldColor().mode(d.FieldColorModeId.THRESHOLDS))
    return panel.reduce_options(_newest()).show_threshold_markers(True)


def bars_over_time(card: Card, series: Sequence[Series], *, stacked: bool) -> Panel:
    """Draw bars on a time axis, each from its period's start on; a dashed series is a line.

    Stacked series add up; otherwise a later series covers an earlier one (as a hatch would).
    """
    queries = [one.query for one in series if one.query is not None]
    panel = _dressed(timeseries.Panel(), card, queries, series[0].colour)
    panel.draw_style(c.GraphDrawStyle.BARS).bar_alignment(c.BarAlignment.AFTER)
    panel.bar_width_factor(0.9).fill_opacity(90).line_width(0).axis_soft_min(0)
    panel.show_points(c.VisibilityMode.NEVER).legend(_legend()).tooltip(_tooltip())
    mode = c.StackingMode.NORMAL if stacked else c.StackingMode.NONE
    panel.stacking(common.StackingConfig().mode(mode).group("A"))
    for one in series:
        looks = _dashed_line() if one.dashed else []
        panel.override_by_name(one.name, [_coloured(one.colour), *looks])
    return panel


def _dashed_line() -> list[d.DynamicConfigValue]:
    return [
        _property("custom.drawStyle", "line"),
        _property("custom.lineStyle", {"fill": "dash", "dash": [10, 10]}),
        _property("custom.lineWidth", 2),
        _property("custom.fillOpacity", 0),
        _property("custom.spanNulls", True),
    ]


def bars_by_period(card: Card, query: Query, series: Sequence[Series], period: str) -> Panel:
    """Draw stacked bars by month or year; ``period`` is how Grafana writes it (``YYYY-MM``).

    The query is a table, newest row first (so that a limit keeps the newest), with one column
    for each of the series.
    """
    panel = _dressed(barchart.Panel(), card, [query], series[0].colour)
    # A single stacked series would be drawn without gaps between its bars.
    mode = c.StackingMode.NORMAL if len(series) > 1 else c.StackingMode.NONE
    panel.orientation(c.VizOrientation.VERTICAL).stacking(mode)
    panel.show_value(c.VisibilityMode.NEVER).bar_width(0.8).group_width(0.8).x_field("Time")
    panel.x_tick_label_spacing(100).fill_opacity(90).line_width(0).axis_soft_min(0)
    panel.legend(_legend()).tooltip(_tooltip())
    oldest_first = {"fields": {}, "sort": [{"field": "Time"}]}
    panel.with_transformation(d.DataTransformerConfig(id_val="sortBy", options=oldest_first))
    # Labels that are left out for want of space would be written as the empty text.
    panel.override_by_name("Time", [_property("unit", f"time:{period}"), _property("noValue", "")])
    for one in series:
        panel.override_by_name(one.name, [_coloured(one.colour)])
    return panel


def shares(card: Card, query: Query, rest: Series) -> Panel:
    """Draw a ring of one slice a series, with ``rest`` in its own colour and name.

    The other slices take Grafana's palette, unless their meters are known when it is provisioned.
    """
    panel = _dressed(piechart.Panel(), card, [query], BLUE)
    panel.color_scheme(dashboard.FieldColor().mode(d.FieldColorModeId.PALETTE_CLASSIC))
    panel.pie_type(pie.PieChartType.DONUT).reduce_options(_newest()).tooltip(_tooltip())
    legend = piechart.PieChartLegendOptions().show_legend(True)
    legend.display_mode(c.LegendDisplayMode.LIST).placement(c.LegendPlacement.RIGHT)
    # Names only: Grafana would head the figures in its own language.
    panel.legend(legend.values([])).display_labels([pie.PieChartLabels.PERCENT])
    looks = [_coloured(rest.colour), _property("displayName", rest.name)]
    panel.override_by_name("_unmeasured", looks)
    return panel


def ranking(card: Card, query: Query) -> Panel:
    """Draw one horizontal bar a series, with its figure."""
    panel = _dressed(bargauge.Panel(), card, [query], BLUE)
    panel.orientation(c.VizOrientation.HORIZONTAL).reduce_options(_newest()).min(0)
    panel.display_mode(c.BarGaugeDisplayMode.BASIC).value_mode(c.BarGaugeValueMode.TEXT)
    return panel.show_unfilled(True)


def states(card: Card, query: Query, bands: Sequence[Band]) -> Panel:
    """Draw a timeline a series, coloured and named by band; nothing where there is no value."""
    panel = _dressed(statetimeline.Panel(), card, [query], GREY)
    panel.mappings(_mappings(bands)).merge_values(False).show_value(c.VisibilityMode.NEVER)
    panel.row_height(0.8).fill_opacity(85).line_width(0).legend(_legend()).tooltip(_tooltip())
    return panel


def rows(card: Card, query: Query, columns: Sequence[Column]) -> Panel:
    """Show a table with a heading, unit and texts for each column."""
    panel = _dressed(table.Panel(), card, [query], GREY)
    panel.filterable(False)
    for column in columns:
        looks = [_property("displayName", column.heading)]
        looks += [_property("unit", column.unit)] if column.unit else []
        looks += [_property("decimals", column.decimals)] if column.unit else []
        looks += [_property("mappings", _mappings(column.bands))] if column.bands else []
        looks += [_property("custom.width", column.width_px)] if column.width_px else []
        panel.override_by_name(column.field, looks)
    return panel


def heading(title: str) -> Row:
    """Make a row's heading across the board."""
    return Row(title)


Choice = Literal["one", "several", "all"]


def choice(name: str, label: str, query: str, kind: Choice, first: str = "") -> Variable:
    """Let the reader pick a variable from the tag values that ``query`` finds.

    ``first`` is chosen to begin with where it is found; otherwise the first in the alphabet.
    """
    variable = dashboard.QueryVariable(name).label(label).query(query)
    variable.datasource(c.DataSourceRef(type_val="influxdb", uid=TOTALS))
    variable.refresh(d.VariableRefresh.ON_DASHBOARD_LOAD).sort(d.VariableSort.ALPHABETICAL_ASC)
    variable.multi(kind != "one").include_all(kind == "all")
    if first:
        value = first if kind == "one" else [first]
        variable.current(d.VariableOption(selected=True, text=value, value=value))
    return variable


def entry(name: str, label: str, value: str) -> Variable:
    """Let the reader type in a variable; ``value`` is what stands there first."""
    first = d.VariableOption(selected=True, text=value, value=value)
    return dashboard.TextBoxVariable(name).label(label).default_value(value).current(first)


def other_boards(title: str, tags: Sequence[str]) -> Link:
    """Make a drop-down at the top that leads to the boards with all of the tags."""
    link = dashboard.DashboardLink(title).type(d.DashboardLinkType.DASHBOARDS)
    link.tags(list(tags)).as_dropdown(True).keep_time(True).icon("external link")
    built = link.build()
    # The SDK's default would move it into a menu that older Grafana does not have.
    built.placement = None  # type: ignore[assignment]
    return _Built(built)


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A board before it is built: headings, panels, variables and links, in reading order."""

    uid: str
    title: str
    about: str
    tags: tuple[str, ...]
    variables: tuple[Variable, ...]
    links: tuple[Link, ...]
    panels: tuple[Row | Panel, ...]
    time_zone: str = "Asia/Tokyo"
    fiscal_year_starts: int = 4
    shows: str = "now-13d/d"


def dashboard_text(page: Page) -> str:
    """Build the page as classic dashboard JSON (schemaVersion 42), panels numbered from 1."""
    board = dashboard.Dashboard(page.title).uid(page.uid).description(page.about)
    board.tags(list(page.tags)).timezone(page.time_zone).week_start("monday").editable()
    board.fiscal_year_start_month(page.fiscal_year_starts - 1).time(page.shows, "now")
    board.refresh("1m").tooltip(d.DashboardCursorSync.CROSSHAIR)
    board.variables(list(page.variables)).links(list(page.links)).annotations([])
    for item in page.panels:
        if isinstance(item, Row):
            board.with_row(item)
        else:
            board.with_panel(item)
    built = board.build()
    for number, panel in enumerate(built.panels or [], start=1):
        panel.id_val = number
    return json.dumps(built, cls=JSONEncoder, indent=2, ensure_ascii=False, sort_keys=True) + "\n"
