"""Sentences in Japanese and English side by side: the table that every report has of its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from collector.reports.report import Language


@dataclass(frozen=True, slots=True)
class Words:
    """Sentences by key, each (Japanese, English), with names in braces."""

    rows: Mapping[str, tuple[str, str]]

    def say(self, key: str, language: Language, **names: str | int) -> str:
        """The sentence in the language, its braces filled in. Raises ``KeyError`` for no key."""
        return self.rows[key][0 if language == "ja" else 1].format(**names)
