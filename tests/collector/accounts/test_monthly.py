"""An account told by months."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from collector.accounts.account import DayEnergy
from collector.accounts.contracts import Contract
from collector.accounts.energy_law import total_gj
from collector.accounts.ledger import make_account
from collector.accounts.monthly import month_energies, month_lines
from collector.accounts.span import Span
from tests.collector.accounts.books import CONTRACT, FY2025, book, days_of, factor, library

APRIL = date(2025, 4, 1)
OTHER = Contract(date(2025, 5, 11), "JP", "S2", "M")
SECOND = factor("second", "jp_shk_basic", "0.3", supplier="S2", supplier_name="Two")


def test_a_line_is_cut_where_a_month_ends() -> None:
    """Two retailers within May: April, May before and May after the change."""
    held = book(days_of(APRIL, [10] * 61), [CONTRACT, OTHER])
    account = make_account(held, Span(APRIL, date(2025, 6, 1)), library(SECOND))
    found = month_lines(account, "jp_shk_basic")
    assert [(part.month, part.kwh) for part in found] == [
        (APRIL, Decimal(300)),
        (date(2025, 5, 1), Decimal(100)),
        (date(2025, 5, 1), Decimal(210)),
    ]
    assert [part.gross_kg for part in found] == [Decimal(150), Decimal(50), Decimal(63)]


def test_months_without_data_are_told() -> None:
    """A month of which nothing is known has no known day and no coverage."""
    account = make_account(book(days_of(APRIL, [10] * 30)), FY2025, library())
    months = month_energies(account)
    assert len(months) == 12
    assert (months[0].known_days, months[0].asked_days, months[0].coverage) == (30, 30, 1.0)
    assert (months[1].known_days, months[1].asked_days, months[1].coverage) == (0, 31, 0.0)


@settings(deadline=None)
@given(st.lists(st.integers(0, 10**13), min_size=1, max_size=365))
def test_months_add_up_to_the_year(milli_wh: list[int]) -> None:
    """Energy, primary energy and CO2 of the months are the account's to the last digit."""
    days = [DayEnergy(date.fromordinal(APRIL.toordinal() + n), e) for n, e in enumerate(milli_wh)]
    account = make_account(book(days), FY2025, library())
    months = month_energies(account)
    assert sum((month.kwh for month in months), Decimal(0)) == account.kwh
    assert sum((total_gj(month.primary) for month in months), Decimal(0)) == account.energy_gj
    parts = [part.gross_kg or Decimal(0) for part in month_lines(account, "jp_shk_adjusted")]
    assert sum(parts, Decimal(0)) == account.sum_of("jp_shk_adjusted").gross_kg


def test_energy_without_any_contract() -> None:
    """Where there is no contract at all the energy is still told by months, without a factor."""
    account = make_account(book(days_of(APRIL, [10] * 61), []), FY2025, library())
    found = month_lines(account, "market")
    assert [(part.kwh, part.line.contract, part.gross_kg) for part in found] == [
        (Decimal(300), None, None),
        (Decimal(310), None, None),
    ]
