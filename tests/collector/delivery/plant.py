"""A small plant for tests of delivery: real state, the embedded store, a clock that is set."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from collector.site_config import MeterSettings, SiteSettings
from collector.state import CollectorState, open_state
from collector.state.arrivals import StoredReadings
from collector.state.received import Sender
from collector.storage.sqlite import SqliteStore
from edge_agent.contract.reading import Reading
from edge_agent.contract.wire import Birth, MeterCard

MINUTE_MS = 60_000
HOUR_MS = 60 * MINUTE_MS
DAY_MS = 24 * HOUR_MS
NOON_MS = int(datetime(2026, 5, 8, 3, 0, tzinfo=UTC).timestamp() * 1000)
"""Noon in Tokyo on 8 May 2026."""
MIDNIGHT_MS = NOON_MS - 12 * HOUR_MS
ENERGY = "active_energy_import_wh"


@dataclass
class SetClock:
    """A clock that shows what it was set to."""

    at_ms: int = NOON_MS

    def now_ms(self) -> int:
        """UTC ms."""
        return self.at_ms


@dataclass
class Plant:
    """One site in Tokyo with the meters named, all polled every minute by agent pi-1."""

    folder: Path
    clock: SetClock = field(default_factory=SetClock)
    meters: tuple[MeterSettings, ...] = (MeterSettings(id="press"),)

    def __post_init__(self) -> None:
        self.store = SqliteStore(self.folder / "store.sqlite")
        self.store.check()
        self.state: CollectorState = open_state(self.folder / "state")
        self._seq = 0

    @property
    def sites(self) -> tuple[SiteSettings, ...]:
        """The settings."""
        return (SiteSettings(id="sendai", time_zone="Asia/Tokyo", meters=self.meters),)

    def born(self, *meters: str, connection: int = 1, interval_s: float = 60.0) -> None:
        """Let the agent name its meters."""
        cards = tuple(MeterCard("sendai", meter, meter, "p", interval_s, 10.0) for meter in meters)
        birth = Birth("pi-1", "e1", connection, "0.1.0", self.clock.at_ms, cards)
        self.state.agents.born(birth)
        self.state.cards.remember(birth)

    def send(
        self, instants: Iterable[int], arrived_ms: int | None = None, meter: str = "press"
    ) -> None:
        """Store readings as ingest does, each arriving a second after its instant."""
        numbered = list(enumerate(instants, self._seq + 1))
        self._seq += len(numbered)
        self.store.write_readings(
            [Reading("sendai", meter, at_ms, {ENERGY: float(seq)}) for seq, at_ms in numbered]
        )
        sender = Sender("pi-1", "e1")
        with self.state.database.write():
            for seq, at_ms in numbered:
                message = StoredReadings(sender, "sendai", meter, False, [seq], [at_ms])
                fresh = {sender: self.state.received.add(*sender, [(seq, seq)])}
                arrived = at_ms + 1000 if arrived_ms is None else arrived_ms
                self.state.arrivals.note([message], fresh, arrived)

    def rows(self, measurement: str, meter: str = "press") -> dict[int, dict[str, float | str]]:
        """Every row of a meter, by its instant."""
        found = self.store.read_rows(measurement, "sendai", meter, 0, NOON_MS + 30 * DAY_MS)
        return {row.at_ms: dict(row.fields) for row in found}

    def close(self) -> None:
        """Give back the files."""
        self.store.close()
        self.state.database.close()
