"""The load profile: calendar heat map, typical days, weekdays, duration curve, base load."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import groupby

import numpy as np

from collector.analysis.base_load import BaseTrend
from collector.analysis.duration import DurationCurve
from collector.analysis.frame import Floats
from collector.analysis.typical_day import TypicalDay
from collector.reports.consultant.view import View, hour_ticks, known_values, month_ticks
from collector.reports.numbers import as_given, percent, plain, power
from collector.reports.report import (
    AxisLabel,
    Block,
    HeatCell,
    HeatMap,
    LegendEntry,
    Note,
    ReferenceLine,
    Section,
    XYChart,
    XYSeries,
)
from collector.rollup.period_names import weekday_name

HALF_HOURS = tuple(number / 2 for number in range(48))
NINETY = 0.9
_MONDAY = date(2024, 1, 1)


def profile(view: View) -> tuple[Section, ...]:
    """The parts in the order a reader takes them."""
    return heat(view), typical(view), duration(view), base(view)


def heat(view: View) -> Section:
    """Every half hour of every day, a column a day."""
    held = view.data.profile.heat
    days = [stamp.date() for stamp in held.dates]
    low, high = float(np.nanmin(held.kw)), float(np.nanmax(held.kw))
    clock = tuple(AxisLabel(h * 2, f"{h}:00", f"{h}:00", line=True) for h in range(0, 25, 6))
    chart = HeatMap(
        title=view.say("heat"),
        description=view.say("heat_text", low=power(low), high=power(high)),
        unit="kW",
        meaning="energy",
        rows=_cells(view),
        row_labels=clock,
        column_labels=month_ticks(view, days),
        low=low if low > 0.4 * high else min(0.0, low),
        high=high,
        legend=(LegendEntry(view.say("missing"), "blank", "energy"),),
    )
    return Section(view.say("heat"), view.say("heat_lead"), (chart,))


def typical(view: View) -> Section:
    """The typical days of each season, and the weekdays laid over each other."""
    by_season = groupby(view.data.profile.typical, key=lambda day: day.season)
    blocks: list[Block] = []
    for season, days in by_season:
        blocks += list(_season(view, season, tuple(days)))
    blocks.append(_weekdays(view))
    return Section(view.say("typical"), view.say("typical_lead"), tuple(blocks))


def duration(view: View) -> Section:
    """The duration curve with what stands above nine tenths of the peak."""
    answer = view.data.profile.duration
    if answer.value is None:
        return Section(view.say("duration"), blocks=(view.missing("duration", answer),))
    curve, peak = answer.value, float(answer.value.kw[0])
    hours = curve.hours_above_share(NINETY)
    share = hours / float(curve.hours[-1])
    lead = view.say(
        "duration_lead", kw=power(NINETY * peak), hours=plain(hours, 4, 1), share=percent(share)
    )
    near = view.say("near", low=power(curve.near_base_kw), high=power(curve.near_peak_kw))
    said = view.joined((lead, near))
    return Section(view.say("duration"), said, (_duration_chart(view, curve),))


def base(view: View) -> Section:
    """The day's lowest half hour over the period, and whether it creeps up."""
    answer, trend = view.data.profile.base, view.data.profile.trend
    title = view.say("base_title")
    if answer.value is None:
        return Section(title, blocks=(view.missing("base_load", answer),))
    found = answer.value
    lead = view.say(
        "base_lead",
        kw=power(found.kw),
        low=power(found.p10_kw),
        high=power(found.p90_kw),
        kwh=plain(found.kwh, 4, 0),
        share=percent(found.share),
    )
    blocks: list[Block] = [_base_chart(view, found.kw)]
    if trend.value is None:
        missing = view.missing("base_trend", trend)
        lead = view.joined((lead, missing.text, f"({missing.hint})"))
    elif trend.value.creeping:
        blocks.append(Note(_trend(view, trend.value), kind="warning"))
    else:
        lead = view.joined((lead, _trend(view, trend.value)))
    return Section(title, lead, (*blocks, view.basis(found.evidence)))


def _cells(view: View) -> tuple[tuple[HeatCell, ...], ...]:
    held, bridged = view.data.profile.heat, view.data.profile.estimated
    rows = zip(held.kw.T.tolist(), bridged.T.tolist(), strict=True)
    return tuple(
        tuple(_cell(kw, estimated) for kw, estimated in zip(*row, strict=True)) for row in rows
    )


def _cell(kw: float, estimated: bool) -> HeatCell:
    if kw != kw:  # NaN: unknown
        return HeatCell(None, "missing")
    return HeatCell(kw, "estimated" if estimated else "measured")


