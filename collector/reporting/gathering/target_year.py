"""How the fiscal year of a month goes against the site's path."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from collector.accounts.methods import own_method
from collector.accounts.progress import progress
from collector.accounts.span import ONE_DAY, fiscal_year_of, fiscal_year_span
from collector.accounts.targets import Path, base_year_kg, rule_of
from collector.errors import CollectorError
from collector.gather.account_book import book_of
from collector.reporting.sources import Sources
from collector.reports.monthly.data import TargetYear
from collector.site_config import SiteSettings


def target_year(sources: Sources, site: SiteSettings, known_end: date) -> TargetYear | None:
    """The year up to ``known_end`` (excluded); None for a site without [sites.target]."""
    if site.target is None:
        return None
    starts = site.fiscal_year_starts
    year = fiscal_year_span(fiscal_year_of(known_end - ONE_DAY, starts), starts)
    before = fiscal_year_span(year.first.year - 1, starts)
    method = own_method(site.target.method)
    path, why = _path(sources, site, method)
    book = book_of(sources, site, [before, year])
    found = progress(book, year, known_end, sources.library.factors, method, path)
    year_end = found.year_end.kg if found.year_end else found.kg
    return TargetYear(
        year=year,
        method=method,
        known_end=known_end,
        so_far_kg=found.kg,
        allowed_kg=found.allowed_kg,
        year_end_kg=year_end,
        rule=path.rule if path else None,
        why_not=why,
    )


def _path(sources: Sources, site: SiteSettings, method: str) -> tuple[Path | None, str]:
    target = site.target
    if target is None:
        return None, ""
    base = fiscal_year_span(target.base_year, site.fiscal_year_starts)
    try:
        rule = rule_of(target)
        if target.base_t is not None:
            return Path(rule, Decimal(str(target.base_t)).scaleb(3)), ""
        book = book_of(sources, site, [base])
        return Path(rule, base_year_kg(book, base, sources.library.factors, method)), ""
    except CollectorError as error:
        return None, str(error)
