"""Messages that could not be stored, kept with the reason so that they can be looked at.

A letter that a corrected collector can store is taken in again and struck off.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from collector.state.database import StateDatabase

MAX_LETTERS = 10_000
MAX_BYTES = 64 * 1024 * 1024
"""With more than this the oldest letters go, so that poison cannot fill the disk."""

_KEEP = """
INSERT INTO dead_letter (digest, topic, payload, reason, at_ms) VALUES (?, ?, ?, ?, ?)
ON CONFLICT (digest) DO UPDATE SET
    times = times + 1, at_ms = excluded.at_ms, reason = excluded.reason
RETURNING times
"""
_DROP_OLDEST = """
DELETE FROM dead_letter WHERE id IN (
    SELECT id FROM (
        SELECT id, row_number() OVER newest AS place, sum(length(payload)) OVER newest AS bytes
        FROM dead_letter WINDOW newest AS (ORDER BY at_ms DESC, id DESC))
    WHERE place > 1 AND (place > ? OR bytes > ?))
"""


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A message as it came, why it could not be stored, when that was last and how often.

    ``id`` names the letter for as long as it is kept.
    """

    id: int
    topic: str
    payload: bytes
    reason: str
    at_ms: int
    times: int


class DeadLetters:
    """The durable, bounded list of dead letters. Safe to use from several threads."""

    def __init__(
        self,
        database: StateDatabase,
        max_letters: int = MAX_LETTERS,
        max_bytes: int = MAX_BYTES,
    ) -> None:
        self._database = database
        self._max_letters = max_letters
        self._max_bytes = max_bytes
        self._letters, self._bytes = self._size()

    def keep(self, topic: str, payload: bytes, reason: str, at_ms: int) -> None:
        """Keep a message durably; the same message again only counts."""
        digest = hashlib.sha256(topic.encode("utf-8", "replace") + b"\0" + payload).digest()
        with self._database.write() as connection:
            (times,) = connection.execute(_KEEP, (digest, topic, payload, reason, at_ms)).fetchone()
            self._letters += times == 1
            self._bytes += len(payload) if times == 1 else 0
            if self._too_many():
                # Counted anew: a transaction that was taken back had counted its letters too.
                self._letters, self._bytes = self._size()
            if self._too_many():
                # A tenth more than needed, so that a storm of poison does not sort at every letter.
                bounds = (self._max_letters * 9 // 10, self._max_bytes * 9 // 10)
                connection.execute(_DROP_OLDEST, bounds)
                self._letters, self._bytes = self._size()

    def _too_many(self) -> bool:
        return self._letters > self._max_letters or self._bytes > self._max_bytes

    def _size(self) -> tuple[int, int]:
        query = "SELECT count(*), coalesce(sum(length(payload)), 0) FROM dead_letter"
        letters, size_bytes = self._database.read(query)[0]
        return letters, size_bytes

    def count(self) -> int:
        """Answer how many different messages are kept."""
        return int(self._database.read("SELECT count(*) FROM dead_letter")[0][0])

    def list(self) -> list[DeadLetter]:
        """Answer every letter, the newest first."""
        rows = self._database.read(
            "SELECT id, topic, payload, reason, at_ms, times FROM dead_letter"
            " ORDER BY at_ms DESC, id DESC"
        )
        return [DeadLetter(*row) for row in rows]

    def letter(self, letter_id: int) -> DeadLetter | None:
        """Answer the letter of that id, None when there is none."""
        rows = self._database.read(
            "SELECT id, topic, payload, reason, at_ms, times FROM dead_letter WHERE id = ?",
            (letter_id,),
        )
        return DeadLetter(*rows[0]) if rows else None

    def strike_off(self, letters: Iterable[DeadLetter]) -> int:
        """Strike off letters that were stored; answers how many.

        One that has been refused again since it was read stays.
        """
        with self._database.write() as connection:
            struck = connection.executemany(
                "DELETE FROM dead_letter WHERE id = ? AND times = ?",
                [(letter.id, letter.times) for letter in letters],
            ).rowcount
        self._letters, self._bytes = self._size()
        return max(struck, 0)
