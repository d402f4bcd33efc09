"""All that is at hand while one site's totals are made, and the way to and from the store.

Meters of another medium than electricity go through the same arithmetic, a thousandth of their
unit taking the place of a milli-Wh; only here do their totals become amounts, and back.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from collector.calendars.plant_calendar import PlantCalendar
from collector.rollup.counters import CounterEvent
from collector.rollup.periods import Calendar, Window
from collector.rollup.site_calendar import calendar_of
from collector.rollup.site_tree import tree_of
from collector.rollup.totals import Period, Total
from collector.site_config import MeterSettings, SiteSettings
from collector.storage.port import ReadingStore
from collector.summarise.amounts import read_amounts, write_amounts
from collector.summarise.day_types import day_type_rows
from collector.summarise.emissions import SiteEmissions
from collector.summarise.evidence import Evidence
from collector.summarise.library import Library
from collector.summarise.prices import SitePrices
from collector.summarise.series import Counter

Parts = dict[int, Total]
"""Totals of one meter and one period, by their start (UTC ms)."""
BATCH = 10_000
"""Totals a write."""


class Desk:
    """What one site's totals need; ``faults`` and ``events`` gather lines for a person."""

    def __init__(
        self,
        store: ReadingStore,
        evidence: Evidence,
        site: str,
        settings: SiteSettings | None,
        library: Library,
    ) -> None:
        self.store, self.evidence, self.site = store, evidence, site
        self.settings = settings
        meters = settings.meters if settings else ()
        self.meters: dict[str, MeterSettings] = {meter.id: meter for meter in meters}
        self.tree = tree_of(meters)
        self.calendar = calendar_of(settings) if settings else Calendar(ZoneInfo("UTC"))
        self.plant = PlantCalendar.of(settings.calendar) if settings else None
        self.emissions = SiteEmissions(settings, library.factors) if settings else None
        self.prices = SitePrices(settings, self.calendar, library.tariffs) if settings else None
        self.faults: list[str] = []
        self.events: list[str] = []

    @property
    def slot(self) -> Period:
        """The period all others are made of."""
        return "15m" if self.calendar.slot_minutes == 15 else "30m"

    def counts_energy(self, meter: str) -> bool:
        """Whether the meter's totals are electricity."""
        settings = self.meters.get(meter)
        return settings is None or settings.medium == "electricity"

    def stored(self, meter: str, period: Period, spans: Iterable[Window]) -> Parts:
        """The totals the store holds in the spans."""
        read = self.store.read_totals
        if not self.counts_energy(meter):
            return {
                total.start_ms: total
                for span in spans
                for total in read_amounts(self.store, self.site, meter, period, span)
            }
        return {
            total.start_ms: total
            for span in spans
            for total in read(self.site, meter, period, span.start_ms, span.end_ms)
        }

    def write(self, totals: Sequence[Total]) -> None:
        """Store the totals, the amounts among them as amounts."""
        amounts = {name for name in self.meters if not self.counts_energy(name)}
        electric = [total for total in totals if total.meter not in amounts]
        for start in range(0, len(electric), BATCH):
            self.store.write_totals(electric[start : start + BATCH])
        if self.plant is not None:
            self.store.write_rows(day_type_rows(totals, self.plant, self.calendar))
        others = [total for total in totals if total.meter in amounts]
        write_amounts(self.store, others, {name: m.unit for name, m in self.meters.items()})

    def record(
        self, counter: Counter, span: Window, changed: Window, found: Sequence[CounterEvent]
    ) -> None:
        """Keep the decisions on a stretch, and a line for each that what changed has settled."""
        stretch = (span.start_ms, span.end_ms)
        meter = counter.meter
        self.evidence.events.replace(self.site, meter, counter.quantity, stretch, found)
        for event in found:
            if event.kind != "gap" and changed.start_ms <= event.settled_ms < changed.end_ms:
                at = datetime.fromtimestamp(event.at_ms / 1000, UTC).isoformat()
                line = f"site {self.site}: meter {meter}: {at} {event.kind}: {event.reason}"
                self.events.append(line)

    def all_notes(self) -> tuple[str, ...]:
        """Every line that is worth knowing and needs nobody at once."""
        return self.prices.notes if self.prices else ()

    def all_faults(self) -> list[str]:
        """Every line for a person."""
        emissions = self.emissions.faults if self.emissions else ()
        prices = self.prices.faults if self.prices else ()
        return [*self.faults, *emissions, *prices]
