"""Tokens of the HTTP API: who may read which sites, of which days, until when.

A token is 32 random bytes. It is shown once, where it is made; kept is its SHA-256 alone, which
is enough for a secret nobody can guess. A revoked token stays in the list.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from collector.roles import Role, role_named
from collector.state.database import StateDatabase

PREFIX = "mieruka_"
ALL_SITES = "*"
RANDOM_BYTES = 32
USE_NOTED_EVERY_MS = 300_000
"""The last use is written down no more often: a request must not cost the disk a flush."""
_COLUMNS = (
    "id, tenant, role, sites, first, end, created_at_ms, expires_at_ms, last_used_ms, revoked_at_ms"
)


@dataclass(frozen=True, slots=True)
class Reach:
    """What a token opens: sites by id ("*": all), and local days ``first`` to ``end`` (excluded).

    None: no bound on that side.
    """

    sites: tuple[str, ...]
    first: date | None = None
    end: date | None = None

    @property
    def last(self) -> date | None:
        """The last local day, included, as people write it; None: no bound."""
        return None if self.end is None else self.end - timedelta(days=1)

    def has_site(self, site: str) -> bool:
        """Whether the site is one of them."""
        return ALL_SITES in self.sites or site in self.sites


@dataclass(frozen=True, slots=True)
class ApiToken:
    """A token as it is kept. Instants are UTC ms; ``last_used_ms`` is right to five minutes."""

    id: int
    tenant: str
    role: Role
    reach: Reach
    created_at_ms: int
    expires_at_ms: int
    last_used_ms: int | None
    revoked_at_ms: int | None

    def alive(self, at_ms: int) -> bool:
        """Whether it opens anything at the instant."""
        return self.revoked_at_ms is None and at_ms < self.expires_at_ms


class ApiTokens:
    """The durable list of tokens. Safe to use from several threads and processes."""

    def __init__(self, database: StateDatabase) -> None:
        self._database = database

    def create(
        self, tenant: str, role: Role, reach: Reach, at_ms: int, expires_at_ms: int
    ) -> tuple[ApiToken, str]:
        """Make a token; answers it and its secret text, which nothing keeps."""
        text = PREFIX + secrets.token_urlsafe(RANDOM_BYTES)
        days = (_text(reach.first), _text(reach.end))
        row = (tenant, role, json.dumps(reach.sites), *days, _digest(text), at_ms, expires_at_ms)
        with self._database.write() as connection:
            added = connection.execute(
                "INSERT INTO api_token (tenant, role, sites, first, end, digest, created_at_ms,"
                " expires_at_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                row,
            )
        number = int(added.lastrowid or 0)
        return ApiToken(number, tenant, role, reach, at_ms, expires_at_ms, None, None), text

    def find(self, text: str) -> ApiToken | None:
        """The token of that text, alive or not; None where there is none.

        Every digest is compared, each in constant time: how long it takes tells nothing.
        """
        wanted, found = _digest(text), None
        for *columns, digest in self._database.read(f"SELECT {_COLUMNS}, digest FROM api_token"):
            if hmac.compare_digest(wanted, digest):
                found = _token(columns)
        return found

    def note_use(self, token: ApiToken, at_ms: int) -> None:
        """Keep that it was used, unless that was noted a moment ago."""
        last = token.last_used_ms
        if last is not None and 0 <= at_ms - last < USE_NOTED_EVERY_MS:
            return
        with self._database.write() as connection:
            connection.execute(
                "UPDATE api_token SET last_used_ms = ? WHERE id = ?", (at_ms, token.id)
            )

    def revoke(self, token_id: int, at_ms: int) -> ApiToken | None:
        """End a token; one that was revoked keeps its first mark. None: there is none of that id.

        It is refused from the next request on.
        """
        with self._database.write() as connection:
            connection.execute(
                "UPDATE api_token SET revoked_at_ms = ? WHERE id = ? AND revoked_at_ms IS NULL",
                (at_ms, token_id),
            )
        return next((token for token in self.list() if token.id == token_id), None)

    def list(self) -> Sequence[ApiToken]:
        """Every token ever made, in that order."""
        return list(map(_token, self._database.read(f"SELECT {_COLUMNS} FROM api_token")))


def _token(row: Sequence[Any]) -> ApiToken:
    number, tenant, role, sites, first, end, *instants = row
    reach = Reach(tuple(json.loads(sites)), _day(first), _day(end))
    return ApiToken(number, tenant, role_named(role) or "viewer", reach, *instants)


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", errors="surrogatepass")).digest()


def _text(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
