"""The ledger: every reading that a simulated meter gave, and the judge of what became of it.

Before: the meter servers, which enter each reading as they give it. One poll of one meter is one
entry, however many blocks it takes: it is entered with the block that holds the energy counter.
After: ``judge`` compares the ledger with what a store holds. A reading is matched by meter, value
and time, in this order: the same value near its time; the same value there twice (duplicated);
the same value far from its time (mistimed); another value near its time (altered).
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from threading import Lock
from typing import NamedTuple

SAME_WH = 0.001
"""Two counter values this near are the same: they went through binary fractions."""
Stored = tuple[int, float]
"""(instant in UTC ms, energy counter in Wh)"""
_KINDS = ("lost", "duplicated", "altered", "mistimed")


class Entry(NamedTuple):
    """One reading given by a meter.

    ``wh`` is the counter as shown: in steps, rolled over, or faulty. ``true_wh`` is what the
    meter would show without limits, ``power_w`` the active power.
    """

    at_ms: int
    wh: float
    true_wh: float
    power_w: float


class _Column:
    """The entries of one meter, 32 bytes each."""

    def __init__(self) -> None:
        self.at_ms = array("q")
        self.wh = array("d")
        self.true_wh = array("d")
        self.power_w = array("d")

    def put(self, entry: Entry, repeat_ms: int) -> None:
        if self.at_ms and 0 <= entry.at_ms - self.at_ms[-1] <= repeat_ms:
            for values in (self.at_ms, self.wh, self.true_wh, self.power_w):
                values.pop()
        self.at_ms.append(entry.at_ms)
        self.wh.append(entry.wh)
        self.true_wh.append(entry.true_wh)
        self.power_w.append(entry.power_w)

    def entries(self) -> Iterator[Entry]:
        return map(Entry, self.at_ms, self.wh, self.true_wh, self.power_w)


class Ledger:
    """What every meter of a plant gave, in the order it gave it. Any thread may use it.

    A meter asked again within ``repeat_ms`` counts once, with its last answer: that is a retry
    of the same poll, not another one. Polls must be further apart than that.
    """

    def __init__(self, repeat_ms: int = 500) -> None:
        self._repeat_ms = repeat_ms
        self._columns: dict[str, _Column] = {}
        self._lock = Lock()

    def enter(self, meter: str, entry: Entry) -> None:
        """Note that ``meter`` gave this reading."""
        with self._lock:
            self._columns.setdefault(meter, _Column()).put(entry, self._repeat_ms)

    @property
    def meters(self) -> tuple[str, ...]:
        """The meters that gave anything, in order of their names."""
        with self._lock:
            return tuple(sorted(self._columns))

    def entries(self, meter: str) -> tuple[Entry, ...]:
        """What ``meter`` gave, in the order it gave it."""
        with self._lock:
            column = self._columns.get(meter)
            return tuple(column.entries()) if column else ()

    def last(self, meter: str) -> Entry | None:
        """What ``meter`` gave last."""
        with self._lock:
            column = self._columns.get(meter)
            if column is None:
                return None
            return Entry(column.at_ms[-1], column.wh[-1], column.true_wh[-1], column.power_w[-1])

    def __len__(self) -> int:
        """How many readings all meters gave together."""
        with self._lock:
            return sum(len(column.at_ms) for column in self._columns.values())

    def true_kwh(self, meter: str) -> float:
        """The energy between the first and the last reading, as the load drew it."""
        entries = self.entries(meter)
        return (entries[-1].true_wh - entries[0].true_wh) / 1000 if entries else 0.0


@dataclass(frozen=True, slots=True)
class Verdict:
    """How many readings were served and stored, and how many of them went wrong, and how.

    ``lost`` were served and not stored; ``duplicated`` are stored more often than served;
    ``altered`` are stored with a value the meter did not show then; ``mistimed`` are stored at
    another time than they were served. ``reasons`` has one line for each of these.
    """

    served: int
    stored: int
    lost: int
    duplicated: int
    altered: int
    mistimed: int
    reasons: tuple[str, ...]

    @property
    def clean(self) -> bool:
        """Whether every reading is there once, unchanged, at its time."""
        return not (self.lost or self.duplicated or self.altered or self.mistimed)


def judge(
    ledger: Ledger, stored: Mapping[str, Iterable[Stored]], tolerance_ms: int = 2000
) -> Verdict:
    """Compare what the meters gave with what is stored, by meter.

    A stored instant may differ by ``tolerance_ms`` from the instant of serving; a replay with an
    injected clock is exact, so there 0 may be asked for.
    """
    faults: list[tuple[str, str]] = []
    served = held = 0
    for meter in sorted({*ledger.meters, *stored}):
        match = _Match(ledger.entries(meter), stored.get(meter, ()), tolerance_ms)
        served += len(match.entries)
        held += len(match.stored)
        faults += ((kind, f"{meter} {text}") for kind, text in match.faults())
    count = {kind: sum(found == kind for found, _ in faults) for kind in _KINDS}
    reasons = tuple(f"{kind}: {text}" for kind, text in faults)
    return Verdict(served=served, stored=held, reasons=reasons, **count)


class _Match:
    """One meter's entries against its stored readings."""

    def __init__(
        self, entries: Iterable[Entry], stored: Iterable[Stored], tolerance_ms: int
    ) -> None:
        self.entries = sorted(entries)
        self.stored = sorted(stored)
        self._tolerance_ms = tolerance_ms
        self._times = [entry.at_ms for entry in self.entries]
        self._free = [True] * len(self.entries)

    def faults(self) -> Iterator[tuple[str, str]]:
        """(kind, text) for each reading that is not where and what it should be."""
        left = [reading for reading in self.stored if not self._take(self._same(reading))]
        # A reading that is there twice must not be taken for its altered neighbour.
        twice = [self._is_second(reading) for reading in left]
        for reading, second in zip(left, twice, strict=True):
            yield ("duplicated", _text(reading)) if second else self._explain(reading)
        lost = (entry for entry, free in zip(self.entries, self._free, strict=True) if free)
        yield from (("lost", f"served {_text((entry.at_ms, entry.wh))}") for entry in lost)

    def _explain(self, reading: Stored) -> tuple[str, str]:
        elsewhere = self._elsewhere(reading)
        if elsewhere is not None:
            self._free[elsewhere] = False
            return "mistimed", f"{_text(reading)}, served {_instant(self._times[elsewhere])}"
        here = next(self._near(reading, free=True), None)
        if here is not None:
            self._free[here] = False
            return "altered", f"{_text(reading)}, served {self.entries[here].wh:.3f} Wh"
        return "altered", f"{_text(reading)}, which it never served"

    def _take(self, index: int | None) -> bool:
        if index is not None:
            self._free[index] = False
        return index is not None

    def _same(self, reading: Stored) -> int | None:
        """The nearest free entry with this value near this time."""
        found = (i for i in self._near(reading, free=True) if self._equal(i, reading))
        return next(found, None)

    def _is_second(self, reading: Stored) -> bool:
        return any(self._equal(index, reading) for index in self._near(reading, free=False))

    def _near(self, reading: Stored, *, free: bool) -> Iterator[int]:
        """The entries, free or taken, near this time: the nearest first."""
        at_ms = reading[0]
        first = bisect_left(self._times, at_ms - self._tolerance_ms)
        last = bisect_right(self._times, at_ms + self._tolerance_ms)
        near = sorted(range(first, last), key=lambda index: abs(self._times[index] - at_ms))
        return (index for index in near if self._free[index] == free)

    def _elsewhere(self, reading: Stored) -> int | None:
        same = (i for i in self._by_wh.get(round(reading[1]), ()) if self._free[i])
        equal = (i for i in same if self._equal(i, reading))
        return min(equal, key=lambda i: abs(self._times[i] - reading[0]), default=None)

    @cached_property
    def _by_wh(self) -> dict[int, list[int]]:
        """The free entries by their whole Wh."""
        found: dict[int, list[int]] = defaultdict(list)
        for index, free in enumerate(self._free):
            if free:
                found[round(self.entries[index].wh)].append(index)
        return found

    def _equal(self, index: int, reading: Stored) -> bool:
        return abs(self.entries[index].wh - reading[1]) <= SAME_WH


def _text(reading: Stored) -> str:
    return f"{reading[1]:.3f} Wh at {_instant(reading[0])}"


def _instant(at_ms: int) -> str:
    return datetime.fromtimestamp(at_ms / 1000, UTC).isoformat(timespec="milliseconds")
