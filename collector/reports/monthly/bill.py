"""The month's bill, line by line."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from collector.accounts.span import ONE_DAY
from collector.billing.lines import Bill, BillLine
from collector.reports.money import money, money_unit
from collector.reports.monthly.view import MonthlyView
from collector.reports.numbers import percent, plain
from collector.reports.report import Block, Cell, Column, Note, Row, Section, Table


def bill_lines(view: MonthlyView) -> Section:
    """The lines with quantity, price and amount, or why there is no bill."""
    title, bill = view.say("bill_title"), view.data.bill
    if bill is None:
        hint = view.say("no_bill_hint") if view.language == "ja" else view.data.no_bill
        return Section(title, blocks=(Note(view.say("no_bill"), hint, "empty"),))
    dates = view.dates
    lead = view.say(
        "bill_lead",
        first=dates.day_only(bill.from_date),
        last=dates.day_only(bill.to_date - ONE_DAY),
        tariff=bill.tariff_id,
    )
    return Section(title, lead, tuple(_blocks(view, bill)))


def _blocks(view: MonthlyView, bill: Bill) -> Iterator[Block]:
    unit = money_unit(bill.currency, view.language)
    columns = (
        Column(view.say("line"), align="left"),
        Column(view.say("quantity")),
        Column(view.say("price"), unit),
        Column(view.say("amount"), unit),
        Column(view.say("share"), "%", bar="cost"),
    )
    rows = [_row(view, bill, line) for line in bill.lines]
    total = money(bill.total, bill.currency, view.language)[0]
    cells = (Cell(view.say("total")), Cell(""), Cell(""), Cell(total, float(bill.total)), Cell(""))
    rows.append(Row(cells, strong=True))
    yield Table(view.say("bill_title"), columns, tuple(rows))
    if bill.warnings:
        month = f"{view.data.span.end - ONE_DAY:%Y-%m}"
        hint = view.say("bill_warnings_hint", site=view.data.head.site, month=month)
        yield Note(view.say("bill_warnings", n=len(set(bill.warnings))), hint)


def _row(view: MonthlyView, bill: Bill, line: BillLine) -> Row:
    amount = money(line.amount, bill.currency, view.language)[0]
    share = line.amount / bill.total if bill.total else Decimal(0)
    quantity = f"{plain(line.quantity, 12, 1 if line.unit in ('kWh', 'kvarh') else 2)} {line.unit}"
    return Row(
        (
            Cell(line.label_ja if view.language == "ja" else line.label_en),
            Cell(quantity, float(line.quantity)),
            Cell(plain(line.price, 8, 4), float(line.price)),
            Cell(amount, float(line.amount)),
            Cell(_signed(share), float(max(Decimal(0), share))),
        )
    )


def _signed(share: Decimal) -> str:
    return percent(share) if share >= 0 else f"−{percent(-share)}"
