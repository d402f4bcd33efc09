"""What is asked for of a report, and whether it can be: checked before anything is gathered."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, field

from collector.accounts.span import Span
from collector.errors import CollectorError
from collector.reporting.kind import Format, ReportKind, Request
from collector.reporting.period import KIND_NAMES, fits
from collector.reporting.sources import Sources
from collector.reports.report import LANGUAGES, Language
from collector.rollup.periods import midnight_ms
from collector.rollup.site_calendar import calendar_of
from collector.rollup.totals import SITE_METER
from collector.site_config import SiteSettings

_EVER_MS = (0, 4_102_444_800_000)
"""1970 to 2100."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A report's site, days, languages, formats ((): the kind's own) and options.

    ``site`` is "" for a report of all sites.
    """

    site: str
    span: Span
    languages: tuple[Language, ...] = LANGUAGES
    formats: tuple[Format, ...] = ()
    options: Mapping[str, str] = field(default_factory=dict)


def request_of(sources: Sources, kind: ReportKind, wanted: Wanted) -> Request:
    """What the kind is to gather.

    Raises ``CollectorError`` for an option, a period or a site that the report does not take,
    and where it needs totals and there are none.
    """
    span, options = wanted.span, checked_options(kind, wanted.options)
    sites = [sources.site(wanted.site)] if wanted.site else list(sources.settings.sites)
    _require_period(kind, span, sites[0].fiscal_year_starts)
    if kind.of_sites == "one" and kind.needs_totals:
        _require_totals(sources, sites[0], span)
    return Request(wanted.site, span.first, span.end, str(span), options)


def checked_options(kind: ReportKind, given: Mapping[str, str]) -> dict[str, str]:
    """The kind's options as given, the others by their defaults.

    Raises ``CollectorError`` for an option that the kind does not have.
    """
    known = {option.name: option.default for option in kind.options}
    for name in given:
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            have = f"it has: {', '.join(known)}" if known else "it has none"
            hint = f"did you mean {near[0]}?" if near else have
            raise CollectorError(f"the report {kind.name} has no option {name}", hint)
    return {**known, **given}


def _require_period(kind: ReportKind, span: Span, fiscal_year_starts: int) -> None:
    if not fits(span, kind.periods, fiscal_year_starts):
        taken = ", ".join(KIND_NAMES[period][1] for period in kind.periods)
        raise CollectorError(f"the report {kind.name} is not made for {span}", f"give {taken}")


def _require_totals(sources: Sources, site: SiteSettings, span: Span) -> None:
    edges = (midnight_ms(site.zone, span.first), midnight_ms(site.zone, span.end))
    found = sources.store.read_total_columns(site.id, SITE_METER, "1d", ("kwh",), *edges)
    if not len(found.start_ms):
        message = f"site {site.id} has no totals in {span}"
        raise CollectorError(message, _what_there_is(sources, site))


def _what_there_is(sources: Sources, site: SiteSettings) -> str:
    found = sources.store.read_total_columns(site.id, SITE_METER, "1d", ("kwh",), *_EVER_MS)
    if not len(found.start_ms):
        return "check that readings arrive, then run: collector summarise"
    calendar = calendar_of(site)
    first, last = (calendar.date_of(found.start_ms[number]) for number in (0, -1))
    return f"there are totals from {first} to {last}"
