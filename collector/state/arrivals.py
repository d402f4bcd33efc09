"""When readings came: on time or late, for each meter and quarter of an hour, and the newest.

The store knows instants, not arrivals. A quarter of an hour is the largest step in which local
days of every time zone can be cut.
"""

from __future__ import annotations

import sqlite3
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from collector.state.database import StateDatabase
from collector.state.received import Sender
from edge_agent.contract.wire import Range

QUARTER_MS = 15 * 60_000
ON_TIME_MS = 60_000
INTERVALS = 3
"""On time is: stored within a minute or three intervals of its instant, what is longer."""

_COUNT = """
INSERT INTO arrival VALUES (?, ?, ?, ?, ?, ?, 0) ON CONFLICT (site, meter, quarter_ms) DO UPDATE
SET readings = readings + excluded.readings, on_time = on_time + excluded.on_time,
    estimated = estimated + excluded.estimated
"""
_NEWEST = """
INSERT INTO meter_sign VALUES (?, ?, ?, ?, ?, NULL) ON CONFLICT (site, meter) DO UPDATE
SET at_ms = excluded.at_ms, arrived_ms = excluded.arrived_ms
WHERE at_ms IS NULL OR excluded.at_ms > at_ms
"""
_SIGNS = """
SELECT s.site, s.meter, s.expected_ms, s.at_ms, s.arrived_ms, s.complete_ms, c.interval_s, a.online,
    c.agent IS NOT NULL AND a.agent IS NULL,
    coalesce(a.epoch = c.epoch AND a.connection = c.connection, 0)
FROM meter_sign s LEFT JOIN meter_card c ON c.site = s.site AND c.meter = s.meter
    LEFT JOIN agent a ON a.agent = c.agent ORDER BY s.site, s.meter
"""


def on_time_limit_ms(interval_s: float | None) -> int:
    """How long after its instant (ms) a reading of a meter with this interval is on time."""
    return max(ON_TIME_MS, round(INTERVALS * 1000 * (interval_s or 0.0)))


@dataclass(frozen=True, slots=True)
class StoredReadings:
    """Readings of one meter that the store has taken: numbers and instants in step."""

    sender: Sender
    site: str
    meter: str
    estimated: bool
    seqs: list[int]
    at_ms: list[int]


@dataclass(frozen=True, slots=True)
class Touched:
    """A quarter of an hour of a meter with readings that no completeness figure holds yet."""

    site: str
    meter: str
    quarter_ms: int
    readings: int


@dataclass(frozen=True, slots=True)
class MeterSign:
    """What is known of a meter's life: its newest reading, and what its agent says.

    ``at_ms`` and ``arrived_ms`` are None when it never sent one, ``interval_s`` and ``online``
    when no agent has told; ``complete_ms`` is the end of what completeness figures cover.
    ``by_file`` is a meter fed from files; ``named`` one that its agent's newest birth names.
    """

    site: str
    meter: str
    expected_ms: int
    at_ms: int | None
    arrived_ms: int | None
    complete_ms: int | None
    interval_s: float | None
    online: bool | None
    by_file: bool
    named: bool


