"""How much a day is written to the disk, and whether a card will last."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from edge_agent.probes.disk.place import CARD, USB_STICK
from edge_agent.probes.finding import Finding, note, ok

DAY_S = 86_400
_MEASURED = ((1, 12_300.0), (10, 2_800.0), (60, 900.0), (600, 450.0))
"""Rows a commit to bytes a row that reached the block device, for rows of 180 bytes.

Measured on ext4 with SQLite 3.40, WAL and ``synchronous=FULL``, checkpoints included.
"""
_MEASURED_ROW_BYTES = 180
_MUCH_A_DAY = 1e9


@dataclass(frozen=True, slots=True)
class Load:
    """What is written: rows a second, how often they are committed, how large a row is."""

    rows_per_s: float
    commit_every_s: float
    row_bytes: float

    @property
    def rows_a_commit(self) -> float:
        """Rows in one commit; below one where commits without rows do not happen."""
        return self.rows_per_s * self.commit_every_s


def bytes_a_day(load: Load) -> float:
    """About how many bytes reach the device in a day."""
    larger = max(load.row_bytes / _MEASURED_ROW_BYTES, 1.0)
    # The pages of a small commit are written however little is in them.
    share = min(load.rows_a_commit / 60, 1.0)
    factor = 1 + (larger - 1) * share
    return load.rows_per_s * DAY_S * _bytes_a_row(max(load.rows_a_commit, 1.0)) * factor


def wear_findings(load: Load, medium: str) -> Iterator[Finding]:
    """What the load does to a medium of this kind."""
    daily = bytes_a_day(load)
    measured = (
        f"about {_size(daily)} written a day "
        f"({load.rows_per_s:.3g} readings/s, a commit every {load.commit_every_s:g} s)"
    )
    if medium not in (CARD, USB_STICK) or daily < _MUCH_A_DAY:
        yield ok("disk: wear", measured)
        return
    every_s = 60 if load.commit_every_s < 60 else load.commit_every_s
    slower = bytes_a_day(Load(load.rows_per_s, every_s, load.row_bytes))
    calmer = (
        f"[outbox] commit_every_s = {every_s:g} makes it about {_size(slower)}, and a power cut "
        "then takes up to that many seconds. "
        if slower < 0.8 * daily
        else ""
    )
    what = "Every write wears a card; at this rate a plain one is the first part to fail."
    yield note("disk: wear", measured, what, f"{calmer}Use an industrial card or an SSD.")


def _bytes_a_row(rows: float) -> float:
    if rows >= _MEASURED[-1][0]:
        return _MEASURED[-1][1]
    for (low, at_low), (high, at_high) in pairwise(_MEASURED):
        if rows <= high:
            share = math.log(rows / low) / math.log(high / low)
            return math.exp(math.log(at_low) + share * math.log(at_high / at_low))
    raise AssertionError(rows)


def _size(count: float) -> str:
    for unit in ("bytes", "kB", "MB"):
        if count < 1000:
            return f"{count:.3g} {unit}"
        count /= 1000
    return f"{count:,.1f} GB"
