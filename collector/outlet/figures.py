"""What the store knows of each meter at an instant: the one thing every way out is made of.

Totals, figures and staleness are read, never counted. A figure that is unknown is absent.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from collector.delivery.expected import service_life
from collector.outlet.quantities import COVERAGE, ENERGY_KWH
from collector.rollup.members import ELECTRICITY
from collector.rollup.periods import Calendar, Window
from collector.rollup.site_calendar import calendar_of
from collector.rollup.totals import SITE_METER, Period, Total
from collector.site_config import MeterSettings, SiteSettings
from collector.storage.figure_schema import DEMAND_NOW
from collector.storage.port import ReadingStore
from collector.storage.schema import STALENESS
from collector.summarise.amounts import PER_KILO, read_amounts

FRESH_MS = 5 * 60_000
"""Rows of staleness and demand come each minute; older ones say nothing of now."""
HOUR_MS = 3_600_000
LATE_SLOTS_MS = 6 * HOUR_MS
"""How far back finished slots are looked at anew: so late may readings come and still be told."""
SETTLE_MS = 2 * 60_000
"""A slot is told so long after its end: its last reading and its sum have come by then."""
OK = "ok"
Silence = tuple[str, float | None]
"""A word of staleness, and the age of the newest reading (s)."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A value and the instant (UTC ms) up to which it holds.

    A sum is of the time since ``from_ms``; CO2 names its ``factor``, ``provisional`` where that
    one stands in for a factor that is not published yet.
    """

    value: float
    at_ms: int
    from_ms: int | None = None
    factor: str = ""
    provisional: bool = False


@dataclass(frozen=True, slots=True)
class Slot:
    """The energy of a finished demand interval, ``start_ms`` to ``end_ms`` (UTC ms)."""

    start_ms: int
    end_ms: int
    kwh: float


@dataclass(frozen=True, slots=True)
class MeterFigures:
    """A meter, or the site (``SITE_METER``), with what is known of it now.

    ``state`` is a word of staleness ("ok", "stale", "meter_fault", "agent_offline", "never") or
    "unknown"; ``age_s`` the age of the newest reading. ``slots`` are in order of time. ``read``
    is one that an agent reads, neither computed from others nor the site.
    """

    site: str
    meter: str
    name: str
    medium: str
    unit: str
    state: str
    age_s: float | None
    values: Mapping[str, Figure]
    slots: tuple[Slot, ...] = ()
    read: bool = False

    @property
    def heard(self) -> bool:
        """Whether its readings come."""
        return self.state == OK

    @property
    def whole_site(self) -> bool:
        """Whether it stands for the site."""
        return self.meter == SITE_METER


@dataclass(frozen=True, slots=True)
class Look:
    """What is to be read beside the totals, and what is known without the store.

    ``quantities`` are newest readings. By site and meter: ``slots_from_ms`` from when on finished
    intervals are wanted, where the last hours are not enough, and ``newest_ms`` the instant of the
    newest reading that this collector has taken (UTC ms). ``away`` are meters whose agent has left.
    """

    quantities: Sequence[str] = ()
    japanese: bool = False
    slots_from_ms: Mapping[tuple[str, str], int] = field(default_factory=dict)
    newest_ms: Mapping[tuple[str, str], int] = field(default_factory=dict)
    away: Collection[tuple[str, str]] = ()


class SiteFigures:
    """One site's figures at ``now_ms``. Its verbs raise what the store raises."""

    def __init__(self, store: ReadingStore, site: SiteSettings, look: Look, now_ms: int) -> None:
        self._store, self._site, self._look, self._now_ms = store, site, look, now_ms
        self._calendar: Calendar = calendar_of(site)

    def read(self) -> list[MeterFigures]:
        """The meters in service, virtual ones after the others, and the site first."""
        now_ms, site = self._now_ms, self._site
        lives = ((meter, service_life(site, meter)) for meter in site.meters)
        held = [meter for meter, life in lives if life.start_ms <= now_ms < life.end_ms]
        own = [self._meter(meter) for meter in held if not meter.virtual]
        by_id = {one.meter: one for one in own}
        made = []
        for meter in (meter for meter in held if meter.virtual):
            parts = [by_id[name] for name in (*meter.plus, *meter.minus) if name in by_id]
            made.append(self._made(meter, _worst(parts)))
        return [self._whole(_best([one for one in own if one.medium == ELECTRICITY])), *own, *made]

    def _meter(self, meter: MeterSettings) -> MeterFigures:
        state, age_s = self._silence(meter.id)
        at_ms = self._now_ms - round((age_s or 0.0) * 1000)
        values = self._totals(meter.id, meter.medium, at_ms)
        for name in self._look.quantities if state == OK else ():
            newest = self._store.last_before(self._site.id, meter.id, name, self._now_ms + 1)
            if newest is not None and newest[0] >= self._now_ms - FRESH_MS:
                values[name] = Figure(newest[1], newest[0])
        return self._figures(meter, state, age_s, values)

    def _made(self, meter: MeterSettings, known: Silence) -> MeterFigures:
        state, age_s = known
        at_ms = self._now_ms - round((age_s or 0.0) * 1000)
        return self._figures(meter, state, age_s, self._totals(meter.id, meter.medium, at_ms))

    def _figures(
        self, meter: MeterSettings, state: str, age_s: float | None, values: dict[str, Figure]
    ) -> MeterFigures:
        name = meter.name if self._look.japanese else meter.name_en or meter.name
        slots = self._slots(meter.id, meter.medium)
        values |= _demand(slots, self._now_ms)
        return MeterFigures(
            *(self._site.id, meter.id, name, meter.medium, meter.unit, state, age_s),
            *(values, slots, not meter.virtual),
        )

    def _whole(self, known: Silence) -> MeterFigures:
        site, (state, age_s) = self._site, known
        at_ms = self._now_ms - round((age_s or 0.0) * 1000)
        slots = self._slots(SITE_METER, ELECTRICITY)
        values = self._totals(SITE_METER, ELECTRICITY, at_ms)
        values |= _demand(slots, self._now_ms) | self._demand_now()
        name = site.name if self._look.japanese else site.name_en or site.name
        return MeterFigures(
            *(site.id, SITE_METER, name, ELECTRICITY, "kWh", state, age_s, values, slots)
        )

    def _silence(self, meter: str) -> Silence:
        since_ms = self._now_ms - FRESH_MS
        rows = self._store.read_rows(STALENESS, self._site.id, meter, since_ms, self._now_ms + 1)
        if not rows:
            return "unknown", None
        row = rows[-1]
        # A row is dated by its minute, so alone it makes the reading a little older than it is.
        newest_ms = round(row.at_ms - float(row.fields["age_s"]) * 1000)
        newest_ms = max(newest_ms, self._look.newest_ms.get((self._site.id, meter), 0))
        state = str(row.fields["state"])
        if state == OK and (self._site.id, meter) in self._look.away:
            state = "agent_offline"  # readings will be missed; until then nobody misses them
        return state, max(0, self._now_ms - newest_ms) / 1000

    def _demand_now(self) -> dict[str, Figure]:
        span = (self._now_ms - FRESH_MS, self._now_ms + 1)
        rows = self._store.read_rows(DEMAND_NOW, self._site.id, SITE_METER, *span)
        if not rows:
            return {}
        at_ms, fields = rows[-1].at_ms, rows[-1].fields
        names = {"now_kw": "demand_now_kw", "forecast_kw": "demand_forecast_kw"}
        return {name: Figure(float(fields[key]), at_ms) for key, name in names.items()}

    def _totals(self, meter: str, medium: str, at_ms: int) -> dict[str, Figure]:
        calendar, electric = self._calendar, medium == ELECTRICITY
        day, month = calendar.day(self._now_ms), calendar.month(self._now_ms)
        today = self._held(meter, medium, "1d", day)
        years = self._held(meter, medium, "1y", Window(0, self._now_ms + 1))
        values: dict[str, Figure] = {}
        if years:
            summed = sum(one.kwh for one in years)
            values[ENERGY_KWH if electric else "amount"] = Figure(summed, at_ms)
        for total in today:
            name = "today_kwh" if electric else "today_amount"
            values[name] = Figure(total.kwh, at_ms, day.start_ms)
            values |= _co2("co2_kg_today", total, at_ms)
            percent = _covered_percent(total, day, at_ms)
            values[COVERAGE] = Figure(percent, at_ms, day.start_ms)
        for total in self._held(meter, medium, "1mo", month) if electric else ():
            values["month_kwh"] = Figure(total.kwh, at_ms, month.start_ms)
            values |= _co2("co2_kg_month", total, at_ms)
        return values

    def _held(self, meter: str, medium: str, period: Period, span: Window) -> Sequence[Total]:
        if medium == ELECTRICITY:
            edges = (span.start_ms, span.end_ms)
            return self._store.read_totals(self._site.id, meter, period, *edges)
        amounts = read_amounts(self._store, self._site.id, meter, period, span)
        return [replace(one, kwh=one.kwh * PER_KILO) for one in amounts]

    def _slots(self, meter: str, medium: str) -> tuple[Slot, ...]:
        if medium != ELECTRICITY:
            return ()
        recent_ms = self._now_ms - LATE_SLOTS_MS
        wished_ms = self._look.slots_from_ms.get((self._site.id, meter), recent_ms)
        from_ms = min(wished_ms, recent_ms)
        period: Period = "15m" if self._site.slot_minutes == 15 else "30m"
        found = self._store.read_total_columns(
            *(self._site.id, meter, period, ("kwh", "missing"), from_ms, self._now_ms)
        )
        values = zip(*(found.values[name] for name in ("kwh", "missing")), strict=True)
        slots = (
            Slot(*_edges(self._calendar.slot(start_ms)), float(kwh or 0.0))
            for start_ms, (kwh, missing) in zip(found.start_ms, values, strict=True)
            if kwh is not None and float(missing or 0.0) < 1.0
        )
        return tuple(slot for slot in slots if slot.end_ms + SETTLE_MS <= self._now_ms)


