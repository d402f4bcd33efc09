"""What a new set of factors would change."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from collector.accounts.contracts import Contract
from collector.accounts.factor_change import (
    first_day_changed,
    fiscal_years,
    months,
    what_would_change,
)
from tests.collector.accounts.books import FY2025, book, days_of, factor, library

FIX = factor(
    "fix",
    "jp_shk_basic",
    "0.51",
    known_on=date(2026, 6, 4),
    status="corrected",
    supersedes="basic",
)
NEXT = factor(
    "next",
    "jp_shk_adjusted",
    "0.39",
    valid_from=date(2026, 4, 1),
    valid_to=date(2027, 4, 1),
)
HELD = book(days_of(date(2026, 3, 31), [100, 100]))


def test_a_correction_changes_the_periods_of_its_window_only() -> None:
    """Basic of FY2025 rises by 1 kg on 100 kWh; market-based follows it, the rest stays."""
    old, new = library(), library(FIX)
    found = what_would_change(old, new, [(HELD, fiscal_years(HELD))])
    told = {(change.span.name, change.method): change.difference_kg for change in found}
    assert told[("FY2025", "jp_shk_basic")] == Decimal(1)
    assert told[("FY2025", "market")] == Decimal(1)
    assert ("FY2025", "jp_shk_adjusted") not in told
    assert ("FY2025", "location") not in told


def test_a_figure_that_only_becomes_official_is_listed_too() -> None:
    """FY2026's own factor replaces last year's, which stood in for it."""
    (change,) = what_would_change(library(), library(NEXT), [(HELD, fiscal_years(HELD))])
    assert (change.span.name, change.method) == ("FY2026", "jp_shk_adjusted")
    assert (change.old_status, change.new_status) == ("provisional", "official")
    assert (change.old_kg, change.new_kg) == (Decimal(40), Decimal(39))
    assert (change.old_factor_ids, change.new_factor_ids) == (("adjusted",), ("next",))


def test_the_same_factors_change_nothing() -> None:
    """Neither does a correction that was not known on the day asked for."""
    books = [(HELD, fiscal_years(HELD))]
    assert what_would_change(library(), library(), books) == ()
    assert what_would_change(library(), library(FIX), books, date(2026, 6, 3)) == ()


def test_a_first_figure_is_a_change_without_difference() -> None:
    """Where there was no factor before, there is no difference to tell."""
    stranger = factor("first", "jp_shk_basic", "0.2", supplier="S3", supplier_name="Three")
    from_s3 = book(HELD.days, [Contract(date(2020, 4, 1), "JP", "S3", "M")])
    found = what_would_change(library(), library(stranger), [(from_s3, [FY2025])])
    change = next(one for one in found if one.method == "jp_shk_basic")
    assert (change.old_kg, change.new_kg, change.difference_kg) == (None, Decimal(20), None)


def test_the_first_day_that_is_booked_otherwise() -> None:
    """The first day with energy in the window, not the window's own first day; None for none."""
    assert first_day_changed(library(), library(FIX), [HELD]) == date(2026, 3, 31)
    assert first_day_changed(library(), library(NEXT), [HELD]) == date(2026, 4, 1)
    assert first_day_changed(library(), library(), [HELD]) is None
    assert first_day_changed(library(), library(FIX), [HELD], date(2026, 6, 3)) is None
    elsewhere = factor("first", "jp_shk_basic", "0.2", supplier="S3", supplier_name="Three")
    assert first_day_changed(library(), library(elsewhere), [HELD]) is None


def test_a_row_near_a_missing_one_is_no_change() -> None:
    """What nothing fits stays so, whichever rows the error then names as near."""
    stranger = [Contract(date(2020, 4, 1), "JP", "S9", "M")]
    near = factor("near", "jp_shk_basic", "0.2", supplier="S99", supplier_name="Near")
    assert first_day_changed(library(), library(near), [book(HELD.days, stranger)]) is None


def test_the_months_of_a_book() -> None:
    """Whole months, over the end of a year too, each once."""
    over_new_year = book(days_of(date(2025, 12, 30), [1, 1, 1]))
    assert [(str(span), span.first, span.end) for span in months(over_new_year)] == [
        ("2025-12", date(2025, 12, 1), date(2026, 1, 1)),
        ("2026-01", date(2026, 1, 1), date(2026, 2, 1)),
    ]


def test_the_fiscal_years_of_a_book() -> None:
    """Two days across April are two fiscal years, or one where the year begins in January."""
    assert [span.name for span in fiscal_years(HELD)] == ["FY2025", "FY2026"]
    assert [span.name for span in fiscal_years(HELD, starts=1)] == ["FY2026"]
