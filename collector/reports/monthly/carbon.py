"""CO2 by every method, side by side, and the year against the path to the target."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from collector.accounts.account import MethodSum
from collector.accounts.span import ONE_DAY
from collector.reports.account_words import method_name
from collector.reports.monthly.data import TargetYear
from collector.reports.monthly.view import MonthlyView
from collector.reports.numbers import ABSENT, as_given, plain
from collector.reports.report import Block, Cell, Column, Note, Row, Section, Table
from collector.rollup.period_names import fiscal_year_name

_TERMS = (Column("", align="left"), Column("", align="right"))


def carbon(view: MonthlyView) -> Section:
    """The table of methods, then the target."""
    title, account = view.say("co2_title"), view.data.account
    sums = account.scope_2 if account else ()
    if not any(found.kg is not None for found in sums):
        note = Note(view.say("no_methods"), view.say("no_methods_hint"), "empty")
        return Section(title, blocks=(note, *_target(view)))
    columns = (
        Column(view.say("method"), align="left"),
        Column(view.say("emissions"), "t-CO₂"),
        Column(view.say("per_kwh"), "kg-CO₂"),
        Column(view.say("standing"), align="left"),
        Column(view.say("factors"), align="left"),
    )
    table = Table(title, columns, tuple(_row(view, found) for found in sums))
    return Section(title, view.say("co2_lead"), (table, *_target(view)))


def _row(view: MonthlyView, found: MethodSum) -> Row:
    account = view.data.account
    kwh = account.kwh if account else Decimal(0)
    tonnes = None if found.kg is None else found.kg.scaleb(-3)
    a_kwh = found.kg / kwh if found.kg is not None and kwh else None
    return Row(
        (
            Cell(method_name(found.method, view.language)),
            Cell(plain(tonnes, 4, 3), None if tonnes is None else float(tonnes)),
            Cell(plain(a_kwh, 4, 4), None if a_kwh is None else float(a_kwh)),
            Cell(view.say(f"status_{found.status}")),
            Cell(", ".join(found.factor_ids) or ABSENT),
        )
    )


def _target(view: MonthlyView) -> Iterator[Block]:
    target = view.data.target
    if target is None:
        return
    if target.allowed_kg is None or target.rule is None:
        hint = view.say("no_path_hint") if view.language == "ja" else target.why_not
        yield Note(view.say("no_path"), hint, "empty")
        return
    year = fiscal_year_name(
        target.year.first.year, view.data.head.fiscal_year_starts, view.language
    )
    title = view.say("target_title", year=year)
    yield Table(title, _TERMS, tuple(_target_rows(view, target)))
    if target.year_end_kg is not None:
        over = target.year_end_kg - target.allowed_kg
        if over > 0:
            text = view.say("off_path", t=plain(over.scaleb(-3), 3, 1))
            yield Note(text, kind="warning")
        else:
            yield Note(view.say("on_path"))


def _target_rows(view: MonthlyView, target: TargetYear) -> Iterator[Row]:
    rule = target.rule
    last = view.dates.day_only(target.known_end - ONE_DAY)
    if rule is not None:
        text = view.say(
            "rule_text",
            target=rule.target_year,
            base=rule.base_year,
            percent=as_given(float(rule.percent)),
        )
        yield Row((Cell(view.say("rule")), Cell(text)))
    yield Row((Cell(view.say("method")), Cell(method_name(target.method, view.language))))
    for label, kg in (
        (view.say("so_far", day=last), target.so_far_kg),
        (view.say("year_end"), target.year_end_kg),
        (view.say("allowed"), target.allowed_kg),
    ):
        text = f"{plain(None if kg is None else kg.scaleb(-3), 4, 1)} t-CO₂"
        yield Row((Cell(label), Cell(text, None if kg is None else float(kg.scaleb(-3)))))
