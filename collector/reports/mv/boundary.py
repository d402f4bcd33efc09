"""What is measured and how: boundary, option and why, both periods, variables, adjustments."""

from __future__ import annotations

from collections.abc import Iterator

from collector.reports.mv.data import Adjusted
from collector.reports.mv.view import MvView, kwh_text, left, terms_table, texts
from collector.reports.numbers import ABSENT
from collector.reports.report import Cell, Column, Note, Row, Section, Table


def boundary(view: MvView) -> Section:
    """The section: terms and their texts."""
    title = view.say("boundary")
    return Section(title, "", (terms_table(title, _terms(view)),))


def _terms(view: MvView) -> Iterator[tuple[str, str]]:
    data = view.data
    yield view.say("site"), data.head.called(view.language)
    name = data.circuit_name.in_(view.language)
    key = f"boundary_{data.option}"
    yield view.say("boundary_row"), view.say(key, name=name, id=data.circuit)
    yield view.say("option"), view.say(f"option_{data.option}")
    if data.promised is not None:
        day = view.dates.day_only(data.promised.done_on)
        yield view.say("finding"), view.say("finding_text", finding=data.promised.key, day=day)
    for label, window in (("baseline_row", data.baseline), ("reporting_row", data.reporting)):
        length = view.say("days", n=f"{window.span.length:,}")
        yield view.say(label), f"{view.span(window.span)} ({length})"
    yield view.say("interval"), view.say("interval_text")
    yield view.say("drivers_row"), _drivers(view)


def _drivers(view: MvView) -> str:
    model, asked = view.data.model, view.data.asked_drivers
    drivers = asked if model is None else model.drivers
    comma = "、" if view.language == "ja" else ", "
    named = comma.join(map(view.driver, drivers)) or view.say("driver_none")
    if asked:
        wanted = comma.join(map(view.driver, asked))
        same = model is None or set(model.drivers) == set(asked)
        return view.say("drivers_asked" if same else "drivers_fewer", drivers=wanted, left=named)
    return ABSENT if model is None else view.say("drivers_chosen", drivers=named)


def adjustments(view: MvView) -> Section:
    """The non-routine adjustments, each with its reason."""
    title, held = view.tell("adjustments"), view.data.adjustments
    if not held:
        return Section(title, "", (Note(view.tell("no_adjustments")),))
    rows = [_adjustment(view, one) for one in held]
    total = sum(one.kwh for one in held)
    last = Row((Cell(view.tell("total")), Cell(""), Cell(_signed(total), total)), strong=True)
    columns = (
        *left(view.tell("period"), view.tell("reason")),
        Column(view.tell("kwh"), "kWh"),
    )
    table = Table(title, columns, (*rows, last))
    return Section(title, view.tell("adjustments_lead"), (table,))


def _adjustment(view: MvView, one: Adjusted) -> Row:
    kwh = Cell(_signed(one.kwh), one.kwh)
    return Row((Cell(view.days(one.first, one.end)), Cell(one.reason), kwh))


def _signed(kwh: float) -> str:
    return f"+{kwh_text(kwh)}" if kwh > 0 else kwh_text(kwh)


def signatures(view: MvView) -> Section:
    """Lines to sign on; a seal needs the height of two rows."""
    title = view.tell("signatures")
    columns = left(*(view.tell(head) for head in ("role", "name", "date", "signature")))
    roles = [view.tell(role) for role in ("author", "checker", "verifier")]
    rows = tuple(texts(text, "", "", "") for role in roles for text in (role, ""))
    return Section(title, blocks=(Table(title, columns, rows),))
