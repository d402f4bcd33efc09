"""Accounts as reports tell them: as they were closed, else as they stand; and the base year."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from decimal import Decimal

from collector.accounts.methods import own_method
from collector.accounts.restatement import compare
from collector.accounts.span import Span, fiscal_year_span
from collector.accounts.targets import base_year_kg
from collector.errors import CollectorError
from collector.gather.account_book import account_of, book_of, checked_site, pending_of
from collector.reporting.kind import Request
from collector.reporting.sources import Sources
from collector.reports.account_parts import Known, supplier_names
from collector.reports.signed import BaseYear, ClosedEntry, SignedAccount
from collector.site_config import SiteSettings
from collector.state.closed_periods import Closed


def site_of(sources: Sources, request: Request) -> SiteSettings:
    """The site asked for, its certificates free of faults."""
    return checked_site(sources.settings, request.site)


def span_asked(request: Request) -> Span:
    """The local days asked for, called as they were asked for."""
    return Span(request.first, request.end, request.asked)


def signed_account(sources: Sources, site: SiteSettings, span: Span) -> SignedAccount:
    """The site's account of the span: the closed one, newest restatement first, else today's."""
    known = Known(supplier_names(sources.library.factors.factors), pending_of(sources, site))
    now = account_of(sources, site, span, None)
    history = sources.state.closed.history(site.id, span)
    if not history:
        return SignedAccount(now, known)
    closed = history[-1].account
    changed = compare(closed, now).changed
    now_kg = {figure.method: figure.kg for figure in now.scope_2} if changed else None
    return SignedAccount(closed, known, tuple(map(_entry, history)), now_kg)


def base_year(sources: Sources, site: SiteSettings, methods: Sequence[str]) -> BaseYear | None:
    """The base year of the site's target: closed, entered or computed; None where there is none.

    None too when the year can neither be computed nor was entered.
    """
    target = site.target
    if target is None:
        return None
    span = fiscal_year_span(target.base_year, site.fiscal_year_starts)
    entered = None if target.base_t is None else Decimal(str(target.base_t)).scaleb(3)
    given = {} if entered is None else {own_method(target.method): entered}
    return year_figures(sources, site, span, methods, given)


def year_figures(
    sources: Sources,
    site: SiteSettings,
    span: Span,
    methods: Sequence[str],
    entered: Mapping[str, Decimal],
) -> BaseYear | None:
    """A year's figures by method: as closed, else as entered, else computed of a whole year."""
    history = sources.state.closed.history(site.id, span)
    if history:
        closed = history[-1].account
        figures = {method: closed.sum_of(method).kg for method in methods}
        kg = {method: value for method, value in figures.items() if value is not None}
        return BaseYear(span, "closed", kg, tuple(map(_entry, history)))
    if entered:
        return BaseYear(span, "entered", entered)
    computed = _computed(sources, site, span, methods)
    return BaseYear(span, "computed", computed) if computed else None


def _computed(
    sources: Sources, site: SiteSettings, span: Span, methods: Sequence[str]
) -> dict[str, Decimal]:
    book = book_of(sources, site, [span])
    found = {}
    for method in methods:
        with suppress(CollectorError):  # a method without a figure is shown as such by the report
            found[method] = base_year_kg(book, span, sources.library.factors, method)
    return found


def _entry(closed: Closed) -> ClosedEntry:
    figures = {figure.method: figure.kg for figure in closed.account.scope_2}
    return ClosedEntry(
        *(closed.id, closed.by, closed.closed_at_ms, closed.digest),
        *(closed.reason, closed.restates, figures),
    )
