"""The log of a service on stderr: one line an event, as key=value or as JSON.

Each line has ``time`` (UTC), ``level``, ``from`` (the room that speaks) and ``message``; what a
call adds with ``extra=`` follows under its own name.
"""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime

LOUD = ("apscheduler", "paho", "pymodbus", "urllib3")
"""Libraries whose own lines would only repeat ours."""
_KNOWN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.:/+-@")


def log_to_stderr(as_json: bool = False, level: int = logging.INFO) -> None:
    """From now on everything from ``level`` up goes to stderr, in place of what was set before."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines() if as_json else KeyValueLines())
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for name in LOUD:
        logging.getLogger(name).setLevel(logging.CRITICAL)


def fields(record: logging.LogRecord) -> dict[str, object]:
    """What a line tells, in its order."""
    at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
    found: dict[str, object] = {
        "time": at.replace("+00:00", "Z"),
        "level": record.levelname.lower(),
        "from": record.name,
        "message": record.getMessage(),
    }
    found |= {key: value for key, value in vars(record).items() if key not in _KNOWN}
    if record.exc_info:
        found["trace"] = logging.Formatter().formatException(record.exc_info)
    return found


class KeyValueLines(logging.Formatter):
    """``time=... level=warning from=edge_agent.poll message="link lan: away"``."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as one line."""
        return " ".join(f"{key}={_quoted(value)}" for key, value in fields(record).items())


class JsonLines(logging.Formatter):
    """One JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as one line."""
        return json.dumps(fields(record), ensure_ascii=False, default=str)


def _quoted(value: object) -> str:
    text = str(value)
    if text and _PLAIN.issuperset(text):
        return text
    return json.dumps(text, ensure_ascii=False)
