"""Roll-outs of packages: which agents in which ring, how each stands. Nothing is ever deleted."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from collector.state.database import StateDatabase

RolloutState = Literal["running", "halted", "done"]
MemberPhase = Literal["waiting", "asked", "done", "failed", "left out"]
"""``left out``: revoked before it was done; nobody waits for it."""
OVER: frozenset[MemberPhase] = frozenset({"done", "left out"})


@dataclass(frozen=True, slots=True)
class Rollout:
    """One package on its way. Instants are UTC ms; ``length`` is bytes.

    ``pause_ms`` passes between a ring that is well and the next. ``reason`` is why it was halted.
    """

    id: int
    package: str
    version: str
    sha256: str
    length: int
    pause_ms: int
    by_name: str
    at_ms: int
    state: RolloutState = "running"
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Member:
    """How an agent stands in a roll-out. ``request`` is the newest question to it, "" for none.

    ``heard``: it has answered that it is at it. ``changed_ms`` is when its phase changed.
    """

    rollout: int
    agent: str
    ring: int
    phase: MemberPhase = "waiting"
    request: str = ""
    heard: bool = False
    reason: str = ""
    changed_ms: int = 0


class Rollouts:
    """The durable list. Safe to use from several threads and processes."""

    def __init__(self, database: StateDatabase) -> None:
        self._database = database

    def add(self, rollout: Rollout, rings: Iterable[tuple[str, int]]) -> Rollout:
        """Keep a new one with its agents and their rings; answers it with its number."""
        values = (
            *(rollout.package, rollout.version, rollout.sha256, rollout.length),
            *(rollout.pause_ms, rollout.by_name, rollout.at_ms, rollout.state, rollout.reason),
        )
        with self._database.write() as connection:
            added = connection.execute(
                "INSERT INTO rollout (package, version, sha256, length, pause_ms, by_name, at_ms,"
                " state, reason) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                values,
            )
            number = int(added.lastrowid or 0)
            connection.executemany(
                "INSERT INTO rollout_member (rollout, agent, ring) VALUES (?, ?, ?)",
                [(number, agent, ring) for agent, ring in rings],
            )
        return Rollout(number, *values)

    def stands(self, rollout: int, state: RolloutState, reason: str = "") -> None:
        """Note how a roll-out stands."""
        with self._database.write() as connection:
            connection.execute(
                "UPDATE rollout SET state = ?, reason = ? WHERE id = ?", (state, reason, rollout)
            )

    def member_stands(self, member: Member) -> None:
        """Note how an agent stands."""
        with self._database.write() as connection:
            connection.execute(
                "UPDATE rollout_member SET phase = ?, request = ?, heard = ?, reason = ?,"
                " changed_ms = ? WHERE rollout = ? AND agent = ?",
                (
                    *(member.phase, member.request, member.heard, member.reason),
                    *(member.changed_ms, member.rollout, member.agent),
                ),
            )

    def list(self) -> Sequence[Rollout]:
        """Every roll-out there was, in that order."""
        rows = self._database.read(
            "SELECT id, package, version, sha256, length, pause_ms, by_name, at_ms, state, reason"
            " FROM rollout ORDER BY id"
        )
        return [Rollout(*row) for row in rows]

    def members(self, rollout: int) -> Sequence[Member]:
        """The agents of a roll-out, ring by ring."""
        rows = self._database.read(
            "SELECT rollout, agent, ring, phase, request, heard, reason, changed_ms"
            " FROM rollout_member WHERE rollout = ? ORDER BY ring, agent",
            (rollout,),
        )
        return [_member(*row) for row in rows]


def _member(
    rollout: int,
    agent: str,
    ring: int,
    phase: MemberPhase,
    request: str,
    heard: int,
    reason: str,
    changed_ms: int,
) -> Member:
    return Member(rollout, agent, ring, phase, request, bool(heard), reason, changed_ms)
