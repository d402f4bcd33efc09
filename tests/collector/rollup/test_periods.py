"""Calendars: slots, days, months and years as stretches of UTC."""

from __future__ import annotations

from datetime import date, datetime, time
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.rollup.periods import LEVELS, QUARTER_HOUR_MS, SLOT_MS, Calendar, Window, joined
from collector.rollup.totals import PERIODS

TOKYO = Calendar(ZoneInfo("Asia/Tokyo"))
BERLIN = Calendar(ZoneInfo("Europe/Berlin"), fiscal_year_starts=1)
PLANT = Calendar(ZoneInfo("Asia/Tokyo"), billing_day=11, shift_day_starts=time(7))
HOUR = 3_600_000
ZONES = [
    "Asia/Tokyo",
    "Europe/Berlin",
    "America/St_Johns",  # 3:30 behind; clocks went back over midnight until 2011
    "Asia/Kathmandu",  # 5:45 ahead
    "Australia/Lord_Howe",  # clocks change by half an hour
    "America/Santiago",  # clocks skip midnight
    "America/Havana",  # midnight comes twice
    "America/Nuuk",  # clocks skip the hour before midnight
    "Pacific/Apia",  # 2011-12-30 never was
    "Pacific/Chatham",  # 12:45 ahead
]


def at(text: str) -> int:
    """UTC ms of an ISO instant."""
    return int(datetime.fromisoformat(text).timestamp() * 1000)


def test_a_day_begins_at_local_midnight() -> None:
    """In Tokyo 15:00Z is the next day's midnight, and belongs to that day."""
    assert TOKYO.day(at("2025-03-31T15:00:00Z")) == Window(
        at("2025-03-31T15:00:00Z"), at("2025-04-01T15:00:00Z")
    )
    assert TOKYO.date_of(at("2025-03-31T14:59:59.999Z")) == date(2025, 3, 31)


def test_the_fiscal_year_turns_with_the_local_date() -> None:
    """2025-03-31T15:00:00Z is FY2025 in Japan; a millisecond earlier is FY2024."""
    turn_ms = at("2025-03-31T15:00:00Z")
    assert TOKYO.fiscal_year_of(TOKYO.date_of(turn_ms)) == 2025
    assert TOKYO.fiscal_year_of(TOKYO.date_of(turn_ms - 1)) == 2024
    assert TOKYO.fiscal_year(turn_ms).start_ms == turn_ms
    assert TOKYO.fiscal_year(turn_ms - 1) == Window(at("2024-03-31T15:00:00Z"), turn_ms)


def test_a_fiscal_year_may_be_the_calendar_year() -> None:
    """With January as its first month, a fiscal year is the calendar year."""
    year = Window(at("2024-12-31T23:00:00Z"), at("2025-12-31T23:00:00Z"))
    assert BERLIN.fiscal_year(at("2025-12-31T22:59:59Z")) == year
    assert BERLIN.year(at("2025-12-31T22:59:59Z")) == year


@pytest.mark.parametrize(
    ("noon", "slots"),
    [("2025-03-30T12:00Z", 46), ("2025-10-26T12:00Z", 50), ("2025-06-01T12:00Z", 48)],
)
def test_slots_of_days_on_which_clocks_change(noon: str, slots: int) -> None:
    """A Berlin day has 46, 50 or 48 half hours and twice as many quarter hours, none shorter."""
    day = BERLIN.day(at(noon))
    pieces = BERLIN.pieces("30m", day)
    assert len(pieces) == slots
    assert {piece.end_ms - piece.start_ms for piece in pieces} == {SLOT_MS}
    assert BERLIN.slot_edges(day) == [piece.start_ms for piece in pieces] + [day.end_ms]
    quarters = BERLIN.pieces("15m", day)
    assert len(quarters) == 2 * slots
    assert {piece.end_ms - piece.start_ms for piece in quarters} == {QUARTER_HOUR_MS}


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("America/Santiago", "2025-09-07T12:00Z", 23.0),  # clocks skip midnight
        ("America/Havana", "2025-11-02T12:00Z", 25.0),  # the hour after midnight comes twice
        ("America/Nuuk", "2025-03-29T12:00Z", 23.0),  # clocks skip the hour before midnight
        ("Australia/Lord_Howe", "2025-10-05T12:00Z", 23.5),  # clocks change by half an hour
        ("Australia/Lord_Howe", "2026-04-05T01:00Z", 24.5),
        ("Asia/Kathmandu", "2025-10-05T12:00Z", 24.0),
        ("America/St_Johns", "2010-11-07T12:00Z", 25.0),  # at 00:01 back to 23:01
        ("Pacific/Apia", "2011-12-30T09:59Z", 24.0),  # the 29th; the 30th never was
    ],
)
def test_unusual_midnights(zone: str, day: str, hours: float) -> None:
    """Days join without gap or overlap wherever and however the clocks change."""
    calendar = Calendar(ZoneInfo(zone))
    window = calendar.day(at(day))
    assert window.end_ms - window.start_ms == hours * HOUR
    assert calendar.day(window.start_ms - 1).end_ms == window.start_ms
    assert calendar.day(window.start_ms) == calendar.day(window.end_ms - 1) == window
    assert calendar.day(window.end_ms).start_ms == window.end_ms
    assert len(calendar.pieces("30m", window)) == hours * 2


