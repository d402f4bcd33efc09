"""Whose report it is, and when and with what it was made: what stands at the top of each page."""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from collector.reports.dates import Dates
from collector.reports.report import Language
from collector.reports.words import say


@dataclass(frozen=True, slots=True)
class SiteHead:
    """The site, its time zone and calendar, and the making of a report (``made_at_ms``, UTC)."""

    site: str
    name: str
    zone: ZoneInfo
    made_at_ms: int
    software_version: str
    name_en: str = ""
    fiscal_year_starts: int = 4

    def called(self, language: Language) -> str:
        """The site's name in the language, else the one there is."""
        return (self.name_en if language == "en" else "") or self.name or self.site

    def dates(self, language: Language) -> Dates:
        """Dates as the reader of the language writes them, in the site's time zone."""
        return Dates(self.zone, language, self.fiscal_year_starts)

    def made(self, language: Language) -> str:
        """When and with what the report was made."""
        at = self.dates(language).moment(self.made_at_ms)
        names = {"at": at, "zone": str(self.zone), "version": self.software_version}
        return say("made", language, **names)
