"""Station: arrivals and stored readings -> completeness of each meter's local days.

The figures of a day stand at its start. They are made again while the day lasts and whenever
readings land in it, for seven days back.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise

from collector.clock import Clock
from collector.delivery.completeness import (
    completeness,
    days_due,
    expected_readings,
    longest_gap_s,
    within,
)
from collector.delivery.counted import Counted, Member, encode, together, with_own
from collector.delivery.expected import FOR_EVER_MS, service_life
from collector.rollup.periods import Calendar, Window, midnight_ms
from collector.rollup.site_calendar import calendar_of
from collector.site_config import SiteSettings
from collector.state.arrivals import QUARTER_MS, Arrivals, MeterSign, Touched, on_time_limit_ms
from collector.storage.port import ReadingStore, Row
from collector.storage.schema import COMPLETENESS, COMPLETENESS_PARTS

DAYS_BACK = 7
HOUR_MS = 3_600_000
ENERGY, POWER = "active_energy_import_wh", "active_power_w"
FORGET_AFTER_MS = (DAYS_BACK + 2) * 24 * 3_600_000


@dataclass(frozen=True, slots=True)
class DaysReport:
    """How many meters were looked at, and how many of their days were written."""

    meters: int
    days: int


@dataclass(frozen=True, slots=True)
class _Subject:
    """A meter whose days are counted, up to ``end_ms``: all that is on time has come by now."""

    site: SiteSettings
    meter: str
    quantity: str
    life: Window
    sign: MeterSign
    interval_s: float
    end_ms: int
    touched: tuple[Touched, ...]

    @property
    def key(self) -> tuple[str, str]:
        """Site and meter."""
        return self.site.id, self.meter


def run_once(
    store: ReadingStore,
    arrivals: Arrivals,
    sites: Sequence[SiteSettings],
    clock: Clock,
    member: Member,
) -> DaysReport:
    """Bring the completeness of the last seven days up to date, for each meter with an interval.

    What this collector (``member``) has counted is joined with what others have noted. Raises
    what the store raises; what was not written is made again by the next run.
    """
    now_ms = clock.now_ms()
    arrivals.expect((), now_ms)
    meters = days = 0
    for subject in _subjects(arrivals, sites, now_ms):
        rows = [row for pair in _rows(store, arrivals, subject, now_ms, member) for row in pair]
        store.write_rows(rows)
        done = [t for t in subject.touched if t.quarter_ms < subject.end_ms]
        arrivals.settle(subject.site.id, subject.meter, done, subject.end_ms)
        meters, days = meters + 1, days + len(rows) // 2
    arrivals.forget(now_ms - FORGET_AFTER_MS)
    return DaysReport(meters, days)


def _subjects(arrivals: Arrivals, sites: Sequence[SiteSettings], now_ms: int) -> Iterator[_Subject]:
    by_id = {site.id: site for site in sites}
    touched: dict[tuple[str, str], list[Touched]] = {}
    for quarter in arrivals.touched():
        touched.setdefault((quarter.site, quarter.meter), []).append(quarter)
    for sign in arrivals.signs():
        found = _counted(by_id.get(sign.site), sign)
        if found is None or sign.interval_s is None or sign.by_file:
            continue
        end_ms = now_ms - on_time_limit_ms(sign.interval_s)
        end_ms -= end_ms % QUARTER_MS
        of_meter = tuple(touched.get((sign.site, sign.meter), ()))
        yield _Subject(*found, sign, sign.interval_s, end_ms, of_meter)


def _counted(
    site: SiteSettings | None, sign: MeterSign
) -> tuple[SiteSettings, str, str, Window] | None:
    """Answer site, meter, counter and service life of a meter whose days are counted."""
    if site is None:
        return None
    for meter in site.meters:
        if meter.id == sign.meter:
            found = (site, meter.id, meter.quantity, service_life(site, meter))
            return None if meter.virtual else found
    return (site, sign.meter, ENERGY, Window(0, FOR_EVER_MS)) if sign.named else None


def _rows(
    store: ReadingStore, arrivals: Arrivals, subject: _Subject, now_ms: int, member: Member
) -> Iterator[tuple[Row, Row]]:
    days = _last_days(calendar_of(subject.site), now_ms)
    touched = [quarter.quarter_ms for quarter in subject.touched]
    due = days_due(days, subject.sign.complete_ms, touched, subject.end_ms)
    if not due:
        return
    begun = Window(_begins_ms(store, subject, days[0].start_ms), subject.end_ms)
    for day in due:
        stretch = within(day, begun, subject.life)
        if stretch is None:
            continue
        parts = with_own(
            _noted(store, subject, day), _counted_here(arrivals, subject, day, stretch, member)
        )
        row = _row(store, subject, stretch, together(parts))
        if row is not None:
            counted = {"counted": encode(parts)}
            yield (
                Row(COMPLETENESS, *subject.key, day.start_ms, row),
                Row(COMPLETENESS_PARTS, *subject.key, day.start_ms, counted),
            )


def _noted(store: ReadingStore, subject: _Subject, day: Window) -> str:
    span = day.start_ms, day.start_ms + 1
    return "".join(
        str(row.fields["counted"])
        for row in store.read_rows(COMPLETENESS_PARTS, *subject.key, *span)
    )


def _counted_here(
    arrivals: Arrivals, subject: _Subject, day: Window, stretch: Window, member: Member
) -> Counted:
    first_ms = stretch.start_ms - stretch.start_ms % QUARTER_MS
    hours = [
        arrivals.counts(
            *subject.key, max(from_ms, first_ms), min(from_ms + HOUR_MS, stretch.end_ms)
        )
        for from_ms in range(day.start_ms, stretch.end_ms, HOUR_MS)
    ]
    on_time = tuple(hour[0] for hour in hours)
    return Counted(member.collector, member.group, on_time, sum(hour[1] for hour in hours))


def _last_days(calendar: Calendar, now_ms: int) -> list[Window]:
    today = calendar.date_of(now_ms)
    edges = [midnight_ms(calendar.zone, today + timedelta(days=n)) for n in range(-DAYS_BACK, 2)]
    return [Window(*pair) for pair in pairwise(edges)]


def _begins_ms(store: ReadingStore, subject: _Subject, from_ms: int) -> int:
    """Answer when the meter began to be read, as far as the days from ``from_ms`` on ask.

    Its first reading there, or the instant since which readings are waited for, what is earlier.
    """
    key = (subject.site.id, subject.meter, subject.quantity)
    if store.last_before(*key, from_ms) is not None:
        return from_ms
    first = store.first_from(*key, from_ms)
    expected_ms = subject.sign.expected_ms
    return expected_ms if first is None else min(first[0], expected_ms)


def _row(
    store: ReadingStore, subject: _Subject, stretch: Window, arrived: tuple[int, int]
) -> dict[str, float | str] | None:
    expected = expected_readings(stretch, subject.interval_s)
    if not expected:
        return None
    stored = store.count_readings(*subject.key, stretch.start_ms, stretch.end_ms)
    gap_s = 0.0
    if stored != expected:  # only then: a day of seconds is 86,400 instants to read
        instants = _instants(store, subject, stretch)
        # An agent may read other values at a faster pace: those are no readings of the counter.
        stored = min(stored, len(instants)) if instants else stored
        gap_s = longest_gap_s(instants, stretch, subject.interval_s)
    return completeness(expected, stored, arrived, gap_s).fields()


def _instants(store: ReadingStore, subject: _Subject, stretch: Window) -> list[int]:
    """Answer when the meter was read, by its counter, or by its power where it has none."""
    for quantity in (subject.quantity, POWER):
        samples = store.read_series(
            *(subject.site.id, subject.meter, quantity), stretch.start_ms, stretch.end_ms
        )
        if samples:
            return [at_ms for at_ms, _ in samples]
    return []
