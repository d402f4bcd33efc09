"""The bars of the site overview: energy by circuit and CO2, per day or per month."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import fsum

from collector.reports.buckets import Bucket, Parts, buckets, co2_parts, energy_parts
from collector.reports.numbers import decimals_for, plain
from collector.reports.report import (
    Bar,
    BarChart,
    BarPart,
    LegendEntry,
    Meaning,
    Note,
    Section,
)
from collector.reports.site_data import MeterData
from collector.reports.site_facts import days_within
from collector.reports.site_view import SiteView

MOST_CIRCUITS = 5
"""Circuits told apart in one bar; the smaller ones are added up as others."""
NOT_SPLIT_FROM = 0.005
"""Share of the site's energy from which a part that no circuit accounts for is drawn."""
NEGATIVE_FROM = 0.01
"""Share of the site's energy by which sub-meters may exceed their parent unremarked: meters of
class 1 differ by as much."""


@dataclass(frozen=True, slots=True)
class _Layer:
    """One series of a bar chart: its look in the legend and a part per bucket."""

    entry: LegendEntry
    parts: Parts


def energy_bars(view: SiteView) -> Section:
    """Energy per day (or month), stacked by circuit with the unmeasured remainder on top."""
    title = view.say("kwh_months" if view.is_long else "kwh_days")
    if not view.facts.days:
        return Section(title, blocks=(view.no_days(),))
    held = buckets(view)
    whole = energy_parts(view.facts.days, held, view.dates)
    layers = _layers(view, held, whole) or [
        _Layer(LegendEntry(view.say("whole_site"), "solid", "energy"), whole)
    ]
    scale, unit = (1000.0, "MWh") if _largest(whole) >= 100_000 else (1.0, "kWh")
    whole = _scaled(whole, scale)
    layers = [_Layer(layer.entry, _scaled(layer.parts, scale)) for layer in layers]
    chart = _chart(view, title, unit, held, whole, layers)
    return Section(title, _lead(view, held, whole, unit), (chart, *_negative(view)))


def co2_bars(view: SiteView) -> Section:
    """CO2 per day (or month); a day without a factor is left blank."""
    title = view.say("co2_months" if view.is_long else "co2_days")
    if not view.facts.days:
        return Section(title, blocks=(view.no_days(),))
    if view.facts.co2_kg is None:
        note = Note(view.say("no_co2_text"), view.say("no_co2_hint"), "empty")
        return Section(title, blocks=(note,))
    held = buckets(view)
    kg = co2_parts(view.facts.days, held, view.dates)
    scale, unit = (1000.0, "t-CO₂") if _largest(kg) >= 10_000 else (1.0, "kg-CO₂")
    parts = _scaled(kg, scale)
    layer = _Layer(LegendEntry(view.say("co2_site"), "solid", "co2"), parts)
    chart = _chart(view, title, unit, held, parts, [layer])
    return Section(title, _lead(view, held, parts, unit), (chart,), view.co2_badge())


def _chart(
    view: SiteView,
    title: str,
    unit: str,
    held: Sequence[Bucket],
    whole: Parts,
    layers: Sequence[_Layer],
) -> BarChart:
    bars = tuple(
        Bar(bucket.label, bucket.short, _bar_text(bucket, total, unit, parts, layers), parts,
            muted=not bucket.finished)
        for bucket, total, parts in zip(
            held, whole, zip(*(layer.parts for layer in layers), strict=True), strict=True
        )
    )  # fmt: skip
    return BarChart(
        title=title,
        description=view.joined([bar.text for bar in bars[:31]]),
        unit=unit,
        series=tuple(layer.entry for layer in layers),
        bars=bars,
        legend=view.quality_legend(layers[0].entry.meaning),
    )


def _bar_text(
    bucket: Bucket,
    total: BarPart | None,
    unit: str,
    parts: Sequence[BarPart | None],
    layers: Sequence[_Layer],
) -> str:
    if total is None:
        return f"{bucket.when}: –"
    text = f"{bucket.when}: {_shown(total.value)} {unit}"
    if len(layers) == 1:
        return text + "; "
    split = [
        f"{layer.entry.label} {_shown(part.value)}"
        for layer, part in zip(layers, parts, strict=True)
        if part
    ]
    return f"{text} ({', '.join(split)}); "


