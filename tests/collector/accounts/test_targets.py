"""Base year, target and path."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.accounts.span import Span
from collector.accounts.targets import (
    JP_2030,
    Path,
    base_year_kg,
    rule_of,
    sbt_sme_rule,
)
from collector.errors import CollectorError
from collector.site_config import TargetSettings
from tests.collector.accounts.books import book, days_of, factor, library

FY2013 = Span(date(2013, 4, 1), date(2014, 4, 1), "FY2013")


def test_japans_target_is_the_default() -> None:
    """-46 % by FY2030 against FY2013: 1,000 t become 540 t."""
    rule = rule_of(TargetSettings())
    assert (rule.percent, rule.base_year, rule.target_year) == (Decimal(46), 2013, 2030)
    assert Path(rule, Decimal(1_000_000)).target_kg == 540_000


def test_the_path_is_a_straight_line() -> None:
    """From the base year's figure by equal steps; the target's from its year on."""
    path = Path(JP_2030, Decimal(17_000))
    assert path.allowed_kg(2012) is None
    assert path.allowed_kg(2013) == 17_000
    step = (17_000 - 9_180) / 17
    assert float(path.allowed_kg(2014) or 0) == pytest.approx(17_000 - step)
    assert path.allowed_kg(2030) == path.allowed_kg(2035) == 9_180


@given(st.decimals(min_value=0, max_value=10**9, places=3), st.integers(2013, 2029))
def test_the_path_never_rises(base_kg: Decimal, year: int) -> None:
    """Each year allows no more than the one before, within the path's 50 digits."""
    path = Path(JP_2030, base_kg)
    now, then = path.allowed_kg(year), path.allowed_kg(year + 1)
    assert now is not None
    assert then is not None
    assert then <= now
    exact = Fraction(base_kg) * (1 - Fraction(46, 100) * Fraction(year - 2013, 17))
    assert abs(Fraction(now) - exact) < Fraction(1, 10**30)


@pytest.mark.parametrize(
    ("base_year", "percent", "confidence"),
    [(2018, "50", "high"), (2020, "42", "medium"), (2023, "42", "medium"), (2019, "46.2", "low")],
)
def test_what_sbt_asks_of_small_firms(base_year: int, percent: str, confidence: str) -> None:
    """42 % from 2020 on, 50 % for 2018; -42 % from 2018 is wrong; the formula is uncertain."""
    rule = sbt_sme_rule(base_year)
    assert (rule.percent, rule.confidence) == (Decimal(percent), confidence)
    assert rule.target_year == 2030
    assert rule.source


def test_an_own_percentage_stands_over_the_schemes() -> None:
    """A site may ask more of itself, and may have a target of its own."""
    more = TargetSettings(scheme="sbt_sme", base_year=2020, reduction_percent=60.0)
    own = TargetSettings(scheme="own", base_year=2022, target_year=2035, reduction_percent=70.0)
    assert rule_of(more).percent == 60
    assert (rule_of(own).percent, rule_of(own).target_year) == (Decimal(70), 2035)


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"scheme": "own"}, "needs its reduction"),
        ({"base_year": 2030}, "is not after the base year"),
    ],
)
def test_a_target_that_cannot_be_is_told(settings: dict[str, Any], says: str) -> None:
    """In one line with a hint."""
    with pytest.raises(CollectorError, match=says) as caught:
        rule_of(TargetSettings(**settings))
    assert "[sites.target]" in caught.value.hint


def test_the_two_ways_to_count_a_base_year() -> None:
    """FY2013: the factor for its activity (0.406), or the one measured in it (0.522)."""
    held = library(
        *(
            factor(name, "jp_shk_adjusted", value, valid_from=first, valid_to=end)
            for name, value, first, end in (
                ("fy2012", "0.406", date(2013, 4, 1), date(2014, 4, 1)),
                ("fy2013", "0.522", date(2014, 4, 1), date(2015, 4, 1)),
            )
        )
    )
    days = book(
        days_of(date(2013, 4, 1), [10] * 365),
        [book(()).contracts[0].__class__(date(2010, 1, 1), "JP", "S1", "M")],
    )
    by_activity = base_year_kg(days, FY2013, held, "jp_shk_adjusted")
    as_measured = base_year_kg(days, FY2013, held, "jp_shk_adjusted", "measured")
    assert by_activity == Decimal("1481.9")
    assert as_measured == Decimal("1905.3")


def test_a_base_year_with_holes_is_refused() -> None:
    """A part of a year must not look like a whole one."""
    days = book(days_of(date(2013, 4, 1), [10] * 364))
    with pytest.raises(CollectorError, match="364 of 365 days") as caught:
        base_year_kg(days, FY2013, library(), "jp_shk_adjusted")
    assert "base_t" in caught.value.hint


def test_a_base_year_without_contract_or_factor_is_refused() -> None:
    """Each says what to write."""
    days = book(days_of(date(2013, 4, 1), [10] * 365))
    with pytest.raises(CollectorError, match="no contract on 2013-04-01"):
        base_year_kg(days, FY2013, library(), "jp_shk_adjusted")
    stranger = days.contracts[0].__class__(date(2010, 1, 1), "JP", "S9", "M")
    with pytest.raises(CollectorError, match="no emission factor for JP S9"):
        base_year_kg(book(days.days, [stranger]), FY2013, library(), "jp_shk_adjusted")
