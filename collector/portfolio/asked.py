"""Which sites are meant, and what stands at the top of their report."""

from __future__ import annotations

import difflib
from fnmatch import fnmatchcase
from importlib.metadata import version

from collector.config import CollectorSettings
from collector.errors import CollectorError
from collector.reports.site_head import SiteHead

SITES_NAMED = 10
"""A hint names so many sites at most."""


def sites_asked(settings: CollectorSettings, patterns: str) -> tuple[str, ...]:
    """The ids of the sites that fit one of the patterns, in the settings' order; "" is all.

    Patterns are ids or have * and ?, with commas or blanks between them. Raises ``CollectorError``
    for one that fits no site.
    """
    known = [site.id for site in settings.sites]
    wanted = patterns.replace(",", " ").split()
    for pattern in wanted:
        if not any(fnmatchcase(site, pattern) for site in known):
            near = difflib.get_close_matches(pattern, known, n=1)
            hint = f"did you mean {near[0]}?" if near else _told(known)
            raise CollectorError(f"no site fits {pattern}", hint)
    if not wanted:
        return tuple(known)
    return tuple(site for site in known if any(fnmatchcase(site, one) for one in wanted))


def _told(known: list[str]) -> str:
    more = "" if len(known) <= SITES_NAMED else f" and {len(known) - SITES_NAMED} more"
    return f"there are: {', '.join(known[:SITES_NAMED])}{more}"


def head_of(settings: CollectorSettings, made_at_ms: int) -> SiteHead:
    """The head of a report of many sites: time zone and fiscal year are the first site's."""
    first = settings.sites[0]
    return SiteHead(
        site="",
        name="",
        zone=first.zone,
        made_at_ms=made_at_ms,
        software_version=version("mieruka"),
        fiscal_year_starts=first.fiscal_year_starts,
    )