def test_a_day_begins_once_where_clocks_go_back_over_midnight() -> None:
    """In St. John's the hour from 23:01 on came twice in 2010; again it is of the new day."""
    calendar = Calendar(ZoneInfo("America/St_Johns"))
    assert calendar.date_of(at("2010-11-07T02:29:59Z")) == date(2010, 11, 6)
    assert calendar.date_of(at("2010-11-07T02:31:00Z")) == date(2010, 11, 7)
    assert calendar.date_of(at("2010-11-07T03:29:00Z")) == date(2010, 11, 7)


def test_slots_are_cut_from_local_midnight_where_the_offset_is_45_minutes() -> None:
    """A half hour in Kathmandu begins at :15 or :45 of UTC, which is :00 or :30 there."""
    calendar = Calendar(ZoneInfo("Asia/Kathmandu"))
    assert calendar.slot(at("2025-10-05T12:00Z")) == Window(
        at("2025-10-05T11:45Z"), at("2025-10-05T12:15Z")
    )


def test_months_have_their_own_lengths() -> None:
    """February of a leap year has 29 days, and the year's months make the fiscal year."""
    february = TOKYO.month(at("2024-02-10T00:00Z"))
    assert len(TOKYO.pieces("1d", february)) == 29
    year = TOKYO.fiscal_year(february.start_ms)
    months = TOKYO.pieces("1mo", year)
    assert len(months) == 12
    assert (months[0].start_ms, months[-1].end_ms) == (year.start_ms, year.end_ms)


def test_a_billing_month_runs_from_the_billing_day_to_the_next() -> None:
    """With the 11th as billing day, November's bill has 31 days: 11 October to 10 November."""
    november = Window(at("2026-10-11T00:00+09:00"), at("2026-11-11T00:00+09:00"))
    assert PLANT.billing_month(november.start_ms) == november
    assert PLANT.billing_month(november.end_ms - 1) == november
    assert PLANT.billing_month(november.end_ms).start_ms == november.end_ms
    assert PLANT.billing_month_named(date(2026, 11, 30)) == november
    assert PLANT.billing_month_of(date(2026, 12, 10)) == date(2026, 12, 1)
    assert PLANT.billing_month_of(date(2026, 12, 11)) == date(2027, 1, 1)
    assert len(PLANT.pieces("1d", november)) == 31
    assert TOKYO.billing_month(november.start_ms) == TOKYO.month(november.start_ms)


def test_a_shift_day_runs_from_its_hour_to_the_same_hour_of_the_next_day() -> None:
    """With 07:00 as beginning, 06:59 belongs to the day before, which has 48 half hours."""
    monday = Window(at("2026-11-23T07:00+09:00"), at("2026-11-24T07:00+09:00"))
    assert PLANT.shift_day(monday.start_ms) == PLANT.shift_day(monday.end_ms - 1) == monday
    assert PLANT.shift_day(monday.end_ms).start_ms == monday.end_ms
    assert len(PLANT.pieces("30m", monday)) == 48
    assert TOKYO.shift_day(monday.start_ms) == TOKYO.day(monday.start_ms)


