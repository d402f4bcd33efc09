"""What has changed since an account was closed, and why."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from collector.accounts.account import DayEnergy
from collector.accounts.contracts import Contract
from collector.accounts.ledger import make_account
from collector.accounts.restatement import MethodChange, compare
from collector.accounts.span import Span
from collector.factors.lookup import FactorLibrary
from tests.collector.accounts.books import CONTRACT, FY2025, book, claim, days_of, factor, library

APRIL = date(2025, 4, 1)
OTHER = factor("other", "jp_shk_basic", "0.3", supplier="S2", supplier_name="Two")


def change_of(found: tuple[MethodChange, ...], method: str) -> MethodChange:
    """The change of one method."""
    return next(change for change in found if change.method == method)


def test_worked_case_three_is_a_restatement() -> None:
    """Shikoku C of FY2022, corrected on 2023-06-01: -1.234567 t, all of it by the factor."""
    contract = Contract(date(2020, 4, 1), "JP", "A0274", "C")
    held = book((DayEnergy(date(2022, 10, 1), 1_234_567_000_000),), [contract])
    span = Span(date(2022, 4, 1), date(2023, 4, 1))
    shipped = FactorLibrary.shipped()
    old = make_account(held, span, shipped, date(2023, 5, 31))
    new = make_account(held, span, shipped, date(2023, 6, 1))
    found = compare(old, new)
    change = change_of(found.methods, "jp_shk_adjusted")
    assert found.changed
    assert change.difference_kg == Decimal("-1234.567")
    assert change.factor_kg == Decimal("-1234.567")
    assert (change.energy_kg, change.contract_kg, change.certificate_kg) == (Decimal(0),) * 3
    (cause,) = [text for text in found.causes if "jp_shk_adjusted" in text]
    assert "(0.533, official) then" in cause
    assert "(0.532, official) now" in cause


def test_energy_that_came_late() -> None:
    """A day more and another corrected: the difference is energy at the same factor."""
    old = make_account(book(days_of(APRIL, [10, 10])), FY2025, library())
    new = make_account(book(days_of(APRIL, [10, 14, 6])), FY2025, library())
    found = compare(old, new)
    change = change_of(found.methods, "jp_shk_basic")
    assert (change.difference_kg, change.energy_kg, change.factor_kg) == tuple(
        map(Decimal, (5, 5, 0))
    )
    assert found.causes == ("energy: 20 kWh on 2 days then, 30 kWh on 3 days now",)


def test_energy_that_is_not_known_any_more() -> None:
    """A day taken away is a negative energy effect at the factor it had."""
    old = make_account(book(days_of(APRIL, [10, 10])), FY2025, library())
    new = make_account(book(days_of(APRIL, [10])), FY2025, library())
    assert change_of(compare(old, new).methods, "jp_shk_basic").energy_kg == -5


def test_a_contract_that_was_entered_wrongly() -> None:
    """The new kWh at the difference of the factors are the contract's effect."""
    contracts = [CONTRACT, Contract(date(2025, 4, 2), "JP", "S2", "M")]
    old = make_account(book(days_of(APRIL, [10, 10])), FY2025, library(OTHER))
    new = make_account(book(days_of(APRIL, [10, 10]), contracts), FY2025, library(OTHER))
    change = change_of(compare(old, new).methods, "jp_shk_basic")
    assert (change.contract_kg, change.factor_kg, change.energy_kg) == tuple(
        map(Decimal, (-2, 0, 0))
    )
    assert "contract: JP S1 menu M then, JP S1 menu M, JP S2 menu M now" in compare(old, new).causes


def test_a_certificate_that_was_retired_later() -> None:
    """What it takes off is the certificates' effect, and the other methods stay."""
    held = book(days_of(APRIL, [100]), certificates=[claim(40, FY2025)])
    old = make_account(held, FY2025, library(), date(2026, 2, 1))
    new = make_account(held, FY2025, library())
    found = compare(old, new)
    assert change_of(found.methods, "market").certificate_kg == -20
    assert not change_of(found.methods, "location").changed
    assert any(text.startswith("certificates: 0 kWh by market") for text in found.causes)


def test_a_figure_that_was_not_there_has_no_effects() -> None:
    """From no contract to one there is a new figure but nothing to split."""
    old = make_account(book(days_of(APRIL, [10]), []), FY2025, library())
    new = make_account(book(days_of(APRIL, [10])), FY2025, library())
    change = change_of(compare(old, new).methods, "jp_shk_basic")
    assert (change.old_kg, change.new_kg, change.difference_kg) == (None, Decimal(5), None)
    assert change.energy_kg is None
    assert change.changed


def test_nothing_changed() -> None:
    """The same account has no causes and no changes."""
    account = make_account(book(days_of(APRIL, [10])), FY2025, library())
    found = compare(account, account)
    assert not found.changed
    assert found.causes == ()


ENERGIES = st.lists(st.integers(min_value=0, max_value=10**11), min_size=1, max_size=15)


@given(ENERGIES, ENERGIES, st.integers(0, 15), st.integers(0, 2 * 10**11), st.booleans())
def test_the_effects_add_up_to_the_difference(
    old_energies: list[int], new_energies: list[int], switch: int, claimed: int, corrected: bool
) -> None:
    """Whatever changes at once, energy, contract, factor and certificates are all of it."""

    def days(energies: list[int]) -> tuple[DayEnergy, ...]:
        return tuple(DayEnergy(APRIL + timedelta(n), one) for n, one in enumerate(energies))

    contracts = [CONTRACT, Contract(APRIL + timedelta(switch), "JP", "S2", "M")]
    row = factor("fix", "jp_shk_basic", "0.51", supersedes="basic", status="corrected")
    rows = (OTHER, row) if corrected else (OTHER,)
    certificates = [claim(claimed / 1_000_000, FY2025)]
    old = make_account(book(days(old_energies)), FY2025, library(OTHER))
    new_book = book(days(new_energies), contracts, certificates)
    new = make_account(new_book, FY2025, library(*rows))
    change = change_of(compare(old, new).methods, "market")
    effects = (change.energy_kg, change.contract_kg, change.factor_kg, change.certificate_kg)
    assert None not in (*effects, change.difference_kg)
    assert sum(Fraction(one or 0) for one in effects) == Fraction(change.difference_kg or 0)
