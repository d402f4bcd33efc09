"""The pictures over time of the site overview: load profile and heat map."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from math import fsum
from statistics import fmean

from collector.reports.dates import DAY_MS, Dates, is_weekend
from collector.reports.numbers import as_given, plain, power
from collector.reports.report import (
    AxisLabel,
    HeatCell,
    HeatMap,
    LegendEntry,
    Mark,
    Quality,
    ReferenceLine,
    Section,
    Span,
    StepChart,
    StepPoint,
)
from collector.reports.site_facts import SLOT_H, by_local_day, slot_quality
from collector.reports.site_view import SiteView
from collector.rollup.periods import SLOT_MS
from collector.rollup.totals import Total

DAYS_AS_ROWS = 14
"""Up to this many days a heat map has a row a day; beyond, a column a day."""
HOURS_UP_TO = 3
"""Up to this many days the time axis of the load profile names hours."""
SLOTS_A_DAY = 48
FAR_ABOVE = 2.0
"""A reference this many times the largest value would flatten the picture: it is told instead."""


def profile(view: SiteView) -> Section:
    """The load profile: 30-minute steps, or for long periods each day's mean, low and high."""
    peak = view.facts.peak
    title = view.say("profile_days" if view.is_long else "profile")
    if peak is None:
        return Section(title, blocks=(view.no_slots(),))
    when = view.dates.stretch(peak.start_ms, peak.start_ms + SLOT_MS)
    sentences = [view.say("profile_lead", when=when, kw=power(peak.peak_kw))]
    if view.facts.base_load_kw:
        sentences.append(view.say("profile_lead_base", kw=plain(view.facts.base_load_kw, 3, 0)))
    contract_kw = view.data.contract_power_kw
    if contract_kw and contract_kw > FAR_ABOVE * peak.peak_kw:
        sentences.append(view.say("contract_above", kw=as_given(contract_kw)))
    return Section(title, view.joined(sentences), (_step_chart(view, peak, when),))


