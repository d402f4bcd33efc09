"""The meter tree of a site through time: meters move, are replaced, and are made of others.

Stands between a site's settings and ``tree_energy``, which does the sums. Between two changes
the tree has one shape, worked out once; a day is looked up.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from collector.rollup.members import Member
from collector.rollup.tree_faults import tree_faults
from collector.rollup.tree_shape import Formula, Shape, in_order, shape_on


@dataclass(frozen=True, slots=True)
class Tree:
    """The meters of a site and the tree's shape from each of ``starts`` (local days) on."""

    members: Mapping[str, Member]
    starts: tuple[date, ...]
    shapes: tuple[Shape, ...]

    @classmethod
    def of(cls, members: Iterable[Member]) -> Tree:
        """The tree of the meters; of two with one id the last one counts."""
        known = {member.id: member for member in members}
        changes = {day for member in known.values() for day in member.changes()}
        starts = (date.min, *sorted(changes - {date.min}))
        shapes = tuple(shape_on(tuple(known.values()), day) for day in starts)
        return cls(known, starts, shapes)

    def on(self, day: date) -> Shape:
        """The tree as it stands on the local day."""
        return self.shapes[bisect_right(self.starts, day) - 1]

    def parents(self, on: date) -> Mapping[str, str | None]:
        """Each meter that counts on the day with the one it is part of, None at the top."""
        return self.on(on).parents

    def top(self, on: date) -> tuple[str, ...]:
        """The meters whose sum is the site's electricity on the day."""
        return self.on(on).top

    def children(self, meter: str, on: date) -> tuple[str, ...]:
        """The meters that are part of the meter on the day."""
        return self.on(on).children(meter)

    def branches(self, on: date) -> Mapping[str, tuple[str, ...]]:
        """Each parent with the children that use what it holds on the day."""
        return self.on(on).branches

    def formulas(self, on: date) -> Mapping[str, Formula]:
        """The virtual meters of the day, each after those it uses."""
        return self.on(on).formulas

    @property
    def virtual(self) -> tuple[str, ...]:
        """The virtual meters of all times, each after those it uses."""
        return in_order(tuple(self.members.values()))

    def used_by(self, meter: str) -> tuple[str, ...]:
        """The virtual meters of all times that the meter goes into, each after those it uses."""
        found: list[str] = []
        for name in self.virtual:
            operands = {*self.members[name].plus, *self.members[name].minus}
            if operands & {meter, *found}:
                found.append(name)
        return tuple(found)

    def faults(self, path: str = "meters") -> Iterator[str]:
        """Yield a line for everything that is wrong in the tree on any day; see ``tree_faults``."""
        return tree_faults(tuple(self.members.values()), path)
