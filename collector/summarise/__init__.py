"""The station that turns raw readings into totals, and brings totals up to date.

Stands between the store's raw readings and its totals. What changed comes as dirty windows. For
each, the slots around it are computed again from the raw counter; then the days they lie in from
their slots, the months from their days, the fiscal years from their months; for every meter, for
the site and for what is unmeasured. A total is only ever replaced by the same total made from all
that is known, so running twice, late data and new factors need no path of their own.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import groupby, pairwise
from typing import Protocol
from zoneinfo import ZoneInfo

from collector.clock import Clock
from collector.factors.lookup import FactorLibrary
from collector.rollup.counters import (
    GAP_LIMIT_MS,
    REACH_MS,
    REACH_SAMPLES,
    CounterEvent,
    CounterFacts,
    energy_curve,
)
from collector.rollup.emissions import SiteEmissions
from collector.rollup.energy import PeriodEnergy, slot_energies
from collector.rollup.periods import SLOT_MS, Calendar, Window, joined
from collector.rollup.sums import (
    Family,
    energy_of,
    site_slot,
    sum_of,
    to_total,
    unmeasured_slot,
)
from collector.rollup.totals import SITE_METER, UNMEASURED_METER, Period, Total
from collector.site_config import MeterSettings, SiteSettings
from collector.state.dirty import DirtyWindow
from collector.storage.port import ReadingStore, Sample
from edge_agent.contract.wire import MeterCard

ENERGY = "active_energy_import_wh"
GAP_POLLS = 3
"""Three polls missed are a gap, when that is longer than the usual limit."""
UNKNOWN_INTERVAL_MS = 300_000
"""Poll interval taken for a meter whose card has not come yet."""
BATCH = 10_000
"""Totals a write."""
LEVELS: tuple[tuple[Period, Period], ...] = (("1d", "30m"), ("1mo", "1d"), ("1fy", "1mo"))
"""Each longer period with the period it is the sum of."""

Parts = dict[int, Total]
"""Totals of one meter and one period, by their start (UTC ms)."""


class DirtyList(Protocol):
    """The windows to recompute; ``collector.state.dirty.DirtyWindows`` is the durable one."""

    def pending(self) -> Sequence[DirtyWindow]:
        """Every window still to recompute."""
        ...

    def clear(self, windows: Sequence[DirtyWindow]) -> None:
        """Strike off windows that were recomputed."""
        ...


class Cards(Protocol):
    """What is known of the meters; ``collector.state.cards.MeterCards`` is the durable one."""

    def card(self, site: str, meter: str) -> MeterCard | None:
        """What is known of the meter, None when nothing is."""
        ...


@dataclass(frozen=True, slots=True)
class SummariseReport:
    """What one run did: windows recomputed and totals written, and when it ended (UTC ms).

    ``faults`` has one line for each thing a person should mend, ``events`` one for each reset,
    rollover, glitch or impossible step of a counter that what changed has brought to light.
    """

    windows: int
    totals_written: int
    faults: tuple[str, ...] = ()
    events: tuple[str, ...] = ()
    at_ms: int = 0


def run_once(
    store: ReadingStore,
    dirty: DirtyList,
    cards: Cards,
    sites: Sequence[SiteSettings],
    factors: FactorLibrary,
    clock: Clock,
) -> SummariseReport:
    """Bring every total up to date that a pending window touches; site after site.

    A site's windows are cleared only after the store has returned from writing its totals, so a
    run that breaks off is done again. Raises what the store raises: ``RetryLaterError`` when it is
    away, ``StopError`` when a person must act.
    """
    settings = {site.id: site for site in sites}
    windows = sorted(dirty.pending(), key=lambda window: (window.site, window.meter))
    written, faults, events = 0, list[str](), list[str]()
    for site_id, of_site in groupby(windows, key=lambda window: window.site):
        desk = _Desk(store, cards, site_id, settings.get(site_id), factors)
        held = list(of_site)
        totals = _site_totals(desk, held)
        for start in range(0, len(totals), BATCH):
            store.write_totals(totals[start : start + BATCH])
        dirty.clear(held)
        written += len(totals)
        faults += desk.all_faults()
        events += desk.events
    return SummariseReport(len(windows), written, tuple(faults), tuple(events), clock.now_ms())


class _Desk:
    """All that is at hand while one site's totals are made."""

    def __init__(
        self,
        store: ReadingStore,
        cards: Cards,
        site: str,
        settings: SiteSettings | None,
        factors: FactorLibrary,
    ) -> None:
        self.store, self.cards, self.site = store, cards, site
        self.known = settings is not None
        self.meters: dict[str, MeterSettings] = (
            {meter.id: meter for meter in settings.meters} if settings else {}
        )
        self.family = Family({meter.id: meter.parent for meter in self.meters.values()})
        self.calendar = (
            Calendar(settings.zone, settings.fiscal_year_starts)
            if settings
            else Calendar(ZoneInfo("UTC"))
        )
        self.emissions = SiteEmissions(settings, factors) if settings else None
        self.faults: list[str] = []
        self.events: list[str] = []

    def total(self, meter: str, period: Period, energy: PeriodEnergy) -> Total:
        """The total of a slot or anything else that lies within one local day."""
        emission = None
        if self.emissions is not None:
            emission = self.emissions.of(energy.milli_wh, self.calendar.date_of(energy.start_ms))
        return to_total(self.site, meter, period, energy, emission)

    def stored(self, meter: str, period: Period, spans: Iterable[Window]) -> Parts:
        """The totals the store holds in the spans."""
        return {
            total.start_ms: total
            for span in spans
            for total in self.store.read_totals(
                self.site, meter, period, span.start_ms, span.end_ms
            )
        }

    def note_events(self, meter: str, events: Iterable[CounterEvent], changed: Window) -> None:
        """Keep the events that what changed has settled, as lines."""
        for event in events:
            if changed.start_ms <= event.settled_ms < changed.end_ms:
                at = datetime.fromtimestamp(event.at_ms / 1000, UTC).isoformat()
                line = f"site {self.site}: meter {meter}: {at} {event.kind}: {event.reason}"
                self.events.append(line)

    def all_faults(self) -> list[str]:
        """Every line for a person."""
        return [*self.faults, *(self.emissions.faults if self.emissions else ())]


