"""A column of a message looked at as a whole: the quick way to know that it holds only numbers.

Pure. Value by value the same costs ten times as much, and a plant sends millions of them.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from itertools import chain

WHOLE = 2**63
"""Whole numbers from here on (and below its negative) are no values: they fit no store."""
_FLOATS, _NUMBERS = frozenset({float}), frozenset({int, float})


def surely_numbers(column: Sequence[object]) -> bool:
    """Whether every value is a finite number, and none a whole one beyond 63 bits.

    True is sure. False may also mean that the quick way cannot tell (floats whose sum is beyond
    all floats): look at each value then. An empty column has no numbers.
    """
    kinds = set(map(type, column))
    if kinds == _FLOATS:
        return math.isfinite(sum(column))  # type: ignore[arg-type]
    if not kinds or not kinds <= _NUMBERS:
        return False
    low, high = min(column), max(column)  # type: ignore[type-var]
    return low > -WHOLE and high < WHOLE and math.isfinite(sum(column))  # type: ignore


def surely_floats(columns: Collection[Sequence[object]], length: int) -> bool:
    """Whether every column is a list of ``length`` finite floats: the usual message, at one look.

    True is sure, as above; False where there are no columns.
    """
    if set(map(type, columns)) != {list} or set(map(len, columns)) != {length}:
        return False
    values = [*chain.from_iterable(columns)]
    return set(map(type, values)) == _FLOATS and math.isfinite(sum(values))  # type: ignore[arg-type]


def surely_whole(column: Sequence[object], minimum: int) -> bool:
    """Whether every value is a whole number from ``minimum`` on that fits 63 bits."""
    if set(map(type, column)) != {int}:
        return False
    return minimum <= min(column) and max(column) < WHOLE  # type: ignore[type-var, operator]
