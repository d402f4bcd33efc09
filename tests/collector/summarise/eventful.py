"""A plant to whose meters everything happens, and its ledger with all that is durable beside it."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from collector.rollup.counters import CounterEvent, Ruling
from collector.rollup.totals import Period, Total
from collector.site_config import CalendarSettings, MeterSettings, SiteSettings
from collector.state.database import StateDatabase
from collector.state.events import CounterEvents
from collector.state.identities import MeterIdentities
from collector.state.rulings import Rulings
from collector.state.usual_powers import UsualPowers
from collector.summarise import run_once
from collector.summarise.evidence import IMPORT, Evidence
from edge_agent.contract.reading import Reading
from edge_agent.contract.wire import MeterCard
from tests.collector.memory_store import MemoryDirty, MemoryStore, StoppedClock
from tests.collector.summarise.plant import CONTRACT, HOUR, LIBRARY, MINUTE

POWER, EXPORT = "active_power_w", "active_energy_export_wh"
SPACING = 25
"""So many polls from one event to the next."""
EVENTS = (
    "low", "high", "reset", "lower", "higher", "outage", "long outage", "freeze", "idle", "none",
)  # fmt: skip
ZONES = ("Asia/Tokyo", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu")
STARTS = ("2025-03-28T00:00", "2025-03-30T20:00", "2025-10-24T13:00", "2025-12-31T05:00")
"""Before a turn of clocks, of a month with a billing day, of a year."""
Row = tuple[int, dict[str, float]]


@dataclass
class Meter:
    """A meter's true course, what it shows of it, and what is known of it."""

    name: str
    chance: random.Random
    every_ms: int
    rows: list[Row] = field(default_factory=list)
    swaps_ms: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Draw what kind of meter it is."""
        chance = self.chance
        self.step_wh = chance.choice([1, 10, 100])
        self.modulus_wh = chance.choice([None, 10**6 * self.step_wh])
        self.extras = chance.choice([(), (POWER,), (EXPORT,), (POWER, EXPORT)])
        self.true_wh, self.first_wh = 0.0, chance.choice([0.0, 5e5, 9.9e5 * self.step_wh])
        self.kw, self.false_values = chance.uniform(5, 80), 1

    @property
    def card(self) -> MeterCard:
        """What its agent tells."""
        every_s, step_wh, modulus_wh = self.every_ms / 1000, float(self.step_wh), self.modulus_wh
        return MeterCard("s", self.name, self.name, "test", every_s, step_wh, modulus_wh)

    def run(self, from_ms: int, to_ms: int) -> None:
        """Poll through the stretch, an event every so many polls."""
        now_ms, event = from_ms + self.chance.randrange(self.every_ms), "none"
        while now_ms < to_ms:
            place = len(self.rows) % SPACING
            if place == SPACING // 2:
                event = self.chance.choice(EVENTS)
                now_ms = self._passes(now_ms, self._away_ms(event), event)
                self._begins(event, now_ms)
            elif place == SPACING - 1:
                event = "none"
            self._note(now_ms, self._seen(event, place - SPACING // 2))
            every_ms = self.every_ms + self.chance.randrange(-3_000, 3_000)
            now_ms = self._passes(now_ms, every_ms, event)

    def _seen(self, event: str, since: int) -> float:
        if event == "freeze" and since:
            return self.rows[-1][1][IMPORT]
        false = event in ("low", "high") and since < self.false_values
        return self._false(event) if false else self._shown()

    def _away_ms(self, event: str) -> int:
        spans = {"outage": (20 * MINUTE, 3 * HOUR), "long outage": (5 * HOUR, 9 * HOUR)}
        return self.chance.randrange(*spans[event]) if event in spans else 0

    def _passes(self, now_ms: int, span_ms: int, event: str) -> int:
        if self.chance.random() < 0.05:
            self.kw = self.chance.choice([0.0, self.chance.uniform(5, 80)])
        self.true_wh += 0 if event == "idle" else self.kw * span_ms / 3_600
        return now_ms + span_ms

    def _begins(self, event: str, now_ms: int) -> None:
        self.false_values = self.chance.randrange(1, 4)
        if event not in ("reset", "lower", "higher") or len(self.swaps_ms) == 2:
            return
        self.swaps_ms.append(now_ms)
        before = self.first_wh + self.true_wh
        begins = {"reset": 0.0, "lower": 1e6, "higher": before + self.chance.uniform(1e6, 1e9)}
        self.first_wh = begins[event] - self.true_wh

    def _shown(self) -> float:
        wh = (self.first_wh + self.true_wh) // self.step_wh * self.step_wh
        return wh if self.modulus_wh is None else wh % self.modulus_wh

    def _false(self, event: str) -> float:
        if event == "low":  # a step or two below would be a flicker of the last digit
            far = self._shown() > 100 * self.step_wh
            return float(self.chance.randrange(3)) if far else self._shown()
        return 9e11 if self.modulus_wh is None else float(self.modulus_wh - self.step_wh)

    def _note(self, now_ms: int, shown: float) -> None:
        values = {IMPORT: float(shown)}
        if POWER in self.extras:
            values[POWER] = 1_000 * self.kw
        if EXPORT in self.extras:
            values[EXPORT] = float(int(self.true_wh / 7) // self.step_wh * self.step_wh)
        self.rows.append((now_ms, values))


class Ledger:
    """A site's totals with the real state beside them."""

    def __init__(self, site: SiteSettings, meters: Sequence[Meter], file: Path) -> None:
        state = StateDatabase(file)
        self.site, self.store, self.dirty = site, MemoryStore(), MemoryDirty()
        self.events, self.rulings = CounterEvents(state), Rulings(state)
        self.identities = MeterIdentities(state)
        self._cards = {meter.name: meter.card for meter in meters}
        self._evidence = Evidence(
            self, self.rulings, self.identities, self.events, usual_powers=UsualPowers(state)
        )

    def card(self, site: str, meter: str) -> MeterCard | None:
        """What the agent tells of the meter."""
        return self._cards.get(meter)

    def land(self, meter: str, rows: Sequence[Row]) -> None:
        """Store readings and mark what they touch."""
        self.store.write_readings([Reading("s", meter, at, values) for at, values in rows])
        self.dirty.mark("s", meter, rows[0][0], rows[-1][0] + 1)

    def run(self) -> None:
        """One run of the station."""
        run_once(
            self.store, self.dirty, self._evidence, (self.site,), LIBRARY, StoppedClock()
        )  # fmt: skip

    def rule(self, meter: str, ruling: Ruling) -> int:
        """Make a ruling, as `collector meters correct` does; answers its id."""
        made = self.rulings.add("s", meter, IMPORT, ruling, 1)
        self._mark_step(meter, ruling.at_ms)
        return made

    def take_back(self, meter: str, made: int, ruling: Ruling) -> None:
        """Take a ruling back, as `collector meters take-back` does."""
        self.rulings.take_back(made, "somebody", 2)
        self._mark_step(meter, ruling.at_ms)

    def _mark_step(self, meter: str, at_ms: int) -> None:
        found = self.store.first_from("s", meter, IMPORT, at_ms)
        before = self.store.last_before("s", meter, IMPORT, at_ms)
        from_ms = at_ms if before is None else before[0]
        self.dirty.mark("s", meter, from_ms, (at_ms if found is None else found[0]) + 1)

    def known(self) -> dict[tuple[str, Period, int], Total]:
        """Every total of which anything is known."""
        return {
            (meter, period, start_ms): total
            for (_, meter, period), totals in self.store.totals.items()
            for start_ms, total in totals.items()
            if total.kwh or total.missing < 1
        }

    def told(self) -> list[tuple[str, str, CounterEvent]]:
        """Every event recorded."""
        entries = self.events.list("s")
        return [(entry.meter, entry.quantity, entry.event) for entry in entries]


