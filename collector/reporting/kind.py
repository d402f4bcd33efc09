"""What a kind of report is, and what it is made for: the interface of the files in ``kinds/``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any, Literal

from collector.reports.book import Book
from collector.reports.report import Language, Report

if TYPE_CHECKING:
    from collector.reporting.sources import Sources

Format = Literal["html", "pdf", "xlsx", "csv", "parquet"]
FORMATS: tuple[Format, ...] = ("html", "pdf", "xlsx", "csv", "parquet")
PeriodKind = Literal["day", "month", "year", "fiscal_year", "any"]
"""What a report is about: a local day (2026-11-23), a month (2026-11), a calendar year (2025), a
fiscal year (FY2025), or any stretch (2025-04-01/2026-03-31, both included)."""
Step = Callable[[str, float], None]
"""Called with what is being done and how far it is, 0 to 1."""


@dataclass(frozen=True, slots=True)
class Request:
    """For which site and local days (``end`` excluded) a report is wanted.

    ``options`` are the kind's own, by name, as text; ``asked`` is the period as it was written.
    """

    site: str
    first: date
    end: date
    asked: str = ""
    options: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Option:
    """An option of a kind: its name, what it is for in both languages, and its default ("").

    One that is ``in_name`` is told in the names of the files, so that reports that differ by it
    lie beside one another.
    """

    name: str
    ja: str
    en: str
    default: str = ""
    in_name: bool = False


@dataclass(frozen=True, slots=True)
class ReportKind:
    """A report: ``collector report NAME``.

    ``gather`` reads what it needs and computes it once; ``build`` words it in a language (pure);
    ``book`` makes the workbook, None where the reader does not go on working with it (the tables
    of the report are then written as they are). ``formats`` are those made when none is asked
    for. All three raise ``CollectorError`` with a hint for what cannot be made. A report of
    ``all`` sites is asked for without one, ``Request.site`` is then "". One that ``needs_totals``
    is refused, before it is gathered, for a period in which the site has none.
    """

    name: str
    title_ja: str
    title_en: str
    purpose_ja: str
    purpose_en: str
    periods: tuple[PeriodKind, ...]
    gather: Callable[[Sources, Request, Step], Any]
    build: Callable[[Any, Language], Report]
    book: Callable[[Any, Language], Book] | None = None
    formats: tuple[Format, ...] = ("html",)
    options: tuple[Option, ...] = ()
    of_sites: Literal["one", "all"] = "one"
    needs_totals: bool = True
