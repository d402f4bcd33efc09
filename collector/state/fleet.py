"""Who belongs to the fleet: one-time tokens, certificates, and what became of them.

Of a token only the digest is kept. No certificate is ever deleted: that one was issued, renewed
or revoked stays provable. Instants are UTC ms.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from collector.state.database import StateDatabase

Kind = Literal["agent", "server", "collector"]
TokenState = Literal["good", "unknown", "used", "expired"]
_CERTIFICATE = (
    "serial, kind, name, root, issued_at_ms, not_after_ms, renews, seen_ms, revoked_at_ms, reason"
)
HOMES_HOLD_MS = 10_000


@dataclass(frozen=True, slots=True)
class Issuance:
    """A certificate that was issued.

    ``root`` is the fingerprint of the authority that signed it, ``renews`` the serial number of
    the certificate it takes the place of ("" for none), ``seen_ms`` when its holder was here last.
    """

    serial: str
    kind: Kind
    name: str
    root: str
    issued_at_ms: int
    not_after_ms: int
    renews: str = ""
    seen_ms: int | None = None
    revoked_at_ms: int | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class FleetAgent:
    """An agent that has been enrolled; ``renew_asked_ms``: it is to renew its certificate."""

    agent: str
    site: str
    enrolled_at_ms: int
    renew_asked_ms: int | None
    seen_ms: int | None


@dataclass(frozen=True, slots=True)
class HeldToken:
    """A one-time token as it is kept, and how it stands at the instant of the question."""

    agent: str
    site: str
    state: TokenState


@dataclass(frozen=True, slots=True)
class FleetEvent:
    """Something that happened to an agent's identity."""

    at_ms: int
    agent: str
    kind: str
    told: str