def _step_chart(view: SiteView, peak: Total, when: str) -> StepChart:
    data, kw = view.data, power(peak.peak_kw)
    return StepChart(
        title=view.say("profile_days" if view.is_long else "profile"),
        description=view.say("profile_text", period=view.period_text, kw=kw, when=when),
        unit="kW",
        meaning="energy",
        from_ms=data.from_ms,
        to_ms=data.to_ms,
        step_ms=DAY_MS if view.is_long else SLOT_MS,
        points=_day_points(view) if view.is_long else _slot_points(view),
        ticks=_time_ticks(view),
        shades=() if view.is_long else _weekends(view),
        references=_references(view, peak),
        marks=(Mark(peak.start_ms + SLOT_MS // 2, peak.peak_kw, f"{kw} kW"),),
        legend=_profile_legend(view),
    )


def _slot_points(view: SiteView) -> tuple[StepPoint, ...]:
    booked = {slot.start_ms: slot for slot in view.facts.slots}
    held = [(at_ms, booked.get(at_ms)) for at_ms in view.facts.expected_slots]
    return tuple(
        StepPoint(at_ms, None if slot is None else slot.kwh / SLOT_H, slot_quality(slot))
        for at_ms, slot in held
    )


def _day_points(view: SiteView) -> tuple[StepPoint, ...]:
    by_day = by_local_day(view.facts.slots, view.dates)
    days = view.dates.days(view.data.from_ms, view.data.to_ms)
    return tuple(_day_point(view.dates.start_ms(day), by_day.get(day, [])) for day in days)


def _day_point(at_ms: int, slots: Sequence[Total]) -> StepPoint:
    if not slots:
        return StepPoint(at_ms, None, "missing")
    powers = [slot.kwh / SLOT_H for slot in slots]
    estimated = sum(slot_quality(slot) == "estimated" for slot in slots) * 2 > len(slots)
    quality: Quality = "estimated" if estimated else "measured"
    return StepPoint(at_ms, fmean(powers), quality, min(powers), max(powers))


def _references(view: SiteView, peak: Total) -> tuple[ReferenceLine, ...]:
    contract_kw = view.data.contract_power_kw
    if not contract_kw or contract_kw > FAR_ABOVE * peak.peak_kw:
        return ()
    return (ReferenceLine(contract_kw, view.say("contract", kw=as_given(contract_kw))),)


def _time_ticks(view: SiteView) -> tuple[AxisLabel, ...]:
    days = view.dates.days(view.data.from_ms, view.data.to_ms)
    if len(days) <= HOURS_UP_TO:
        return tuple(_hour_ticks(view))
    if view.is_long:
        return tuple(
            AxisLabel(view.dates.start_ms(first), *words, view.dates.end_ms(last), line=True)
            for first, last, words in view.dates.months(days)
        )
    return tuple(
        AxisLabel(
            view.dates.start_ms(day), *view.dates.axis(day), view.dates.end_ms(day), line=True
        )
        for day in days
    )


def _hour_ticks(view: SiteView) -> Iterator[AxisLabel]:
    """Give every sixth hour of the clock; midnight is named by its date."""
    for at_ms in view.dates.slots(view.data.from_ms, view.data.to_ms + SLOT_MS):
        local = view.dates.local(at_ms)
        if local.hour % 6 == 0 and local.minute == 0:
            words = (f"{local.hour}:00",) * 2 if local.hour else view.dates.axis(local.date())
            yield AxisLabel(at_ms, *words, line=True)


def _weekends(view: SiteView) -> tuple[Span, ...]:
    days = view.dates.days(view.data.from_ms, view.data.to_ms)
    return tuple(
        Span(view.dates.start_ms(day), view.dates.end_ms(day)) for day in days if is_weekend(day)
    )


def _profile_legend(view: SiteView) -> tuple[LegendEntry, ...]:
    if view.is_long:
        entries = [
            LegendEntry(view.say("daily_mean"), "solid", "energy"),
            LegendEntry(view.say("daily_band"), "band", "energy"),
        ]
    else:
        entries = [LegendEntry(view.say("measured"), "solid", "energy")]
    entries += view.quality_legend("energy")
    if view.data.contract_power_kw:
        entries.append(LegendEntry(view.say("contract_key"), "dashed", "reference"))
    if not view.is_long and _weekends(view):
        entries.append(LegendEntry(view.say("weekend"), "shade", "reference"))
    return tuple(entries)


def heat(view: SiteView) -> Section:
    """The heat map: time of day against day; a row a day for short periods, else a column."""
    title, slots = view.say("heat"), view.facts.slots
    if not slots:
        return Section(title, blocks=(view.no_slots(),))
    days = view.dates.days(view.data.from_ms, view.data.to_ms)
    by_day = by_local_day(slots, view.dates)
    grid = [_heat_row(by_day.get(day, []), view.dates) for day in days]
    whole = [row for day, row in zip(days, grid, strict=True) if day in view.facts.whole_days]
    hour, kw = _busiest(whole if any(map(_is_known, whole)) else grid)
    names = {"from_": _clock(hour), "to": _clock(hour + 1), "kw": power(kw)}
    lead = view.joined([view.say("heat_lead"), view.say("heat_lead_hour", **names)])
    return Section(title, lead, (_heat_map(view, days, grid),))


def _heat_map(
    view: SiteView, days: Sequence[date], grid: Sequence[tuple[HeatCell, ...]]
) -> HeatMap:
    values = [cell.value for row in grid for cell in row if cell.value is not None]
    low, high = min(values), max(values)
    as_rows = len(days) <= DAYS_AS_ROWS
    rows = tuple(grid) if as_rows else tuple(zip(*grid, strict=True))
    day_labels = _day_labels(days, view)
    return HeatMap(
        title=view.say("heat"),
        description=view.say("heat_text", low=power(low), high=power(high)),
        unit="kW",
        meaning="energy",
        rows=rows,
        row_labels=day_labels if as_rows else _clock_labels(),
        column_labels=_clock_labels() if as_rows else day_labels,
        low=low if low > 0.4 * high else min(0.0, low),
        high=high,
        legend=view.quality_legend("energy"),
        gap_rows=as_rows,
    )


def _heat_row(slots: Sequence[Total], dates: Dates) -> tuple[HeatCell, ...]:
    cells: dict[int, list[Total]] = {}
    for slot in slots:
        local = dates.local(slot.start_ms)
        cells.setdefault(local.hour * 2 + local.minute // 30, []).append(slot)
    return tuple(_heat_cell(cells, index) for index in range(SLOTS_A_DAY))


def _heat_cell(cells: Mapping[int, Sequence[Total]], index: int) -> HeatCell:
    # Two slots share a cell in the hour that a change to winter time repeats: their mean.
    slots = cells.get(index, ())
    if not slots:
        return HeatCell(None, "missing")
    estimated = any(slot_quality(slot) == "estimated" for slot in slots)
    kw = fsum(slot.kwh for slot in slots) / (len(slots) * SLOT_H)
    return HeatCell(kw, "estimated" if estimated else "measured")


def _is_known(row: Sequence[HeatCell]) -> bool:
    return any(cell.value is not None for cell in row)


def _busiest(grid: Sequence[tuple[HeatCell, ...]]) -> tuple[int, float]:
    columns = [
        [cell.value for cell in column if cell.value is not None]
        for column in zip(*grid, strict=True)
    ]
    means = {index: fmean(values) for index, values in enumerate(columns) if values}
    index = max(means, key=lambda key: means[key])
    return index, means[index]


def _clock(index: int) -> str:
    return f"{index // 2:02d}:{index % 2 * 30:02d}"


def _clock_labels() -> tuple[AxisLabel, ...]:
    hours = range(0, 25, 6)
    return tuple(AxisLabel(hour * 2, f"{hour}:00", f"{hour}:00", line=True) for hour in hours)


def _day_labels(days: Sequence[date], view: SiteView) -> tuple[AxisLabel, ...]:
    index = {day: number for number, day in enumerate(days)}
    if view.is_long:
        return tuple(
            AxisLabel(index[first], *words, index[last] + 1, line=True)
            for first, last, words in view.dates.months(days)
        )
    return tuple(AxisLabel(index[day], *view.dates.axis(day), index[day] + 1) for day in days)
