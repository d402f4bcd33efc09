"""Secrets out of lines that people and log collectors read: the last net, under all others.

Nobody here writes a secret into a line on purpose; but an error of a library may repeat the address
it was given, and a person may put a password where none belongs. Whoever reads a secret says so
with ``keep_out``; from then on it is in no line of this process.
"""

from __future__ import annotations

import json
import re
from urllib.parse import quote

MARK = "***"
LEAST_LETTERS = 6
"""Shorter ones are not looked for: they would be found in every time of day."""
_PATTERNS: tuple[tuple[re.Pattern[str], str], ...] = (
    # Name and password in an address.
    (re.compile(r"(?<=://)[^/\s\"'<>\\]+@"), f"{MARK}@"),
    (re.compile(r"\b(Bearer|Basic|Token)(\s+)[A-Za-z0-9._~+/=-]{12,}"), rf"\1\2{MARK}"),
    (
        re.compile(
            r"([?&;](?:access_token|api_?key|auth|key|passw(?:or)?d|secret|sig|token)=)[^&;\s\"'<>\\]+",
            re.IGNORECASE,
        ),
        rf"\1{MARK}",
    ),
    (re.compile(r"\bmieruka_[A-Za-z0-9_-]{20,}"), MARK),
    (re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*-----|\Z)", re.S), MARK),
)
_kept: dict[str, None] = {}


def keep_out(secret: object) -> None:
    """From now on this text is in no line, neither plain nor as JSON or an address writes it."""
    if isinstance(secret, str) and len(secret) >= LEAST_LETTERS:
        ways = {secret, quote(secret), quote(secret, ""), json.dumps(secret)[1:-1]}
        _kept.update(dict.fromkeys({*ways, json.dumps(secret, ensure_ascii=False)[1:-1]}))


def redacted(line: str) -> str:
    """The line with a mark in the place of each secret."""
    for secret in sorted(_kept, key=len, reverse=True):
        # Again and again: what is left around a mark might be the secret once more.
        while secret in line:
            line = line.replace(secret, MARK)
    for pattern, instead in _PATTERNS:
        line = pattern.sub(instead, line)
    return line
