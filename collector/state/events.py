"""What the counter engine decided for each meter: when, what, the energy booked, and why."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from collector.rollup.counters import CounterEvent
from collector.state.database import StateDatabase


@dataclass(frozen=True, slots=True)
class EventEntry:
    """An event and the counter it happened to."""

    site: str
    meter: str
    quantity: str
    event: CounterEvent


class CounterEvents:
    """The durable list of decisions, as the newest computation has them. Safe between threads."""

    def __init__(self, database: StateDatabase) -> None:
        self._database = database

    def replace(
        self,
        site: str,
        meter: str,
        quantity: str,
        span: tuple[int, int],
        events: Iterable[CounterEvent],
    ) -> None:
        """Put the events in place of those the stretch (UTC ms, half-open) held before."""
        key, (from_ms, to_ms) = (site, meter, quantity), span
        rows = [
            (
                *(*key, e.at_ms, e.kind, e.booked_milli_wh, e.low_milli_wh, e.high_milli_wh),
                *(e.reason, e.settled_ms, e.ruled),
            )
            for e in events
            if from_ms <= e.at_ms < to_ms
        ]
        with self._database.write() as connection:
            connection.execute(
                "DELETE FROM counter_event WHERE site = ? AND meter = ? AND quantity = ?"
                " AND at_ms >= ? AND at_ms < ?",
                (*key, from_ms, to_ms),
            )
            connection.executemany(
                "INSERT OR REPLACE INTO counter_event VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                rows,
            )

    def list(
        self, site: str, meter: str = "", from_ms: int = 0, to_ms: int = 2**62
    ) -> list[EventEntry]:
        """Answer the events of a site, or of one meter, in order of time."""
        rows = self._database.read(
            "SELECT site, meter, quantity, at_ms, kind, booked_milli_wh, reason, settled_ms,"
            " low_milli_wh, high_milli_wh, ruled FROM counter_event WHERE site = ?"
            " AND (? = '' OR meter = ?) AND at_ms >= ? AND at_ms < ? ORDER BY at_ms, meter",
            (site, meter, meter, from_ms, to_ms),
        )
        return [_entry(row) for row in rows]


def _entry(row: tuple[Any, ...]) -> EventEntry:
    site, meter, quantity, at_ms, kind, booked, reason, settled_ms, low, high, ruled = row
    event = CounterEvent(at_ms, kind, booked, reason, settled_ms, low, high, bool(ruled))
    return EventEntry(site, meter, quantity, event)
