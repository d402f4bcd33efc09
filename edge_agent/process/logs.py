"""The log of a service on stderr: one line an event, as key=value or as JSON.

Each line has ``time`` (UTC), ``level``, ``from`` (the room that speaks) and ``message``; what a
call adds with ``extra=`` follows under its own name. What was ``said`` is said in the reader's
language here and nowhere before, so a call gives its text as it is. Secrets are taken out last.
"""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Mapping
from datetime import UTC, datetime

from edge_agent.process.redaction import redacted
from edge_agent.words import Language, Said, in_language

LOUD = ("apscheduler", "paho", "pymodbus", "urllib3")
"""Libraries whose own lines would only repeat ours."""
_KNOWN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.:/+-@")


def log_to_stderr(
    as_json: bool = False, level: int = logging.INFO, language: Language = "en"
) -> None:
    """From now on everything from ``level`` up goes to stderr, in place of what was set before."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines(language) if as_json else KeyValueLines(language))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for name in LOUD:
        logging.getLogger(name).setLevel(logging.CRITICAL)


def speak(language: Language) -> None:
    """From now on the lines are in ``language``."""
    for handler in logging.getLogger().handlers:
        if isinstance(handler.formatter, _Lines):
            handler.formatter.language = language


def fields(record: logging.LogRecord, language: Language = "en") -> dict[str, object]:
    """What a line tells, in its order, and in ``language`` where it can be."""
    at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
    found: dict[str, object] = {
        "time": at.replace("+00:00", "Z"),
        "level": record.levelname.lower(),
        "from": record.name,
        "message": _message(record, language),
    }
    added = {key: value for key, value in vars(record).items() if key not in _KNOWN}
    found |= {key: _spoken(value, language) for key, value in added.items()}
    if record.exc_info:
        found["trace"] = logging.Formatter().formatException(record.exc_info)
    return found


class _Lines(logging.Formatter):
    def __init__(self, language: Language = "en") -> None:
        super().__init__()
        self.language: Language = language


class KeyValueLines(_Lines):
    """``time=... level=warning from=edge_agent.poll message="link lan: away"``."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as one line."""
        told = fields(record, self.language)
        return redacted(" ".join(f"{key}={_quoted(value)}" for key, value in told.items()))


class JsonLines(_Lines):
    """One JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as one line."""
        told = fields(record, self.language)
        return redacted(json.dumps(told, ensure_ascii=False, default=str))


def _message(record: logging.LogRecord, language: Language) -> str:
    text, values = _spoken(record.msg, language), record.args
    if isinstance(values, Mapping):
        return str(text) % {key: _spoken(value, language) for key, value in values.items()}
    return str(text) % tuple(_spoken(value, language) for value in values) if values else str(text)


def _spoken(value: object, language: Language) -> object:
    return in_language(value, language) if isinstance(value, Said) else value


def _quoted(value: object) -> str:
    text = str(value)
    if text and _PLAIN.issuperset(text):
        return text
    return json.dumps(text, ensure_ascii=False)
