"""The agent's own record of who asked what from afar, one line of JSON each.

It is the plant's: the collector keeps a record of its own. Two files of ``MOST_BYTES``, the older
of which is written over.
"""

from __future__ import annotations

import json
import logging
import os
from datetime import UTC, datetime
from pathlib import Path

from edge_agent.contract.care import Answer, Ask, settings_digest
from edge_agent.words import said

log = logging.getLogger(__name__)

FILE, OLDER = "audit.jsonl", "audit.older.jsonl"
MOST_BYTES = 1_000_000
LONG = 200
"""A longer argument is recorded by its digest: pushed settings are kept elsewhere."""


class Audit:
    """The record in ``folder``. A disk that refuses is told, and no reason not to answer."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._told = False

    def begin(self, ask: Ask, at_ms: int) -> None:
        """Keep a line before anything is changed: the agent may not live to write the other."""
        self._keep({**_asked(ask, at_ms), "outcome": "begun"})

    def note(self, ask: Ask, answer: Answer) -> None:
        """Keep one line, on the disk when it returns."""
        ending = {
            "outcome": answer.outcome,
            "message": str(answer.message),
            "took_ms": answer.took_ms,
        }
        self._keep({**_asked(ask, answer.at_ms), **ending})

    def _keep(self, row: dict[str, object]) -> None:
        try:
            self._append(json.dumps(row) + "\n")
        except OSError as error:
            self._tell(error)

    def _append(self, line: str) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        path = self._folder / FILE
        if path.exists() and path.stat().st_size > MOST_BYTES:
            os.replace(path, self._folder / OLDER)
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
        with open(os.open(path, flags, 0o640), "a", encoding="ascii") as file:
            file.write(line)
            file.flush()
            os.fsync(file.fileno())

    def _tell(self, error: OSError) -> None:
        if not self._told:
            self._told = True
            reason = error.strerror or str(error)
            text = said("the record of questions cannot be written: {reason}", reason=reason)
            log.warning(text)


def _asked(ask: Ask, at_ms: int) -> dict[str, object]:
    return {
        "time": datetime.fromtimestamp(at_ms / 1000, UTC).isoformat(),
        "id": ask.id,
        "by": ask.by,
        "kind": ask.kind,
        "arguments": {key: _brief(value) for key, value in ask.arguments.items()},
    }


def _brief(value: str | int | bool) -> str | int | bool:
    if isinstance(value, str) and len(value) > LONG:
        return f"sha256:{settings_digest(value)}"
    return value
