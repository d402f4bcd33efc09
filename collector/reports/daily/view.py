"""The day's data with its language: what every part of the daily report is told from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from collector.reports.daily.data import DailyData
from collector.reports.daily.words import WORDS
from collector.reports.dates import Dates
from collector.reports.report import Language
from collector.rollup.periods import SLOT_MS


@dataclass(frozen=True, slots=True)
class DailyView:
    """Data, dates and words of one daily report in one language."""

    data: DailyData
    dates: Dates

    @classmethod
    def of(cls, data: DailyData, language: Language) -> DailyView:
        """Look at the data in the language."""
        return cls(data, data.head.dates(language))

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

    def listed(self, names: Iterable[str]) -> str:
        """Names one after the other: A、B or A, B."""
        return ("、" if self.language == "ja" else ", ").join(names)

    def clock_span(self, from_ms: int, to_ms: int) -> str:
        """09:00〜11:30 within the day; its end is 24:00."""
        end = "24:00" if to_ms == self.dates.end_ms(self.data.day) else self.dates.clock(to_ms)
        return f"{self.dates.clock(from_ms)}{'〜' if self.language == 'ja' else '–'}{end}"

    def half_hour(self, at_ms: int) -> str:
        """The half hour that begins at the instant, 09:00〜09:30."""
        return self.clock_span(at_ms, at_ms + SLOT_MS)

    @property
    def group(self) -> str:
        """What kind of day it is compared with."""
        kind = self.data.kind
        return self.say(f"group_{kind if kind in ('working', 'saturday') else 'off'}")