def _edges(window: Window) -> tuple[int, int]:
    return window.start_ms, window.end_ms


def _co2(name: str, total: Total, at_ms: int) -> Iterator[tuple[str, Figure]]:
    if total.co2_kg is not None:
        provisional = total.provisional > 0
        yield name, Figure(total.co2_kg, at_ms, total.start_ms, total.factor_id, provisional)


def _covered_percent(total: Total, day: Window, at_ms: int) -> float:
    elapsed_ms = min(max(at_ms - day.start_ms, 1), day.end_ms - day.start_ms)
    return min(100.0, 100 * total.coverage * (day.end_ms - day.start_ms) / elapsed_ms)


def _demand(slots: Sequence[Slot], now_ms: int) -> dict[str, Figure]:
    """The mean power of the newest finished interval, as long as it is the one just over."""
    for newest in slots[-1:]:
        length_ms = newest.end_ms - newest.start_ms
        if now_ms - newest.end_ms < length_ms + FRESH_MS:
            kw = newest.kwh / (length_ms / HOUR_MS)
            return {"demand_kw": Figure(kw, newest.end_ms, newest.start_ms)}
    return {}


def _best(meters: Sequence[MeterFigures]) -> Silence:
    """The state of a sum: something is known as long as one part is; coverage tells the rest."""
    heard = [one.age_s for one in meters if one.heard and one.age_s is not None]
    return (OK, min(heard)) if heard else _worst(meters)


def _worst(meters: Sequence[MeterFigures]) -> Silence:
    """The state of what needs every part."""
    silent = [one for one in meters if not one.heard]
    ages = [one.age_s for one in meters if one.age_s is not None]
    state = silent[0].state if silent else OK if meters else "unknown"
    return state, max(ages, default=None)
