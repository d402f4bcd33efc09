"""The certificate's data with its language: what every part of it is told from."""

from __future__ import annotations

from dataclasses import dataclass

from collector.reports.completeness.data import CompletenessData, MeterRecord
from collector.reports.completeness.words import WORDS
from collector.reports.dates import Dates
from collector.reports.report import Language


@dataclass(frozen=True, slots=True)
class CertificateView:
    """Data, dates and words of one certificate in one language."""

    data: CompletenessData
    dates: Dates

    @classmethod
    def of(cls, data: CompletenessData, language: Language) -> CertificateView:
        """Look at the data in the language."""
        return cls(data, data.head.dates(language))

    @property
    def language(self) -> Language:
        """The language the words are in."""
        return self.dates.language

    def say(self, key: str, **names: str | int) -> str:
        """The sentence in the view's language."""
        return WORDS.say(key, self.language, **names)

    def called(self, record: MeterRecord) -> str:
        """The meter's name; the whole site's is its own word."""
        return self.say("site_total") if record.whole else record.called(self.language)

    def meter(self, meter_id: str) -> str:
        """The name of the meter of that id, the id itself where it has none any more."""
        for record in self.data.records:
            if record.id == meter_id:
                return self.called(record)
        return meter_id

    def stretch(self, from_ms: int, to_ms: int) -> str:
        """A stretch of time with its year."""
        year = self.dates.day_of(from_ms).year
        text = self.dates.stretch(from_ms, to_ms)
        return f"{year}年{text}" if self.language == "ja" else f"{text} ({year})"

    def day(self, at_ms: int | None) -> str:
        """The local date of an instant, "" where it is not known."""
        return "" if at_ms is None else self.dates.day_only(self.dates.day_of(at_ms))

    @property
    def span(self) -> str:
        """The certified days, first and last."""
        first, last = map(self.dates.day_only, (self.data.span.first, self.data.span.last))
        return (
            first if first == last else f"{first}{'〜' if self.language == 'ja' else ' – '}{last}"
        )
