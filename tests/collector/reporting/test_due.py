"""When a report that makes itself is due, by the site's clock on the wall."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.report_config import when_of
from collector.reporting.due import dues_between, last_due_ms

TOKYO, BERLIN = ZoneInfo("Asia/Tokyo"), ZoneInfo("Europe/Berlin")
DAY_MS = 86_400_000
Wall = tuple[int, int, int, int, int]


def ms(zone: ZoneInfo, year: int, month: int, day: int, hour: int, minute: int) -> int:
    """The instant of a wall clock's time."""
    wall = datetime(year, month, day, hour, minute, tzinfo=zone)
    return round(wall.astimezone(UTC).timestamp() * 1000)


@pytest.mark.parametrize(
    ("text", "now", "due"),
    [
        ("daily 06:30", (2026, 5, 4, 6, 30), (2026, 5, 4, 6, 30)),
        ("daily 06:30", (2026, 5, 4, 6, 29), (2026, 5, 3, 6, 30)),
        ("weekly mon 07:00", (2026, 5, 3, 12, 0), (2026, 4, 27, 7, 0)),
        ("weekly mon 07:00", (2026, 5, 4, 7, 0), (2026, 5, 4, 7, 0)),
        ("monthly 2 07:00", (2026, 5, 1, 23, 0), (2026, 4, 2, 7, 0)),
        ("monthly 28 00:00", (2026, 3, 1, 0, 0), (2026, 2, 28, 0, 0)),
        ("yearly 4-10 07:00", (2026, 4, 9, 0, 0), (2025, 4, 10, 7, 0)),
        ("yearly 4-10 7:00", (2026, 4, 10, 8, 0), (2026, 4, 10, 7, 0)),
    ],
)
def test_the_newest_due_instant_is_the_last_that_has_come(text: str, now: Wall, due: Wall) -> None:
    """Each way to write a time names the instants it says."""
    assert last_due_ms(when_of(text), TOKYO, ms(TOKYO, *now)) == ms(TOKYO, *due)


def test_an_hour_that_clocks_skip_is_still_due_once() -> None:
    """On the day clocks go forward a report of 02:30 is due once, at the same instant as ever."""
    before = last_due_ms(when_of("daily 02:30"), BERLIN, ms(BERLIN, 2026, 3, 29, 12, 0))
    assert datetime.fromtimestamp(before / 1000, BERLIN).date().isoformat() == "2026-03-29"
    span = ms(BERLIN, 2026, 3, 28, 12, 0), ms(BERLIN, 2026, 3, 30, 12, 0)
    assert dues_between(when_of("daily 02:30"), BERLIN, *span) == 2


def test_an_hour_that_comes_twice_is_due_when_it_comes_first() -> None:
    """On the day clocks go back a report of 02:30 is due once, in summer time."""
    noon = ms(BERLIN, 2026, 10, 25, 12, 0)
    due = datetime.fromtimestamp(last_due_ms(when_of("daily 02:30"), BERLIN, noon) / 1000, UTC)
    assert due == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert dues_between(when_of("daily 02:30"), BERLIN, noon - DAY_MS, noon) == 1


@given(
    st.sampled_from(["daily 06:30", "weekly sun 23:59", "monthly 1 00:00", "yearly 2-28 12:00"]),
    st.integers(1_577_836_800_000, 2_051_222_400_000),
)
def test_no_due_instant_lies_between_the_newest_and_now(text: str, now_ms: int) -> None:
    """The newest due instant is not after now, and the next one is."""
    when = when_of(text)
    due_ms = last_due_ms(when, BERLIN, now_ms)
    assert due_ms <= now_ms
    assert dues_between(when, BERLIN, due_ms, now_ms) == 0
    assert dues_between(when, BERLIN, due_ms - 1, now_ms) == 1
    longest = timedelta(days=367) / timedelta(milliseconds=1)
    assert now_ms - due_ms < longest
