"""The check-sheet table as a page: electricity by month, the fuels left to fill in."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from collector.reports.account_head import account_report, dates_of, site_name
from collector.reports.account_parts import (
    energy_figure,
    factor_blocks,
    fixed_text,
    kwh_text,
    method_figure,
    quality_table,
    remarks,
    supplier_of,
)
from collector.reports.account_words import say
from collector.reports.dates import Dates
from collector.reports.jcci.data import METHOD, Item, JcciData, items_of
from collector.reports.jcci.words import WORDS
from collector.reports.money import YEN, money_unit
from collector.reports.numbers import ABSENT
from collector.reports.report import (
    Block,
    Cell,
    Column,
    Figure,
    Language,
    Note,
    Report,
    Row,
    Section,
    Table,
)
from collector.reports.signed import closed_blocks
from collector.rollup.period_names import month_name


def jcci_report(data: JcciData, language: Language) -> Report:
    """The table as a report."""
    dates = dates_of(data, language)
    title = WORDS.say("title", language, site=site_name(data, language))
    parts = (_figures(data, language), _sections(data, dates), _notes(data, language))
    return account_report(data, dates, title, parts)


def currency_word(data: JcciData, language: Language) -> str:
    """円, yen or another currency: that of the bills."""
    return money_unit(next((bill.currency for bill in data.bills.values()), YEN), language)


def bill_notes(data: JcciData, language: Language) -> Iterator[Note]:
    """What must be known of the yen: their source, months without, months split, warnings."""
    months = data.months
    if data.bills:
        yield Note(WORDS.say("yen_note", language))
    if len(data.bills) < len(months):
        names = ", ".join(
            month_name(month, language) for month in months if month not in data.bills
        )
        hint = WORDS.say("yen_hint", language, site=data.site, month=f"{months[-1]:%Y-%m}")
        yield Note(WORDS.say("yen_none", language, months=names), hint, "warning")
    if data.bills and data.billing_day != 1:
        yield Note(WORDS.say("yen_month", language, day=data.billing_day), kind="warning")
    items = items_of(data)
    split = [m for m in months if sum(m in item.months for item in items) > 1 and m in data.bills]
    if split:
        names = ", ".join(month_name(month, language) for month in split)
        yield Note(WORDS.say("yen_split", language, months=names), kind="warning")
    doubtful = [month for month, bill in data.bills.items() if bill.warnings]
    if doubtful:
        hint = WORDS.say("doubtful_hint", language, site=data.site, month=f"{doubtful[-1]:%Y-%m}")
        yield Note(WORDS.say("doubtful", language, n=len(doubtful)), hint)


def doubts(language: Language) -> Iterator[Note]:
    """What is to be confirmed of the table as a whole."""
    for key in ("order", "factor"):
        what, why = WORDS.say(f"{key}_what", language), WORDS.say(f"{key}_why", language)
        yield Note(say("confirm_note", language, what=what, why=why), kind="warning")


def _notes(data: JcciData, language: Language) -> Iterator[Note]:
    yield Note(WORDS.say("not_theirs", language))
    yield from remarks(data.account, (METHOD,), data.signed.known, language)


def _figures(data: JcciData, language: Language) -> Iterator[Figure]:
    yield energy_figure(data.account, language)
    yield method_figure(data.account.sum_of(METHOD), language)
    if data.bills:
        total = sum((bill.total for bill in data.bills.values()), Decimal(0))
        note = WORDS.say("partly", language, n=len(data.bills))
        label = WORDS.say("year_yen", language)
        yield Figure(label, fixed_text(total, 0), currency_word(data, language), note, "cost")


def _sections(data: JcciData, dates: Dates) -> Iterator[Section]:
    language = dates.language
    tables = [_item_table(data, item, language) for item in items_of(data)]
    blocks: list[Block] = [*tables, *bill_notes(data, language), *doubts(language)]
    lead = WORDS.say("electricity_lead", language)
    yield Section(WORDS.say("electricity", language), lead, tuple(blocks))
    yield _fuels(data, language)
    names = data.signed.known.suppliers
    factors = factor_blocks(data.account, (METHOD,), names, language)
    yield Section(say("factors", language), "", factors)
    quality = quality_table(data.account, data.signed.known, language)
    blocks = [quality, *closed_blocks(data.signed, (METHOD,), dates)]
    yield Section(say("quality", language), "", tuple(blocks))


def _item_table(data: JcciData, item: Item, language: Language) -> Table:
    columns = (
        Column(say("month", language), align="left"),
        Column(WORDS.say("quantity", language), "kWh"),
        Column(WORDS.say("yen", language), currency_word(data, language)),
        Column(WORDS.say("co2", language), "kg-CO₂"),
    )
    rows = []
    for month in data.months:
        held = item.months.get(month)
        cells = (
            Cell(month_name(month, language)),
            _number(held.kwh if held else None, 1),
            _number(held.yen if held else None, 0),
            _number(item.kg(month) if held else None, 1),
        )
        rows.append(Row(cells))
    kwh = sum((held.kwh for held in item.months.values()), Decimal(0))
    yen = [held.yen for held in item.months.values() if held.yen is not None]
    total = (
        Cell(say("total", language)),
        _number(kwh, 1),
        _number(sum(yen, Decimal(0)) if yen else None, 0),
        _number(item.line.gross_kg, 1),
    )
    name = supplier_of(item.line, data.signed.known.suppliers, language)
    factor = item.line.factor
    value = f" · {factor.kg_per_kwh} kg-CO₂/kWh" if factor else ""
    mark = "" if item.line.status == "official" else f" ({say(item.line.status, language)})"
    return Table(f"{name}{value}{mark}", columns, (*rows, Row(total, strong=True)))


def _fuels(data: JcciData, language: Language) -> Section:
    enter = WORDS.say("enter", language)
    keys = ("fuel", "unit", "quantity", "yen", "co2_factor")
    columns = tuple(Column(WORDS.say(key, language), align="left") for key in keys)
    rows, notes = [], []
    for fuel in data.fuels:
        factor = fuel.co2_t.said(language) if fuel.co2_t else enter
        cells = (fuel.name(language), fuel.unit(language), enter, enter, factor)
        rows.append(Row(tuple(map(Cell, cells))))
        if fuel.co2_t is not None and not fuel.co2_t.sure:
            what, why = f"{fuel.name(language)} {factor}", fuel.co2_t.doubt(language)
            text = say("confirm_note", language, what=what, why=why)
            notes.append(Note(f"{text} [{fuel.co2_t.source}]", kind="warning"))
    title, lead = WORDS.say("fuels", language), WORDS.say("fuels_lead", language)
    return Section(title, lead, (Table(title, columns, tuple(rows)), *notes))


def _number(value: Decimal | None, places: int) -> Cell:
    if value is None:
        return Cell(ABSENT)
    text = kwh_text(value) if places == 1 else fixed_text(value, places)
    return Cell(text, float(value))
