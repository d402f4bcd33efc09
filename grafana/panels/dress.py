"""What every panel has in common: card, queries, thresholds, colours, legend, empty state.

Fixed here for every board: thresholds that are always explicit, a text for the empty state,
InfluxQL in raw mode, data sources named by uid.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any, TypeVar

from grafana.look import Band, Card, Named, Query

with warnings.catch_warnings():
    # The classic dashboard announces its successor (schema v2), which Grafana 12 does not read.
    warnings.simplefilter("ignore", DeprecationWarning)
    from grafana_foundation_sdk.builders import (
        barchart,
        bargauge,
        common,
        dashboard,
        gauge,
        heatmap,
        piechart,
        stat,
        statetimeline,
        table,
        text,
        timeseries,
        xychart,
    )
    from grafana_foundation_sdk.cog.builder import Builder
    from grafana_foundation_sdk.cog.variants import Dataquery
    from grafana_foundation_sdk.models import common as c
    from grafana_foundation_sdk.models import dashboard as d

__all__ = [
    "Built",
    "InfluxQuery",
    "P",
    "Panel",
    "barchart",
    "bargauge",
    "by_threshold",
    "c",
    "coloured",
    "common",
    "d",
    "dashboard",
    "dressed",
    "fixed",
    "from_on",
    "gauge",
    "heatmap",
    "legend",
    "mappings",
    "newest",
    "own",
    "palette",
    "piechart",
    "stat",
    "statetimeline",
    "steps",
    "table",
    "text",
    "timeseries",
    "tooltip",
    "xychart",
]

Panel = Builder[d.Panel]
P = TypeVar(
    "P",
    barchart.Panel,
    bargauge.Panel,
    gauge.Panel,
    heatmap.Panel,
    piechart.Panel,
    stat.Panel,
    statetimeline.Panel,
    table.Panel,
    text.Panel,
    timeseries.Panel,
    xychart.Panel,
)


class InfluxQuery(Dataquery):
    """A query as Grafana's InfluxDB plugin takes it, in raw mode."""

    def __init__(self, query: Query, ref_id: str) -> None:
        self._query, self._ref_id = query, ref_id

    def to_json(self) -> dict[str, object]:
        """The target's JSON."""
        return {
            "refId": self._ref_id,
            "datasource": {"type": "influxdb", "uid": self._query.source},
            "query": self._query.text,
            "rawQuery": True,
            "resultFormat": "table" if self._query.table else "time_series",
            "alias": self._query.alias,
        }


class Built(Builder[Any]):
    """The SDK takes builders only; this one holds what is built already."""

    def __init__(self, thing: object) -> None:
        self._thing = thing

    def build(self) -> Any:
        """The thing."""
        return self._thing


def dressed(panel: P, card: Card, queries: Sequence[Query], colour: str) -> P:
    """Give any panel builder its card, queries and one neutral base colour."""
    panel.title(card.title).description(card.about).no_value(card.empty).unit(card.unit)
    panel.span(card.width).height(card.height)
    panel.datasource(c.DataSourceRef(type_val="influxdb", uid=queries[0].source))
    panel.targets([Built(InfluxQuery(q, chr(ord("A") + i))) for i, q in enumerate(queries)])
    panel.thresholds(steps((None, colour)))
    panel.color_scheme(fixed(colour))
    if card.decimals is not None:
        panel.decimals(card.decimals)
    if card.window:
        panel.time_from(card.window).hide_time_override(True)
    return panel


def steps(*levels: tuple[float | None, str]) -> dashboard.ThresholdsConfig:
    """Thresholds in the panel's own unit; the first has no value."""
    made = [d.Threshold(value=value, color=colour) for value, colour in levels]
    return dashboard.ThresholdsConfig().mode(d.ThresholdsMode.ABSOLUTE).steps(made)


def fixed(colour: str) -> dashboard.FieldColor:
    """One colour for all."""
    return dashboard.FieldColor().mode(d.FieldColorModeId.FIXED).fixed_color(colour)


def by_threshold() -> dashboard.FieldColor:
    """The colour of the threshold that is reached."""
    return dashboard.FieldColor().mode(d.FieldColorModeId.THRESHOLDS)


def palette() -> dashboard.FieldColor:
    """From blue to purple by the newest value, for series that are not known beforehand.

    Grafana's own palette has green and red of one lightness side by side; Grafana 9 has no
    shades of one colour.
    """
    return dashboard.FieldColor().mode(d.FieldColorModeId.CONTINUOUS_BL_PU)


def newest() -> common.ReduceDataOptions:
    """The newest value that is there."""
    return common.ReduceDataOptions().calcs(["lastNotNull"]).fields("").values(False)


def legend() -> common.VizLegendOptions:
    """Names below the chart."""
    made = common.VizLegendOptions().show_legend(True)
    return made.display_mode(c.LegendDisplayMode.LIST).placement(c.LegendPlacement.BOTTOM)


def tooltip() -> common.VizTooltipOptions:
    """All series at the pointer."""
    return common.VizTooltipOptions().mode(c.TooltipDisplayMode.MULTI).sort(c.SortOrder.NONE)


def mappings(bands: Sequence[Band], names: Sequence[Named] = ()) -> list[Any]:
    """Ranges of values, and texts of the store, as words in colours."""
    ranges = [
        d.RangeMap(
            d.DashboardRangeMapOptions(
                from_val=band.low, to=band.high, result=_result(band.text, band.colour, index)
            )
        )
        for index, band in enumerate(bands)
    ]
    texts = {
        one.value: _result(one.text, one.colour, index)
        for index, one in enumerate(names, start=len(bands))
    }
    return [*ranges, d.ValueMap(options=texts)] if texts else [*ranges]


def _result(text: str, colour: str, index: int) -> d.ValueMappingResult:
    # Without a text the value stays as it is; an empty one would take its place.
    return d.ValueMappingResult(text=text or None, color=colour, index=index)


def from_on(low: float, high: float, colour: str) -> list[Any]:
    """Colour a range of values and leave their text as it is.

    As a mapping, not a threshold: an empty panel would take a threshold's colour.
    """
    result = d.ValueMappingResult(color=colour, index=0)
    return [d.RangeMap(d.DashboardRangeMapOptions(from_val=low, to=high, result=result))]


def own(name: str, value: object) -> d.DynamicConfigValue:
    """One property of an override."""
    return d.DynamicConfigValue(id_val=name, value=value)


def coloured(colour: str) -> d.DynamicConfigValue:
    """The property that fixes a series' colour."""
    return own("color", {"mode": "fixed", "fixedColor": colour})
