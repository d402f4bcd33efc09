"""The plant's own calendar over the public one."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.calendars.plant_calendar import DayType, PlantCalendar
from collector.site_config import CalendarSettings

PLANT = PlantCalendar.of(
    CalendarSettings(
        holidays="JP",
        closed=("2026-08-11/2026-08-16", "2026-06-01", "2026-12-29/2027-01-04"),
        working=("2026-04-04", "2026-04-29", "2026-05-10"),
    )
)


@pytest.mark.parametrize(
    ("day", "kind", "name"),
    [
        ("2026-04-03", "working", ""),
        ("2026-04-04", "working", ""),  # a Saturday that is worked
        ("2026-04-11", "saturday", ""),
        ("2026-04-12", "sunday", ""),
        ("2026-04-29", "working", "昭和の日"),  # a holiday that is worked
        ("2026-05-03", "holiday", "憲法記念日"),  # on a Sunday
        ("2026-05-06", "holiday", "振替休日"),
        ("2026-05-10", "working", ""),  # a Sunday that is worked
        ("2026-06-01", "closed", ""),  # the founder's day, a Monday
        ("2026-08-10", "working", ""),
        ("2026-08-11", "closed", "山の日"),  # a holiday within お盆
        ("2026-08-15", "closed", ""),  # a Saturday within it
        ("2026-08-16", "closed", ""),  # its last day
        ("2026-08-17", "working", ""),
        ("2027-01-01", "closed", "元日"),  # across the year's end
        ("2027-01-05", "working", ""),
    ],
)
def test_the_plants_calendar_stands_over_the_public_one(day: str, kind: str, name: str) -> None:
    """Days listed as worked or closed are so; then holidays, then the weekend."""
    known = date.fromisoformat(day)
    found = PLANT.day_type(known)
    assert (found.kind, found.name) == (kind, name)
    assert PLANT.works(known) == (kind == "working")


def test_holidays_are_named_in_the_readers_language() -> None:
    """The kind is the same and the name English when that is asked for."""
    assert PLANT.day_type(date(2026, 5, 3), "en") == DayType("holiday", "Constitution Day")


def test_without_a_country_there_are_no_holidays() -> None:
    """A calendar that names no place knows weekends only."""
    plain = PlantCalendar.of(CalendarSettings())
    assert plain.day_type(date(2026, 5, 5)) == DayType("working")
    assert plain.day_type(date(2026, 5, 2)) == DayType("saturday")


def test_another_weekend() -> None:
    """Where Friday and Saturday are off, Sunday works and Friday is a day closed."""
    gulf = PlantCalendar.of(CalendarSettings(weekend=("fri", "sat")))
    kinds = [gulf.day_type(date(2026, 4, day)).kind for day in (3, 4, 5)]
    assert kinds == ["closed", "saturday", "working"]


def test_a_year_counts_as_a_person_would_count_it() -> None:
    """In 2026 Japan has 18 holidays, one of them on one of the 52 Sundays."""
    public = PlantCalendar(place="JP")
    days = [date(2026, 1, 1) + timedelta(days=n) for n in range(365)]
    counted = Counter(public.day_type(day).kind for day in days)
    assert counted == {"working": 244, "saturday": 52, "sunday": 51, "holiday": 18}


@given(day=st.dates(date(2000, 1, 1), date(2050, 12, 31)))
def test_what_is_listed_always_wins(day: date) -> None:
    """Whatever the public calendar says, a day listed as closed is closed, as worked works."""
    entry = day.isoformat()
    closed = PlantCalendar.of(CalendarSettings(holidays="JP", closed=(entry,)))
    worked = PlantCalendar.of(CalendarSettings(holidays="JP", working=(entry,)))
    assert closed.day_type(day).kind == "closed"
    assert worked.day_type(day).kind == "working"


@pytest.mark.parametrize(
    "settings", [{"holidays": "XX"}, {"closed": ("tomorrow",)}, {"working": ("2026-02-30",)}]
)
def test_a_wrong_entry_makes_no_calendar(settings: dict[str, str | tuple[str, ...]]) -> None:
    """A place or day that is not known raises when the calendar is made, not when it is used."""
    with pytest.raises(ValueError, match=r"not a day|no public holidays"):
        PlantCalendar.of(CalendarSettings.model_validate(settings))
