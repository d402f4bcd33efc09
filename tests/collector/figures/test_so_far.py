"""A share of a day that is not over: of what has passed, so that the rest of it is no gap."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.figures.plant import FigurePlant
from tests.collector.figures.season import Season

TOKYO = ZoneInfo("Asia/Tokyo")
DAY = date(2025, 6, 2)
HALF_HOURS = st.integers(0, 48)


def at(season: Season, hour: float) -> FigurePlant:
    """The plant of the season, so many hours after the day's midnight."""
    midnight = datetime(DAY.year, DAY.month, DAY.day, tzinfo=TOKYO)
    now_ms = round((midnight + timedelta(hours=hour)).timestamp() * 1000)
    return FigurePlant(season.store, season.site, season.library, now_ms)


@pytest.mark.parametrize(
    ("hour", "share", "told"),
    [
        (0.25, 0.0, 1.0),
        (12.0, 0.5, 1.0),
        (12.5, 0.25, 0.5),
        (12.5, 0.5, 1.0),
        (24.0, 0.5, 0.5 * 24 / 23.5),
        (24.5, 0.5, 0.5),
        (240.0, 0.97, 0.97),
    ],
)
def test_a_running_day_is_judged_by_what_has_passed(
    season: Season, hour: float, share: float, told: float
) -> None:
    """Without the newest half hour; a day that is over keeps its share."""
    assert at(season, hour).of_passed(share, DAY) == pytest.approx(told)


@given(passed=HALF_HOURS, known=HALF_HOURS)
def test_it_is_a_share_and_never_less_than_that_of_the_day(
    season: Season, passed: int, known: int
) -> None:
    """Between the share of the whole day and 1, at any time of the day."""
    share = min(known, passed) / 48
    told = at(season, passed / 2).of_passed(share, DAY)
    assert share <= told <= 1
