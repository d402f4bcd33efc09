"""Every wrong entry of a plant calendar, one line each."""

from __future__ import annotations

from collector.calendars.calendar_faults import calendar_faults
from collector.site_config import CalendarSettings

NOT_A_DAY = 'not a day (write "2026-08-13", or "2026-08-13/2026-08-16" for a row of them)'


def test_every_fault_is_told_at_once() -> None:
    """Place, days and ranges are all named, with path, value and what to write."""
    section = {
        "holidays": "jp",
        "closed": ["2026-08-13/2026-08-16", "2026-08-16/2026-08-13", "8/13", "2026-02-30", ""],
        "working": ["2026-08-15", "20260404", "2026-04-04/"],
    }
    assert list(calendar_faults(section, "sites[0].calendar")) == [
        'sites[0].calendar.holidays = "jp": no public holidays of this place are known'
        ' (write "JP")',
        'sites[0].calendar.closed[1] = "2026-08-16/2026-08-13": ends before it starts'
        " (write the earlier day first)",
        f'sites[0].calendar.closed[2] = "8/13": {NOT_A_DAY}',
        f'sites[0].calendar.closed[3] = "2026-02-30": {NOT_A_DAY}',
        f'sites[0].calendar.closed[4] = "": {NOT_A_DAY}',
        f'sites[0].calendar.working[1] = "20260404": {NOT_A_DAY}',
        f'sites[0].calendar.working[2] = "2026-04-04/": {NOT_A_DAY}',
        'sites[0].calendar.working[0] = "2026-08-15": closed by sites[0].calendar.closed[0]'
        " (remove it from one of them)",
    ]


def test_an_unknown_country_without_a_near_one_gets_examples() -> None:
    """Nothing like it is known: the hint says what a place looks like."""
    (fault,) = calendar_faults({"holidays": "Nowhere"})
    assert fault == (
        'calendar.holidays = "Nowhere": no public holidays of this place are known'
        ' (write a country of ISO 3166, for example "JP" or "DE-BY")'
    )


def test_a_right_calendar_has_no_faults() -> None:
    """The settings' own values are taken as they are, empty ones too."""
    right = CalendarSettings(holidays="DE-BY", closed=("2026-08-13",), working=("2026-04-04",))
    assert list(calendar_faults(right.model_dump())) == []
    assert list(calendar_faults(CalendarSettings().model_dump())) == []


def test_values_of_a_wrong_type_are_left_to_the_schema() -> None:
    """Numbers and tables where days belong are not this file's to name."""
    assert list(calendar_faults({"holidays": 5, "closed": [13, None], "working": "x"})) == []


def test_a_long_entry_is_shown_short_and_on_one_line() -> None:
    """Whatever is written in an entry, its fault stays one line that can be read."""
    (fault,) = calendar_faults({"closed": ["a\nb" + "c" * 100]})
    assert fault.startswith('calendar.closed[0] = "a bccc')
    assert "\n" not in fault
    assert len(fault) < 170
