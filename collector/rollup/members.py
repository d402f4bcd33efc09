"""What the meter tree is made of: a site's meters, each with its parent and dates."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

ELECTRICITY = "electricity"
"""The medium of the site's sum and of the unmeasured remainder."""


@dataclass(frozen=True, slots=True)
class Move:
    """A meter that is part of another one (None: of none) from a local day on."""

    parent: str | None
    from_day: date


@dataclass(frozen=True, slots=True)
class Member:
    """One meter of a site.

    ``parent`` is the meter upstream of it until the first of its ``moves``. It counts from
    ``since`` (None: always has) to ``until`` (None: for ever), a half-open range of local days.
    A virtual meter is the sum of ``plus`` less that of ``minus`` instead of having readings.
    ``balance_percent`` is how far its children's sum may be off, in % of the meter.
    """

    id: str
    parent: str | None = None
    since: date | None = None
    until: date | None = None
    moves: tuple[Move, ...] = ()
    plus: tuple[str, ...] = ()
    minus: tuple[str, ...] = ()
    medium: str = ELECTRICITY
    balance_percent: float = 3.0

    @property
    def virtual(self) -> bool:
        """Whether it is computed from other meters."""
        return bool(self.plus or self.minus)

    def counts_on(self, day: date) -> bool:
        """Whether the meter counts on the local day."""
        begun = self.since is None or self.since <= day
        return begun and (self.until is None or day < self.until)

    def move_on(self, day: date) -> int | None:
        """Which of its moves put the meter where it is on the local day; None before the first."""
        made = [(move.from_day, n) for n, move in enumerate(self.moves) if move.from_day <= day]
        return max(made)[1] if made else None

    def parent_on(self, day: date) -> str | None:
        """The meter it is part of on the local day, as the settings say."""
        move = self.move_on(day)
        return (self.parent if move is None else self.moves[move].parent) or None

    def changes(self) -> set[date]:
        """The days from which on something else holds for it."""
        dates = (self.since, self.until, *(move.from_day for move in self.moves))
        return {day for day in dates if day is not None}
