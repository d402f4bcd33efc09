"""The meter tree as it stands on one day: who is part of whom, and what each sum is made of.

Three rules keep energy from being counted twice or lost:

1. A meter whose parent does not count on the day, or counts another medium, is part of the
   nearest meter above that does count.
2. A virtual meter without a parent stands for the site only when all it is made of lies below it
   in the tree. Otherwise it is a view: its parts are counted where they are.
3. What a virtual meter is made of feeds it; its other children use what it holds. Only these are
   subtracted from it. The children of a view are subtracted from what the view is made of.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from collector.rollup.members import ELECTRICITY, Member


@dataclass(frozen=True, slots=True)
class Formula:
    """The meters that are added, and those that are subtracted."""

    plus: tuple[str, ...] = ()
    minus: tuple[str, ...] = ()

    @property
    def operands(self) -> tuple[str, ...]:
        """Every meter in it, those added first."""
        return (*self.plus, *self.minus)


@dataclass(frozen=True, slots=True)
class Shape:
    """The tree of one day; only meters that count on it are there.

    ``parents``: each meter with the one it is part of, None at the top. ``formulas``: the virtual
    meters, each after those it uses. ``top``: the meters the site's electricity is the sum of.
    ``branches``: each parent with the children that use what it holds (of its own medium).
    ``remainder``: the electricity that parents count and their children do not.
    """

    parents: Mapping[str, str | None]
    formulas: Mapping[str, Formula]
    top: tuple[str, ...]
    branches: Mapping[str, tuple[str, ...]]
    remainder: Formula

    def children(self, meter: str) -> tuple[str, ...]:
        """Every meter whose parent it is, those it is made of included."""
        return tuple(child for child, parent in self.parents.items() if parent == meter)

    def above(self, meter: str) -> Iterator[str]:
        """The meters it is part of, the nearest first."""
        return _above(self.parents, meter)

    def made_of(self, meter: str) -> dict[str, int]:
        """How often each meter with readings counts in this one: 1 added, -1 subtracted."""
        return _made_of(self.formulas, meter)


def shape_on(members: Sequence[Member], day: date) -> Shape:
    """The tree of the local day.

    Meters that are not known are left out, virtual ones that use themselves too; ``tree_faults``
    names them.
    """
    known = {member.id: member for member in members}
    formulas = _formulas(known, day)
    counting = [
        member.id
        for member in members
        if member.counts_on(day) and (member.id in formulas or not member.virtual)
    ]
    parents = {meter: _parent(known, set(counting), meter, day) for meter in counting}
    electric = [meter for meter in counting if known[meter].medium == ELECTRICITY]
    top = [meter for meter in electric if parents[meter] is None]
    views = {meter for meter in top if _is_view(meter, parents, formulas)}
    branches = _branches(parents, formulas)
    return Shape(
        parents,
        formulas,
        tuple(meter for meter in top if meter not in views),
        branches,
        _remainder({meter: branches[meter] for meter in electric if meter in branches},
                   {view: _made_of(formulas, view) for view in views}),
    )  # fmt: skip


def in_order(members: Sequence[Member]) -> tuple[str, ...]:
    """The virtual meters, each after those it uses; those that use themselves are left out."""
    waiting = {member.id: member for member in members if member.virtual}
    found: list[str] = []
    while True:
        uses = {name: {*member.plus, *member.minus} for name, member in waiting.items()}
        ready = [name for name in waiting if not uses[name] & waiting.keys()]
        if not ready:
            return tuple(found)
        found += ready
        for name in ready:
            del waiting[name]


def _formulas(known: Mapping[str, Member], day: date) -> dict[str, Formula]:
    # Only what counts on the day: a replaced meter and its successor may both be in a formula.
    found: dict[str, Formula] = {}

    def usable(names: Sequence[str]) -> tuple[str, ...]:
        counting = [name for name in names if name in known and known[name].counts_on(day)]
        return tuple(name for name in counting if name in found or not known[name].virtual)

    for name in in_order(tuple(known.values())):
        formula = Formula(usable(known[name].plus), usable(known[name].minus))
        if known[name].counts_on(day) and formula.operands:
            found[name] = formula
    return found


def _parent(
    known: Mapping[str, Member], counting: set[str], meter: str, day: date
) -> str | None:  # fmt: skip
    seen = {meter}
    above = known[meter].parent_on(day)
    while above is not None and above in known and above not in seen:
        if above in counting and known[above].medium == known[meter].medium:
            return above
        seen.add(above)
        above = known[above].parent_on(day)
    return None


def _above(parents: Mapping[str, str | None], meter: str) -> Iterator[str]:
    seen = {meter}
    above = parents.get(meter)
    while above is not None and above not in seen:
        yield above
        seen.add(above)
        above = parents.get(above)


def _made_of(formulas: Mapping[str, Formula], meter: str) -> dict[str, int]:
    if meter not in formulas:
        return {meter: 1}
    found: dict[str, int] = {}
    for names, sign in ((formulas[meter].plus, 1), (formulas[meter].minus, -1)):
        for name in names:
            for part, times in _made_of(formulas, name).items():
                found[part] = found.get(part, 0) + sign * times
    return {part: times for part, times in found.items() if times}


def _is_view(
    meter: str, parents: Mapping[str, str | None], formulas: Mapping[str, Formula]
) -> bool:
    if meter not in formulas:
        return False
    return any(meter not in _above(parents, part) for part in _made_of(formulas, meter))


def _branches(
    parents: Mapping[str, str | None], formulas: Mapping[str, Formula]
) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for meter, parent in parents.items():
        if parent is not None and meter not in formulas.get(parent, Formula()).operands:
            found[parent] = (*found.get(parent, ()), meter)
    return found


def _remainder(
    branches: Mapping[str, tuple[str, ...]], views: Mapping[str, Mapping[str, int]]
) -> Formula:
    # As sets: what two branches share is counted once; a meter between two levels falls out.
    sources, uses = dict[str, None](), dict[str, None]()
    for parent, children in branches.items():
        for part, times in views.get(parent, {parent: 1}).items():
            (sources if times > 0 else uses)[part] = None
        uses.update(dict.fromkeys(children))
    return Formula(
        tuple(meter for meter in sources if meter not in uses),
        tuple(meter for meter in uses if meter not in sources),
    )
