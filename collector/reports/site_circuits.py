"""The table of circuits: what each used, its share, its peak, its CO2."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from collector.reports.numbers import decimals_for, exact_sum, percent, plain
from collector.reports.report import Cell, Column, Note, Row, Section, Table
from collector.reports.site_data import MeterData
from collector.reports.site_facts import days_within
from collector.reports.site_view import SiteView
from collector.rollup.totals import Total


@dataclass(frozen=True, slots=True)
class _Usage:
    """One line of the table before it is worded."""

    name: str
    level: int
    kwh: Decimal | None
    peak_kw: float | None
    co2_kg: Decimal | None


def circuits(view: SiteView) -> Section:
    """The circuits, children under their parents, and the unmeasured remainder."""
    title, meters = view.say("circuits"), view.data.meters
    if not meters:
        note = Note(view.say("no_meters"), view.say("no_meters_hint"), "empty")
        return Section(title, blocks=(note,))
    if not view.facts.days:
        return Section(title, blocks=(view.no_days(),))
    notes = (Note(view.say("one_meter"), view.say("one_meter_hint")),) if len(meters) == 1 else ()
    return Section(title, _lead(view), (_table(view), *notes))


def _table(view: SiteView) -> Table:
    usages = list(_usages(view))
    energy_scale, energy_unit = _scale([usage.kwh for usage in usages], 100_000, "kWh", "MWh")
    co2_scale, co2_unit = _scale([usage.co2_kg for usage in usages], 10_000, "kg", "t")
    columns = (
        Column(view.say("circuit"), align="left"),
        Column(view.say("energy_col"), energy_unit),
        Column(view.say("share"), "%", bar="energy"),
        Column(view.say("peak_col"), "kW"),
        Column("CO₂", co2_unit),
    )
    kwh = _cells([_divided(usage.kwh, energy_scale) for usage in usages])
    shares = [_share(usage.kwh, view.facts.kwh) for usage in usages]
    peaks = _cells([usage.peak_kw for usage in usages])
    co2 = _cells([_divided(usage.co2_kg, co2_scale) for usage in usages])
    rows = tuple(
        Row((Cell(usage.name), *cells), usage.level, strong=number == 0)
        for number, (usage, *cells) in enumerate(
            zip(usages, kwh, [Cell(percent(s), s) for s in shares], peaks, co2, strict=True)
        )
    )
    return Table(view.say("circuits"), columns, rows)


def _usages(view: SiteView) -> Iterator[_Usage]:
    """Give the site's line, the meters' and the remainder's; a single top meter is the site."""
    data, peak = view.data, view.facts.peak
    family = list(_family(data.meters))
    site = _usage(view.say("site_total"), 0, view.facts.days)
    if sum(level == 0 for _, level in family) == 1:
        site = replace(site, name=family.pop(0)[0].called(view.language))
    yield replace(site, peak_kw=peak.peak_kw if peak else site.peak_kw)
    for meter, level in family:
        yield _usage(meter.called(view.language), max(1, level), days_within(meter.days, data))
    rest = days_within(data.unmeasured_days, data)
    if rest:
        # Parents and children peak at different times: the difference has no peak of its own.
        yield replace(_usage(view.say("unmeasured"), 1, rest), peak_kw=None)


def _usage(name: str, level: int, days: Sequence[Total]) -> _Usage:
    kg = [day.co2_kg for day in days if day.co2_kg is not None]
    return _Usage(
        name,
        level,
        exact_sum(day.kwh for day in days) if days else None,
        max((day.peak_kw for day in days), default=None),
        exact_sum(kg) if kg else None,
    )


def _family(meters: Sequence[MeterData]) -> Iterator[tuple[MeterData, int]]:
    """Meters in order, each followed by its children; the level counts from 0 at the top."""
    known = {meter.id for meter in meters}
    top = [meter for meter in meters if meter.parent not in known]
    stack = [(meter, 0) for meter in reversed(top)]
    while stack:
        meter, level = stack.pop()
        yield meter, level
        children = [child for child in meters if child.parent == meter.id]
        stack += [(child, level + 1) for child in reversed(children)]


def _lead(view: SiteView) -> str:
    data, whole = view.data, view.facts.kwh
    sums = [(exact_sum(t.kwh for t in days_within(m.days, data)), m) for m in data.leaves]
    if not whole or len(sums) < 2:
        return ""
    kwh, meter = max(sums, key=lambda pair: pair[0])
    share = percent(kwh / whole)
    sentences = [view.say("circuits_lead", name=meter.called(view.language), share=share)]
    rest = exact_sum(total.kwh for total in days_within(data.unmeasured_days, data))
    if rest > 0:
        sentences.append(view.say("circuits_lead_rest", share=percent(rest / whole)))
    return view.joined(sentences)


def _scale(
    numbers: Sequence[Decimal | None], from_: int, small: str, large: str
) -> tuple[int, str]:
    largest = max((abs(number) for number in numbers if number is not None), default=Decimal())
    return (1000, large) if largest >= from_ else (1, small)


def _divided(number: Decimal | None, scale: int) -> Decimal | None:
    return None if number is None else number / scale


def _share(kwh: Decimal | None, whole: Decimal | None) -> float | None:
    return None if kwh is None or not whole else float(kwh / whole)


def _cells(numbers: Sequence[Decimal | float | None]) -> list[Cell]:
    known = [abs(float(number)) for number in numbers if number is not None]
    decimals = min(1, decimals_for(max(known, default=0.0)))
    return [
        Cell(plain(number, 4, decimals), None if number is None else float(number))
        for number in numbers
    ]
