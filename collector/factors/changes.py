"""What a new set of factors changes: which keys and windows get a first or another value."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from collector.factors.factor import Factor, Key
from collector.factors.lookup import FactorLibrary

ChangeKind = Literal["first", "value", "status", "withdrawn"]
"""No row stood there before; another value; the same value with another status or window; none
stands there any more."""


@dataclass(frozen=True, slots=True)
class Change:
    """One key and window whose factor is not what it was; ``before`` or ``after`` may be absent."""

    kind: ChangeKind
    before: Factor | None
    after: Factor | None

    @property
    def factor(self) -> Factor:
        """The row that names key and window: the new one, else the one withdrawn."""
        row = self.after or self.before
        assert row is not None
        return row

    @property
    def window(self) -> tuple[date, date | None]:
        """The local days of activity concerned, half-open; None: open."""
        return self.factor.valid_from, self.factor.valid_to


def changes(old: FactorLibrary, new: FactorLibrary) -> tuple[Change, ...]:
    """What stands in ``new`` and did not in ``old``, in its order; then what stands no more."""
    before, after = _standing(old), _standing(new)
    return (*_come(before, after), *_gone(before, after))


def _standing(library: FactorLibrary) -> Mapping[str, Factor]:
    return {row.id: row for row in library.factors if library.is_known(row)}


def _come(before: Mapping[str, Factor], after: Mapping[str, Factor]) -> Iterator[Change]:
    held = _by_key(before.values())
    for row in after.values():
        if row.id in before:
            continue
        stood = _overlapping(row, held)
        kind = _kind(stood, row)
        if kind:
            yield Change(kind, stood, row)


def _gone(before: Mapping[str, Factor], after: Mapping[str, Factor]) -> Iterator[Change]:
    held = _by_key(after.values())
    for row in before.values():
        if row.id not in after and _overlapping(row, held) is None:
            yield Change("withdrawn", row, None)


def _by_key(factors: Iterable[Factor]) -> Mapping[Key, Sequence[Factor]]:
    rows: dict[Key, list[Factor]] = defaultdict(list)
    for row in factors:
        for key in row.keys:
            rows[(*key, *row.gas_key)].append(row)
    return rows


def _overlapping(row: Factor, others: Mapping[Key, Sequence[Factor]]) -> Factor | None:
    for key in row.keys:
        for other in others.get((*key, *row.gas_key), ()):
            if row.overlaps(other):
                return other
    return None


def _kind(stood: Factor | None, row: Factor) -> ChangeKind | None:
    if stood is None:
        return "first"
    if stood.kg_per_kwh != row.kg_per_kwh:
        return "value"
    same = (stood.status, stood.valid_from, stood.valid_to) == (
        row.status,
        row.valid_from,
        row.valid_to,
    )
    return None if same else "status"
