"""How far a finding is: one entry of its history, as it is kept. Needs no analysis to be read."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from datetime import date
from typing import Literal

from collector.errors import CollectorError

Status = Literal["open", "doing", "done", "muted"]
STATUSES: tuple[Status, ...] = ("open", "doing", "done", "muted")


@dataclass(frozen=True, slots=True)
class Promise:
    """What a done finding is held to: its frozen baseline and the kWh a year it promised.

    ``first`` to ``end`` (excluded) are the baseline's local days, ``done_on`` is the day from
    which the measure works.
    """

    first: date
    end: date
    done_on: date
    low_kwh: float
    mid_kwh: float
    high_kwh: float


@dataclass(frozen=True, slots=True)
class Change:
    """One entry of a finding's history: all that held from then on, and who said so (UTC ms).

    ``until`` is the day on which a mute ends (None: it does not), ``cost_yen`` what the measure
    costs, ``promise`` is there once it was done.
    """

    site: str
    key: str
    status: Status
    owner: str
    reason: str
    by: str
    at_ms: int
    until: date | None = None
    cost_yen: float | None = None
    promise: Promise | None = None

    def status_on(self, day: date) -> Status:
        """The status on a local day: a mute that has ended is open again."""
        ended = self.status == "muted" and self.until is not None and day >= self.until
        return "open" if ended else self.status


def status_named(text: str) -> Status:
    """The status of that name. Raises ``CollectorError`` with one like it, or those there are."""
    for status in STATUSES:
        if status == text:
            return status
    near = difflib.get_close_matches(text.lower(), STATUSES, n=1)
    hint = f"did you mean {near[0]}?" if near else f"write one of: {', '.join(STATUSES)}"
    raise CollectorError(f"there is no status {text}", hint)


def refuse_incomplete(change: Change) -> None:
    """Raise ``CollectorError`` for an entry that says too little, or what cannot be."""
    if not change.by.strip():
        raise CollectorError("a status needs the name of who sets it", "write --by NAME")
    if change.status not in STATUSES:
        raise CollectorError(f"{change.status} is no status", f"write {', '.join(STATUSES)}")
    if change.status == "muted" and not change.reason.strip():
        raise CollectorError("a finding is muted for a reason", "write --reason TEXT")
    if change.until is not None and change.status != "muted":
        raise CollectorError(f"{change.status} does not end by itself", "leave out --until")
    if change.cost_yen is not None and not change.cost_yen >= 0:
        raise CollectorError(f"a cost of {change.cost_yen:g}", "write a cost of zero or more")
