"""Public holidays: Japan's changes of law, other countries, names in one language."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from collector.calendars.public_holidays import near_places, public_holidays


@pytest.mark.parametrize(
    ("day", "name"),
    [
        ("2000-01-10", "成人の日"),  # the second Monday since 2000
        ("2005-03-21", "振替休日"),  # 春分の日 fell on a Sunday
        ("2007-04-29", "昭和の日"),  # its first year
        ("2009-09-22", "国民の休日"),  # between 敬老の日 and 秋分の日
        ("2016-08-11", "山の日"),  # its first year
        ("2019-04-30", "国民の休日"),  # before the enthronement
        ("2019-05-01", "天皇の即位の日"),
        ("2019-05-02", "国民の休日"),
        ("2019-10-22", "即位礼正殿の儀が行われる日"),
        ("2020-02-23", "天皇誕生日"),  # moved with the new era
        ("2020-07-23", "海の日"),  # moved for the Olympics
        ("2020-07-24", "スポーツの日"),
        ("2020-08-10", "山の日"),
        ("2021-07-22", "海の日"),
        ("2021-07-23", "スポーツの日"),
        ("2021-08-09", "振替休日"),  # 山の日 moved to Sunday the 8th
        ("2025-05-06", "振替休日"),  # みどりの日 fell on a Sunday, two days before
        ("2026-09-22", "国民の休日"),
        ("2050-03-20", "春分の日"),
    ],
)
def test_japanese_holidays_follow_the_law_of_their_year(day: str, name: str) -> None:
    """Moved, added and substitute holidays fall on the days the law of that year gave them."""
    known = date.fromisoformat(day)
    assert public_holidays("JP", known.year).get(known) == name


@pytest.mark.parametrize(
    "day",
    ["2019-12-23", "2020-07-20", "2020-10-12", "2021-08-11", "2021-10-11", "2026-12-23"],
)
def test_days_that_stopped_being_holidays_are_not(day: str) -> None:
    """The old emperor's birthday and the days that the Olympics emptied are ordinary days."""
    known = date.fromisoformat(day)
    assert known not in public_holidays("JP", known.year)


def test_every_year_from_2000_to_2050_has_its_holidays() -> None:
    """Each year has 15 to 22 days, and no Sunday holiday is left without a day off after it."""
    for year in range(2000, 2051):
        days = public_holidays("JP", year)
        assert 15 <= len(days) <= 22
        assert list(days) == sorted(days)
        for day in days:
            assert day.weekday() != 6 or day + timedelta(days=1) in days


def test_names_do_not_hang_on_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the machine's language, names are the country's own, or English when asked."""
    day = date(2026, 11, 23)
    for language in ("C.UTF-8", "en_US.UTF-8", "ja_JP.UTF-8"):
        monkeypatch.setenv("LANG", language)
        monkeypatch.setenv("LANGUAGE", language)
        assert public_holidays("JP", 2026)[day] == "勤労感謝の日"
        assert public_holidays("JP", 2026, "en")[day] == "Labor Thanksgiving Day"


def test_a_region_has_holidays_of_its_own() -> None:
    """Epiphany is a holiday in Bavaria and none in Berlin."""
    epiphany = date(2026, 1, 6)
    assert epiphany in public_holidays("DE-BY", 2026)
    assert epiphany not in public_holidays("DE-BE", 2026)


@pytest.mark.parametrize("place", ["XX", "jp", "JP-13", "DE-ZZ", ""])
def test_an_unknown_place_is_an_error(place: str) -> None:
    """A country or region that is not known is said, never taken for one without holidays."""
    with pytest.raises(ValueError, match="no public holidays of"):
        public_holidays(place, 2026)


def test_near_places_guess_what_was_meant() -> None:
    """Small letters and a wrong region lead to the right ones; nonsense leads nowhere."""
    assert near_places("jp") == ("JP",)
    assert near_places("JP-13") == ("JP",)
    assert "DE-BY" in near_places("DE-BX")
    assert near_places("Atlantis") == ()
