"""The edition of a publisher's document as the reader writes it: 2026年1月9日・R8.6.4 更新."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from collector.reports.dates import plain_day
from collector.reports.report import Language

_KEPT_UP = "as updated "
"""How a revision says that its list was kept up after the day it was published."""


def edition_text(parts: Iterable[str], language: Language) -> str:
    """The day of publication and the revision, those that are there, in the reader's words."""
    between = "・" if language == "ja" else ", "
    return between.join(_said(part, language) for part in parts if part)


def _said(part: str, language: Language) -> str:
    try:
        return plain_day(date.fromisoformat(part), language)
    except ValueError:
        kept = part.removeprefix(_KEPT_UP)
        return f"{kept} 更新" if language == "ja" and kept != part else part
