"""The catalogue of every text a board shows, in Japanese or English.

Words follow the project's glossary (one word a thing). Grafana translates its own shell only,
so a board is built once in each language from here; the texts stand in ``wording/``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from grafana.wording import ROWS
from grafana.wording.text import Text

Language = Literal["ja", "en"]
LANGUAGES: tuple[Language, ...] = ("ja", "en")


@dataclass(frozen=True, slots=True)
class Words:
    """The catalogue in one language: ``Words("ja")("site")`` is ``拠点``."""

    language: Language

    def __call__(self, key: str) -> str:
        """Look up the text of ``key``. Raises KeyError for a key the catalogue does not have."""
        text = CATALOGUE[key]
        return text.ja if self.language == "ja" else text.en


CATALOGUE: dict[str, Text] = {text.key: text for rows in ROWS.values() for text in rows}
"""Every text by its key."""
