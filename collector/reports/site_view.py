"""The site overview's data with its facts and its language: what every part of it is told from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from collector.reports.dates import Dates
from collector.reports.report import Language, LegendEntry, Meaning, Note
from collector.reports.site_data import SiteOverviewData
from collector.reports.site_facts import SiteFacts, site_facts
from collector.reports.words import say

LONG_DAYS = 62
"""Periods of more days than this are shown by day instead of slot, by month instead of day."""


@dataclass(frozen=True, slots=True)
class SiteView:
    """Data, facts, dates and words of one site overview in one language."""

    data: SiteOverviewData
    facts: SiteFacts
    dates: Dates

    @classmethod
    def of(cls, data: SiteOverviewData, language: Language) -> SiteView:
        """Look at the data in the language."""
        dates = Dates(data.zone, language, data.fiscal_year_starts)
        return cls(data, site_facts(data, dates), dates)

    @property
    def language(self) -> Language:
        """The language the words are in."""
        return self.dates.language

    @property
    def day_count(self) -> int:
        """How many local days the period touches."""
        return len(self.dates.days(self.data.from_ms, self.data.to_ms))

    @property
    def is_long(self) -> bool:
        """Whether the period is told by days and months."""
        return self.day_count > LONG_DAYS

    @property
    def period_text(self) -> str:
        """The period as a reader writes it, with the time of day when it ends within a day."""
        days = self.dates.days(self.data.from_ms, self.data.to_ms)
        span = self.dates.span(days[0], days[-1])
        if self.data.to_ms == self.dates.end_ms(days[-1]):
            return span
        return self.say("until", span=span, clock=self.dates.clock(self.data.to_ms))

    def say(self, key: str, **names: str | int) -> str:
        """The sentence in the view's language."""
        return say(key, self.language, **names)

    def joined(self, sentences: Iterable[str]) -> str:
        """Sentences one after the other, as the language sets them."""
        return ("" if self.language == "ja" else " ").join(filter(None, sentences))

    def co2_badge(self) -> str:
        """The mark that never leaves a CO2 figure: what its factors stand in as, "" for none."""
        return self.say(self.facts.stands_in) if self.facts.stands_in else ""

    def no_days(self) -> Note:
        """Say that there are no daily totals, and what to do."""
        return Note(self.say("no_days"), self.say("no_slots_hint"), "empty")

    def no_slots(self) -> Note:
        """Say that there are no 30-minute values, and what to do."""
        return Note(self.say("no_slots"), self.say("no_slots_hint"), "empty")

    def quality_legend(self, meaning: Meaning) -> tuple[LegendEntry, ...]:
        """The entries every picture of quality shares: estimated hatched, missing blank."""
        return (
            LegendEntry(self.say("estimated"), "hatched", meaning),
            LegendEntry(self.say("missing"), "blank", meaning),
        )
