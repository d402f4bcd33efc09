"""The answers to one question over time: constant between two edges of activity windows."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from datetime import date

from collector.factors.candidates import Standing
from collector.factors.factor import Factor, Match, MatchStatus
from collector.factors.methods import BREAK_OF_BASIC, definition_of, gas_rank

Group = tuple[tuple[Factor, ...], Standing]
"""Rows of one key, all gases of it, and what they stand for."""


class Timeline:
    """Which factor applies on a day, worked out once for each stretch between two edges."""

    def __init__(self, groups: Iterable[Group]) -> None:
        self._groups = tuple(group for group in groups if group[0])
        rows = [row for group, _ in self._groups for row in group]
        edges = {date.min, BREAK_OF_BASIC, *(row.valid_from for row in rows)}
        self._edges = sorted(edges | {row.valid_to for row in rows if row.valid_to})
        self._matches: dict[int, Match | None] = {}

    def at(self, day: date) -> Match | None:
        """The match on the day; None when there are no rows at all."""
        stretch = bisect_right(self._edges, day)
        if stretch not in self._matches:
            self._matches[stretch] = self._match(day)
        return self._matches[stretch]

    def _match(self, day: date) -> Match | None:
        own = [group for group in self._groups if group[1] != "fallback"]
        others = [group for group in self._groups if group[1] == "fallback"]
        for groups in (own, others):
            same, other = _by_definition(groups, day)
            match = _covering(groups, day) or _nearest(same, day) or _nearest(other, day)
            if match:
                return match
        return None


def _by_definition(groups: Sequence[Group], day: date) -> tuple[list[Group], list[Group]]:
    # A row made while the method's name meant another quantity is another method's value.
    same: list[Group] = []
    other: list[Group] = []
    for rows, standing in groups:
        alike = tuple(row for row in rows if definition_of(row.method, day) in ("", row.definition))
        apart = tuple(row for row in rows if row not in alike)
        same += [(alike, standing)] if alike else []
        other += [(apart, "fallback")] if apart else []
    return same, other


def _covering(groups: Sequence[Group], day: date) -> Match | None:
    for rows, standing in groups:
        inside = [row for row in rows if row.covers(day)]
        if inside:
            row = min(inside, key=lambda row: gas_rank(row.gas_key))
            return Match(row, _status(row, standing))
    return None


def _nearest(groups: Sequence[Group], day: date) -> Match | None:
    for rows, standing in groups:
        earlier = [row for row in rows if row.valid_from <= day]
        pick = max if earlier else min
        begins = pick(row.valid_from for row in earlier or rows)
        nearest = [row for row in rows if row.valid_from == begins]
        row = min(nearest, key=lambda row: gas_rank(row.gas_key))
        return Match(row, "fallback" if standing == "fallback" else "provisional")
    return None


def _status(row: Factor, standing: Standing) -> MatchStatus:
    if standing == "fallback":
        return "fallback"
    firm = standing == "own" and row.status != "preliminary"
    return "official" if firm else "provisional"