def _site_totals(desk: _Desk, windows: Sequence[DirtyWindow]) -> list[Total]:
    _check_known(desk, windows)
    recomputed: dict[str, _Recomputed] = {}
    for window in windows:
        found = recomputed.setdefault(window.meter, _Recomputed())
        _recompute(desk, window.meter, Window(window.from_ms, window.to_ms), found)
    slots = _Slots(desk, recomputed)
    fresh = {meter: slots.fresh(meter) for meter in recomputed}
    if desk.known and desk.meters:
        fresh |= slots.fresh_sums(fresh)
    totals = [total for parts in fresh.values() for total in parts.values()]
    for period, part_period in LEVELS if desk.known else ():
        fresh = _roll_up(desk, period, part_period, fresh)
        totals += [total for parts in fresh.values() for total in parts.values()]
    return totals


def _check_known(desk: _Desk, windows: Iterable[DirtyWindow]) -> None:
    if not desk.known:
        desk.faults.append(
            f"site {desk.site}: not in the configuration, so its calendar is not known: only the"
            " energy of its slots is kept, without CO2"
            " (add it as [[sites]], then run: collector summarise --from DAY)"
        )
        return
    for meter in sorted({window.meter for window in windows} - desk.meters.keys()):
        desk.faults.append(
            f"site {desk.site}: meter {meter} is not in the configuration: it is summed, but is no"
            f' part of the site\'s total (add it as [[sites.meters]] with id = "{meter}")'
        )


@dataclass(slots=True)
class _Recomputed:
    """Slots of one meter that were computed anew, and their energy where it is known.

    ``cut`` is the start of the slot in the midst of which the raw series begins, if it does.
    """

    slots: dict[int, Window] = field(default_factory=dict)
    energies: dict[int, PeriodEnergy] = field(default_factory=dict)
    cut: int | None = None


def _recompute(desk: _Desk, meter: str, changed: Window, found: _Recomputed) -> None:
    card = desk.cards.card(desk.site, meter)
    interval_ms = round(card.interval_s * 1000) if card else UNKNOWN_INTERVAL_MS
    series = _Series(desk.store, desk.site, meter, changed, interval_ms)
    reach = series.reach(changed)
    if reach is None:
        return
    edges = desk.calendar.slot_edges(reach)
    series.before(edges[0] - REACH_MS, REACH_SAMPLES)
    series.after(edges[-1] + REACH_MS, REACH_SAMPLES)
    gap_limit_ms = max(GAP_LIMIT_MS, GAP_POLLS * interval_ms)
    curve = energy_curve(series.samples, _facts(card, desk.meters.get(meter)), gap_limit_ms)
    desk.note_events(meter, curve.events, changed)
    if edges[0] < series.samples[0][0]:
        found.cut = edges[0]
    for start_ms, end_ms in pairwise(edges):
        found.slots[start_ms] = Window(start_ms, end_ms)
    found.energies |= {slot.start_ms: slot for slot in slot_energies(curve, edges)}


def _facts(card: MeterCard | None, meter: MeterSettings | None) -> CounterFacts:
    rated_kw = meter.rated_power_kw if meter else None
    return CounterFacts(
        step_wh=card.step_wh if card else 0.0,
        modulus_wh=card.modulus_wh if card else None,
        rated_power_w=None if rated_kw is None else rated_kw * 1000,
    )


