"""The judge: what the meters served against what is stored, and an account of every number.

A served reading that is not stored is **lost** when the agent ever had it committed and no gap
record explains it; **explained** when a gap record of the agent (or a rejection) tells of it;
**untaken** when no commit ever held it: the agent was killed between poll and commit, which the
promise bounds to one commit interval. ``gaps_unexplained`` counts numbers that an outbox gave to
readings and that the collectors know neither as stored, nor refused, nor as a told gap.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from simulators.ledger import Ledger, Stored
from simulators.ledger import judge as compare
from tests.faults.outbox_file import Committed

TOLERANCE_MS = 2_000
REASONS_SHOWN = 12


@dataclass(frozen=True, slots=True)
class Accounts:
    """What the collectors know of numbers, by epoch: accounted for, told as gaps, refused."""

    received: Mapping[str, frozenset[int]]
    gaps: Mapping[str, frozenset[int]]


@dataclass(frozen=True, slots=True)
class Outcome:
    """One scenario in counts; ``reasons`` has a line for each reading that went wrong."""

    served: int
    stored: int
    lost: int
    duplicated: int
    altered: int
    mistimed: int
    explained: int
    untaken: int
    gaps_unexplained: int
    reasons: tuple[str, ...] = ()

    def faults(self, untaken_at_most: int = 0) -> list[str]:
        """What the promise forbids, one line each; empty when it was kept."""
        bad = ("lost", "duplicated", "altered", "mistimed", "gaps_unexplained")
        found = [f"{name}: {getattr(self, name)}" for name in bad if getattr(self, name)]
        if self.untaken > untaken_at_most:
            found.append(f"untaken: {self.untaken}, at most {untaken_at_most} may be")
        if not self.served or not self.stored:
            found.append(f"served {self.served}, stored {self.stored}: the trial tried nothing")
        return [*found, *self.reasons[:REASONS_SHOWN]] if found else []

    def counts(self) -> dict[str, Any]:
        """The counts alone, by name."""
        return {key: value for key, value in asdict(self).items() if key != "reasons"}


def judge(
    ledger: Ledger,
    stored: Mapping[str, Sequence[Stored]],
    committed: Committed,
    accounts: Accounts,
    tolerance_ms: int = TOLERANCE_MS,
) -> Outcome:
    """Join ledger, store, outboxes and gap records; times may differ by ``tolerance_ms``."""
    found = compare(ledger, stored, tolerance_ms)
    never = _never_committed(ledger, stored, committed, tolerance_ms)
    gone = min(never, _told(committed, accounts))
    refused = min(found.lost - never, _refused(stored, committed))
    return Outcome(
        served=found.served,
        stored=found.stored,
        lost=max(0, found.lost - never - refused),
        duplicated=found.duplicated,
        altered=found.altered,
        mistimed=found.mistimed,
        explained=gone + refused,
        untaken=never - gone,
        gaps_unexplained=_unexplained(stored, committed, accounts),
        reasons=found.reasons,
    )


def _never_committed(
    ledger: Ledger,
    stored: Mapping[str, Sequence[Stored]],
    committed: Committed,
    tolerance_ms: int,
) -> int:
    """How many served readings are neither stored nor were ever seen in an outbox."""
    meters = {*stored, *committed.readings}
    known = {
        meter: _joined(stored.get(meter, ()), committed.readings.get(meter, ())) for meter in meters
    }
    return compare(ledger, known, tolerance_ms).lost


def _joined(stored: Iterable[Stored], committed: Iterable[Stored]) -> list[Stored]:
    # A row that was held has another instant in the outbox than in the store: its value tells.
    values = {round(wh, 3) for _, wh in stored}
    return [*stored, *(row for row in committed if round(row[1], 3) not in values)]


def _refused(stored: Mapping[str, Sequence[Stored]], committed: Committed) -> int:
    """How many committed readings the collector has refused, told the agent, and not stored."""
    return sum(len(rows - set(stored.get(meter, ()))) for meter, rows in committed.refused.items())


def _told(committed: Committed, accounts: Accounts) -> int:
    """How many numbers gap records tell of whose readings no outbox holds any more."""
    return sum(
        len(numbers - committed.numbers.get(epoch, {}).keys())
        for epoch, numbers in accounts.gaps.items()
    )


def _unexplained(
    stored: Mapping[str, Sequence[Stored]], committed: Committed, accounts: Accounts
) -> int:
    """How many numbers nobody knows; a reading salvaged under a new number is stored, so known."""
    there = {(meter, round(wh, 3)) for meter, rows in stored.items() for _, wh in rows}
    nothing: frozenset[int] = frozenset()
    count = 0
    for epoch, last in committed.last.items():
        unknown = set(range(1, last + 1)) - accounts.received.get(epoch, nothing)
        readings = committed.numbers.get(epoch, {})
        count += sum(_key(readings.get(number)) not in there for number in unknown)
    return count


def _key(reading: tuple[str, float] | None) -> tuple[str, float] | None:
    return reading and (reading[0], round(reading[1], 3))
