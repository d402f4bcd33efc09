"""Who was given a look at a site in Grafana, until when, and by whom.

Rows are never deleted: an ended access stays as evidence. Grafana itself is told by
``collector boards``; this is what it is told from.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from collector.roles import Role
from collector.state.database import StateDatabase

_COLUMNS = "id, site, login, end_ms, by_name, made_at_ms, ended_at_ms, role"


@dataclass(frozen=True, slots=True)
class Grant:
    """A user of Grafana (login or mail address) may look at a site until ``end_ms`` (UTC).

    ``ended_at_ms`` is set when it was ended before.
    """

    id: int
    site: str
    login: str
    end_ms: int
    by_name: str
    made_at_ms: int
    ended_at_ms: int | None = None
    role: Role = "consultant"

    def alive(self, at_ms: int) -> bool:
        """Whether it holds at the instant."""
        return self.ended_at_ms is None and at_ms < self.end_ms


class GrafanaAccess:
    """The durable list of grants."""

    def __init__(self, database: StateDatabase) -> None:
        self._database = database

    def add(
        self,
        site: str,
        login: str,
        end_ms: int,
        by_name: str,
        at_ms: int,
        role: Role = "consultant",
    ) -> Grant:
        """Give access; what the same user had at the site before ends with it."""
        self.end(site, login, at_ms)
        with self._database.write() as connection:
            added = connection.execute(
                "INSERT INTO grafana_access (site, login, end_ms, by_name, made_at_ms, role)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                (site, login, end_ms, by_name, at_ms, role),
            )
        number = int(added.lastrowid or 0)
        return Grant(number, site, login, end_ms, by_name, at_ms, None, role)

    def end(self, site: str, login: str, at_ms: int) -> bool:
        """End the user's access to the site now; answers whether there was one."""
        with self._database.write() as connection:
            ended = connection.execute(
                "UPDATE grafana_access SET ended_at_ms = ? WHERE site = ? AND login = ?"
                " AND ended_at_ms IS NULL AND end_ms > ?",
                (at_ms, site, login, at_ms),
            )
        return ended.rowcount > 0

    def list(self) -> Sequence[Grant]:
        """Every grant ever made, in that order."""
        rows = self._database.read(f"SELECT {_COLUMNS} FROM grafana_access ORDER BY id")
        return [_grant(row) for row in rows]


def _grant(row: Sequence[Any]) -> Grant:
    return Grant(*row)
