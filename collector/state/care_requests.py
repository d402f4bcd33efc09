"""Who asked which agent what, and what came of it. Nothing is ever deleted or changed afterwards.

A command writes a request here, the running collector sends it and notes how it ended: they are
two processes, and meet only in this table. The whole answer is kept for a while, its digest for
ever.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson

from collector.state.database import StateDatabase
from edge_agent.contract.care import (
    ANSWER_MOST_BYTES,
    Answer,
    Argument,
    ConfigState,
    decode_answer,
    encode_answer,
)

ANSWERS_KEPT_MS = 90 * 86_400_000
NO_ANSWER, SUPERSEDED = "no answer", "superseded"
_FIELDS = (
    "id, agent, kind, arguments, by_name, os_user, note, at_ms, expires_ms, sent_ms, ended_ms,"
    " outcome, message, hint, took_ms, digest"
)
_KEEP = """
INSERT OR REPLACE INTO care_answer (id, payload, came_ms) SELECT ?, ?, ? WHERE EXISTS
    (SELECT 1 FROM care_request WHERE id = ? AND agent = ? AND kind = ? AND ended_ms IS NULL)
"""


@dataclass(frozen=True, slots=True)
class Ending:
    """How a request ended. ``took_ms`` is the agent's own time, ``digest`` the answer's SHA-256."""

    outcome: str
    message: str = ""
    hint: str = ""
    took_ms: int | None = None
    digest: str = ""


@dataclass(frozen=True, slots=True)
class CareRequest:
    """A request. Instants are UTC ms; ``sent_ms`` and ``ended_ms`` None: not yet.

    ``by_name`` is who asks, as said; ``os_user`` the account of the machine that ran the command.
    """

    id: str
    agent: str
    kind: str
    arguments: Mapping[str, Argument]
    by_name: str
    os_user: str
    at_ms: int
    expires_ms: int
    note: str = ""
    sent_ms: int | None = None
    ended_ms: int | None = None
    ending: Ending = field(default_factory=lambda: Ending(""))


@dataclass(frozen=True, slots=True)
class CameAnswer:
    """An answer, and when (UTC ms) it came."""

    answer: Answer
    came_ms: int


class CareRequests:
    """The durable list of requests. Safe to use from several threads and processes."""

    def __init__(self, database: StateDatabase) -> None:
        self._database = database

    def add(self, request: CareRequest) -> None:
        """Keep a request that is to be sent. Durable on return."""
        values = (
            *(request.id, request.agent, request.kind, json.dumps(dict(request.arguments))),
            *(request.by_name, request.os_user, request.note),
            *(request.at_ms, request.expires_ms),
        )
        with self._database.write() as connection:
            connection.execute(
                "INSERT INTO care_request (id, agent, kind, arguments, by_name, os_user, note,"
                " at_ms, expires_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                values,
            )

    def open(self) -> Sequence[CareRequest]:
        """Every request that has not ended, the oldest first; those of one instant by agent."""
        return self._read("WHERE ended_ms IS NULL ORDER BY at_ms, agent, id")

    def find(self, request_id: str) -> CareRequest | None:
        """The request of that id."""
        return next(iter(self._read("WHERE id = ?", (request_id,))), None)

    def list(self, agent: str = "") -> Sequence[CareRequest]:
        """Every request ever made, of all agents or of one, the oldest first."""
        if agent:
            return self._read("WHERE agent = ? ORDER BY at_ms, id", (agent,))
        return self._read("ORDER BY at_ms, id")

    def sent(self, request_id: str, at_ms: int) -> None:
        """It went to the broker."""
        with self._database.write() as connection:
            connection.execute(
                "UPDATE care_request SET sent_ms = ? WHERE id = ? AND ended_ms IS NULL",
                (at_ms, request_id),
            )

    def end(self, request_id: str, ending: Ending, at_ms: int) -> None:
        """Note how it ended; the first end stands."""
        with self._database.write() as connection:
            connection.execute(
                "UPDATE care_request SET ended_ms = ?, outcome = ?, message = ?, hint = ?,"
                " took_ms = ?, digest = ? WHERE id = ? AND ended_ms IS NULL",
                (at_ms, *_values(ending), request_id),
            )

    def take(self, answer: Answer, came_ms: int) -> None:
        """Keep an answer that has come, when its request waits for it: no agent may fill a disk."""
        payload = encode_answer(answer)
        if len(payload) > ANSWER_MOST_BYTES:  # it was smaller only by the way it was written
            return
        row = (answer.id, payload, came_ms, answer.id, answer.agent, answer.kind)
        with self._database.write() as connection:
            connection.execute(_KEEP, row)

    def answer(self, request_id: str) -> CameAnswer | None:
        """The newest answer to a request, as long as it is kept."""
        rows = self._database.read(
            "SELECT payload, came_ms FROM care_answer WHERE id = ?", (request_id,)
        )
        for payload, came_ms in rows:
            answer = decode_answer(payload, orjson.loads)
            if not isinstance(answer, ConfigState):
                return CameAnswer(answer, came_ms)
        return None

    def forget_answers(self, now_ms: int) -> None:
        """Let go of answers that nobody looks at any more; the requests stay."""
        with self._database.write() as connection:
            connection.execute(
                "DELETE FROM care_answer WHERE came_ms < ?", (now_ms - ANSWERS_KEPT_MS,)
            )

    def _read(self, where: str, values: Sequence[object] = ()) -> Sequence[CareRequest]:
        rows = self._database.read(f"SELECT {_FIELDS} FROM care_request {where}", values)
        return [_request(row) for row in rows]


def ending_of(answer: Answer) -> Ending:
    """How a request ends by this answer."""
    digest = hashlib.sha256(encode_answer(answer)).hexdigest()
    return Ending(answer.outcome, answer.message, answer.hint, answer.took_ms, digest)


def _values(ending: Ending) -> tuple[object, ...]:
    return ending.outcome, ending.message, ending.hint, ending.took_ms, ending.digest


def _request(row: tuple[Any, ...]) -> CareRequest:
    number, agent, kind, arguments, by_name, os_user, note, *times = row[:11]
    at_ms, expires_ms, sent_ms, ended_ms = times
    return CareRequest(
        *(number, agent, kind, json.loads(arguments), by_name, os_user),
        *(at_ms, expires_ms, note, sent_ms, ended_ms, Ending(*row[11:])),
    )
