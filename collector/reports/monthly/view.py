"""The month's data with its language: what every part of the monthly report is told from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from collector.reports.dates import Dates
from collector.reports.monthly.data import MonthlyData
from collector.reports.monthly.words import WORDS
from collector.reports.report import Language
from collector.reports.site_view import SiteView


@dataclass(frozen=True, slots=True)
class MonthlyView:
    """Data, dates and words of one monthly report in one language.

    ``site`` is the month as the site overview sees it.
    """

    data: MonthlyData
    dates: Dates
    site: SiteView

    @classmethod
    def of(cls, data: MonthlyData, language: Language) -> MonthlyView:
        """Look at the data in the language."""
        return cls(data, data.head.dates(language), SiteView.of(data.overview, language))

    @property
    def language(self) -> Language:
        """The language the words are in."""
        return self.dates.language

    def say(self, key: str, **names: str | int) -> str:
        """The sentence in the view's language."""
        return WORDS.say(key, self.language, **names)

    def joined(self, sentences: Iterable[str]) -> str:
        """Sentences one after the other, as the language sets them."""
        return ("" if self.language == "ja" else " ").join(filter(None, sentences))

    def month(self, day: date) -> str:
        """2026年11月 or Nov 2026."""
        return self.dates.month(day)

    def half_hours(self, from_slot: int, to_slot: int) -> str:
        """09:00〜11:30, by the number of the half hours in their day; the end excluded."""
        dash = "〜" if self.language == "ja" else "–"
        return f"{_clock(from_slot)}{dash}{_clock(to_slot)}"


def _clock(slot: int) -> str:
    return f"{slot // 2:02d}:{slot % 2 * 30:02d}"
