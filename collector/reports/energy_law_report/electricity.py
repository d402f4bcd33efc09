"""Electricity by month and supplier, and its emissions by contract and factor."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import Decimal

from collector.accounts.account import AccountLine
from collector.accounts.energy_law import total_gj, total_kl
from collector.accounts.monthly import MonthEnergy, month_energies, month_lines
from collector.accounts.span import ONE_DAY
from collector.reports.account_parts import fixed_text, kwh_text, mass_cell, supplier_of
from collector.reports.account_words import say
from collector.reports.dates import plain_span
from collector.reports.energy_law_report.data import METHODS, EnergyLawData
from collector.reports.energy_law_report.words import WORDS
from collector.reports.numbers import ABSENT, percent
from collector.reports.report import Cell, Column, Language, Row, Table
from collector.rollup.period_names import month_name


def supplier_month_table(data: EnergyLawData, language: Language) -> Table:
    """Months as rows, suppliers as columns; the sum, heat and crude oil beside them."""
    by_month: dict[date, dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    names: dict[str, None] = {}
    for part in month_lines(data.account, METHODS[0]):
        name = supplier_of(part.line, data.signed.known.suppliers, language)
        names[name] = None
        by_month[part.month][name] += part.kwh
    rows = [
        _month_row(month, [by_month[month.month].get(name) for name in names], language)
        for month in month_energies(data.account)
    ]
    sums = [sum((held[name] for held in by_month.values()), Decimal(0)) for name in names]
    several = len(names) > 1
    columns = (
        Column(say("month", language), align="left"),
        *(Column(name if several else say("kwh", language), "kWh") for name in names),
        *((Column(say("total", language), "kWh"),) if several else ()),
        Column(say("coverage", language), "%"),
        Column(WORDS.say("energy_gj", language), "GJ"),
        Column(WORDS.say("oil", language), "kL"),
    )
    total = _total_row(data, sums, language)
    title = WORDS.say("months", language)
    return Table(title if several else f"{title}: {', '.join(names)}", columns, (*rows, total))


def _month_row(month: MonthEnergy, kwh: list[Decimal | None], language: Language) -> Row:
    known = bool(month.known_days)
    together = (_energy(month.kwh if known else None),) if len(kwh) > 1 else ()
    return Row(
        (
            Cell(month_name(month.month, language)),
            *map(_energy, kwh),
            *together,
            Cell(percent(month.coverage), month.coverage * 100),
            _fixed(total_gj(month.primary) if known else None, 1),
            _fixed(total_kl(month.primary) if known else None, 2),
        )
    )


def _total_row(data: EnergyLawData, sums: list[Decimal], language: Language) -> Row:
    account = data.account
    cells = (
        Cell(say("total", language)),
        *map(_energy, sums),
        *((_energy(account.kwh),) if len(sums) > 1 else ()),
        Cell(percent(account.coverage), account.coverage * 100),
        _fixed(account.energy_gj, 1),
        _fixed(account.crude_oil_kl, 2),
    )
    return Row(cells, strong=True)


def line_table(data: EnergyLawData, language: Language) -> Table:
    """Emissions by contract and factor, the basic and the adjusted method side by side."""
    account = data.account
    columns = (
        Column(say("method", language), align="left"),
        Column(say("supplier", language), align="left"),
        Column(WORDS.say("line_span", language), align="left"),
        Column(say("kwh", language), "kWh"),
        Column(say("factor", language), "t-CO₂/千kWh" if language == "ja" else "t-CO₂/MWh"),
        Column(say("emissions", language), "t-CO₂"),
    )
    rows = []
    for method in METHODS:
        rows += [_line_row(data, line, language) for line in account.lines_of(method)]
        figure = account.sum_of(method)
        cells = (
            Cell(_short(method, language)),
            *(Cell(say("total", language)), Cell("")),
            _energy(account.kwh),
            Cell(""),
            mass_cell(figure.kg),
        )
        rows.append(Row(cells, strong=True))
    return Table(WORDS.say("shk", language), columns, tuple(rows))


def _line_row(data: EnergyLawData, line: AccountLine, language: Language) -> Row:
    factor = line.factor
    status = "" if line.status == "official" else f" ({say(line.status, language)})"
    value = Cell(ABSENT)
    if factor is not None:
        value = Cell(f"{factor.kg_per_kwh}{status}", float(factor.kg_per_kwh))
    return Row(
        (
            Cell(_short(line.method, language)),
            Cell(supplier_of(line, data.signed.known.suppliers, language)),
            Cell(plain_span(line.first, line.end - ONE_DAY, language)),
            _energy(line.kwh),
            value,
            mass_cell(line.kg),
        )
    )


def _short(method: str, language: Language) -> str:
    return WORDS.say("basic_t" if method == METHODS[0] else "adjusted_t", language)


def _energy(kwh: Decimal | None) -> Cell:
    return Cell(kwh_text(kwh), None if kwh is None else float(kwh))


def _fixed(value: Decimal | None, places: int) -> Cell:
    if value is None:
        return Cell(ABSENT)
    return Cell(fixed_text(value, places), float(value))
