"""The check-sheet table: twelve months of electricity, yen, CO2, and fuels to fill in."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from collector.accounts.span import Span
from collector.reports.constants import fuels_on
from collector.reports.jcci.book import jcci_book
from collector.reports.jcci.build import jcci_report
from collector.reports.jcci.data import JcciData, MonthBill, items_of
from collector.reports.report import Language
from collector.reports.signed import SignedAccount
from tests.collector.accounts.books import CONTRACT, FY2025, TOKYO
from tests.collector.reports.formula_oracle import Oracle, differences
from tests.collector.reports.signed_samples import (
    MADE_AT_MS,
    OTHER,
    SECOND,
    signed,
    table,
    texts,
    year_days,
)

LANGUAGES: tuple[Language, ...] = ("ja", "en")
MONTHS = tuple(dict.fromkeys(day.replace(day=1) for day in FY2025.days()))


def sheet(held: SignedAccount | None = None, **more: object) -> JcciData:
    """The table's data of FY2025, every month's bill 31,000 yen."""
    bills = {month: MonthBill(Decimal(31_000), "t", "JPY") for month in MONTHS}
    data = JcciData(
        *("s", "工場", "Works", TOKYO, 4, 1, held or signed(), MADE_AT_MS),
        bills=bills,
        why_no_bills="",
        fuels=fuels_on(date(2025, 4, 1)),
    )
    return replace(data, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize("language", LANGUAGES)
def test_months_by_hand(language: Language) -> None:
    """April: 3,000 kWh, 31,000 yen, 1,200 kg by the adjusted factor 0.4."""
    report = jcci_report(sheet(), language)
    rows = table(report, "S1 One").rows
    assert [cell.text for cell in rows[0].cells[1:]] == ["3,000.0", "31,000", "1,200.0"]
    assert [cell.text for cell in rows[-1].cells[1:]] == ["36,500.0", "372,000", "14,600.0"]
    assert differences(jcci_book(sheet(), language)) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_says_that_it_is_not_their_file(language: Language) -> None:
    """The page and the book say that the chambers' own file is elsewhere."""
    assert "eco.jcci.or.jp" in texts(jcci_report(sheet(), language))
    assert "eco.jcci.or.jp" in repr(jcci_book(sheet(), language))


def test_a_month_of_two_retailers_splits_its_bill() -> None:
    """October, 1,500 and 1,600 of 3,100 kWh: 15,000 and 16,000 yen, and it says so."""
    data = sheet(signed(contracts=[CONTRACT, OTHER], more=SECOND))
    first, second = items_of(data)
    october = date(2025, 10, 1)
    assert (first.months[october].yen, second.months[october].yen) == (
        Decimal(15_000),
        Decimal(16_000),
    )
    assert "使用量で按分しています: 2025年10月" in texts(jcci_report(data, "ja"))
    assert differences(jcci_book(data, "ja")) == []


def test_split_yen_add_up() -> None:
    """A bill that does not divide evenly is split to the hundredth without loss."""
    held = signed(contracts=[CONTRACT, OTHER], more=SECOND)
    bills = {month: MonthBill(Decimal("99999.99"), "t", "JPY") for month in MONTHS}
    items = items_of(sheet(held, bills=bills))
    october = date(2025, 10, 1)
    paid = [item.months[october].yen or Decimal(0) for item in items]
    assert sum(paid) == Decimal("99999.99")


def test_months_without_a_bill_are_to_be_filled_in() -> None:
    """Without a tariff no yen are made up: a person fills them in, and is told where to ask."""
    data = sheet(bills={}, why_no_bills="site s has no tariff")
    report = jcci_report(data, "en")
    assert "These months have no bill: Apr 2025, May 2025" in texts(report)
    assert "collector bill show s 2026-03" in texts(report)
    assert "has no tariff" not in texts(jcci_report(data, "ja"))
    assert table(report, "S1 One").rows[0].cells[2].text == "–"
    book = jcci_book(data, "en")
    assert [cell.style for cell in book.sheets[0].rows[5][4:16]] == ["input"] * 12


def test_a_missing_month_stays_blank() -> None:
    """A month without energy is no zero in the page."""
    held = signed(year_days(without=Span(date(2025, 12, 1), date(2026, 1, 1))))
    report = jcci_report(sheet(held), "ja")
    assert [cell.text for cell in table(report, "S1 One").rows[8].cells[1:]] == ["–", "–", "–"]
    assert differences(jcci_book(sheet(held), "ja")) == []


def test_fuels_filled_in_move_the_total() -> None:
    """2 kL of light oil in April at 2.62 t/kL are 5,240 kg more."""
    book = jcci_book(sheet(), "ja")
    rows = book.sheets[0].rows
    name = book.sheets[0].name
    at = next(n for n, row in enumerate(rows, 1) if row and row[0].value == "軽油")
    filled = Oracle(book, {(name, f"E{at}"): 2.0})
    last = len(rows)
    assert filled.at(name, f"E{last}") == pytest.approx(1200 + 5240)
    assert filled.at(name, f"Q{last}") == pytest.approx(14_600 + 5240)


def test_provisional_stands_on_the_item() -> None:
    """By FY2025's factor for FY2026 the item itself is marked."""
    span = Span(date(2026, 4, 1), date(2027, 4, 1), "FY2026")
    days = [replace(day, day=day.day.replace(year=2026)) for day in year_days()[:30]]
    report = jcci_report(sheet(signed(days, span=span)), "ja")
    assert table(report, "S1 One").title.endswith("(暫定)")


def test_billing_days_differ_from_months() -> None:
    """Where bills begin on another day, the page says that yen and kWh are of other days."""
    assert "day 11" in texts(jcci_report(sheet(billing_day=11), "en"))


@pytest.mark.parametrize(("language", "unit"), [("ja", "円"), ("en", "yen")])
def test_money_has_its_unit_and_its_doubts_the_reader_s_language(
    language: Language, unit: str
) -> None:
    """Yen are written as the reader writes them; a bill's warnings are counted, not quoted."""
    bills = {month: MonthBill(Decimal(31_000), "t", "JPY", ("low confidence",)) for month in MONTHS}
    report = jcci_report(sheet(bills=bills), language)
    assert table(report, "S1 One").columns[2].unit == unit
    assert report.figures[-1].unit == unit
    assert "collector bill show s 2026-03" in texts(report)
    assert "low confidence" not in texts(report)
