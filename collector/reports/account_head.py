"""The head of every report that stands on a site's account: title, period, when it was made."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol
from zoneinfo import ZoneInfo

from collector.accounts.account import Account
from collector.reports.dates import Dates
from collector.reports.report import Figure, Language, Note, Report, ReportPeriod, Section
from collector.reports.site_head import SiteHead


class OfAccount(Protocol):
    """What the data of such a report have in common."""

    @property
    def account(self) -> Account:
        """The account of the period."""
        ...

    @property
    def zone(self) -> ZoneInfo:
        """The site's time zone."""
        ...

    @property
    def fiscal_year_starts(self) -> int:
        """The month the fiscal year starts in."""
        ...

    @property
    def made_at_ms(self) -> int:
        """When the report is made (UTC ms)."""
        ...

    @property
    def name(self) -> str:
        """What the plant calls the site."""
        ...

    @property
    def name_en(self) -> str:
        """What English pages call it, "" for the same."""
        ...


def dates_of(data: OfAccount, language: Language) -> Dates:
    """Dates as the reader writes them, in the site's zone and fiscal years."""
    return _head(data).dates(language)


def site_name(data: OfAccount, language: Language) -> str:
    """What the site is called in the language."""
    return _head(data).called(language)


def made_line(data: OfAccount, dates: Dates) -> str:
    """When and with what the report was made."""
    return _head(data).made(dates.language)


def _head(data: OfAccount) -> SiteHead:
    return SiteHead(
        site=data.account.site,
        name=data.name,
        zone=data.zone,
        made_at_ms=data.made_at_ms,
        software_version=data.account.software_version.removeprefix("mieruka "),
        name_en=data.name_en,
        fiscal_year_starts=data.fiscal_year_starts,
    )


def account_report(
    data: OfAccount,
    dates: Dates,
    title: str,
    parts: tuple[Iterable[Figure], Iterable[Section], Iterable[Note]],
    subtitle: str = "{year} · {text}",
) -> Report:
    """The report of an account's period; ``parts`` are its figures, sections and notes.

    ``subtitle`` may name the ``{year}`` and the days (``{text}``) of the period.
    """
    span = data.account.span
    text, year = dates.span(span.first, span.last), dates.fiscal_year(span.first, span.last)
    figures, sections, notes = parts
    return Report(
        language=dates.language,
        title=title,
        subtitle=subtitle.format(year=year, text=text),
        period=ReportPeriod(dates.start_ms(span.first), dates.start_ms(span.end), text, year),
        made=made_line(data, dates),
        figures=tuple(figures),
        sections=tuple(sections),
        notes=tuple(notes),
        zone=str(data.zone),
    )
