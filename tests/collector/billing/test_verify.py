"""An invoice beside our bill: what fits, what does not, and what may explain it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from collector.billing.bill import bill
from collector.billing.invoice import Invoice, InvoiceLine
from collector.billing.verify import LineDifference, Tolerance, verify
from collector.tariffs.series import Series, SeriesEntry
from collector.tariffs.tariff import LineKind, TariffError
from tests.collector.billing.loads import month_of, shipped

KYUSHU = shipped("jp-kyushu-industrial-tou-a-6kv")
FUEL = Series(
    "jp-kyushu-fuel-adjustment-hv",
    "fuel",
    (
        SeriesEntry(date(2025, 6, 1), date(2025, 7, 1), Decimal("-2.10")),
        SeriesEntry(date(2025, 7, 1), date(2025, 8, 1), Decimal("-1.50")),
    ),
)
TARIFF = replace(KYUSHU, series=(FUEL, *[s for s in KYUSHU.series if s.id != FUEL.id]))
OURS = bill(month_of("2025-07", kvar_share=0.203), TARIFF)


def printed(**changed: tuple[str | None, str | None, str]) -> Invoice:
    """Our own bill as an invoice, with (quantity, price, amount) of some parts changed."""
    lines = []
    for line in OURS.lines:
        quantity, price, amount = changed.get(line.part, (None, None, ""))
        lines.append(
            InvoiceLine(
                line.kind,
                line.part,
                line.label_ja,
                line.quantity if not amount else (quantity and Decimal(quantity)) or None,
                line.price if not amount else (price and Decimal(price)) or None,
                Decimal(amount) if amount else line.amount,
            )
        )
    total = sum((line.amount for line in lines), Decimal(0))
    return Invoice(OURS.from_date, OURS.to_date, "JPY", total, tuple(lines))


def line_of(invoice: Invoice, part: str) -> LineDifference:
    """The comparison of one part."""
    found = verify(OURS, invoice, TARIFF)
    return next(line for line in found.lines if line.part == part)


def test_our_own_bill_fits() -> None:
    """An invoice like our bill fits in every line and in the total."""
    found = verify(OURS, printed(), TARIFF)
    assert found.fits
    assert all(line.fits and not line.causes for line in found.lines)
    assert abs(found.difference) < 1


@pytest.mark.parametrize(
    ("part", "figures", "cause"),
    [
        ("contract", ("105", "2142.78", "195742.95"), "power off by 5: our intervals do not begin"),
        ("contract", ("100", "2142.78", "199278.54"), "invoice's amount means 92 %, ours 98 %"),
        ("peak", ("8000", "19.74", "157920"), "off by 2.6 %: our meter against the billing meter"),
        (
            "peak",
            ("7800", "20.00", "156000"),
            "price 20, ours 19.74: another version",
        ),
        (
            "fuel",
            ("74400", "-2.10", "-156240"),
            "ours -1.5: theirs is the price of 2025-06",
        ),
        ("fuel", ("74400", "-2.22", "-165168"), "in series jp-kyushu-fuel-adjustment-hv is not"),
        ("night", ("38000", "15.17", "580000"), "same quantity and price: rounding"),
        ("night", (None, None, "580000"), "no cause suggests itself"),
    ],
)
def test_a_difference_brings_its_likely_cause(
    part: str, figures: tuple[str | None, str | None, str], cause: str
) -> None:
    """Power, power factor, meter, price of another month, rounding are told apart."""
    line = line_of(printed(**{part: figures}), part)
    assert not line.fits
    assert cause in " | ".join(line.causes)


def test_the_same_energy_in_other_bands_points_at_the_clock() -> None:
    """A thousand kWh moved from peak to daytime is no fault of the meter."""
    moved = printed(peak=("6800", "19.74", "134232"), summer_day=("29600", "17.27", "511192"))
    for part in ("peak", "summer_day"):
        assert line_of(moved, part).causes == (
            "the same energy in other bands: the clock, or the tariff's own day list",
        )


def test_gaps_explain_energy_that_is_off() -> None:
    """A bill with missing slots names them before it blames the meter."""
    load = month_of("2025-07", kvar_share=0.203)
    with_gap = bill(replace(load, all_slots=load.all_slots[: -48 * 3]), TARIFF)
    found = verify(with_gap, printed(), TARIFF)
    night = next(line for line in found.lines if line.part == "night")
    assert "72.00 hours are missing" in night.causes[0]


def test_a_line_without_a_part_stands_for_all_of_its_kind() -> None:
    """An invoice that prints one line of energy is compared with all our bands together."""
    total = OURS.amount("energy")
    others = tuple(line for line in printed().lines if line.kind != "energy")
    one = InvoiceLine("energy", "", "電力量料金", Decimal(74400), None, total)
    found = verify(OURS, replace(printed(), lines=(one, *others)), TARIFF)
    assert found.fits
    (line,) = (line for line in found.lines if line.kind == "energy")
    assert line.ours is not None
    assert (line.ours.quantity, line.ours.price) == (Decimal(74400), None)


@pytest.mark.parametrize(
    ("kind", "cause"),
    [("capacity", "the tariff has no such line"), ("fuel", "add the month's price to series")],
)
def test_a_line_that_we_do_not_have(kind: LineKind, cause: str) -> None:
    """What only the invoice has is told as such, with where its price would go."""
    ours = bill(month_of("2025-07", kvar_share=0.203), KYUSHU)
    extra = InvoiceLine(kind, "", "x", None, None, Decimal(5000))
    rest = tuple(line for line in printed().lines if line.kind != "fuel")
    found = verify(ours, replace(printed(), lines=(*rest, extra)), KYUSHU)
    (line,) = (line for line in found.lines if line.ours is None)
    assert (line.difference, line.fits) == (Decimal(5000), False)
    assert cause in line.causes[0]


def test_a_line_that_the_invoice_does_not_have() -> None:
    """What only we have is told too."""
    rest = tuple(line for line in printed().lines if line.kind != "levy")
    found = verify(OURS, replace(printed(), lines=rest), TARIFF)
    (line,) = (line for line in found.lines if line.theirs is None)
    assert line.difference == -OURS.amount("levy")
    assert not found.fits


def test_the_tolerance_is_money_or_a_share() -> None:
    """One yen, or half a percent; the larger of both counts."""
    assert Tolerance().allows(Decimal(100), Decimal(101))
    assert not Tolerance().allows(Decimal(100), Decimal("101.01"))
    assert Tolerance().allows(Decimal(99500), Decimal(100000))
    assert not Tolerance().allows(Decimal(99499), Decimal(100000))


def test_an_invoice_that_does_not_add_up_is_told() -> None:
    """Lines and total that disagree are most often a typing error."""
    found = verify(OURS, replace(printed(), total=Decimal(1)), TARIFF)
    assert any("its total says 1" in text for text in found.warnings)
    assert not found.total_fits


def test_another_currency_or_other_days_are_refused() -> None:
    """Nothing is compared that cannot be compared."""
    with pytest.raises(TariffError, match="the invoice is in EUR, the tariff in JPY"):
        verify(OURS, replace(printed(), currency="EUR"), TARIFF)
    with pytest.raises(TariffError, match="runs from 2025-07-02") as caught:
        verify(OURS, replace(printed(), from_date=date(2025, 7, 2)), TARIFF)
    assert "billing_day" in caught.value.hint
