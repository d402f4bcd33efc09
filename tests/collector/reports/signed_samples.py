"""Signed accounts made up for tests of the statutory reports, small enough to check by hand."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from collector.accounts.account import DayEnergy
from collector.accounts.certificates import Certificate
from collector.accounts.contracts import Contract
from collector.accounts.ledger import make_account
from collector.accounts.span import Span
from collector.factors.factor import Factor
from collector.factors.lookup import FactorLibrary
from collector.reports.account_parts import Known, supplier_names
from collector.reports.report import Figure, Note, Report, Table
from collector.reports.signed import SignedAccount
from tests.collector.accounts.books import CONTRACT, FY2025, KWH, book, factor, library

APRIL = date(2025, 4, 1)
MADE_AT_MS = 1_780_000_000_000
OTHER = Contract(date(2025, 10, 16), "JP", "S2", "M")
SECOND = (
    factor("second-basic", "jp_shk_basic", "0.3", supplier="S2", supplier_name="二番電力"),
    factor("second-adjusted", "jp_shk_adjusted", "0.2", supplier="S2", supplier_name="二番電力"),
)


def year_days(kwh: float = 100.0, without: Span | None = None) -> tuple[DayEnergy, ...]:
    """Every day of FY2025 with the same energy, but those that are missing."""
    days = (day for day in FY2025.days() if without is None or not without.holds(day))
    return tuple(DayEnergy(day, round(kwh * KWH)) for day in days)


def signed(
    days: Sequence[DayEnergy] | None = None,
    contracts: Sequence[Contract] = (CONTRACT,),
    more: Sequence[Factor] = (),
    certificates: Sequence[Certificate] = (),
    factors: FactorLibrary | None = None,
    span: Span = FY2025,
) -> SignedAccount:
    """The account of FY2025 at 100 kWh a day under S1 (basic 0.5, adjusted 0.4), not closed."""
    held = factors or library(*more)
    kept = year_days() if days is None else days
    account = make_account(book(kept, contracts, certificates), span, held, None, "mieruka 0.1.0")
    return SignedAccount(account, Known(supplier_names(held.factors)))


def texts(report: Report) -> str:
    """All that a reader can read of the report, in one text."""
    found = [report.title, report.subtitle, *(note.text for note in report.notes)]
    found += [_of_figure(figure) for figure in report.figures]
    for section in report.sections:
        found += [section.title, section.lead, section.badge]
        found += [_of_figure(figure) for figure in section.figures]
        for block in section.blocks:
            if isinstance(block, Note):
                found += [block.text, block.hint]
            elif isinstance(block, Table):
                found.append(block.title)
                found += [cell.text for row in block.rows for cell in row.cells]
                found += [column.label for column in block.columns]
    return "\n".join(found)


def table(report: Report, title: str) -> Table:
    """The table whose title begins so."""
    return next(
        block
        for section in report.sections
        for block in section.blocks
        if isinstance(block, Table) and block.title.startswith(title)
    )


def figure(report: Report, label: str) -> Figure:
    """The headline figure whose label begins so."""
    return next(one for one in report.figures if one.label.startswith(label))


def kg(amount: str) -> Decimal:
    """An amount of kg."""
    return Decimal(amount)


def _of_figure(one: Figure) -> str:
    return " ".join((one.label, one.value, one.unit, one.note, one.badge))