def a_site(chance: random.Random) -> SiteSettings:
    """A random site of three meters and a virtual one, all of known rated power."""
    shift = chance.choice([None, "07:00"])
    return SiteSettings(
        id="s",
        time_zone=chance.choice(ZONES),
        slot_minutes=chance.choice([30, 15]),
        billing_day=chance.choice([1, 10]),
        calendar=CalendarSettings(shift_day_starts=shift),
        contracts=(CONTRACT,),
        meters=(
            MeterSettings(id="main", rated_power_kw=200),
            MeterSettings(id="press", parent="main", rated_power_kw=100),
            MeterSettings(id="oven", parent=chance.choice(["main", None]), rated_power_kw=100),
            MeterSettings(id="rest", plus=("main",), minus=("press",)),
        ),
    )


def its_meters(site: SiteSettings, chance: random.Random) -> list[Meter]:
    """The site's meters after a day or two of events."""
    begins = datetime.fromisoformat(chance.choice(STARTS)).replace(tzinfo=site.zone)
    from_ms = int(begins.timestamp() * 1000)
    every_ms, hours = chance.choice([(MINUTE, 14), (5 * MINUTE, 48)])
    meters = [Meter(one.id, chance, every_ms) for one in site.meters if not one.virtual]
    for meter in meters:
        meter.run(from_ms, from_ms + hours * HOUR)
    return meters
