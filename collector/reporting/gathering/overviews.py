"""The site overview's data of a report's days: electricity meters, up to now."""

from __future__ import annotations

from dataclasses import replace

from collector.accounts.span import Span
from collector.gather.overview import site_overview_data
from collector.reporting.sources import Sources
from collector.reports.site_data import SiteOverviewData
from collector.rollup.members import ELECTRICITY
from collector.rollup.periods import midnight_ms
from collector.site_config import SiteSettings


def overview_of(sources: Sources, site: SiteSettings, span: Span) -> SiteOverviewData:
    """What the site overview says of the days; those that are not over end with now."""
    now_ms = sources.clock.now_ms()
    from_ms, to_ms = (midnight_ms(site.zone, day) for day in (span.first, span.end))
    data = site_overview_data(
        sources.store,
        site,
        sources.library.factors,
        from_ms,
        min(to_ms, max(now_ms, from_ms + 1)),
        now_ms,
    )
    electric = {meter.id for meter in site.meters if meter.medium == ELECTRICITY}
    return replace(data, meters=tuple(meter for meter in data.meters if meter.id in electric))