@pytest.mark.parametrize(
    ("zone", "starts", "noon", "hours"),
    [
        ("Europe/Berlin", time(7), "2025-03-29T12:00Z", 23.0),
        ("Europe/Berlin", time(7), "2025-10-25T12:00Z", 25.0),
        ("Europe/Berlin", time(2, 30), "2025-03-29T12:00Z", 24.0),  # skipped: an hour later
        ("America/Nuuk", time(23, 30), "2025-03-29T12:00Z", 24.0),  # skipped: the day after
        ("Pacific/Apia", time(7), "2011-12-30T10:00Z", 24.0),  # its end is on the 31st
    ],
)
def test_shift_days_where_clocks_change(zone: str, starts: time, noon: str, hours: float) -> None:
    """A shift day is shorter or longer by what the clocks change, and made of whole slots."""
    calendar = Calendar(ZoneInfo(zone), shift_day_starts=starts)
    window = calendar.shift_day(at(noon))
    assert window.end_ms - window.start_ms == hours * HOUR
    pieces = calendar.pieces("30m", window)
    assert (pieces[0].start_ms, pieces[-1].end_ms) == (window.start_ms, window.end_ms)
    assert calendar.shift_day(window.end_ms - 1) == window
    assert calendar.shift_day(window.end_ms).start_ms == window.end_ms


@given(
    instant_ms=st.integers(at("1990-01-01T00:00Z"), at("2037-12-31T00:00Z")),
    zone=st.sampled_from(ZONES),
    first_month=st.integers(1, 12),
    billing_day=st.integers(1, 28),
    shift=st.none() | st.sampled_from([time(5), time(7), time(8, 30), time(22)]),
)
def test_every_instant_lies_in_one_period_of_each_kind(
    instant_ms: int, zone: str, first_month: int, billing_day: int, shift: time | None
) -> None:
    """Periods hold their instant, neighbours join, and each is made of whole smaller ones."""
    calendar = Calendar(ZoneInfo(zone), first_month, 15, billing_day, shift)
    for period in PERIODS:
        window = calendar.window(period, instant_ms)
        assert window.start_ms <= instant_ms < window.end_ms
        assert calendar.window(period, window.start_ms) == window
        assert calendar.window(period, window.end_ms - 1) == window
        assert calendar.window(period, window.start_ms - 1).end_ms == window.start_ms
    for period, part in calendar.levels():
        window = calendar.window(period, instant_ms)
        pieces = calendar.pieces(part, window)
        assert (pieces[0].start_ms, pieces[-1].end_ms) == (window.start_ms, window.end_ms)
        assert all(left.end_ms == right.start_ms for left, right in pairwise(pieces))


@pytest.mark.parametrize("zone", ZONES)
def test_days_join_round_every_change_of_clocks(zone: str) -> None:
    """From 1990 to 2030 each day ends where the next begins, whatever the zone's clocks do."""
    calendar = Calendar(ZoneInfo(zone))
    end_ms = calendar.day(at("1990-01-01T12:00Z")).start_ms
    for window in calendar.windows("1d", Window(end_ms, at("2030-01-01T00:00Z"))):
        assert window.start_ms == end_ms
        assert window == calendar.day(window.end_ms - 1)
        end_ms = window.end_ms


def test_edges_cover_the_span() -> None:
    """Edges run from the slot the span begins in to the end of the slot it ends in."""
    begin_ms = at("2025-04-01T00:10Z")
    edges = TOKYO.slot_edges(Window(begin_ms, begin_ms + 21 * 60_000))
    start_ms = at("2025-04-01T00:00Z")
    assert edges == [start_ms, start_ms + SLOT_MS, start_ms + 2 * SLOT_MS]
    assert TOKYO.slot_edges(Window(begin_ms, begin_ms)) == []
    across = TOKYO.slot_edges(Window(at("2025-04-01T14:45Z"), at("2025-04-01T15:15Z")))
    assert across == [at("2025-04-01T14:30Z"), at("2025-04-01T15:00Z"), at("2025-04-01T15:30Z")]


