"""Whose report it is, out of the settings."""

from __future__ import annotations

from importlib.metadata import version

from collector.reporting.sources import Sources
from collector.reports.site_head import SiteHead
from collector.site_config import SiteSettings


def head_of(sources: Sources, site: SiteSettings) -> SiteHead:
    """The head of a report of the site that is made now."""
    return SiteHead(
        site=site.id,
        name=site.name,
        zone=site.zone,
        made_at_ms=sources.clock.now_ms(),
        software_version=version("mieruka"),
        name_en=site.name_en,
        fiscal_year_starts=site.fiscal_year_starts,
    )
