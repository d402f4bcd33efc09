"""Why a text file cannot be read, in words for whoever named it."""

from __future__ import annotations


def why_unreadable(error: OSError | ValueError) -> str:
    """The reason in one line: the system's own, that it is no text, or what TOML says of it."""
    if isinstance(error, OSError):
        return f"cannot be read: {error.strerror or error}"
    if isinstance(error, UnicodeDecodeError):
        where = f"no UTF-8 text at byte {error.start}"
        return f"cannot be read: {where} (save it as UTF-8, or name another file)"
    return f"cannot be read: not TOML: {error}"
