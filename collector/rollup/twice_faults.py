"""Energy that a meter tree would count twice, or in the wrong place, on whatever day it shows.

The last check of ``tree_faults``: names, dates and circles are in order here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from collector.rollup.members import Member
from collector.rollup.tree_shape import Shape, shape_on


def twice_faults(members: Sequence[Member], paths: Mapping[str, str]) -> Iterator[str]:
    """Yield a line for each meter that a sum counts twice, with the first day it does so.

    ``paths`` tells where in the settings each meter stands.
    """
    changes = {day for member in members for day in member.changes()}
    told: set[str] = set()
    for day in sorted({date.min, *changes}):
        shape = shape_on(members, day)
        when = "" if day == date.min else f" from {day} on"
        for meter in shape.formulas:
            for fault, hint in (*_in_formula(shape, meter), *_in_place(shape, meter)):
                line = f"{paths[meter]}: {fault}"
                if line not in told:
                    told.add(line)
                    yield f"{line}{when} ({hint})"


def _in_formula(shape: Shape, meter: str) -> Iterator[tuple[str, str]]:
    # What it is made of, down to the meters with readings.
    parts = shape.made_of(meter)
    for part, times in parts.items():
        if abs(times) > 1:
            yield f"counts {part} {abs(times)} times", "name each part of a sum once"
    formula = shape.formulas[meter]
    named = dict.fromkeys(formula.plus, 1) | dict.fromkeys(formula.minus, -1)
    inside = {**_inside(shape, parts), **_inside(shape, named)}
    for part, whole in inside.items():
        yield f"counts {part} twice, since it is part of {whole}", f"leave out {part} or {whole}"


def _inside(shape: Shape, signs: Mapping[str, int]) -> dict[str, str]:
    # Parts whose next meter above in the same formula has the same sign: a part of a part that
    # was taken away may be added again.
    found: dict[str, str] = {}
    for part, sign in signs.items():
        whole = next((above for above in shape.above(part) if above in signs), None)
        if whole is not None and (signs[whole] > 0) == (sign > 0):
            found[part] = whole
    return found


def _in_place(shape: Shape, meter: str) -> Iterator[tuple[str, str]]:
    # Where it stands in the tree against where its parts do.
    parts = [part for part, times in shape.made_of(meter).items() if times > 0]
    parent = shape.parents[meter]
    if parent is None:
        yield from _half_view(shape, meter)
        return
    siblings = set(shape.branches.get(parent, ())) - {meter}
    for part in parts:
        below = [part, *shape.above(part)]
        if parent not in below:
            yield (
                f"is part of {parent}, and {part}, which it is made of, is not",
                "leave out its parent, then it only shows a sum",
            )
            continue
        twin = next((step for step in below[: below.index(parent)] if step in siblings), None)
        if twin is not None and meter not in below and meter in shape.branches.get(parent, ()):
            yield (
                f"counts {part} a second time in {parent}, which already counts {twin}",
                "leave out its parent, then it only shows a sum",
            )


def _half_view(shape: Shape, meter: str) -> Iterator[tuple[str, str]]:
    parts = shape.made_of(meter)
    below = [part for part in parts if meter in shape.above(part)]
    beside = [part for part in parts if part not in below]
    if below and beside:
        yield (
            f"is made of {below[0]}, which is part of it, and of {beside[0]}, which is not",
            f'give all its parts parent = "{meter}", or none of them',
        )
