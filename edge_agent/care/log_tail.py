"""The newest lines of the agent's log, kept in memory for whoever asks from afar."""

from __future__ import annotations

import logging
from collections import deque
from typing import Any

from edge_agent.process.logs import fields

KEPT_LINES = 500
LONGEST = 1_000
"""A longer line is cut: a trace has thousands of letters."""


class LogTail(logging.Handler):
    """Keeps the newest lines, in English, whatever the language of the log."""

    def __init__(self, kept: int = KEPT_LINES) -> None:
        super().__init__(logging.INFO)
        self._lines: deque[dict[str, str]] = deque(maxlen=kept)

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the record."""
        try:
            told = fields(record)
        except Exception:  # noqa: BLE001 - a line that cannot be made is told by the log itself
            return
        self._lines.append({key: str(value)[:LONGEST] for key, value in told.items()})

    def newest(self, count: int) -> list[dict[str, Any]]:
        """The newest ``count`` lines, the oldest of them first."""
        lines = list(self._lines)
        return [dict(line) for line in lines[max(len(lines) - count, 0) :]]


def tail_of_log() -> LogTail:
    """The tail of this process's log, put in place at the first call."""
    root = logging.getLogger()
    found = next((one for one in root.handlers if isinstance(one, LogTail)), None)
    if found is None:
        found = LogTail()
        root.addHandler(found)
    return found