def _season(view: View, season: str, days: tuple[TypicalDay, ...]) -> Iterator[Block]:
    named = view.say(f"season_{season}")
    drawn = [day for day in days if day.median_kw is not None]
    if drawn:
        working = max(float(np.nanmax(day.median_kw)) for day in drawn if day.median_kw is not None)
        yield XYChart(
            title=view.say("typical_of", season=named),
            description=view.say("typical_text", season=named, kw=power(working)),
            x_label="",
            x_unit="",
            unit="kW",
            series=tuple(part for n, day in enumerate(drawn) for part in _day(view, day, n)),
            x_ticks=hour_ticks(view),
        )
    for day in days:
        if day.median_kw is None:
            names = {"season": named, "group": view.say(f"group_{day.group}")}
            need = plain(day.gate.limit, 3, 0)
            yield Note(view.say("too_few_days", n=day.days, need=need, **names))


def _day(view: View, day: TypicalDay, shade: int) -> Iterator[XYSeries]:
    name = view.say("of_days", group=view.say(f"group_{day.group}"), n=day.days)
    medians, lows, highs = map(_drawn, (day.median_kw, day.p10_kw, day.p90_kw))
    yield XYSeries("", "band", "energy", HALF_HOURS, (), lows, highs, shade)
    yield XYSeries(name, "steps", "energy", HALF_HOURS, medians, shade=shade)


def _drawn(kw: Floats | None) -> tuple[float | None, ...]:
    return () if kw is None else known_values(kw)


def _weekdays(view: View) -> Block:
    held = view.data.profile.weekdays
    counted = [number for number in range(7) if held.days[number]]
    if not counted:
        return view.missing("duration")
    kwh = {number: float(np.nansum(held.median_kw[number])) / 2 for number in counted}
    least, most = min(kwh, key=lambda n: kwh[n]), max(kwh, key=lambda n: kwh[n])
    names = {n: weekday_name(_MONDAY + timedelta(days=n), view.language) for n in counted}
    text = view.say(
        "weekdays_lead",
        low=names[least],
        high=names[most],
        kwh=plain(kwh[most] - kwh[least], 3, 0),
    )
    return XYChart(
        title=view.say("weekdays"),
        description=text,
        x_label="",
        x_unit="",
        unit="kW",
        series=tuple(
            XYSeries(
                names[n], "line", "energy", HALF_HOURS, known_values(held.median_kw[n]), shade=n
            )
            for n in counted
        ),
        x_ticks=hour_ticks(view),
    )


def _duration_chart(view: View, curve: DurationCurve) -> XYChart:
    points = curve.points(400)
    peak, demand = float(curve.kw[0]), view.data.demand
    lines = [ReferenceLine(NINETY * peak, view.say("ninety", kw=power(NINETY * peak)))]
    if demand.contract_kw and demand.contract_kw <= 1.5 * peak:
        kw = as_given(demand.contract_kw)
        lines.append(ReferenceLine(demand.contract_kw, view.say("contract_line", kw=kw)))
    if demand.target_kw:
        kw = as_given(demand.target_kw)
        lines.append(ReferenceLine(demand.target_kw, view.say("target_line", kw=kw)))
    line = XYSeries(
        view.say("demand_line"),
        "line",
        "energy",
        tuple(hours for hours, _ in points),
        tuple(kw for _, kw in points),
    )
    return XYChart(
        title=view.say("duration"),
        description=view.say("near", low=power(curve.near_base_kw), high=power(curve.near_peak_kw)),
        x_label=view.say("hours_label"),
        x_unit="h",
        unit="kW",
        series=(line,),
        references=tuple(lines),
    )


def _base_chart(view: View, median_kw: float) -> XYChart:
    minima = view.data.profile.minima_kw
    days = [stamp.date() for stamp in view.data.profile.heat.dates]
    label = view.say("base_median", kw=power(median_kw))
    series = XYSeries(
        view.say("base_daily"), "line", "energy", tuple(map(float, range(len(minima)))), minima
    )
    return XYChart(
        title=view.say("base_title"),
        description=label,
        x_label="",
        x_unit="",
        unit="kW",
        series=(series,),
        x_ticks=month_ticks(view, days),
        references=(ReferenceLine(median_kw, label),),
    )


def _trend(view: View, trend: BaseTrend) -> str:
    if trend.creeping:
        names = {
            "start": power(trend.start_kw),
            "end": power(trend.end_kw),
            "share": percent(trend.change_share),
        }
        return view.say("creeping", days=trend.days, **names)
    return view.say("steady", days=trend.days, change=plain(trend.change_kw, 2, 1))
