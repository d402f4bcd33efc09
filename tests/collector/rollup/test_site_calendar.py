"""A site's settings as a calendar."""

from __future__ import annotations

from datetime import time
from zoneinfo import ZoneInfo

from collector.rollup.periods import Calendar
from collector.rollup.site_calendar import calendar_of
from collector.site_config import CalendarSettings, SiteSettings


def test_a_sites_calendar_is_what_its_settings_say() -> None:
    """Zone, fiscal year, slots, billing day and shift day reach the calendar."""
    site = SiteSettings(
        id="kakogawa",
        time_zone="Asia/Tokyo",
        fiscal_year_starts=7,
        slot_minutes=15,
        billing_day=11,
        calendar=CalendarSettings(shift_day_starts="08:30"),
    )
    assert calendar_of(site) == Calendar(ZoneInfo("Asia/Tokyo"), 7, 15, 11, time(8, 30))


def test_a_site_that_says_nothing_has_half_hours_from_midnight() -> None:
    """Left out: April, 30 minutes, the month's first day, no shift day."""
    assert calendar_of(SiteSettings(id="s", time_zone="Asia/Tokyo")) == Calendar(
        ZoneInfo("Asia/Tokyo")
    )
