"""What a reader of an account must know beside its figures."""

from __future__ import annotations

from datetime import date

from collector.accounts.account import DayEnergy
from collector.accounts.contracts import Contract
from collector.accounts.ledger import make_account
from collector.accounts.span import Span
from collector.factors.lookup import FactorLibrary
from tests.collector.accounts.books import KWH, book, claim, days_of, library

APRIL = date(2025, 4, 1)
DAY = Span(APRIL, date(2025, 4, 2))


def test_a_plain_account_needs_no_remark() -> None:
    """Measured throughout, under one contract, by official factors."""
    assert make_account(book(days_of(APRIL, [10])), DAY, library()).remarks == ()


def test_estimated_energy_and_coverage_are_said() -> None:
    """How much was estimated, and how much of the time was measured."""
    days = (DayEnergy(APRIL, 10 * KWH, 2 * KWH + 1, 0.875),)
    remarks = make_account(book(days), DAY, library()).remarks
    assert remarks == (
        "87.50% of the period was measured",
        "2.000001 kWh of it were estimated over gaps",
    )


def test_a_factor_that_stands_in_is_said_with_its_days() -> None:
    """Provisional is never silent."""
    span = Span(date(2026, 4, 1), date(2026, 4, 2))
    remarks = make_account(book(days_of(span.first, [10])), span, library()).remarks
    assert (
        "location: provisional from 2026-04-01 to 2026-04-01: the row for activity from 2025-04-01"
        " to 2026-03-31 stands in"
    ) in remarks


def test_a_japanese_certificate_abroad_is_said() -> None:
    """It counts for nothing there, and it says so once."""
    held = book(
        days_of(date(2024, 6, 1), [10]),
        [Contract(date(2020, 1, 1), "DE")],
        [claim(5, Span(date(2024, 1, 1), date(2025, 1, 1)))],
    )
    span = Span(date(2024, 6, 1), date(2024, 6, 2))
    account = make_account(held, span, FactorLibrary.shipped())
    assert account.sum_of("market").deducted_kg == 0
    assert sum("under contracts in Japan only" in text for text in account.remarks) == 1


def test_an_odd_vintage_is_a_warning_and_no_refusal() -> None:
    """The certificate is counted, with the warning beside it."""
    old = claim(5, DAY, vintage=Span(date(2020, 1, 1), date(2021, 1, 1)))
    account = make_account(book(days_of(APRIL, [10]), certificates=[old]), DAY, library())
    assert account.sum_of("market").certificate_milli_wh == 5 * KWH
    assert any("on no day of the use it is claimed for" in text for text in account.remarks)


def test_each_remark_is_said_once() -> None:
    """Two claims without a number that read alike are not told twice."""
    claims = [claim(5, DAY, tracking_no="", retired_on=None, number=n) for n in (0, 1)]
    account = make_account(book(days_of(APRIL, [10]), certificates=claims), DAY, library())
    assert account.remarks == (
        "certificate non_fossil_fit used 2025-04-01/2025-04-01: not retired, so it is not counted",
    )
