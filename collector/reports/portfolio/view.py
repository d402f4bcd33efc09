"""One portfolio in one language: words, dates, sums over sites."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from math import fsum
from statistics import median

from collector.reports.dates import Dates
from collector.reports.portfolio.data import Known, Portfolio, SiteFigures
from collector.reports.portfolio.words import WORDS
from collector.reports.report import Language
from collector.reports.site_head import SiteHead


@dataclass(frozen=True, slots=True)
class PortfolioView:
    """What every part of the report is made from. ``head`` says when and with what it was made."""

    portfolio: Portfolio
    head: SiteHead
    language: Language

    def say(self, key: str, **names: str | int) -> str:
        """The sentence in the language."""
        return WORDS.say(key, self.language, **names)

    @property
    def dates(self) -> Dates:
        """Dates as the reader writes them."""
        return self.head.dates(self.language)

    @property
    def by_energy(self) -> tuple[SiteFigures, ...]:
        """The sites, the one with the most energy first, those without any last."""
        return tuple(sorted(self.portfolio.sites, key=lambda one: (-(one.kwh or 0.0), one.site)))

    @property
    def currencies(self) -> tuple[str, ...]:
        """The currencies there are costs in."""
        found = {one.currency for one in self.portfolio.sites if one.energy_cost is not None}
        return tuple(sorted(found))


def total(figures: Iterable[Known]) -> Known:
    """The sum of what is known; None when nothing is."""
    known = [figure for figure in figures if figure is not None]
    return fsum(known) if known else None


def middle(sites: Iterable[SiteFigures], of: Callable[[SiteFigures], Known]) -> Known:
    """The median of a figure over the sites that have it."""
    known = [figure for site in sites if (figure := of(site)) is not None]
    return median(known) if known else None
