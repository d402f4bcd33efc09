"""Where the next page begins: an opaque text that names the last row told, not its number.

So a page stays what it was while rows are added behind it. A cursor fits the question it was
given for and no other.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from dataclasses import dataclass

import orjson

from collector.api.problems import Problem

HINT = "take the address in the header Link as it is, or begin without cursor"


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """After which row to go on: its start (UTC ms) and, where rows share one, its name."""

    start_ms: int
    name: str = ""


def cursor_of(place: Place, question: object) -> str:
    """The text that leads on behind the row."""
    told = orjson.dumps([place.start_ms, place.name, _digest(question)])
    return base64.urlsafe_b64encode(told).decode("ascii").rstrip("=")


def place_of(cursor: str, question: object) -> Place:
    """The row a cursor leads on behind.

    Raises ``Problem`` 400 for a text that is no cursor, or one of another question.
    """
    try:
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        start_ms, name, digest = orjson.loads(base64.b64decode(padded, b"-_", validate=True))
    except (ValueError, TypeError, binascii.Error) as error:
        raise Problem(400, "cursor: not one that was given here", HINT) from error
    if type(start_ms) is not int or not isinstance(name, str) or digest != _digest(question):
        raise Problem(400, "cursor: it belongs to another question", HINT)
    return Place(start_ms, name)


def _digest(question: object) -> str:
    return hashlib.sha256(orjson.dumps(question, default=str)).hexdigest()[:16]
