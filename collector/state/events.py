"""What the counter engine decided for each meter: when, what, the energy booked, and why."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from collector.rollup.counters import CounterEvent
from collector.state.database import StateDatabase

_FIELDS = (
    "site, meter, quantity, at_ms, kind, booked_milli_wh, reason, settled_ms, low_milli_wh,"
    " high_milli_wh, ruled"
)


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
        from_ms, to_ms = span
        key = (site, meter, quantity)
        found = {(e.at_ms, e.kind): e for e in events if from_ms <= e.at_ms < to_ms}
        known = self._read("AND meter = ? AND quantity = ?", (*key, from_ms, to_ms))
        # Most stretches hold no event, and a write costs the disk a flush.
        if [entry.event for entry in known] == sorted(found.values(), key=_order):
            return
        with self._database.write() as connection:
            connection.execute(
                "DELETE FROM counter_event WHERE site = ? AND meter = ? AND quantity = ?"
                " AND at_ms >= ? AND at_ms < ?",
                (*key, from_ms, to_ms),
            )
            connection.executemany(
                f"INSERT INTO counter_event ({_FIELDS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                [_row(key, event) for event in found.values()],
            )

    def list(
        self, site: str, meter: str = "", from_ms: int = 0, to_ms: int = 2**62
    ) -> Sequence[EventEntry]:
        """Answer the events of a site, or of one meter, in order of time."""
        return self._read("AND (? = '' OR meter = ?)", (site, meter, meter, from_ms, to_ms))

    def _read(self, which: str, values: tuple[object, ...]) -> Sequence[EventEntry]:
        rows = self._database.read(
            f"SELECT {_FIELDS} FROM counter_event WHERE site = ? {which}"
            " AND at_ms >= ? AND at_ms < ? ORDER BY at_ms, meter, quantity, kind",
            values,
        )
        return [_entry(row) for row in rows]


def _order(event: CounterEvent) -> tuple[int, str]:
    return event.at_ms, event.kind


def _row(key: tuple[str, str, str], event: CounterEvent) -> tuple[object, ...]:
    return (
        *(*key, event.at_ms, event.kind, event.booked_milli_wh, event.reason, event.settled_ms),
        *(event.low_milli_wh, event.high_milli_wh, event.ruled),
    )


def _entry(row: tuple[Any, ...]) -> EventEntry:
    site, meter, quantity, at_ms, kind, booked, reason, settled_ms, low, high, ruled = row
    event = CounterEvent(at_ms, kind, booked, reason, settled_ms, low, high, bool(ruled))
    return EventEntry(site, meter, quantity, event)
