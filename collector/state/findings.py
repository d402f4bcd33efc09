"""What people made of findings: a list that only grows.

Every entry says all that holds from then on: status, owner, reason, who and when. None is ever
changed or deleted; the database refuses it. A finding keeps its key over runs, so its last entry
is its status for as long as nobody says otherwise.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from collector.errors import CollectorError
from collector.findings.status import Change, Promise, refuse_incomplete
from collector.state.database import StateDatabase

_FIELDS = (
    "site, key, status, owner, reason, by_name, at_ms, until, cost_yen, baseline_first,"
    " baseline_end, done_on, low_kwh, mid_kwh, high_kwh"
)


class FindingLog:
    """The durable history of all findings. Safe to use from several threads."""

    def __init__(self, database: StateDatabase) -> None:
        self._database = database

    def add(self, change: Change) -> None:
        """Keep an entry; durable on return.

        Raises ``CollectorError`` without a name, for a mute without a reason, for an end of
        something that is no mute, and for something done that promises nothing.
        """
        refuse_incomplete(change)
        if change.status == "done" and change.promise is None:
            raise CollectorError("a done finding needs its baseline", "set it while it is found")
        places = ", ".join("?" * len(_FIELDS.split(",")))
        with self._database.write() as connection:
            connection.execute(
                f"INSERT INTO finding_change ({_FIELDS}) VALUES ({places})", _values(change)
            )

    def history(self, site: str, key: str = "") -> list[Change]:
        """The entries of a site's findings, or of one of them, oldest first."""
        where, values = "site = ?", [site]
        if key:
            where, values = "site = ? AND key = ?", [site, key]
        rows = self._database.read(
            f"SELECT {_FIELDS} FROM finding_change WHERE {where} ORDER BY id", values
        )
        return [_change(row) for row in rows]


def _values(change: Change) -> tuple[Any, ...]:
    promise = change.promise
    baseline: tuple[Any, ...] = (None,) * 6
    if promise is not None:
        days = (promise.first, promise.end, promise.done_on)
        kwh = (promise.low_kwh, promise.mid_kwh, promise.high_kwh)
        baseline = (*(day.isoformat() for day in days), *kwh)
    return (
        *(change.site, change.key, change.status, change.owner.strip(), change.reason.strip()),
        *(change.by.strip(), change.at_ms, change.until and change.until.isoformat()),
        *(change.cost_yen, *baseline),
    )


def _change(row: tuple[Any, ...]) -> Change:
    site, key, status, owner, reason, by, at_ms, until, cost, first, end, done_on, *kwh = row
    promise = None
    if first is not None:
        days = (date.fromisoformat(first), date.fromisoformat(end), date.fromisoformat(done_on))
        promise = Promise(*days, *kwh)
    ends = date.fromisoformat(until) if until else None
    return Change(site, key, status, owner, reason, by, at_ms, ends, cost, promise)
