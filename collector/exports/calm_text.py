"""Text as it may stand on a page or in a cell: it turns nothing round and is no formula."""

from __future__ import annotations

_TURNING = (0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A))
"""Marks, embeddings, overrides and isolates of the Unicode bidirectional algorithm (UAX 9)."""
_UNSEEN = {*range(0x20), *range(0x7F, 0xA0)} - {0x09, 0x0A, 0x0D}
_REMOVED = dict.fromkeys([*_TURNING, *_UNSEEN])


def calm(text: str) -> str:
    """The text without direction and control characters; letters of any script stay."""
    return text.translate(_REMOVED)


BEGINS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""OWASP's "CSV Injection", with the full-width signs that Excel takes alike."""


def harmless(text: str) -> str:
    """The text as a cell that no spreadsheet takes for a formula: with ``'`` before it."""
    return f"'{text}" if text.startswith(BEGINS_A_FORMULA) else text
