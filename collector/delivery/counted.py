"""PURE. What each of several collectors has counted of a meter's day, and all of it together.

Each collector sees only what came to itself. Its counts stand in the store beside those of the
others, as one text, so that each of them can tell what all have received. A finished day is exact;
while it lasts, what the others of a group got in the last quarter of an hour still looks late.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from itertools import zip_longest
from typing import Any

MAX_HOURS = 26


@dataclass(frozen=True, slots=True)
class Member:
    """A collector, and the group with which it shares the work; an empty one when it has all."""

    collector: str
    group: str = ""


@dataclass(frozen=True, slots=True)
class Counted:
    """Readings that came to one collector: on time in each hour of the day, and estimated ones."""

    collector: str
    group: str
    on_time: tuple[int, ...]
    estimated: int


def together(parts: Iterable[Counted]) -> tuple[int, int]:
    """Readings of a day that came on time, and estimated ones, whichever collector took them.

    Members of a group get different readings: their counts add up. Collectors that each get
    everything count the same readings: of each hour the largest count stands, so that one may be
    down in the morning and the other in the afternoon. What a group and a collector beside it
    have counted is the same too.
    """
    groups: dict[tuple[str, str], list[Counted]] = {}
    for part in parts:
        groups.setdefault((part.group, "" if part.group else part.collector), []).append(part)
    hours = [_summed([part.on_time for part in members]) for members in groups.values()]
    largest = [max(counts) for counts in zip_longest(*hours, fillvalue=0)]
    estimated = [sum(part.estimated for part in members) for members in groups.values()]
    return sum(largest), max(estimated, default=0)


def with_own(text: str, own: Counted) -> tuple[Counted, ...]:
    """The parts that a text holds, with this collector's own put in place of its older ones."""
    others = (part for part in decode(text) if part.collector != own.collector)
    return tuple(sorted((*others, own), key=lambda part: part.collector))


def encode(parts: Iterable[Counted]) -> str:
    """The parts as one text."""
    return json.dumps([asdict(part) for part in parts], separators=(",", ":"))


def decode(text: str) -> tuple[Counted, ...]:
    """The parts in a text; what is none of ours holds none."""
    try:
        doc: Any = json.loads(text)
        return tuple(_part(item) for item in doc) if isinstance(doc, list) else ()
    except (ValueError, TypeError, KeyError, OverflowError, RecursionError):
        return ()


def _part(item: Any) -> Counted:
    on_time = tuple(int(count) for count in item["on_time"][:MAX_HOURS])
    names = str(item["collector"]), str(item["group"])
    return Counted(*names, on_time, int(item["estimated"]))


def _summed(hours: Sequence[Sequence[int]]) -> list[int]:
    return [sum(counts) for counts in zip_longest(*hours, fillvalue=0)]
