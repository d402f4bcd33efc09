"""What the certificate of data completeness says, before anyone words it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from collector.accounts.span import Span
from collector.reports.report import Language
from collector.reports.site_head import SiteHead
from collector.rollup.curve import EventKind


@dataclass(frozen=True, slots=True)
class SlotCounts:
    """Time in slots: expected, and of them measured, estimated and missing (they add up)."""

    expected: float = 0.0
    measured: float = 0.0
    estimated: float = 0.0
    missing: float = 0.0

    @property
    def coverage(self) -> float | None:
        """The measured share, 0 to 1; None where nothing was expected."""
        return self.measured / self.expected if self.expected else None

    def plus(self, other: SlotCounts) -> SlotCounts:
        """Both together."""
        return SlotCounts(
            self.expected + other.expected,
            self.measured + other.measured,
            self.estimated + other.estimated,
            self.missing + other.missing,
        )


@dataclass(frozen=True, slots=True)
class ReadingCounts:
    """Readings of ``days`` days: expected, on time, late, with an estimated instant, not come."""

    days: int
    expected: int
    on_time: int
    late: int
    estimated: int
    gap: int


@dataclass(frozen=True, slots=True)
class PartCounts:
    """A month (or, in short periods, a day) of a meter: its first day, its slots and energy."""

    first: date
    slots: SlotCounts
    kwh: float
    estimated_kwh: float


@dataclass(frozen=True, slots=True)
class MeterRecord:
    """A meter, or the whole site (``whole``), over the period, by parts in order of time.

    ``readings`` is None where the collector has seen no arrivals: a meter fed from files, or days
    before it was there.
    """

    id: str
    name: str
    parts: tuple[PartCounts, ...]
    readings: ReadingCounts | None = None
    name_en: str = ""
    whole: bool = False

    def called(self, language: Language) -> str:
        """The name in the language, else the one there is."""
        return (self.name_en if language == "en" else "") or self.name or self.id

    @property
    def slots(self) -> SlotCounts:
        """The slots of all parts."""
        found = SlotCounts()
        for part in self.parts:
            found = found.plus(part.slots)
        return found

    @property
    def kwh(self) -> float:
        """The energy of all parts."""
        return sum(part.kwh for part in self.parts)

    @property
    def estimated_kwh(self) -> float:
        """What of it was bridged over gaps."""
        return sum(part.estimated_kwh for part in self.parts)


@dataclass(frozen=True, slots=True)
class Gap:
    """A stretch (UTC ms, end excluded) that was not measured, with the decisions on it."""

    meter: str
    meter_en: str
    from_ms: int
    to_ms: int
    estimated: bool
    reasons: tuple[EventKind, ...] = ()

    def called(self, language: Language) -> str:
        """The meter's name in the language."""
        return (self.meter_en if language == "en" else "") or self.meter


@dataclass(frozen=True, slots=True)
class Correction:
    """What a person ruled on a counter, and whether it was taken back (by whom, when)."""

    id: str
    meter: str
    at_ms: int
    kind: str
    reason: str
    by: str
    made_at_ms: int | None
    taken_back_by: str = ""


@dataclass(frozen=True, slots=True)
class Imported:
    """A file that was taken in as readings, by whom, and whether it was taken back."""

    id: int
    meter: str
    file: str
    sha256: str
    from_ms: int
    to_ms: int
    kwh: float
    by: str
    made_at_ms: int
    taken_back_by: str = ""


@dataclass(frozen=True, slots=True)
class ClosedSpan:
    """A period that somebody closed or restated: its digest is that of the closed account."""

    span: Span
    by: str
    at_ms: int
    digest: str
    restates: int | None
    reason: str


@dataclass(frozen=True, slots=True)
class LostRange:
    """Readings that an agent took and will never send: how many, and why."""

    agent: str
    readings: int
    reason: str
    told_at_ms: int


@dataclass(frozen=True, slots=True)
class CompletenessData:
    """A site's period. ``records`` has the whole site first, then its meters.

    ``by_month`` says that parts are months, else days. ``digest`` is the SHA-256 of
    ``digest_lines`` joined by line feeds (see ``digest``). ``pending`` stretches wait to be
    summed anew; ``factor_snapshot`` names the set of emission factors. ``shortened`` says that a
    period that is not over was cut.
    """

    head: SiteHead
    span: Span
    by_month: bool
    slot_minutes: int
    records: tuple[MeterRecord, ...]
    gaps: tuple[Gap, ...] = ()
    corrections: tuple[Correction, ...] = ()
    imports: tuple[Imported, ...] = ()
    closed: tuple[ClosedSpan, ...] = ()
    lost: tuple[LostRange, ...] = ()
    digest: str = ""
    digest_lines: int = 0
    pending: int = 0
    factor_snapshot: str = ""
    shortened: bool = False

    @property
    def site(self) -> MeterRecord:
        """The whole site."""
        return self.records[0]
