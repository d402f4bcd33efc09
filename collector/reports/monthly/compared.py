"""The month against the same month of last year and the month before, in one table."""

from __future__ import annotations

from collections.abc import Iterator

from collector.reports.changes import change_cell, change_of
from collector.reports.money import money_unit
from collector.reports.monthly.data import MonthSums
from collector.reports.monthly.view import MonthlyView
from collector.reports.numbers import ABSENT, Number, percent, plain
from collector.reports.report import Cell, Column, Note, Row, Section, Table

Figures = tuple[Number | None, Number | None, Number | None]
"""This month, last year's, the month before."""


def compared(view: MonthlyView) -> Section:
    """The table, with a sentence on what changed."""
    title = view.say("compare")
    columns = (
        Column(view.say("what"), align="left"),
        Column(""),
        Column(view.say("this_month")),
        Column(view.say("year_before")),
        Column(view.say("change_year"), "%"),
        Column(view.say("month_before")),
        Column(view.say("change_month"), "%"),
    )
    notes = () if view.data.year_before else (Note(view.say("no_year_before")),)
    return Section(title, _lead(view), (Table(title, columns, tuple(_rows(view))), *notes))


def _rows(view: MonthlyView) -> Iterator[Row]:
    data = view.data
    months = (data.this, data.year_before, data.month_before)
    yield _row(view.say("energy"), "kWh", _of(months, "kwh"), 0)
    if data.bill is not None:
        before = data.bill_before.total if data.bill_before else None
        month = data.bill_month_before.total if data.bill_month_before else None
        unit = money_unit(data.bill.currency, view.language)
        yield _row(view.say("bill"), unit, (data.bill.total, before, month), 0)
    yield _row(view.say("co2"), "kg-CO₂", _of(months, "co2_kg"), 0)
    yield _row(view.say("peak"), "kW", _of(months, "peak_kw"), 1)
    yield _row(view.say("base"), "kW", _of(months, "base_kw"), 1)
    days = tuple(_group(month, "days") for month in months)
    yield _row(view.say("working_days"), view.say("days_unit"), _three(days), 0)
    working = tuple(_group(month, "kwh_a_day") for month in months)
    yield _row(view.say("a_working_day"), "kWh", _three(working), 0)
    off = tuple(_group(month, "kwh_a_day", off=True) for month in months)
    yield _row(view.say("an_off_day"), "kWh", _three(off), 0)


def _of(months: tuple[MonthSums | None, ...], field: str) -> Figures:
    return _three(tuple(getattr(month, field) if month else None for month in months))


def _three(values: tuple[Number | None, ...]) -> Figures:
    this, last_year, before = values
    return this, last_year, before


def _group(month: MonthSums | None, field: str, off: bool = False) -> Number | None:
    days = month.of("off" if off else "working") if month else None
    found: Number | None = getattr(days, field) if days else None
    return found


def _row(name: str, unit: str, figures: Figures, decimals: int) -> Row:
    this, last_year, before = figures
    return Row(
        (
            Cell(name),
            Cell(unit),
            _cell(this, decimals),
            _cell(last_year, decimals),
            change_cell(this, last_year),
            _cell(before, decimals),
            change_cell(this, before),
        )
    )


def _cell(value: Number | None, decimals: int) -> Cell:
    if value is None:
        return Cell(ABSENT)
    return Cell(plain(value, 12, decimals), float(value))


def _lead(view: MonthlyView) -> str:
    data = view.data
    if data.year_before is None:
        return ""
    whole = change_of(data.this.kwh, data.year_before.kwh)
    pair = (_group(data.this, "kwh_a_day"), _group(data.year_before, "kwh_a_day"))
    day = change_of(*pair)
    if whole is None or day is None:
        return ""
    return view.say("compare_lead_year", word=_word(view, whole), day_word=_word(view, day))


def _word(view: MonthlyView, change: float) -> str:
    return view.say("up" if change >= 0 else "down", share=percent(abs(change)))
