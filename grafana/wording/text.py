"""One text of a board in both languages."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Text:
    """What a reader sees under ``key``: ``ja`` and ``en``, both or none."""

    key: str
    ja: str
    en: str
