"""Stretches of local days."""

from __future__ import annotations

from datetime import date

from collector.accounts.span import Span, fiscal_year_of, fiscal_year_span


def test_a_span_holds_its_first_day_and_not_its_end() -> None:
    """Spans are half-open; their last day is the one before the end."""
    span = Span(date(2026, 2, 28), date(2026, 3, 2))
    assert list(span.days()) == [date(2026, 2, 28), date(2026, 3, 1)]
    assert (span.length, span.last) == (2, date(2026, 3, 1))
    assert span.holds(date(2026, 2, 28))
    assert not span.holds(date(2026, 3, 2))


def test_common_days_of_two_spans() -> None:
    """Spans that only touch have none in common."""
    one = Span(date(2026, 1, 1), date(2026, 3, 1))
    assert one.common(Span(date(2026, 2, 1), date(2026, 4, 1))) == Span(
        date(2026, 2, 1), date(2026, 3, 1)
    )
    assert one.common(Span(date(2026, 3, 1), date(2026, 4, 1))) is None


def test_a_name_is_for_people_only() -> None:
    """Two spans of the same days are equal whatever they are called."""
    assert fiscal_year_span(2025) == Span(date(2025, 4, 1), date(2026, 4, 1))
    assert str(fiscal_year_span(2025)) == "FY2025"
    assert str(Span(date(2025, 4, 1), date(2025, 4, 3))) == "2025-04-01/2025-04-02"


def test_fiscal_years_are_named_by_the_year_they_begin_in() -> None:
    """31 March belongs to the year before, in a calendar of April; January calendars differ."""
    assert fiscal_year_of(date(2025, 3, 31)) == 2024
    assert fiscal_year_of(date(2025, 4, 1)) == 2025
    assert fiscal_year_of(date(2025, 3, 31), starts=1) == 2025
