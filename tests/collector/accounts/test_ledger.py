"""The account of a site and a period."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.accounts.account import Account, DayEnergy
from collector.accounts.certificates import CorrectionRate
from collector.accounts.contracts import Contract
from collector.accounts.ledger import Book, first_day_needed, make_account
from collector.accounts.span import Span
from collector.factors.lookup import FactorLibrary
from tests.collector.accounts.books import (
    CONTRACT,
    FY2025,
    KWH,
    book,
    claim,
    days_of,
    factor,
    library,
)

APRIL = date(2025, 4, 1)
SHIPPED = FactorLibrary.shipped()
METHODS = ("jp_shk_basic", "jp_shk_adjusted", "location", "market")


def kg(account: Account, method: str) -> Decimal | None:
    """A method's figure."""
    return account.sum_of(method).kg


def of_supplier(supplier: str, menu: str, day: date, kwh: int = 1_234_567) -> Book:
    """A book with all the energy of the worked cases on one day."""
    contract = Contract(date(2020, 4, 1), "JP", supplier, menu)
    return book((DayEnergy(day, kwh * KWH),), [contract])


# Worked cases of the reference, section 7.


def test_worked_case_one() -> None:
    """FY2025, TEPCO EP residual M: 558.024284 t by basic, adjusted and market-based."""
    account = make_account(of_supplier("A0269", "M", date(2025, 10, 1)), FY2025, SHIPPED)
    for method in ("jp_shk_basic", "jp_shk_adjusted", "market"):
        assert kg(account, method) == Decimal("558024.284")
        assert account.sum_of(method).status == "official"
    assert kg(account, "location") == Decimal("522221.841")
    assert account.energy_gj == Decimal("10666.65888")
    assert account.crude_oil_kl == Decimal("275.199799104")


@pytest.mark.parametrize(
    ("known_on", "kilograms"),
    [(date(2023, 5, 31), "658024.211"), (date(2023, 6, 1), "656789.644")],
)
def test_worked_case_three_as_known_on_two_days(known_on: date, kilograms: str) -> None:
    """FY2022, Shikoku C: the corrected factor counts from the day it was published on."""
    span = Span(date(2022, 4, 1), date(2023, 4, 1))
    account = make_account(of_supplier("A0274", "C", date(2022, 10, 1)), span, SHIPPED, known_on)
    assert kg(account, "jp_shk_adjusted") == Decimal(kilograms)
    assert account.known_on == known_on


def test_worked_case_four_where_basic_and_adjusted_differ() -> None:
    """FY2025, V-Power D: 664.197046 t basic, 595.061294 t adjusted, never added."""
    account = make_account(of_supplier("A0045", "D", date(2025, 10, 1)), FY2025, SHIPPED)
    assert kg(account, "jp_shk_basic") == Decimal("664197.046")
    assert kg(account, "jp_shk_adjusted") == Decimal("595061.294")
    assert kg(account, "market") == Decimal("664197.046")


