"""What the certificate of data completeness needs: totals, arrivals, decisions and rulings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from collector.accounts.span import Span
from collector.delivery.expected import service_life
from collector.gather.account_book import pending_of
from collector.reporting.gathering.heads import head_of
from collector.reporting.gathering.stretches import stretches
from collector.reporting.kind import Request, Step
from collector.reporting.sources import Sources
from collector.reports.completeness.data import (
    ClosedSpan,
    CompletenessData,
    Correction,
    Gap,
    Imported,
    LostRange,
    MeterRecord,
    PartCounts,
    ReadingCounts,
    SlotCounts,
)
from collector.reports.completeness.digest import digest_line, digest_of
from collector.rollup.members import ELECTRICITY
from collector.rollup.periods import Window, midnight_ms
from collector.rollup.totals import SITE_METER
from collector.site_config import MeterSettings, SiteSettings
from collector.storage.schema import COMPLETENESS

BY_DAY_UP_TO = 31
"""Periods of up to so many days are told by the day, longer ones by the month."""
_FIELDS = ("kwh", "estimated_kwh", "coverage", "missing")
_MS_A_MINUTE = 60_000


@dataclass(frozen=True, slots=True)
class _Day:
    """A local day of a meter: the slots it has, and its booked total (0s where none)."""

    day: date
    slots: int
    booked: bool
    kwh: float = 0.0
    estimated_kwh: float = 0.0
    coverage: float = 0.0
    missing: float = 1.0

    @property
    def counts(self) -> SlotCounts:
        """Its slots; what is neither measured nor missing was estimated."""
        measured, missing = self.slots * self.coverage, self.slots * self.missing
        estimated = max(0.0, self.slots - measured - missing)
        return SlotCounts(float(self.slots), measured, estimated, missing)


def gather_completeness(sources: Sources, request: Request, step: Step) -> CompletenessData:
    """The certificate's data of the site and period."""
    site = sources.site(request.site)
    asked = Span(request.first, request.end, request.asked)
    span = _so_far(sources, site, asked)
    window = Window(midnight_ms(site.zone, span.first), midnight_ms(site.zone, span.end))
    meters = [meter for meter in site.meters if meter.medium == ELECTRICITY]
    days = {meter.id: _days(sources, site, meter, span) for meter in meters}
    days[SITE_METER] = _days(sources, site, MeterSettings(id="site"), span, SITE_METER)
    step("days", 0.4)
    records = _records(sources, site, days, window)
    step("readings", 0.6)
    lines = [_line(meter, day) for meter, held in days.items() for day in held if day.booked]
    return CompletenessData(
        head=head_of(sources, site),
        span=span,
        by_month=_by_month(span),
        slot_minutes=site.slot_minutes,
        records=records,
        gaps=tuple(_gaps(sources, site, meters, span)),
        corrections=tuple(_corrections(sources, site, window)),
        imports=tuple(_imports(sources, site, window)),
        closed=tuple(_closed(sources, site, span)),
        lost=tuple(_lost(sources, site)),
        digest=digest_of(lines),
        digest_lines=len(lines),
        pending=pending_of(sources, site),
        factor_snapshot=sources.library.factors.snapshot_id,
        shortened=span.end < asked.end,
    )


def _by_month(span: Span) -> bool:
    return span.length > BY_DAY_UP_TO


def _records(
    sources: Sources, site: SiteSettings, days: Mapping[str, Sequence[_Day]], window: Window
) -> tuple[MeterRecord, ...]:
    """The whole site's record, then the meters' in the order of the settings."""
    by_month = len(days[SITE_METER]) > BY_DAY_UP_TO
    whole = _parts(days[SITE_METER], by_month)
    found = [MeterRecord(SITE_METER, site.name, whole, None, site.name_en, True)]
    for meter in site.meters:
        if meter.id in days:
            parts = _parts(days[meter.id], by_month)
            readings = _readings(sources, site, meter.id, window)
            found.append(MeterRecord(meter.id, meter.name, parts, readings, meter.name_en))
    return tuple(found)


def _so_far(sources: Sources, site: SiteSettings, span: Span) -> Span:
    # What has not come to pass is not missing: an unfinished period ends with yesterday.
    now_ms = sources.clock.now_ms()
    if midnight_ms(site.zone, span.end) <= now_ms:
        return span
    whole = [day for day in span.days() if midnight_ms(site.zone, day) <= now_ms]
    end = whole[-1] if len(whole) > 1 else span.end
    return Span(span.first, end)