class _Series:
    """The counter's samples in and around what changed, read in one go and seldom extended."""

    def __init__(
        self, store: ReadingStore, site: str, meter: str, changed: Window, interval_ms: int
    ) -> None:
        # What may differ, the rest of its slot, and what tells how its first sample is judged.
        reach_ms = max(REACH_SAMPLES * interval_ms, REACH_MS) + 2 * interval_ms
        pad_ms = reach_ms + SLOT_MS + REACH_MS + REACH_SAMPLES * interval_ms
        self._store, self._key = store, (site, meter, ENERGY)
        self._from_ms, self._to_ms = changed.start_ms - pad_ms, changed.end_ms + pad_ms
        self.samples: list[Sample] = list(store.read_series(*self._key, self._from_ms, self._to_ms))
        self._begins = self._ends = False

    def reach(self, changed: Window) -> Window | None:
        """The stretch whose energy may differ: up to the samples whose judgement may change."""
        low = self.before(changed.start_ms, REACH_SAMPLES)
        high = self.after(changed.end_ms, REACH_SAMPLES)
        if not self.samples:
            return None
        low = self.before(min(low, changed.start_ms - REACH_MS), 1)
        high = self.after(max(high, changed.end_ms + REACH_MS), 1)
        return Window(low, high + 1)

    def before(self, at_ms: int, count: int) -> int:
        """Instant of the count-th sample before the instant, or of the first of all."""
        while not self._begins and self._position(at_ms) < count:
            earlier = self._store.last_before(*self._key, self._from_ms)
            self._begins = earlier is None
            if earlier is not None:
                self.samples.insert(0, earlier)
                self._from_ms = earlier[0]
        if not self.samples:
            return at_ms
        return self.samples[max(self._position(at_ms) - count, 0)][0]

    def after(self, at_ms: int, count: int) -> int:
        """Instant of the count-th sample from the instant on, or of the last of all."""
        while not self._ends and len(self.samples) - self._position(at_ms) < count:
            later = self._store.first_from(*self._key, self._to_ms)
            self._ends = later is None
            if later is not None:
                self.samples.append(later)
                self._to_ms = later[0] + 1
        if not self.samples:
            return at_ms
        return self.samples[min(self._position(at_ms) + count, len(self.samples)) - 1][0]

    def _position(self, at_ms: int) -> int:
        return bisect_left(self.samples, (at_ms,))


class _Slots:
    """The slots of the days touched: computed anew where they changed, stored elsewhere."""

    def __init__(self, desk: _Desk, recomputed: Mapping[str, _Recomputed]) -> None:
        self._desk = desk
        self._recomputed = recomputed
        self._changed = {
            start_ms: slot
            for found in recomputed.values()
            for start_ms, slot in found.slots.items()
        }
        self._spans = joined(self._changed.values())

    def fresh(self, meter: str) -> Parts:
        """The meter's slots to write.

        A slot that was stored and of which nothing is known any more is written as nothing with
        a coverage of 0, because a stored total can be replaced but not taken away. One that was
        stored with more than its raw readings still tell (the store keeps them for a time only)
        stays as it is.
        """
        found = self._recomputed[meter]
        energies = dict(found.energies)
        gone = found.slots.keys() - energies.keys()
        stored = self._stored(meter) if gone or found.cut is not None else {}
        for start_ms in gone & stored.keys():
            slot = found.slots[start_ms]
            energies[start_ms] = PeriodEnergy(slot.start_ms, slot.end_ms, 0, 0, 0, 0.0)
        cut = found.cut
        if cut in energies and cut in stored and stored[cut].coverage > energies[cut].coverage:
            del energies[cut]
        return {
            start_ms: self._desk.total(meter, "30m", energy)
            for start_ms, energy in sorted(energies.items())
        }

    def fresh_sums(self, fresh: Mapping[str, Parts]) -> dict[str, Parts]:
        """The slots of the site and of what is unmeasured, wherever a meter's slot changed."""
        slots = {
            meter: {
                start_ms: energy_of(total, self._changed[start_ms].end_ms)
                for start_ms, total in (self._stored(meter) | fresh.get(meter, {})).items()
                if start_ms in self._changed
            }
            for meter in self._desk.meters
        }
        sums: dict[str, Parts] = {SITE_METER: {}, UNMEASURED_METER: {}}
        for start_ms, slot in sorted(self._changed.items()):
            for meter, add in ((SITE_METER, site_slot), (UNMEASURED_METER, unmeasured_slot)):
                energy = add(slots, self._desk.family, slot)
                if energy is not None:
                    sums[meter][start_ms] = self._desk.total(meter, "30m", energy)
        return sums

    def _stored(self, meter: str) -> Parts:
        return self._desk.stored(meter, "30m", self._spans)


def _roll_up(
    desk: _Desk, period: Period, part_period: Period, fresh: Mapping[str, Parts]
) -> dict[str, Parts]:
    # The periods that the fresh parts lie in, each from all its parts: fresh, else stored.
    sums: dict[str, Parts] = {}
    for meter, parts in fresh.items():
        windows = sorted({desk.calendar.window(period, start_ms) for start_ms in parts})
        known = desk.stored(meter, part_period, joined(windows)) | parts
        sums[meter] = {}
        for window in windows:
            pieces = desk.calendar.pieces(part_period, window)
            total = sum_of(known, pieces, period, window)
            if total is not None:
                sums[meter][window.start_ms] = total
    return sums
