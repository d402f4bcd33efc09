"""What accounts are made of, read from settings, store and state ."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from importlib.metadata import version

from collector.accounts.account import Account, DayEnergy
from collector.accounts.certificates import certificate_faults, certificates_of
from collector.accounts.contracts import contracts_of
from collector.accounts.ledger import Book, first_day_needed, make_account
from collector.accounts.period_text import period_of
from collector.accounts.span import Span
from collector.config import CollectorSettings
from collector.errors import ConfigError
from collector.gather.held import Held, site_named
from collector.rollup.energy import MILLI_WH_PER_KWH
from collector.rollup.periods import midnight_ms
from collector.rollup.site_calendar import calendar_of
from collector.rollup.totals import SITE_METER, Total
from collector.site_config import SiteSettings

MADE_BY = f"mieruka {version('mieruka')}"


def checked_site(settings: CollectorSettings, name: str) -> SiteSettings:
    """The site of that id, its certificates free of faults.

    Raises ``CollectorError`` for an unknown site, ``ConfigError`` with every fault of the
    certificates of all sites: a tracking number may be claimed by one site only.
    """
    site = site_named(settings, name)
    faults = list(certificate_faults(settings.sites))
    if faults:
        raise ConfigError(faults, "correct the certificates in the settings")
    return site


def span_of(site: SiteSettings, text: str) -> Span:
    """The site's local days of a period as people write it."""
    return period_of(text, calendar_of(site))


def today_of(site: SiteSettings) -> date:
    """Today in the site's time zone."""
    return datetime.now(site.zone).date()


def book_of(collector: Held, site: SiteSettings, spans: Iterable[Span]) -> Book:
    """The site's book, with every day that decides the figures of the spans."""
    certificates = certificates_of(site)
    held = list(spans)
    first = min(first_day_needed(certificates, span) for span in held)
    days = site_days(collector, site, Span(first, max(span.end for span in held)))
    return Book(site.id, site.zone, contracts_of(site), certificates, days)


def account_of(collector: Held, site: SiteSettings, span: Span, known_on: date | None) -> Account:
    """The site's account of the span with the collector's factors, as known on a day."""
    book = book_of(collector, site, [span])
    return make_account(book, span, collector.library.factors, known_on, MADE_BY)


def site_days(collector: Held, site: SiteSettings, span: Span) -> tuple[DayEnergy, ...]:
    """The site's daily energies that are stored and known, in order of time."""
    calendar = calendar_of(site)
    totals = stored_days(collector, site, SITE_METER, span)
    return tuple(
        DayEnergy(
            calendar.date_of(total.start_ms),
            milli_wh(total.kwh),
            milli_wh(total.estimated_kwh),
            total.coverage,
        )
        for total in totals
        if _known(total)
    )


def stored_days(collector: Held, site: SiteSettings, meter: str, span: Span) -> tuple[Total, ...]:
    """The stored days of a meter within the span."""
    edges = (midnight_ms(site.zone, span.first), midnight_ms(site.zone, span.end))
    return tuple(collector.store.read_totals(site.id, meter, "1d", *edges))


def milli_wh(kwh: float) -> int:
    """A stored figure as the whole milli-Wh it was made from."""
    return round(kwh * MILLI_WH_PER_KWH)


def pending_of(collector: Held, site: SiteSettings) -> int:
    """How many stretches of the site wait to be brought up to date."""
    return sum(window.site == site.id for window in collector.state.dirty.pending())


def _known(total: Total) -> bool:
    # A day of which nothing is known any more stays in the store as nothing with no coverage.
    return bool(total.coverage or total.kwh or total.estimated_kwh)
