"""A counter's samples in and around a stretch, and the curve they make."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from operator import eq

from collector.imports.holes import with_holes
from collector.rollup.counters import (
    BEGIN_SAMPLES,
    REACH_MS,
    REACH_SAMPLES,
    EnergyCurve,
    energy_curve,
)
from collector.rollup.periods import SLOT_MS, Window
from collector.site_config import MeterSettings
from collector.storage.port import ReadingStore, Sample
from collector.summarise.evidence import IMPORT, Evidence

POWER = "active_power_w"
__all__ = ["IMPORT", "POWER", "Counter", "Series", "curve_of"]

STILL_BACK_MS = 4 * 86_400_000
"""So far back the beginning of a standstill is looked for, and ahead its end: a long weekend."""
STILL_SAMPLES = 3
"""So many equal values in a row, and the meter's power is asked whether the counter froze."""


@dataclass(frozen=True, slots=True)
class Counter:
    """One counter of one meter, and what a count of it stands for (Wh, or milli-units)."""

    site: str
    meter: str
    quantity: str
    unit_per_count: float = 1.0


class Series:
    """The counter's samples in and around what changed, read in one go and seldom extended."""

    def __init__(
        self, store: ReadingStore, counter: Counter, changed: Window, interval_ms: int
    ) -> None:
        # What may differ, the rest of its slot, and what tells how its first sample is judged.
        reach_ms = max(REACH_SAMPLES * interval_ms, REACH_MS) + 2 * interval_ms
        pad_ms = reach_ms + SLOT_MS + REACH_MS + REACH_SAMPLES * interval_ms
        self.counter = counter
        self._store, self._key = store, (counter.site, counter.meter, counter.quantity)
        self._scale, self._until_ms = counter.unit_per_count, changed.end_ms
        self._from_ms, self._to_ms = changed.start_ms - pad_ms, changed.end_ms + pad_ms
        found = store.read_series(*self._key, self._from_ms, self._to_ms)
        self.samples: list[Sample] = self._scaled(found)
        self._begins = self._ends = False

    def _scaled(self, samples: Sequence[Sample]) -> list[Sample]:
        if self._scale == 1.0:
            return list(samples)
        return [(at_ms, value * self._scale) for at_ms, value in samples]

    def reach(self, changed: Window) -> Window | None:
        """The stretch whose energy may differ: up to the samples whose judgement may change."""
        low = self.before(changed.start_ms, REACH_SAMPLES)
        high = self.after(changed.end_ms, REACH_SAMPLES)
        if not self.samples:
            return None
        low = self.before(min(low, changed.start_ms - REACH_MS), 1)
        high = self.after(max(high, changed.end_ms + REACH_MS), 1)
        return Window(low, high + 1)

    def around(self, stretch: Window) -> None:
        """Read as far around the stretch as decides how its samples are judged."""
        self._until_ms = stretch.end_ms
        self.before(stretch.start_ms - REACH_MS, REACH_SAMPLES)
        self.after(stretch.end_ms + REACH_MS, REACH_SAMPLES)

    def before(self, at_ms: int, count: int) -> int:
        """Instant of the count-th sample before the instant, or of the first of all."""
        while not self._begins and self._position(at_ms) < count:
            earlier = self._store.last_before(*self._key, self._from_ms)
            self._begins = earlier is None
            if earlier is not None:
                self.samples[:0] = self._scaled([earlier])
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
                self.samples += self._scaled([later])
                self._to_ms = later[0] + 1
        if not self.samples:
            return at_ms
        return self.samples[min(self._position(at_ms) + count, len(self.samples)) - 1][0]

    def curve(self, evidence: Evidence, meter: MeterSettings | None) -> EnergyCurve:
        """The curve of the samples read, by all that is known of the counter.

        Where an electricity meter's import stands still, its power is asked as well. Where the
        samples begin or end while it stands still, its beginning or end is looked for.
        """
        site, name, quantity = self._key
        still = self._stands_still()
        powered = quantity == IMPORT and still
        if still:
            self._to_where_it_moves()
        if powered:
            self._to_where_it_moved()
        curve = self._judged(evidence, meter, powered)
        if curve.begins_frozen and not powered:
            self._to_where_it_moved()
            curve = self._judged(evidence, meter, powered)
        return with_holes(curve, evidence.imports.holes(site, name, quantity))

    def _judged(
        self, evidence: Evidence, meter: MeterSettings | None, powered: bool
    ) -> EnergyCurve:
        site, name, quantity = self._key
        facts = evidence.facts(site, name, meter, quantity, self.samples)
        power: Sequence[Sample] = ()
        if powered:
            first_ms, last_ms = self.samples[0][0], self.samples[-1][0]
            power = self._store.read_series(site, name, POWER, first_ms, last_ms + 1)
        return energy_curve(self.samples, facts, evidence.gap_limit_ms(site, name), power=power)

    def _to_where_it_moved(self) -> None:
        back_ms, limit_ms = STILL_BACK_MS // 16, self._from_ms - STILL_BACK_MS
        while not self._begins and self._from_ms > limit_ms and self._begins_still():
            from_ms = max(self._from_ms - back_ms, limit_ms)
            earlier = self._store.read_series(*self._key, from_ms, self._from_ms)
            self.samples[:0] = self._scaled(earlier)
            self._from_ms, back_ms = from_ms, back_ms * 2
        self.before(self.samples[0][0], 1)

    def _to_where_it_moves(self) -> None:
        ahead_ms, limit_ms = STILL_BACK_MS // 16, self._to_ms + STILL_BACK_MS
        while not self._ends and self._to_ms < limit_ms and self._ends_still():
            to_ms = min(self._to_ms + ahead_ms, limit_ms)
            later = self._store.read_series(*self._key, self._to_ms, to_ms)
            self.samples += self._scaled(later)
            self._to_ms, ahead_ms = to_ms, ahead_ms * 2
            self._ends = not later and self._store.first_from(*self._key, to_ms) is None
        self.after(self.samples[-1][0] + 1, REACH_SAMPLES)

    def _ends_still(self) -> bool:
        # Whether all from the end of the stretch asked for on may be one standstill.
        begin = max(self._position(self._until_ms) - 1, 0)
        values = [value for _, value in self.samples]
        return not {*values[begin : begin + BEGIN_SAMPLES]}.isdisjoint(values[-BEGIN_SAMPLES:])

    def _begins_still(self) -> bool:
        # Also behind a few false values, with which a standstill may be strewn.
        values = [value for _, value in self.samples[: BEGIN_SAMPLES + STILL_SAMPLES - 1]]
        still = any(map(eq, values, islice(values, STILL_SAMPLES - 1, None)))
        return still or len(set(values[:2])) < len(values[:2])

    def _stands_still(self) -> bool:
        values = [value for _, value in self.samples]
        return any(map(eq, values, islice(values, STILL_SAMPLES - 1, None)))

    def _position(self, at_ms: int) -> int:
        return bisect_left(self.samples, (at_ms,))


def curve_of(
    store: ReadingStore,
    evidence: Evidence,
    site: str,
    meter: MeterSettings,
    window: Window,
    quantity: str = "",
) -> EnergyCurve:
    """The curve of a meter's counter over a stretch (UTC ms), judged as the totals were.

    ``quantity`` is the meter's own counter unless another is named. A meter without samples has
    a curve without any. Raises what the store raises.
    """
    counter = Counter(site, meter.id, quantity or meter.quantity, meter.unit_per_count)
    series = Series(store, counter, window, evidence.interval_ms(site, meter.id))
    series.around(window)
    return series.curve(evidence, meter)