def test_slots_of_fifteen_minutes() -> None:
    """A calendar of quarter hours cuts its slots so; its half hours stay half hours."""
    calendar = Calendar(ZoneInfo("Europe/Berlin"), slot_minutes=15)
    noon_ms = at("2025-06-01T12:20Z")
    assert calendar.slot(noon_ms) == Window(at("2025-06-01T12:15Z"), at("2025-06-01T12:30Z"))
    assert calendar.window("30m", noon_ms) == Window(
        at("2025-06-01T12:00Z"), at("2025-06-01T12:30Z")
    )
    assert len(calendar.slot_edges(calendar.day(noon_ms))) == 97


def test_levels_say_what_is_made_of_what() -> None:
    """Quarter hours make half hours only where slots are so; shift days only where one is set."""
    assert TOKYO.levels() == (
        ("1d", "30m"), ("1mo", "1d"), ("1bm", "1d"), ("1fy", "1mo"), ("1y", "1mo"),
    )  # fmt: skip
    assert ("1sd", "30m") in PLANT.levels()
    assert Calendar(BERLIN.zone, 1, 15, 1, time(6)).levels() == LEVELS
    computed = {"15m"}
    for period, part in LEVELS:
        assert part in computed
        computed.add(period)
    assert computed == set(PERIODS)


@pytest.mark.parametrize(
    ("period", "instant", "japanese", "english"),
    [
        ("15m", "2026-11-23T09:20+09:00", "2026年11月23日(月) 09:15〜09:30",
         "Mon 23 Nov 2026 09:15–09:30"),
        ("30m", "2026-11-23T23:50+09:00", "2026年11月23日(月) 23:30〜24:00",
         "Mon 23 Nov 2026 23:30–24:00"),
        ("1d", "2026-11-23T09:12+09:00", "2026年11月23日(月)", "Mon 23 Nov 2026"),
        ("1sd", "2026-11-24T06:59+09:00", "2026年11月23日(月) 07:00から",
         "Mon 23 Nov 2026 from 07:00"),
        ("1mo", "2026-11-30T23:59+09:00", "2026年11月", "Nov 2026"),
        ("1bm", "2026-10-11T00:00+09:00", "2026年11月分(10月11日〜11月10日)",
         "Nov 2026 bill (11 Oct – 10 Nov)"),
        ("1fy", "2026-03-31T23:59+09:00", "2025年度", "FY2025"),
        ("1y", "2026-03-31T23:59+09:00", "2026年", "2026"),
    ],
)  # fmt: skip
def test_periods_have_names_for_people(
    period: str, instant: str, japanese: str, english: str
) -> None:
    """Each period is named as the reader of either language writes it."""
    (kind,) = (known for known in PERIODS if known == period)
    window = PLANT.window(kind, at(instant))
    assert PLANT.label(kind, window, "ja") == japanese
    assert PLANT.label(kind, window, "en") == english


def test_names_are_plain_where_a_period_is_the_usual_one() -> None:
    """A bill of a calendar month names no days, a fiscal year from January is a year."""
    noon_ms = at("2026-11-23T12:00Z")
    assert TOKYO.label("1bm", TOKYO.billing_month(noon_ms), "ja") == "2026年11月分"
    assert TOKYO.label("1bm", TOKYO.billing_month(noon_ms), "en") == "Nov 2026 bill"
    assert BERLIN.label("1fy", BERLIN.fiscal_year(noon_ms), "en") == "2026"
    assert BERLIN.label("1fy", BERLIN.fiscal_year(noon_ms), "ja") == "2026年"
    assert TOKYO.label("1sd", TOKYO.shift_day(noon_ms), "en") == "Mon 23 Nov 2026"


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"fiscal_year_starts": 13}, "a month 1-12, not 13"),
        ({"slot_minutes": 20}, "15 or 30 minutes, not 20"),
        ({"billing_day": 29}, "1-28, not 29"),
        ({"shift_day_starts": time(7, 10)}, "full or half hour, not 07:10:00"),
    ],
)
def test_a_calendar_refuses_what_no_site_has(values: dict[str, Any], said: str) -> None:
    """A value outside its range is refused with the value and the range."""
    with pytest.raises(ValueError, match=said):
        Calendar(ZoneInfo("Asia/Tokyo"), **values)


def test_touching_windows_join() -> None:
    """Windows that touch or overlap become one, others stay."""
    windows = [Window(20, 30), Window(0, 10), Window(10, 15), Window(12, 14)]
    assert joined(windows) == [Window(0, 15), Window(20, 30)]
