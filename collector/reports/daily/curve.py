"""The day by half hour, on the band of the usual days of its kind."""

from __future__ import annotations

from collections.abc import Iterator

from collector.reports.daily.data import HalfHour
from collector.reports.daily.view import DailyView
from collector.reports.numbers import as_given, power
from collector.reports.report import (
    AxisLabel,
    LegendEntry,
    Note,
    ReferenceLine,
    Section,
    Swatch,
    XYChart,
    XYMark,
    XYSeries,
)


def curve(view: DailyView) -> Section:
    """The chart of the day, or what is missing for it."""
    title, peak = view.say("curve"), view.data.peak
    if peak is None or peak.kw is None:
        note = Note(view.say("no_curve"), view.say("no_curve_hint"), "empty")
        return Section(title, blocks=(note,))
    when = view.half_hour(peak.at_ms)
    above = _above(view)
    lead = view.joined(
        [
            view.say("curve_lead", when=when, kw=power(peak.kw)),
            view.say("curve_above", n=above) if above else "",
        ]
    )
    return Section(title, lead, (_chart(view, peak, when),))


def _chart(view: DailyView, peak: HalfHour, when: str) -> XYChart:
    day = view.dates.full(view.data.day)
    kw = power(peak.kw)
    series = tuple(_series(view))
    return XYChart(
        title=view.say("curve"),
        description=view.say("curve_text", day=day, kw=kw, when=when),
        x_label="",
        x_unit="",
        unit="kW",
        series=series,
        x_ticks=_ticks(view),
        references=tuple(_references(view)),
        marks=(XYMark(peak.hour + 0.25, peak.kw or 0.0, f"{kw} kW"),),
        legend=tuple(_legend(view, series)),
    )


def _series(view: DailyView) -> Iterator[XYSeries]:
    halves, typical = view.data.half_hours, view.data.typical
    xs = tuple(half.hour for half in halves)
    usual = tuple(number / 2 for number in range(48))
    if typical is not None:
        yield XYSeries(
            *(view.say("band"), "band", "reference", usual),
            lows=typical.p10_kw,
            highs=typical.p90_kw,
        )
        label = view.say("median", group=view.group)
        yield XYSeries(label, "line", "reference", usual, typical.median_kw, dashed=True)
    measured = tuple(None if half.estimated else half.kw for half in halves)
    yield XYSeries(view.say("today"), "steps", "energy", xs, measured)
    if any(half.estimated for half in halves):
        bridged = tuple(half.kw if half.estimated else None for half in halves)
        yield XYSeries(view.say("estimated"), "steps", "energy", xs, bridged, dashed=True, shade=1)


def _references(view: DailyView) -> Iterator[ReferenceLine]:
    data = view.data
    if data.contract_kw:
        yield ReferenceLine(data.contract_kw, view.say("contract", kw=as_given(data.contract_kw)))
    if data.target_kw:
        yield ReferenceLine(data.target_kw, view.say("target", kw=as_given(data.target_kw)))


def _legend(view: DailyView, series: tuple[XYSeries, ...]) -> Iterator[LegendEntry]:
    for one in series:
        swatch: Swatch = "band" if one.kind == "band" else "dashed" if one.dashed else "solid"
        yield LegendEntry(one.label, swatch, one.meaning, one.shade)


def _ticks(view: DailyView) -> tuple[AxisLabel, ...]:
    # By the clock on the wall: a day on which clocks change has 23 or 25 hours.
    found = [
        AxisLabel(half.hour, text, text, line=True)
        for half in view.data.half_hours
        if (text := view.dates.clock(half.at_ms)).endswith(":00") and int(text[:2]) % 3 == 0
    ]
    last = view.data.half_hours[-1].hour + 0.5
    return (*found, AxisLabel(last, "24:00", "24:00", line=True))


def _above(view: DailyView) -> int:
    typical, halves = view.data.typical, view.data.half_hours
    if typical is None or len(halves) != len(typical.p90_kw):
        return 0
    pairs = zip(halves, typical.p90_kw, strict=True)
    return sum(half.kw is not None and high is not None and half.kw > high for half, high in pairs)
