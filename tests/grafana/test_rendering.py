"""Grafana's time ranges as the tests render them: what a board's range means at an instant."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.grafana.rendering import Panel, instant_of, with_variables

TOKYO = ZoneInfo("Asia/Tokyo")
NOW = datetime(2026, 3, 31, 13, 10, tzinfo=TOKYO)


@pytest.mark.parametrize(
    ("text", "first_month", "lower", "upper"),
    [
        ("now/d", 4, date(2026, 3, 31), date(2026, 4, 1)),
        ("now-13d/d", 4, date(2026, 3, 18), date(2026, 3, 19)),
        ("now/fy", 4, date(2025, 4, 1), date(2026, 4, 1)),
        ("now/fy", 1, date(2026, 1, 1), date(2027, 1, 1)),
    ],
)
def test_rounded_sides_of_a_range(text: str, first_month: int, lower: date, upper: date) -> None:
    """A rounded lower side begins its day or fiscal year, a rounded upper side ends it."""
    ended = _midnight(upper) - timedelta(milliseconds=1)
    assert instant_of(text, NOW, first_month, upper=False) == _midnight(lower)
    assert instant_of(text, NOW, first_month, upper=True) == ended


def test_plain_sides_of_a_range() -> None:
    """Without rounding both sides are the instant itself."""
    for upper in (False, True):
        assert instant_of("now", NOW, 4, upper=upper) == NOW
        assert instant_of("now-6h", NOW, 4, upper=upper) == NOW - timedelta(hours=6)


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=TOKYO)


def test_own_window_and_shift_of_a_panel() -> None:
    """A panel's own range ends now, or as far back as it is moved."""
    board = {"templating": {"list": []}, "fiscalYearStartMonth": 3}
    panel = Panel(board, {"timeFrom": "2h", "timeShift": "${by:raw}"}, NOW, {"by": "7d"})
    week_ago = NOW - timedelta(days=7)
    assert panel.window() == (
        int((week_ago - timedelta(hours=2)).timestamp() * 1000),
        int(week_ago.timestamp() * 1000),
    )


def test_yesterday_as_a_whole() -> None:
    """A panel from today's midnight, moved back to whole days, asks for the day before."""
    board = {"templating": {"list": []}, "fiscalYearStartMonth": 3}
    panel = Panel(board, {"timeFrom": "0d/d", "timeShift": "1d/d"}, NOW)
    yesterday, today = (_midnight(date(2026, 3, day)) for day in (30, 31))
    assert panel.window() == (
        int(yesterday.timestamp() * 1000),
        int(today.timestamp() * 1000) - 1,
    )


def test_variables_in_both_formats() -> None:
    """Several values become alternatives of a pattern; what has no value stays as it is."""
    variables = [
        {"name": "site", "current": {"value": "sendai"}},
        {"name": "circuits", "current": {"value": ["a.b", "c"]}},
        {"name": "later", "current": {}},
    ]
    text = with_variables("${site:raw} ${circuits:regex} ${later:raw}", variables)
    assert text == r"sendai (a\.b|c) ${later:raw}"
