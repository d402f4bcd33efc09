"""The calendar a site's settings describe."""

from __future__ import annotations

from datetime import time

from collector.rollup.periods import Calendar
from collector.site_config import SiteSettings


def calendar_of(site: SiteSettings) -> Calendar:
    """The site's calendar: zone, fiscal year, slots, billing day and shift day."""
    shift = site.calendar.shift_day_starts
    return Calendar(
        site.zone,
        site.fiscal_year_starts,
        site.slot_minutes,
        site.billing_day,
        None if shift is None else time.fromisoformat(shift),
    )
