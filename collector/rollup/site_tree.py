"""The meter tree a site's settings describe."""

from __future__ import annotations

from collections.abc import Iterable

from collector.rollup.members import Member, Move
from collector.rollup.tree import Tree
from collector.site_config import MeterSettings


def tree_of(meters: Iterable[MeterSettings]) -> Tree:
    """The tree of a site's meters, with its dates."""
    return Tree.of(_member(meter) for meter in meters)


def _member(meter: MeterSettings) -> Member:
    return Member(
        meter.id,
        meter.parent,
        meter.since,
        meter.until,
        tuple(Move(move.parent or None, move.from_date) for move in meter.moves),
        meter.plus,
        meter.minus,
        meter.medium,
        meter.balance_percent,
    )
