"""The links at the top of each board: to the others, with the same site and time, and languages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from grafana.panels import Page, Way
from grafana.words import LANGUAGES, Language, Words


def ways(
    page: Page, language: Language, pages: Mapping[Language, list[Page]], words: Words
) -> Iterator[Way]:
    """Every other board in the language, in the table's order, then itself in the other one.

    A way carries the tags of its board, by which the collector knows where that board stands.
    """
    here = pages[language].index(page)
    for number, other in enumerate(pages[language]):
        if number != here:
            yield Way(other.title, other.uid, other.tags)
    for foreign in LANGUAGES:
        if foreign != language:
            twin = pages[foreign][here]
            yield Way(words("link.language"), twin.uid, twin.tags)