def _layers(view: SiteView, held: Sequence[Bucket], whole: Parts) -> list[_Layer]:
    """Circuits by size, then the unmeasured remainder, then what no meter accounts for."""
    data, dates = view.data, view.dates
    rest = days_within(data.unmeasured_days, data)
    if len(data.leaves) < 2 and not rest:
        return []
    layers = [
        _layer(name, "energy", shade, energy_parts(
            [total for meter in meters for total in days_within(meter.days, data)], held, dates))
        for shade, (name, meters) in enumerate(_circuits(view))
    ]  # fmt: skip
    if rest:
        parts = energy_parts(rest, held, dates)
        layers.append(_layer(view.say("unmeasured"), "reference", 0, parts))
    left = _left_over(whole, layers)
    if any(left):
        layers.append(_layer(view.say("not_split"), "reference", 1, left))
    return layers


def _layer(name: str, meaning: Meaning, shade: int, parts: Parts) -> _Layer:
    """A layer of the stack; what would be below zero cannot be stacked and is left at zero."""
    drawn = [
        part and BarPart(max(0.0, part.value), min(max(0.0, part.value), part.estimated))
        for part in parts
    ]
    return _Layer(LegendEntry(name, "solid", meaning, shade), drawn)


def _circuits(view: SiteView) -> list[tuple[str, Sequence[MeterData]]]:
    """Names of the circuits to tell apart, largest first, each with its meters."""
    data = view.data
    leaves = sorted(
        data.leaves, key=lambda meter: -fsum(total.kwh for total in days_within(meter.days, data))
    )
    kept = leaves if len(leaves) <= MOST_CIRCUITS else leaves[: MOST_CIRCUITS - 1]
    others = leaves[len(kept) :]
    named: list[tuple[str, Sequence[MeterData]]] = [
        (meter.called(view.language), [meter]) for meter in kept
    ]
    return [*named, (view.say("others", n=len(others)), others)] if others else named


def _left_over(whole: Parts, layers: Sequence[_Layer]) -> Parts:
    """What the circuits and the remainder leave of the site, where it is worth showing."""
    found: Parts = []
    for total, parts in zip(
        whole, zip(*(layer.parts for layer in layers), strict=True), strict=True
    ):
        known = [part for part in parts if part]
        left = (total.value if total else 0.0) - fsum(part.value for part in known)
        estimated = (total.estimated if total else 0.0) - fsum(part.estimated for part in known)
        worth = total is not None and left > NOT_SPLIT_FROM * total.value
        found.append(BarPart(left, min(left, max(0.0, estimated))) if worth else None)
    return found


def _lead(view: SiteView, held: Sequence[Bucket], whole: Parts, unit: str) -> str:
    booked = [(part.value, bucket) for part, bucket in zip(whole, held, strict=True) if part]
    if len(booked) < 2:
        return ""
    value, bucket = max(booked, key=lambda pair: pair[0])
    key = "bars_lead_month" if view.is_long else "bars_lead"
    sentences = [view.say(key, when=bucket.when, value=_shown(value), unit=unit)]
    if not all(bucket.finished for bucket in held):
        sentences.append(view.say("unfinished"))
    return view.joined(sentences)


def _negative(view: SiteView) -> Iterable[Note]:
    site = {total.start_ms: total.kwh for total in view.facts.days}
    rest = days_within(view.data.unmeasured_days, view.data)
    below = [
        total for total in rest if total.kwh < -NEGATIVE_FROM * abs(site.get(total.start_ms, 0.0))
    ]
    if below:
        hint = view.say("negative_rest_hint")
        yield Note(view.say("negative_rest", n=len(below)), hint, "warning")


def _largest(parts: Parts) -> float:
    return max((part.value for part in parts if part), default=0.0)


def _scaled(parts: Parts, scale: float) -> Parts:
    return [part and BarPart(part.value / scale, part.estimated / scale) for part in parts]


def _shown(value: float) -> str:
    return plain(value, 4, min(1, decimals_for(value)))
