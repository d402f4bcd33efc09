"""Lines and sums of an account."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from collector.accounts.account import Account, AccountLine, FactorUse
from collector.accounts.ledger import make_account
from collector.accounts.span import Span
from tests.collector.accounts.books import CONTRACT, KWH, book, days_of, factor, library

DAY = Span(date(2025, 4, 1), date(2025, 4, 2))
FACTOR = FactorUse.of(factor("basic", "jp_shk_basic", "0.452"))


def line(milli_wh: int, cited: FactorUse | None = FACTOR, deducted: str = "0") -> AccountLine:
    """A line of basic."""
    return AccountLine(
        *("jp_shk_basic", DAY.first, DAY.end, CONTRACT, milli_wh, 0, cited),
        "official" if cited else "missing",
        deducted_kg=Decimal(deducted),
    )


def account(*lines: AccountLine) -> Account:
    """An account of these lines."""
    return Account("s", DAY, (), 0.0, lines, (), (), ())


def test_a_line_is_energy_times_factor_less_what_is_deducted() -> None:
    """Exact to the milli-Wh: 1.000001 kWh at 0.452, less 0.1 kg."""
    one = line(KWH + 1, deducted="0.1")
    assert one.gross_kg == Decimal("0.452000452")
    assert one.kg == Decimal("0.352000452")


def test_a_line_without_factor_has_no_kilograms() -> None:
    """Not zero."""
    assert line(KWH, None).kg is None


def test_a_sum_leaves_nothing_out() -> None:
    """One line without a factor takes the figure away; one without energy as well does not."""
    broken = account(line(KWH), line(KWH, None)).sum_of("jp_shk_basic")
    assert (broken.kg, broken.missing_milli_wh, broken.status) == (None, KWH, "missing")
    whole = account(line(KWH), line(0, None)).sum_of("jp_shk_basic")
    assert whole.kg == Decimal("0.452")


def test_a_method_that_is_not_counted_by_has_no_figure() -> None:
    """Asking for it is no error and no zero."""
    figure = account(line(KWH)).sum_of("location")
    assert (figure.kg, figure.status, figure.factor_ids) == (None, "missing", ())


def test_a_sum_names_each_factor_once_in_order() -> None:
    """As a report cites them."""
    other = FactorUse.of(factor("other", "jp_shk_basic", "0.3"))
    found = account(line(KWH), line(KWH, other), line(KWH)).sum_of("jp_shk_basic")
    assert found.factor_ids == ("basic", "other")


def test_a_citation_carries_the_source() -> None:
    """Publisher, window and licence go with the figure."""
    made = make_account(book(days_of(DAY.first, [1])), DAY, library())
    cited = made.lines[0].factor
    assert cited is not None
    assert (cited.publisher, cited.licence) == ("ministry", "open")
    assert (cited.valid_from, cited.valid_to) == (date(2025, 4, 1), date(2026, 4, 1))
