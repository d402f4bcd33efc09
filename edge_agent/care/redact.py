"""Secrets taken out of lines before they leave the plant. PURE.

What a person might have put into a log with a name before it, keys and certificates, user names
in addresses, and the very secrets of this agent, wherever they stand.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

HIDDEN = "***"
SHORTEST = 4
"""A shorter secret would hide half of every line."""
_NAMES = (
    r"pass(?:word|wd|phrase)?|pwd|secret|token|api[_-]?key|private[_-]?key|authorization|bearer|pin"
)
_NAMED = re.compile(
    rf"(?i)(?P<name>[\"']?\b[\w-]*?(?:{_NAMES})[\"']?\s*(?:[:=]\s*|\s+is\s+)(?:bearer\s+|basic\s+)?)"
    r"(?P<value>\"[^\"\n]*\"|'[^'\n]*'|[^\s,;\"')]+)"
)
_USER = re.compile(r"(?P<scheme>\b[a-z][a-z0-9+.-]*://)[^\s/@]+@")
_PEM = re.compile(r"-----BEGIN [A-Z ]+-----.*?(?:-----END [A-Z ]+-----|$)", re.DOTALL)
_OURS = re.compile(r"\bmieruka_[A-Za-z0-9_-]{8,}")


def redacted(text: str, secrets: Iterable[str] = ()) -> str:
    """``text`` with everything hidden that looks like a secret, or is one of ``secrets``."""
    for secret in sorted(filter(_is_long, secrets), key=len, reverse=True):
        text = text.replace(secret, HIDDEN)
    text = _PEM.sub(HIDDEN, text)
    text = _USER.sub(rf"\g<scheme>{HIDDEN}@", text)
    text = _OURS.sub(HIDDEN, text)
    return _NAMED.sub(rf"\g<name>{HIDDEN}", text)


def _is_long(secret: str) -> bool:
    return len(secret) >= SHORTEST