def _days(
    sources: Sources, site: SiteSettings, meter: MeterSettings, span: Span, name: str = ""
) -> tuple[_Day, ...]:
    """The meter's days in service, booked or not."""
    edges = midnight_ms(site.zone, span.first), midnight_ms(site.zone, span.end)
    found = sources.store.read_total_columns(site.id, name or meter.id, "1d", _FIELDS, *edges)
    columns = zip(*(found.values[field] for field in _FIELDS), strict=True)
    booked = dict(zip(found.start_ms, columns, strict=True))
    life = service_life(site, meter)
    days = []
    for day in span.days():
        start_ms, end_ms = (midnight_ms(site.zone, at) for at in (day, _next(day)))
        if life.start_ms <= start_ms < life.end_ms:
            slots = (end_ms - start_ms) // (site.slot_minutes * _MS_A_MINUTE)
            values = booked.get(start_ms)
            figures = (0.0, 0.0, 0.0, 1.0) if values is None else values
            days.append(_Day(day, slots, values is not None, *figures))
    return tuple(days)


def _next(day: date) -> date:
    return date.fromordinal(day.toordinal() + 1)


def _parts(days: Sequence[_Day], by_month: bool) -> tuple[PartCounts, ...]:
    def part_of(day: _Day) -> date:
        return day.day.replace(day=1) if by_month else day.day

    found = []
    for first, group in groupby(days, key=part_of):
        held, counts = list(group), SlotCounts()
        for day in held:
            counts = counts.plus(day.counts)
        kwh, estimated = (
            sum(getattr(day, field) for day in held) for field in ("kwh", "estimated_kwh")
        )
        found.append(PartCounts(first, counts, kwh, estimated))
    return tuple(found)


def _readings(
    sources: Sources, site: SiteSettings, meter: str, window: Window
) -> ReadingCounts | None:
    rows = sources.store.read_rows(COMPLETENESS, site.id, meter, window.start_ms, window.end_ms)
    if not rows:
        return None
    sums = [
        round(sum(float(row.fields[name]) for row in rows))
        for name in ("expected", "on_time", "late", "estimated", "gap")
    ]
    return ReadingCounts(len(rows), *sums)


def _line(meter: str, day: _Day) -> str:
    figures = (day.kwh, day.estimated_kwh, day.coverage, day.missing)
    return digest_line(meter, day.day, *figures)


def _gaps(
    sources: Sources, site: SiteSettings, meters: Sequence[MeterSettings], span: Span
) -> Iterator[Gap]:
    for meter in meters:
        life = service_life(site, meter)
        slots = sources.frames.slots(site.id, meter.id, span.first, span.end)
        for from_ms, to_ms, estimated in stretches(slots):
            first_ms, end_ms = max(from_ms, life.start_ms), min(to_ms, life.end_ms)
            if first_ms < end_ms:
                events = sources.state.events.list(site.id, meter.id, first_ms, end_ms + 1)
                kinds = tuple(dict.fromkeys(entry.event.kind for entry in events))
                yield Gap(meter.name, meter.name_en, first_ms, end_ms, estimated, kinds)


def _corrections(sources: Sources, site: SiteSettings, window: Window) -> Iterator[Correction]:
    for entry in sources.state.rulings.list(site.id):
        if window.start_ms <= entry.ruling.at_ms < window.end_ms:
            ruling = entry.ruling
            yield Correction(
                str(entry.id), entry.meter, ruling.at_ms, ruling.kind, ruling.reason,
                ruling.by, entry.made_at_ms, entry.taken_back_by,
            )  # fmt: skip
    for one in sources.state.identities.said_by_users(site.id):
        if window.start_ms <= one.from_ms < window.end_ms:
            yield Correction(
                f"m{one.id}", one.meter, one.from_ms, "replaced", one.reason, one.by, None,
                one.taken_back_by,
            )  # fmt: skip


def _imports(sources: Sources, site: SiteSettings, window: Window) -> Iterator[Imported]:
    for entry in sources.state.imports.list(site.id):
        if entry.from_ms < window.end_ms and window.start_ms < entry.to_ms:
            yield Imported(
                entry.id, entry.meter, entry.file, entry.sha256, entry.from_ms, entry.to_ms,
                entry.milli_wh / 1e6, entry.by, entry.made_at_ms, entry.taken_back_by,
            )  # fmt: skip


def _closed(sources: Sources, site: SiteSettings, span: Span) -> Iterator[ClosedSpan]:
    for one in sources.state.closed.list(site.id):
        if one.account.span.common(span) is not None:
            yield ClosedSpan(
                one.account.span, one.by, one.closed_at_ms, one.digest, one.restates, one.reason
            )


def _lost(sources: Sources, site: SiteSettings) -> Iterator[LostRange]:
    reads = sources.state.cards.agents()
    own = {agent for (held, _), agent in reads.items() if held == site.id}
    for entry in sources.state.gaps.list():
        gap = entry.gap
        if gap.agent in own:
            yield LostRange(gap.agent, gap.last - gap.first + 1, gap.reason, entry.at_ms)
