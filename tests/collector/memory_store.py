"""A reading store in memory, for tests of what stands on the store's port."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from collector.rollup.totals import Period, Total
from collector.state.dirty import DirtyWindow
from collector.storage.port import (
    Columns,
    Point,
    Refused,
    Row,
    Sample,
    Series,
    TotalColumns,
    Write,
)
from collector.storage.schema import TOTAL_MEASUREMENTS
from edge_agent.contract.reading import Reading
from edge_agent.contract.wire import MeterCard


class MemoryStore:
    """Implements ``ReadingStore``; counts its calls by verb in ``calls``."""

    def __init__(self) -> None:
        self.readings: dict[tuple[str, str], dict[int, dict[str, float]]] = defaultdict(dict)
        self.totals: dict[tuple[str, str, Period], dict[int, Total]] = defaultdict(dict)
        self.rows: dict[tuple[str, str, str], dict[int, Row]] = defaultdict(dict)
        self.calls: dict[str, int] = defaultdict(int)
        self._instants: dict[tuple[str, str], list[int]] = {}

    def check(self) -> None:
        """Nothing to check."""

    def write_readings(self, readings: Sequence[Reading]) -> Sequence[Refused]:
        """Keep the readings; none is refused."""
        for reading in readings:
            held = self.readings[reading.site, reading.meter]
            held.setdefault(reading.at_ms, {}).update(reading.values)
        self._instants.clear()
        return ()

    def ready(self, columns: Sequence[Columns]) -> Write:
        """Make ready what ``write_readings`` would do."""
        return lambda: self.write_readings([one for many in columns for one in many.readings()])

    def meters(self) -> Sequence[tuple[str, str]]:
        """Every (site, meter) with a reading."""
        return sorted(self.readings)

    def read_series(
        self, site: str, meter: str, quantity: str, from_ms: int, to_ms: int
    ) -> Sequence[Sample]:
        """The samples in the range."""
        self.calls["read_series"] += 1
        instants = self._of(site, meter)
        held = self.readings[site, meter]
        between = instants[bisect_left(instants, from_ms) : bisect_left(instants, to_ms)]
        return [(at, held[at][quantity]) for at in between if quantity in held[at]]

    def last_before(self, site: str, meter: str, quantity: str, at_ms: int) -> Sample | None:
        """The newest sample before the instant."""
        self.calls["last_before"] += 1
        instants, held = self._of(site, meter), self.readings[site, meter]
        for at in reversed(instants[: bisect_left(instants, at_ms)]):
            if quantity in held[at]:
                return at, held[at][quantity]
        return None

    def first_from(self, site: str, meter: str, quantity: str, at_ms: int) -> Sample | None:
        """The oldest sample at or after the instant."""
        self.calls["first_from"] += 1
        instants, held = self._of(site, meter), self.readings[site, meter]
        for at in instants[bisect_left(instants, at_ms) :]:
            if quantity in held[at]:
                return at, held[at][quantity]
        return None

    def count_readings(self, site: str, meter: str, from_ms: int, to_ms: int) -> int:
        """How many readings the range holds."""
        return sum(from_ms <= at < to_ms for at in self.readings[site, meter])

    def write_totals(self, totals: Sequence[Total]) -> None:
        """Keep the totals, each in place of the one before."""
        self.calls["write_totals"] += 1
        for total in totals:
            self.totals[total.site, total.meter, total.period][total.start_ms] = total

    def read_totals(
        self, site: str, meter: str, period: Period, from_ms: int, to_ms: int
    ) -> Sequence[Total]:
        """The totals whose start lies in the range."""
        self.calls["read_totals"] += 1
        held = self.totals.get((site, meter, period), {})
        return [held[start] for start in sorted(held) if from_ms <= start < to_ms]

    def read_total_columns(
        self, site: str, meter: str, period: Period, fields: Sequence[str], from_ms: int, to_ms: int
    ) -> TotalColumns:
        """Some fields of the totals in the range."""
        held = self.read_totals(site, meter, period, from_ms, to_ms)
        values = {name: [getattr(total, name) for total in held] for name in fields}
        return TotalColumns([total.start_ms for total in held], values)

    def write_rows(self, rows: Sequence[Row]) -> None:
        """Keep the rows, each in place of the one before."""
        for row in rows:
            self.rows[row.measurement, row.site, row.meter][row.at_ms] = row

    def read_rows(
        self, measurement: str, site: str, meter: str, from_ms: int, to_ms: int
    ) -> Sequence[Row]:
        """The rows whose instant lies in the range."""
        held = self.rows.get((measurement, site, meter), {})
        return [held[at] for at in sorted(held) if from_ms <= at < to_ms]

    def series(self) -> Sequence[Series]:
        """Every series that holds something."""
        found = [Series("reading", *key) for key in self.readings]
        found += [Series(TOTAL_MEASUREMENTS[p], site, meter) for site, meter, p in self.totals]
        return sorted([*found, *(Series(*key) for key in self.rows)])

    def page(self, series: Series, from_ms: int, limit: int) -> Sequence[Point]:
        """The oldest points from the instant on."""
        key = series.site, series.meter
        held: dict[int, Point] = {}
        if series.measurement == "reading":
            held |= {at: Reading(*key, at, values) for at, values in self.readings[key].items()}
        for period, name in TOTAL_MEASUREMENTS.items():
            if name == series.measurement:
                held |= self.totals[*key, period]  # type: ignore[index]
        held |= self.rows.get((series.measurement, *key), {})
        return [held[at] for at in sorted(held) if at >= from_ms][:limit]

    def close(self) -> None:
        """Nothing to give back."""

    def _of(self, site: str, meter: str) -> list[int]:
        key = (site, meter)
        if key not in self._instants:
            self._instants[key] = sorted(self.readings[key])
        return self._instants[key]


@dataclass
class MemoryDirty:
    """The list of dirty windows."""

    windows: list[DirtyWindow] = field(default_factory=list)
    _marked: int = 0

    def mark(self, site: str, meter: str, from_ms: int, to_ms: int) -> None:
        """Note a window."""
        self._marked += 1
        self.windows.append(DirtyWindow(self._marked, site, meter, from_ms, to_ms))

    def pending(self) -> list[DirtyWindow]:
        """Every window noted."""
        return list(self.windows)

    def clear(self, windows: Sequence[DirtyWindow]) -> None:
        """Strike off the windows."""
        done = {window.id for window in windows}
        self.windows = [window for window in self.windows if window.id not in done]


@dataclass
class MemoryCards:
    """The meters' cards: the same for each, unless one is given."""

    interval_s: float = 300.0
    step_wh: float = 10.0
    modulus_wh: float | None = None
    known: bool = True

    def card(self, site: str, meter: str) -> MeterCard | None:
        """Answer the card, None when nothing is known."""
        if not self.known:
            return None
        return MeterCard(site, meter, meter, "test", self.interval_s, self.step_wh, self.modulus_wh)


class StoppedClock:
    """A clock that stands."""

    def now_ms(self) -> int:
        """Answer always the same instant."""
        return 1_800_000_000_000
