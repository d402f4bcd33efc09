"""Data quality of the site overview: coverage, estimates, gaps and the readings' way."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from math import fsum

from collector.reports.numbers import ABSENT, percent, plain
from collector.reports.report import (
    Block,
    Cell,
    Column,
    Note,
    NoteKind,
    Quality,
    Row,
    Section,
    Table,
)
from collector.reports.site_data import DeliveryCounts, MeterData, Remark
from collector.reports.site_facts import SLOT_H, slot_quality, slots_within
from collector.reports.site_view import SiteView
from collector.rollup.periods import SLOT_MS
from collector.rollup.totals import Total

MOST_GAPS = 8
"""Stretches that are listed; the others are counted."""
MOST_NAMES = 3
"""Meters that are named beside a stretch; more are counted."""


@dataclass(frozen=True, slots=True)
class _Gap:
    """A stretch in which the named meters were not measured (UTC ms, end excluded)."""

    names: str
    from_ms: int
    to_ms: int
    quality: Quality


def quality(view: SiteView) -> Section:
    """Coverage per meter, the stretches missing or estimated, and what became of the readings."""
    title = view.say("quality")
    blocks: list[Block] = [_coverage_table(view)]
    gaps = _gaps(view)
    if gaps:
        blocks.append(_gap_table(view, gaps))
    if len(gaps) > MOST_GAPS:
        blocks.append(Note(view.say("more_gaps", n=len(gaps) - MOST_GAPS)))
    if view.data.delivery:
        blocks += _delivery(view, view.data.delivery)
    return Section(title, _lead(view, gaps), tuple(blocks))


def _lead(view: SiteView, gaps: Sequence[_Gap]) -> str:
    facts = view.facts
    if facts.slots and not gaps and not facts.estimated_kwh:
        return view.say("quality_good")
    coverage = percent(measured_share(view))
    estimated = plain(facts.estimated_kwh, 4, 1)
    return view.say("quality_lead", coverage=coverage, estimated=estimated)


def measured_share(view: SiteView) -> float | None:
    """How much of the period's time the site's own total was measured, 0 to 1."""
    return _coverage(view.facts.slots, len(view.facts.expected_slots))


def _coverage(slots: Sequence[Total], expected: int) -> float | None:
    return min(1.0, fsum(slot.coverage for slot in slots) / expected) if expected else None


def _coverage_table(view: SiteView) -> Table:
    counted = any(meter.readings is not None for meter in view.data.meters)
    columns = [
        Column(view.say("meter"), align="left"),
        Column(view.say("coverage"), "%", bar="energy"),
        Column(view.say("estimated_col"), "kWh"),
        Column(view.say("missing_col"), view.say("slots_unit")),
    ]
    if counted:
        columns.append(Column(view.say("readings"), view.say("readings_unit")))
    rows = [_coverage_row(view, view.say("site_total"), view.facts.slots)]
    rows += [_meter_row(view, meter) for meter in view.data.meters]
    if not counted:
        return Table(view.say("coverage"), tuple(columns), tuple(rows))
    stored = [None, *(meter.readings for meter in view.data.meters)]
    if view.data.delivery:
        stored[0] = view.data.delivery.readings_stored
    rows = [
        Row((*row.cells, _count(number)), row.level, row.strong)
        for row, number in zip(rows, stored, strict=True)
    ]
    return Table(view.say("coverage"), tuple(columns), tuple(rows))


def _meter_row(view: SiteView, meter: MeterData) -> Row:
    slots = slots_within(meter.slots, view.data)
    return _coverage_row(view, meter.called(view.language), slots, strong=False)


def _coverage_row(view: SiteView, name: str, slots: Sequence[Total], strong: bool = True) -> Row:
    expected = len(view.facts.expected_slots)
    share = _coverage(slots, expected)
    estimated = fsum(slot.estimated_kwh for slot in slots)
    cells = (
        Cell(name),
        Cell(percent(share), share),
        Cell(plain(estimated, 4, 1 if estimated else 0), estimated),
        _count(max(0, expected - len(slots))),
    )
    return Row(cells, strong=strong)


def _count(number: int | None) -> Cell:
    return Cell(ABSENT if number is None else f"{number:,}", number)


def _gaps(view: SiteView) -> list[_Gap]:
    """Give every stretch once, with the meters it holds for, the longest first."""
    meters = view.data.meters or (
        MeterData("", view.data.called(view.language), slots=view.facts.slots),
    )
    found: dict[tuple[int, int, Quality], list[str]] = defaultdict(list)
    for meter in meters:
        for stretch in _stretches(view, meter):
            found[stretch].append(meter.called(view.language))
    gaps = [_Gap(_named(view, names, len(meters)), *key) for key, names in found.items()]
    return sorted(gaps, key=lambda gap: (gap.from_ms - gap.to_ms, gap.from_ms))


def _named(view: SiteView, names: Sequence[str], all_count: int) -> str:
    if len(names) == all_count > 1:
        return view.say("all_meters")
    if len(names) > MOST_NAMES:
        return view.say("some_meters", n=len(names))
    return ("、" if view.language == "ja" else ", ").join(names)


def _stretches(view: SiteView, meter: MeterData) -> Iterator[tuple[int, int, Quality]]:
    booked = {slot.start_ms: slot for slot in slots_within(meter.slots, view.data)}
    expected = view.facts.expected_slots
    for kind, run in groupby(expected, key=lambda at_ms: slot_quality(booked.get(at_ms))):
        stretch = list(run)
        if kind != "measured":
            yield stretch[0], stretch[-1] + SLOT_MS, kind


def _gap_table(view: SiteView, gaps: Sequence[_Gap]) -> Table:
    columns = (
        Column(view.say("meter"), align="left"),
        Column(view.say("when"), align="left"),
        Column(view.say("length"), view.say("hours_unit")),
        Column(view.say("treated"), align="left"),
    )
    rows = tuple(_gap_row(view, gap) for gap in gaps[:MOST_GAPS])
    return Table(view.say("gaps"), columns, rows)


def _gap_row(view: SiteView, gap: _Gap) -> Row:
    hours = (gap.to_ms - gap.from_ms) / SLOT_MS * SLOT_H
    return Row(
        (
            Cell(gap.names),
            Cell(view.dates.stretch(gap.from_ms, gap.to_ms)),
            Cell(plain(hours, 4, 1), hours),
            Cell(view.say(f"gap_{gap.quality}")),
        )
    )


def _delivery(view: SiteView, delivery: DeliveryCounts) -> Iterator[Note]:
    parts = [view.say("stored", n=f"{delivery.readings_stored:,}")]
    if delivery.readings_lost is not None:
        parts.append(view.say("lost", n=f"{delivery.readings_lost:,}"))
    if delivery.readings_duplicated is not None:
        parts.append(view.say("duplicated", n=f"{delivery.readings_duplicated:,}"))
    kind: NoteKind = "warning" if delivery.readings_lost else "plain"
    yield Note(("、" if view.language == "ja" else ", ").join(parts), kind=kind)
    for event in delivery.events:
        yield Note(_event(view, event))


def _event(view: SiteView, event: Remark) -> str:
    said = event.said(view.language)
    if event.at_ms is None:
        return said
    when = view.dates.moment(event.at_ms)
    return f"{when}: {said}"
