"""Faults of a meter tree in the settings, on whatever day they show, each told once.

Before: the meters as the settings give them. After: one line per fault, with the dotted path, the
value, what is wrong and what to write.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from collector.rollup.members import Member
from collector.rollup.twice_faults import twice_faults

Paths = Mapping[str, str]
"""Where in the settings each meter stands, by its id."""


def tree_faults(members: Sequence[Member], path: str = "meters") -> Iterator[str]:
    """Yield a line for everything that is wrong: names, dates, circles, energy counted twice.

    ``members`` stand in the order of the settings, ``path`` is that of their array. What counts
    twice is looked for only in a tree without circles.
    """
    known = {member.id: member for member in members}
    paths = {member.id: f"{path}[{index}]" for index, member in enumerate(members)}
    for member in members:
        at = paths[member.id]
        yield from _date_faults(member, at)
        yield from _name_faults(member, known, at)
        yield from _formula_faults(member, known, at)
    circles = [*_circles_of_parents(known, paths), *_circles_of_formulas(known, paths)]
    yield from circles
    if not circles:
        yield from _absent_parents(known, paths)
        yield from twice_faults(members, paths)


def _date_faults(member: Member, at: str) -> Iterator[str]:
    since, until = member.since, member.until
    if since is not None and until is not None and until <= since:
        yield (
            f"{at}.until = {until}: not after since = {since}"
            " (until is the day after the last it counts)"
        )
    for index in range(1, len(member.moves)):
        before, day = member.moves[index - 1].from_day, member.moves[index].from_day
        if day <= before:
            yield (
                f"{at}.moves[{index}].from = {day}: not after {before}"
                " (write moves in order of time)"
            )


def _names(member: Member) -> Iterator[tuple[str, str]]:
    # Every place where the meter names another one, and the name.
    if member.parent:
        yield "parent", member.parent
    for index, move in enumerate(member.moves):
        if move.parent:
            yield f"moves[{index}].parent", move.parent
    for key, names in (("plus", member.plus), ("minus", member.minus)):
        for index, name in enumerate(names):
            yield f"{key}[{index}]", name


def _name_faults(member: Member, known: Mapping[str, Member], at: str) -> Iterator[str]:
    others = [name for name in known if name != member.id]
    for key, name in _names(member):
        if name not in known:
            near = difflib.get_close_matches(name, others, n=1) or sorted(others)[:10]
            hint = f"write one of: {', '.join(near)}" if near else "leave it out"
            yield f'{at}.{key} = "{name}": no meter of this site has that id ({hint})'


def _formula_faults(member: Member, known: Mapping[str, Member], at: str) -> Iterator[str]:
    if member.minus and not member.plus:
        yield f"{at}.minus: there is nothing it is taken from (add plus = [...])"
    first: dict[str, str] = {}
    for key, name in _names(member):
        if not key.startswith(("plus", "minus")):
            continue
        if first.setdefault(name, key) != key:
            yield f'{at}.{key} = "{name}": already in {at}.{first[name]} (name each meter once)'
        elif name in known and known[name].medium != member.medium:
            yield (
                f'{at}.{key} = "{name}": counts {known[name].medium}, and {member.id}'
                f' {member.medium} (give both the same medium = "...")'
            )


def _days(members: Mapping[str, Member]) -> list[date]:
    # A day of each stretch between two changes: its first.
    changes = {day for member in members.values() for day in member.changes()}
    return sorted({date.min, *changes})


def _parent_key(member: Member, day: date) -> str:
    move = member.move_on(day)
    return "parent" if move is None else f"moves[{move}].parent"


def _circles_of_parents(known: Mapping[str, Member], paths: Paths) -> Iterator[str]:
    told: set[str] = set()
    for day in _days(known):
        for name, member in known.items():
            key = f"{paths[name]}.{_parent_key(member, day)}"
            if key not in told and _returns(known, name, day):
                told.add(key)
                yield (
                    f'{key} = "{member.parent_on(day)}": goes round in a circle{_from(day)}'
                    " (leave out the top parent)"
                )


def _returns(known: Mapping[str, Member], name: str, day: date) -> bool:
    seen: set[str] = set()
    above = known[name].parent_on(day)
    while above is not None and above != name and above in known and above not in seen:
        seen.add(above)
        above = known[above].parent_on(day)
    return above == name


def _circles_of_formulas(known: Mapping[str, Member], paths: Paths) -> Iterator[str]:
    for name, member in known.items():
        by_way = [other for other in _operands(member) if name in _reached(known, other)]
        if by_way:
            yield (
                f"{paths[name]}: goes round in a circle by way of {', '.join(by_way)}"
                " (a virtual meter may not use one that uses it)"
            )


def _operands(member: Member) -> tuple[str, ...]:
    return (*member.plus, *member.minus)


def _reached(known: Mapping[str, Member], name: str) -> set[str]:
    # The meter and all that it is made of.
    found, ahead = set[str](), [name]
    while ahead:
        last = ahead.pop()
        if last not in found and last in known:
            ahead += _operands(known[last])
        found.add(last)
    return found


def _absent_parents(known: Mapping[str, Member], paths: Paths) -> Iterator[str]:
    # Who comes next above is plain to see only for the person who wired it: ask, never guess.
    told: set[str] = set()
    for day in _days(known):
        for name, member in known.items():
            parent = known.get(member.parent_on(day) or "")
            if parent is None or not member.counts_on(day) or parent.counts_on(day):
                continue
            fault = (
                f'{paths[name]}.{_parent_key(member, day)} = "{parent.id}": {_gone(parent, day)}'
            )
            if fault not in told:
                told.add(fault)
                yield fault


def _gone(parent: Member, day: date) -> str:
    if parent.until is not None and parent.until <= day:
        return (
            f"counts only until {parent.until}, and this meter goes on"
            f" (say with a move from = {parent.until} what it is part of then)"
        )
    return (
        f"counts only since {parent.since}, and this meter did before"
        f" (put that parent into a move from = {parent.since}, or give since to this meter too)"
    )


def _from(day: date) -> str:
    return "" if day == date.min else f" from {day} on"
