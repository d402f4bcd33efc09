"""A year against its path."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from collector.accounts.progress import progress
from collector.accounts.span import Span
from collector.accounts.targets import JP_2030, Path, sbt_sme_rule
from tests.collector.accounts.books import book, claim, days_of, library

FY2025 = Span(date(2025, 4, 1), date(2026, 4, 1), "FY2025")
DAYS = days_of(FY2025.first, [100] * 60)
PATH = Path(JP_2030, Decimal(20_000))


def test_a_year_on_its_way() -> None:
    """60 days of 100 kWh at 0.4: 2,400 kg so far, 14,600 kg at the end, above the path."""
    found = progress(book(DAYS), FY2025, date(2025, 5, 31), library(), "jp_shk_adjusted", PATH)
    assert found.kg == 2_400
    assert found.year_end is not None
    assert (found.year_end.kg, found.year_end.method) == (Decimal(14_600), "straight_line")
    assert (found.year_end.low_kg, found.year_end.high_kg) == (Decimal(14_600),) * 2
    assert round(found.allowed_kg or 0, 3) == Decimal("13505.882")
    assert found.on_path is False


def test_certificates_count_for_days_to_come_as_well() -> None:
    """A claim on the whole year lowers the forecast, not only what is over."""
    held = book(DAYS, certificates=[claim(36_500, FY2025)])
    found = progress(held, FY2025, date(2025, 5, 31), library(), "market", PATH)
    assert found.kg == 0
    assert found.year_end is not None
    assert found.year_end.kg == 0
    assert found.on_path is True


def test_a_year_that_is_over_is_judged_by_its_own_figure() -> None:
    """There is no forecast any more."""
    held = book(days_of(FY2025.first, [10] * 365))
    found = progress(held, FY2025, date(2026, 5, 1), library(), "jp_shk_adjusted", PATH)
    assert found.year_end is None
    assert (found.kg, found.on_path) == (Decimal(1_460), True)


def test_a_year_that_has_hardly_begun_has_no_forecast() -> None:
    """It says so, and does not judge."""
    held = book(days_of(FY2025.first, [100] * 29))
    found = progress(held, FY2025, date(2025, 4, 30), library(), "jp_shk_adjusted", PATH)
    assert found.year_end is None
    assert found.on_path is None
    assert any("no forecast" in text for text in found.remarks)


def test_days_that_are_not_over_do_not_count() -> None:
    """What the store already holds of today is left out."""
    found = progress(book(DAYS), FY2025, date(2025, 5, 1), library(), "jp_shk_adjusted", None)
    assert len(found.so_far.days) == 30
    assert found.allowed_kg is None
    assert found.on_path is None


def test_remarks_name_what_is_uncertain() -> None:
    """A rule of low confidence, and a base year in which basic meant something else."""
    found = progress(
        *(book(DAYS), FY2025, date(2025, 5, 31), library(), "jp_shk_basic"),
        Path(sbt_sme_rule(2019), Decimal(1)),
    )
    assert any("low confidence" in text for text in found.remarks)
    assert any("different quantities" in text for text in found.remarks)
