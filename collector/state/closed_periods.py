"""Accounts that a person has closed: a list that only grows.

A closed account is kept whole, with a digest over its text. What turns out different later is a
restatement: a new row that names the one it restates, with the reason and who says so. Neither is
ever changed or deleted; the database refuses it.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from dataclasses import dataclass
from typing import Any

from collector.accounts.account import Account
from collector.accounts.snapshot import account_of, document_of
from collector.accounts.span import Span
from collector.errors import CollectorError, StopError
from collector.state.database import StateDatabase

_COLUMNS = "id, document, digest, by, reason, closed_at_ms, restates"
_ADD = (
    "INSERT INTO closed_period (site, first, end, document, digest, by, reason, closed_at_ms,"
    " restates) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
)


@dataclass(frozen=True, slots=True)
class Closed:
    """A closed account: who closed it when (UTC ms) and, for a restatement, why and of which."""

    id: int
    account: Account
    by: str
    reason: str
    closed_at_ms: int
    restates: int | None
    digest: str


class ClosedPeriods:
    """The durable list of closed accounts. Safe to use from several threads."""

    def __init__(self, database: StateDatabase) -> None:
        self._database = database

    def close(self, account: Account, by: str, at_ms: int) -> Closed:
        """Close the account's period; durable on return.

        Raises ``CollectorError`` when the period is closed already or nobody signs.
        """
        return self._add(account, by, "", at_ms, restated=None)

    def restate(self, account: Account, by: str, reason: str, at_ms: int) -> Closed:
        """Add the account as the new figure of a period that is closed; the old one stays.

        Raises ``CollectorError`` when the period is not closed, or reason or name are missing.
        """
        former = self.get(account.site, account.span)
        if former is None:
            hint = f"close it first: collector accounts close {account.site} {account.span}"
            raise CollectorError(f"{account.span} of {account.site} is not closed", hint)
        if not reason.strip():
            raise CollectorError("a restatement needs its reason", "write --reason TEXT")
        return self._add(account, by, reason, at_ms, restated=former.id)

    def get(self, site: str, span: Span) -> Closed | None:
        """The newest account closed of the period; None when it is not closed."""
        found = self.history(site, span)
        return found[-1] if found else None

    def history(self, site: str, span: Span) -> list[Closed]:
        """The account first closed of the period and its restatements, in order."""
        rows = self._database.read(
            f"SELECT {_COLUMNS} FROM closed_period"
            " WHERE site = ? AND first = ? AND end = ? ORDER BY id",
            (site, span.first.isoformat(), span.end.isoformat()),
        )
        return [_closed(row) for row in rows]

    def _add(
        self, account: Account, by: str, reason: str, at_ms: int, restated: int | None
    ) -> Closed:
        if not by.strip():
            raise CollectorError(
                "a closed period needs the name of who closes it", "write --by NAME"
            )
        text = json.dumps(document_of(account), ensure_ascii=False, sort_keys=True)
        digest = _digest(text)
        span = account.span
        key = (account.site, span.first.isoformat(), span.end.isoformat())
        values = (*key, text, digest, by.strip(), reason.strip())
        with self._database.write() as connection:
            try:
                added = connection.execute(_ADD, (*values, at_ms, restated))
            except sqlite3.IntegrityError as error:
                hint = f"see collector accounts list {account.site}; change it by accounts restate"
                raise CollectorError(f"{span} of {account.site} is closed already", hint) from error
        number = int(added.lastrowid or 0)
        return Closed(number, account, by.strip(), reason.strip(), at_ms, restated, digest)

    def list(self, site: str) -> list[Closed]:
        """Every closed account of the site, restatements too, by period and order of closing."""
        rows = self._database.read(
            f"SELECT {_COLUMNS} FROM closed_period WHERE site = ? ORDER BY first, end, id", (site,)
        )
        return [_closed(row) for row in rows]


def _closed(row: tuple[Any, ...]) -> Closed:
    number, text, digest, by, reason, at_ms, restates = row
    if _digest(text) != digest:
        hint = "restore the state file from a backup"
        raise StopError(f"closed account {number} was changed after it was closed", hint)
    return Closed(number, account_of(json.loads(text)), by, reason, at_ms, restates, digest)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