class FleetRegister:
    """The durable register. Safe to use from several threads and processes."""

    def __init__(self, database: StateDatabase) -> None:
        self.database = database
        self._homes: Mapping[str, str] = {}
        self._homes_ms = -(10**15)

    # Tokens.

    def add_token(self, digest: str, agent: str, site: str, at_ms: int, until_ms: int) -> None:
        """Keep a new token; those of the agent that were not used are void from now on."""
        with self.database.write() as connection:
            connection.execute(
                "UPDATE fleet_token SET expires_at_ms = min(expires_at_ms, ?) WHERE agent = ?"
                " AND used_at_ms IS NULL",
                (at_ms, agent),
            )
            connection.execute(
                "INSERT INTO fleet_token VALUES (?, ?, ?, ?, ?, NULL)",
                (digest, agent, site, at_ms, until_ms),
            )

    def token(self, digest: str, at_ms: int) -> HeldToken:
        """The token of that digest; state ``unknown`` when there is none."""
        rows = self.database.read(
            "SELECT agent, site, expires_at_ms, used_at_ms FROM fleet_token WHERE digest = ?",
            (digest,),
        )
        if not rows:
            return HeldToken("", "", "unknown")
        agent, site, expires_at_ms, used_at_ms = rows[0]
        if used_at_ms is not None:
            return HeldToken(agent, site, "used")
        return HeldToken(agent, site, "good" if at_ms < expires_at_ms else "expired")

    def use_token(self, digest: str, at_ms: int) -> bool:
        """Spend the token; False when somebody else was faster."""
        with self.database.write() as connection:
            changed = connection.execute(
                "UPDATE fleet_token SET used_at_ms = ? WHERE digest = ? AND used_at_ms IS NULL",
                (at_ms, digest),
            )
            return changed.rowcount == 1

    # Agents.

    def enrolled(self, agent: str, site: str, at_ms: int) -> None:
        """Note that an agent has its first, or another first, certificate."""
        with self.database.write() as connection:
            connection.execute(
                "INSERT INTO fleet_agent VALUES (?, ?, ?, NULL, ?) ON CONFLICT (agent) DO UPDATE"
                " SET site = excluded.site, enrolled_at_ms = excluded.enrolled_at_ms,"
                " renew_asked_ms = NULL, seen_ms = excluded.seen_ms",
                (agent, site, at_ms, at_ms),
            )

    def agents(self) -> list[FleetAgent]:
        """Every agent that was ever enrolled, by name."""
        sql = "SELECT agent, site, enrolled_at_ms, renew_asked_ms, seen_ms FROM fleet_agent"
        return [FleetAgent(*row) for row in self.database.read(f"{sql} ORDER BY agent")]

    def agent(self, name: str) -> FleetAgent | None:
        """The agent of that name."""
        sql = "SELECT agent, site, enrolled_at_ms, renew_asked_ms, seen_ms FROM fleet_agent"
        rows = self.database.read(f"{sql} WHERE agent = ?", (name,))
        return FleetAgent(*rows[0]) if rows else None

    def homes(self, at_ms: int) -> Mapping[str, str]:
        """The site of each agent that was ever enrolled, as it stood ten seconds ago at most."""
        if abs(at_ms - self._homes_ms) > HOMES_HOLD_MS:
            rows = self.database.read("SELECT agent, site FROM fleet_agent")
            self._homes, self._homes_ms = dict(rows), at_ms
        return self._homes

    def ask_to_renew(self, agents: Sequence[str], at_ms: int) -> None:
        """Let these agents renew their certificates at their next look."""
        with self.database.write() as connection:
            connection.executemany(
                "UPDATE fleet_agent SET renew_asked_ms = ? WHERE agent = ?",
                [(at_ms, agent) for agent in agents],
            )

    def saw(self, agent: str, serial: str, at_ms: int) -> None:
        """Note that the holder of that certificate was here."""
        with self.database.write() as connection:
            connection.execute("UPDATE fleet_agent SET seen_ms = ? WHERE agent = ?", (at_ms, agent))
            connection.execute(
                "UPDATE fleet_certificate SET seen_ms = ? WHERE serial = ?", (at_ms, serial)
            )

    # Certificates.

    def issued(self, row: Issuance) -> None:
        """Keep a certificate; its agent need no longer be asked to renew."""
        values = (
            *(row.serial, row.kind, row.name, row.root, row.issued_at_ms, row.not_after_ms),
            *(row.renews, row.seen_ms, row.revoked_at_ms, row.reason),
        )
        with self.database.write() as connection:
            connection.execute(
                f"INSERT INTO fleet_certificate ({_CERTIFICATE}) VALUES ({', '.join('?' * 10)})",
                values,
            )
            connection.execute(
                "UPDATE fleet_agent SET renew_asked_ms = NULL WHERE agent = ?", (row.name,)
            )

    def certificate(self, serial: str) -> Issuance | None:
        """The certificate of that serial number."""
        found = self._certificates("WHERE serial = ?", (serial,))
        return found[0] if found else None

    def certificates(self, name: str) -> list[Issuance]:
        """All that were issued to that name, the oldest first."""
        return self._certificates("WHERE name = ? ORDER BY issued_at_ms, serial", (name,))

    def newest(self, kind: Kind) -> dict[str, Issuance]:
        """The newest certificate of each name of that kind."""
        order = "ORDER BY issued_at_ms, revoked_at_ms IS NULL"
        found = self._certificates(f"WHERE kind = ? {order}", (kind,))
        return {one.name: one for one in found}

    def successors(self, serial: str) -> list[Issuance]:
        """The certificates that took the place of that one."""
        return self._certificates("WHERE renews = ? ORDER BY issued_at_ms", (serial,))

    def revoke(self, name: str, at_ms: int, reason: str, but: str = "") -> list[Issuance]:
        """Revoke all certificates of the name that still count, but that of serial ``but``.

        Answers those that were revoked now.
        """
        with self.database.write() as connection:
            held = self._certificates(
                "WHERE kind != 'server' AND name = ? AND revoked_at_ms IS NULL AND serial != ?",
                (name, but),
            )
            connection.executemany(
                "UPDATE fleet_certificate SET revoked_at_ms = ?, reason = ? WHERE serial = ?",
                [(at_ms, reason, one.serial) for one in held],
            )
        return held

    def shut_out(self) -> list[str]:
        """The agents whose newest certificate is revoked."""
        newest = self.newest("agent").values()
        return [one.name for one in newest if one.revoked_at_ms is not None]

    def revoked(self, at_ms: int) -> list[Issuance]:
        """The revoked certificates that would still hold at the instant."""
        return self._certificates("WHERE revoked_at_ms IS NOT NULL AND not_after_ms > ?", (at_ms,))

    def _certificates(self, where: str, values: tuple[object, ...]) -> list[Issuance]:
        sql = f"SELECT {_CERTIFICATE} FROM fleet_certificate {where}"
        return [_issuance(row) for row in self.database.read(sql, values)]

    # Events.

    def tell(self, agent: str, kind: str, told: str, at_ms: int) -> None:
        """Keep something that happened."""
        with self.database.write() as connection:
            connection.execute(
                "INSERT INTO fleet_event (at_ms, agent, kind, told) VALUES (?, ?, ?, ?)",
                (at_ms, agent, kind, told),
            )

    def events(self, agent: str = "", since_ms: int = 0) -> list[FleetEvent]:
        """What happened since the instant, of one agent or of all; the oldest first."""
        rows = self.database.read(
            "SELECT at_ms, agent, kind, told FROM fleet_event WHERE at_ms >= ?"
            " AND (? = '' OR agent = ?) ORDER BY id",
            (since_ms, agent, agent),
        )
        return [FleetEvent(*row) for row in rows]


def _issuance(row: Sequence[Any]) -> Issuance:
    return Issuance(*row)