def test_worked_case_eleven_nothing_is_rounded_on_the_way() -> None:
    """Twelve months of an account add up to its year to the last digit: 558 t, not 564."""
    days = days_of(APRIL, [1_234_567 / 365] * 365)
    year = make_account(book(days), FY2025, library(basic="0.452"))
    firsts = [date(2025 + m // 12, m % 12 + 1, 1) for m in range(3, 16)]
    months = [
        make_account(book(days), Span(first, end), library(basic="0.452"))
        for first, end in pairwise(firsts)
    ]
    total = sum(Fraction(kg(month, "jp_shk_basic") or 0) for month in months)
    assert Fraction(kg(year, "jp_shk_basic") or 0) == total


# Windows.


def test_a_period_is_cut_where_the_contract_changes() -> None:
    """Each part has its own contract and factor, and the parts add up."""
    other = factor("other", "jp_shk_basic", "0.3", supplier="S2", supplier_name="Two")
    contracts = [CONTRACT, Contract(date(2025, 4, 3), "JP", "S2", "M")]
    account = make_account(
        book(days_of(APRIL, [10, 10, 10, 10]), contracts), FY2025, library(other)
    )
    first, second = account.lines_of("jp_shk_basic")
    assert (first.first, first.end, first.kwh, first.kg) == (
        APRIL,
        date(2025, 4, 3),
        Decimal(20),
        Decimal(10),
    )
    assert (second.first, second.end, second.kg) == (date(2025, 4, 3), date(2025, 4, 5), Decimal(6))
    assert kg(account, "jp_shk_basic") == 16
    assert len(account.lines_of("location")) == 2


def test_a_period_is_cut_where_the_factor_changes() -> None:
    """31 March and 1 April have two years' factors (worked case 12, by local days)."""
    last_year = factor(
        "old", "jp_shk_basic", "0.6", valid_from=date(2024, 4, 1), valid_to=date(2025, 4, 1)
    )
    days = days_of(date(2025, 3, 31), [10, 10])
    span = Span(date(2025, 3, 31), date(2025, 4, 2))
    lines = make_account(book(days), span, library(last_year)).lines_of("jp_shk_basic")
    assert [(line.first, line.factor and line.factor.id, line.kg) for line in lines] == [
        (date(2025, 3, 31), "old", Decimal(6)),
        (APRIL, "basic", Decimal(5)),
    ]


def test_a_day_without_contract_is_said_and_never_zero() -> None:
    """The sum has no figure, the remark names days and kWh, and the rest still has its line."""
    late = replace(CONTRACT, first=date(2025, 4, 2))
    span = Span(APRIL, date(2025, 4, 3))
    account = make_account(book(days_of(APRIL, [10, 20]), [late]), span, library())
    figure = account.sum_of("jp_shk_basic")
    assert (figure.kg, figure.gross_kg, figure.status) == (None, None, "missing")
    assert figure.missing_milli_wh == 10 * KWH
    assert account.lines_of("jp_shk_basic")[1].kg == 10
    assert any("no contract from 2025-04-01 to 2025-04-01: 10" in text for text in account.remarks)


def test_a_site_without_any_contract_has_energy_but_no_co2() -> None:
    """There are no lines, and one remark says why."""
    account = make_account(book(days_of(APRIL, [10]), []), FY2025, library())
    assert (account.kwh, account.lines, account.scope_2) == (Decimal(10), (), ())
    assert any("no contract" in text for text in account.remarks)
    assert account.energy_gj == Decimal("0.0864")


def test_days_without_energy_are_counted_and_said() -> None:
    """A year of which three days are known has their energy, their coverage and a remark."""
    days = days_of(APRIL, [10, 10, 10], coverage=0.5)
    account = make_account(book(days), FY2025, library())
    assert account.kwh == 30
    assert account.coverage == pytest.approx(1.5 / 365)
    assert "energy is known of 3 of 365 days; the others count for nothing" in account.remarks


def test_coverage_weighs_days_by_their_length() -> None:
    """Of two days of 24 and 25 hours, the longer one measured is 25/49."""
    berlin = Book(
        "s",
        ZoneInfo("Europe/Berlin"),
        (Contract(date(2020, 1, 1), "DE"),),
        (),
        (
            DayEnergy(date(2026, 10, 24), KWH, 0, 0.0),
            DayEnergy(date(2026, 10, 25), KWH, 0, 1.0),
        ),
    )
    account = make_account(berlin, Span(date(2026, 10, 24), date(2026, 10, 26)), SHIPPED)
    assert account.coverage == pytest.approx(25 / 49)


def test_outside_japan_there_is_no_energy_law() -> None:
    """A plant in Germany has no GJ and kL of a Japanese law."""
    german = book(days_of(date(2024, 4, 1), [10]), [Contract(date(2020, 1, 1), "DE")])
    account = make_account(german, Span(date(2024, 4, 1), date(2024, 4, 2)), SHIPPED)
    assert account.energy_gj is None
    assert account.crude_oil_kl is None
    assert account.methods == ("location", "market")


def test_the_break_of_basic_is_marked() -> None:
    """A period across April 2024 says that basic changed its meaning there."""
    days = days_of(date(2024, 3, 31), [10, 10])
    span = Span(date(2024, 3, 31), date(2024, 4, 2))
    account = make_account(book(days), span, library())
    assert any("two different quantities under one name" in text for text in account.remarks)


def test_scope_three_stands_beside_scope_two() -> None:
    """Great Britain: losses and upstream in their own sums, none of them in Scope 2."""
    british = book(days_of(date(2026, 4, 1), [1_234_567]), [Contract(date(2020, 1, 1), "GB")])
    account = make_account(british, Span(date(2026, 4, 1), date(2026, 4, 2)), SHIPPED)
    assert [figure.method for figure in account.scope_2] == ["location", "market"]
    found = {figure.method: figure.kg for figure in account.scope_3}
    assert found == {
        "scope3_td": Decimal("16037.02533"),
        "scope3_wtt:generation": Decimal("45456.75694"),
        "scope3_wtt:td": Decimal("4432.09553"),
    }


# Certificates.


def test_a_certificate_lowers_the_market_based_figure() -> None:
    """40 of 100 kWh are claimed: 60 kWh at 0.5 are left, and the SHK figures stay as they are."""
    account = make_account(
        book(days_of(APRIL, [100]), certificates=[claim(40, FY2025)]), FY2025, library()
    )
    figure = account.sum_of("market")
    assert (figure.kg, figure.gross_kg, figure.deducted_kg) == (
        Decimal(30),
        Decimal(50),
        Decimal(20),
    )
    assert kg(account, "jp_shk_basic") == 50
    assert kg(account, "location") == Decimal("42.3")
    assert any("no SHK correction rate of FY2025 is held" in text for text in account.remarks)


def test_a_certificate_never_pushes_a_figure_below_zero() -> None:
    """Of 500 kWh claimed against 100 used, 400 stay unused and the figure is zero."""
    account = make_account(
        book(days_of(APRIL, [60, 40]), certificates=[claim(500, FY2025)]), FY2025, library()
    )
    assert kg(account, "market") == 0
    (use,) = [one for one in account.claims if one.method == "market"]
    assert (use.used_milli_wh, use.before_milli_wh, use.left_milli_wh) == (
        *(100 * KWH, 0),
        400 * KWH,
    )


def test_a_certificate_counts_within_its_days_only() -> None:
    """The second day lies outside its use, so its energy keeps its CO2."""
    one = claim(500, Span(APRIL, date(2025, 4, 2)))
    account = make_account(book(days_of(APRIL, [60, 40]), certificates=[one]), FY2025, library())
    assert kg(account, "market") == 20


def test_a_certificate_that_is_not_retired_counts_for_nothing() -> None:
    """It is said, and it is not there yet for one who looks from before its retirement."""
    held = book(days_of(APRIL, [100]), certificates=[claim(40, FY2025, retired_on=None)])
    account = make_account(held, FY2025, library())
    assert kg(account, "market") == 50
    assert any("not retired, so it is not counted" in text for text in account.remarks)
    later = book(days_of(APRIL, [100]), certificates=[claim(40, FY2025)])
    before = make_account(later, FY2025, library(), known_on=date(2026, 2, 1))
    assert kg(before, "market") == 50
    assert any("not retired by 2026-02-01" in text for text in before.remarks)


def test_the_shk_deduction_is_kwh_times_average_times_rate() -> None:
    """40 kWh x 0.423 x 1.02 = 17.2584 kg off basic and adjusted, at a rate that is held."""
    rate = CorrectionRate("non_fossil_fit", 2025, Decimal("1.02"), "made up")
    held = book(days_of(APRIL, [100]), certificates=[claim(40, FY2025)], rates=[rate])
    account = make_account(held, FY2025, library())
    assert kg(account, "jp_shk_basic") == Decimal("32.7416")
    assert kg(account, "jp_shk_adjusted") == Decimal("22.7416")
    assert kg(account, "market") == 30
    assert not any("no SHK correction rate" in text for text in account.remarks)


def test_the_shk_deduction_stops_at_the_emission() -> None:
    """At a menu of 0.1 kg/kWh the deduction is no more than the menu's own emission."""
    rate = CorrectionRate("non_fossil_fit", 2025, Decimal("1.02"), "made up")
    held = book(days_of(APRIL, [100]), certificates=[claim(100, FY2025)], rates=[rate])
    account = make_account(held, FY2025, library(basic="0.1"))
    assert kg(account, "jp_shk_basic") == 0


def test_other_credits_lower_the_adjusted_figure_only() -> None:
    """A JCM credit never touches Scope 2 nor basic."""
    rate = CorrectionRate("jcm", 2025, Decimal(1), "made up")
    held = book(days_of(APRIL, [100]), certificates=[claim(10, FY2025, "jcm")], rates=[rate])
    account = make_account(held, FY2025, library())
    assert [kg(account, method) for method in METHODS] == [
        Decimal("50"),
        Decimal("35.77"),
        Decimal("42.3"),
        Decimal("50"),
    ]


def test_months_share_a_certificate_as_their_quarter_does() -> None:
    """A claim of the year used up in May leaves June as it is, however the period is asked for."""
    days = days_of(APRIL, [1] * 91)
    held = book(days, certificates=[claim(45, FY2025)])
    whole = make_account(held, Span(APRIL, date(2025, 7, 1)), library())
    months = [
        make_account(held, Span(date(2025, m, 1), date(2025, m + 1, 1)), library())
        for m in (4, 5, 6)
    ]
    assert [kg(month, "market") for month in months] == [0, 8, 15]
    assert kg(whole, "market") == 23
    assert [month.claims[0].before_milli_wh // KWH for month in months] == [0, 30, 45]


def test_the_days_an_account_needs_reach_back_to_its_claims() -> None:
    """A claim of the year needs the year's days, and a claim that shared them theirs."""
    year = claim(1, FY2025)
    earlier = claim(1, Span(date(2025, 1, 1), date(2025, 5, 1)))
    apart = claim(1, Span(date(2023, 1, 1), date(2023, 5, 1)))
    span = Span(date(2025, 11, 1), date(2025, 12, 1))
    assert first_day_needed([], span) == span.first
    assert first_day_needed([year, apart], span) == APRIL
    assert first_day_needed([year, earlier, apart], span) == date(2025, 1, 1)


# Properties.

ENERGIES = st.lists(st.integers(min_value=0, max_value=10**12), min_size=3, max_size=40)


@given(ENERGIES, st.integers(min_value=1, max_value=39), st.integers(min_value=0, max_value=10**13))
def test_two_parts_add_up_to_the_whole(energies: list[int], cut: int, claimed: int) -> None:
    """Wherever a period is cut, energy and every figure of the parts add up, to the last digit."""
    days = tuple(DayEnergy(APRIL + timedelta(n), one) for n, one in enumerate(energies))
    edge = APRIL + timedelta(min(cut, len(days) - 1))
    span = Span(APRIL, APRIL + timedelta(len(days)))
    held = book(days, certificates=[replace(claim(1, FY2025), milli_wh=claimed)])
    whole = make_account(held, span, library())
    parts = [
        make_account(held, part, library()) for part in (Span(APRIL, edge), Span(edge, span.end))
    ]
    assert sum(part.kwh for part in parts) == whole.kwh
    for method in METHODS:
        figures = [kg(part, method) for part in (whole, *parts)]
        assert None not in figures
        first, *others = (Fraction(figure or 0) for figure in figures)
        assert first == sum(others)
        assert first >= 0


@given(ENERGIES)
def test_the_account_is_energy_times_factor(energies: list[int]) -> None:
    """Without certificates a figure is the exact product, whatever the number of days."""
    days = tuple(DayEnergy(APRIL + timedelta(n), one) for n, one in enumerate(energies))
    account = make_account(book(days), FY2025, library())
    assert Fraction(kg(account, "jp_shk_adjusted") or 0) == Fraction(sum(energies), KWH) * Fraction(
        2, 5
    )


def test_an_old_figure_can_be_made_again_to_the_digit() -> None:
    """A library that has learnt more gives, as known on the old day, the old lines exactly."""
    old = library()
    new = library(
        factor(
            "corrected",
            "jp_shk_basic",
            "0.51",
            known_on=date(2026, 6, 4),
            status="corrected",
            supersedes="basic",
        )
    )
    held = book(days_of(APRIL, [123.456789] * 30), certificates=[claim(40, FY2025)])
    day = date(2026, 6, 3)
    then = make_account(held, FY2025, old, day)
    again = make_account(held, FY2025, new, day)
    now = make_account(held, FY2025, new)
    assert (again.lines, again.claims) == (then.lines, then.claims)
    assert again.factor_snapshot != then.factor_snapshot
    assert kg(now, "jp_shk_basic") != kg(then, "jp_shk_basic")