class Arrivals:
    """The durable counts of arrivals. Safe to use from several threads."""

    def __init__(self, database: StateDatabase) -> None:
        self._database = database

    def note(
        self,
        stored: Iterable[StoredReadings],
        fresh: Mapping[Sender, Sequence[Range]],
        now_ms: int,
    ) -> None:
        """Count what arrived at ``now_ms``; durable on return.

        ``fresh`` has the numbers that came for the first time: a repeat is neither on time nor
        late once more.
        """
        counts = Counter[tuple[str, str, int]]()
        on_time, estimated = Counter[tuple[str, str, int]](), Counter[tuple[str, str, int]]()
        newest: dict[tuple[str, str], int] = {}
        limits: dict[tuple[str, str], int] = {}
        with self._database.write() as connection:
            for readings in stored:
                meter = (readings.site, readings.meter)
                if meter not in limits:
                    limits[meter] = on_time_limit_ms(_interval_s(connection, *meter))
                newest[meter] = max(newest.get(meter, 0), max(readings.at_ms))
                _add(counts, meter, readings.at_ms)
                first = _fresh(readings, fresh.get(readings.sender, ()))
                if readings.estimated:
                    _add(estimated, meter, first)
                else:
                    _add(on_time, meter, _since(first, now_ms - limits[meter]))
            rows = [(*key, n, on_time[key], estimated[key]) for key, n in counts.items()]
            connection.executemany(_COUNT, rows)
            seen = [(*meter, now_ms, at_ms, now_ms) for meter, at_ms in newest.items()]
            connection.executemany(_NEWEST, seen)

    def touched(self) -> list[Touched]:
        """Answer every quarter of an hour that changed since it was settled."""
        rows = self._database.read(
            "SELECT site, meter, quarter_ms, readings FROM arrival WHERE readings > settled"
            " ORDER BY site, meter, quarter_ms"
        )
        return [Touched(*row) for row in rows]

    def settle(self, site: str, meter: str, touched: Iterable[Touched], end_ms: int) -> None:
        """Note that figures hold these quarters of the meter, and all time up to ``end_ms``.

        A quarter touched again since it was read stays touched.
        """
        values = [(t.readings, site, meter, t.quarter_ms) for t in touched]
        with self._database.write() as connection:
            connection.execute(
                "UPDATE meter_sign SET complete_ms = ? WHERE site = ? AND meter = ?",
                (end_ms, site, meter),
            )
            connection.executemany(
                "UPDATE arrival SET settled = ? WHERE site = ? AND meter = ? AND quarter_ms = ?",
                values,
            )

    def counts(self, site: str, meter: str, from_ms: int, to_ms: int) -> tuple[int, int]:
        """Answer how many readings of the stretch came on time, and how many are estimated."""
        rows = self._database.read(
            "SELECT coalesce(sum(on_time), 0), coalesce(sum(estimated), 0) FROM arrival"
            " WHERE site = ? AND meter = ? AND quarter_ms >= ? AND quarter_ms < ?",
            (site, meter, from_ms, to_ms),
        )
        return rows[0][0], rows[0][1]

    def forget(self, before_ms: int) -> None:
        """Strike off what lies before the instant."""
        with self._database.write() as connection:
            connection.execute("DELETE FROM arrival WHERE quarter_ms < ?", (before_ms,))

    def expect(self, meters: Collection[tuple[str, str]], now_ms: int) -> None:
        """Note that readings of these meters, and of all with a card, are waited for."""
        rows = [(*meter, now_ms) for meter in meters]
        with self._database.write() as connection:
            connection.executemany(
                "INSERT OR IGNORE INTO meter_sign VALUES (?, ?, ?, NULL, NULL, NULL)", rows
            )
            connection.execute(
                "INSERT OR IGNORE INTO meter_sign"
                " SELECT site, meter, ?, NULL, NULL, NULL FROM meter_card",
                (now_ms,),
            )

    def signs(self) -> list[MeterSign]:
        """Answer what is known of every meter, by site and meter."""
        return [_sign(row) for row in self._database.read(_SIGNS)]


def _sign(row: tuple[Any, ...]) -> MeterSign:
    sign = MeterSign(*row)
    online = None if sign.online is None else bool(sign.online)
    return replace(sign, online=online, by_file=bool(sign.by_file), named=bool(sign.named))


def _interval_s(connection: sqlite3.Connection, site: str, meter: str) -> float | None:
    found = connection.execute(
        "SELECT interval_s FROM meter_card WHERE site = ? AND meter = ?", (site, meter)
    ).fetchone()
    return None if found is None else float(found[0])


def _fresh(readings: StoredReadings, ranges: Sequence[Range]) -> Sequence[int]:
    """Answer the instants of the numbers that lie in the ranges."""
    if not ranges:
        return ()
    low, high = min(readings.seqs), max(readings.seqs)
    if any(first <= low and high <= last for first, last in ranges):
        return readings.at_ms
    ordered = sorted(ranges)
    starts = [first for first, _ in ordered]
    numbered = zip(readings.seqs, readings.at_ms, strict=True)
    return [at for n, at in numbered if (i := bisect_right(starts, n)) and n <= ordered[i - 1][1]]


def _since(at_ms: Sequence[int], first_ms: int) -> Sequence[int]:
    if not at_ms or min(at_ms) >= first_ms:
        return at_ms
    return [at for at in at_ms if at >= first_ms]


def _add(counts: Counter[tuple[str, str, int]], meter: tuple[str, str], at: Sequence[int]) -> None:
    ordered = sorted(at)
    done = 0
    while done < len(ordered):
        quarter_ms = ordered[done] // QUARTER_MS * QUARTER_MS
        end = bisect_left(ordered, quarter_ms + QUARTER_MS, done)
        counts[(*meter, quarter_ms)] += end - done
        done = end
