"""Bands by day and hour: seasons, the tariff's own day list, times over midnight."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import pytest

from collector.tariffs.days import TariffDays
from collector.tariffs.library import TariffLibrary
from tests.collector.tariffs.tariff_text import HEAD, library

KYUSHU = TariffLibrary.shipped().find("jp-kyushu-industrial-tou-a-6kv", date(2025, 7, 1))
WORKING_SUMMER = {"night": 40, "summer_day": 44, "peak": 12}
WORKING_OTHER = {"night": 40, "other_day": 56}
OFF = {"night": 96}


@pytest.mark.parametrize(
    ("day", "quarters"),
    [
        ("2025-07-01", WORKING_SUMMER),
        ("2025-06-30", WORKING_OTHER),
        ("2025-09-30", WORKING_SUMMER),
        ("2025-10-01", WORKING_OTHER),
        ("2025-07-05", WORKING_SUMMER),  # a Saturday is a working day here
        ("2025-07-06", OFF),  # Sunday
        ("2025-07-21", OFF),  # Marine Day
        ("2025-12-30", OFF),
        ("2025-12-29", WORKING_OTHER),
        ("2026-01-02", OFF),
        ("2025-04-30", OFF),
        ("2025-05-01", OFF),
        ("2025-05-02", OFF),
        ("2025-08-15", WORKING_SUMMER),  # no day off in the tariff, whatever the plant does
    ],
)
def test_the_kyushu_day_list(day: str, quarters: dict[str, int]) -> None:
    """Sundays, public holidays and the tariff's own days are night all day."""
    assert Counter(TariffDays(KYUSHU).bands(date.fromisoformat(day))) == quarters


@pytest.mark.parametrize(
    ("minute", "band"),
    [(0, "night"), (465, "night"), (480, "summer_day"), (780, "peak"), (960, "summer_day"),
     (1320, "night"), (1425, "night")],
)  # fmt: skip
def test_a_band_over_midnight_holds_both_ends_of_its_day(minute: int, band: str) -> None:
    """22:00-08:00 is 0 to 8 and 22 to 24 of the same day."""
    assert TariffDays(KYUSHU).band(date(2025, 7, 1), minute, 15) == band


def test_a_slot_in_two_bands_has_none(tmp_path: Path) -> None:
    """A band edge inside a slot is no band, for the caller to refuse."""
    bands = (
        'bands = [{ id = "a", label_en = "a", label_ja = "あ", when = [{ times = ["08:15-20:00"] }]'
        ' }, { id = "b", label_en = "b", label_ja = "い", when = [{ times = ["20:00-08:15"] }] }]\n'
        'energy = [{ band = "a", price = 1 }, { band = "b", price = 2 }]\n'
    )
    days = TariffDays(next(t for t in library(tmp_path, HEAD + bands).tariffs if t.id == "own"))
    assert days.band(date(2025, 7, 1), 480, 30) is None
    assert days.band(date(2025, 7, 1), 480, 15) == "b"
    assert days.band(date(2025, 7, 1), 495, 30) == "a"


def test_every_quarter_of_every_shipped_tariff_has_one_band() -> None:
    """Over two years no hour of a shipped tariff is without a band."""
    first = date(2024, 1, 1)
    for tariff in TariffLibrary.shipped().tariffs:
        days = TariffDays(tariff)
        for number in range(731):
            assert len(days.bands(first + timedelta(days=number))) == 96
