"""The table of circuits: the day, its share, against a usual day, and at night."""

from __future__ import annotations

from collections.abc import Sequence
from math import fsum

from collector.reports.changes import change_cell
from collector.reports.daily.data import CircuitDay, Known
from collector.reports.daily.view import DailyView
from collector.reports.numbers import percent, plain, power
from collector.reports.report import Cell, Column, Note, Row, Section, Table

MOST_ROWS = 4
"""Circuits that are named; the smaller ones are one row: the report is one page."""


def circuits(view: DailyView) -> Section:
    """The circuits by size, then what is left; below them how the figures were made."""
    title, rules = view.say("circuits"), _rules(view)
    if not view.data.circuits:
        note = Note(view.say("no_circuits"), view.say("no_circuits_hint"))
        return Section(title, blocks=(note, rules))
    columns = (
        Column(view.say("circuit"), align="left"),
        Column(view.say("energy_col"), "kWh"),
        Column(view.say("share_col"), "%", bar="energy"),
        Column(view.say("change_col"), "%"),
        Column(view.say("night_col"), "kW"),
    )
    return Section(title, blocks=(Table(title, columns, tuple(_rows(view))), rules))


def _rules(view: DailyView) -> Note:
    data = view.data
    coverage = percent(data.coverage)
    said = [view.say("rules_alone", coverage=coverage)]
    if data.typical is not None:
        said = [view.say("rules", n=data.typical.days, coverage=coverage)]
    if data.estimated_kwh:
        said.append(view.say("rules_estimated", kwh=plain(data.estimated_kwh, 4, 1)))
    for factor in data.factors:
        said.append(view.say("factor", value=str(factor.value), id=factor.id))
    return Note(view.joined(said))


def _rows(view: DailyView) -> list[Row]:
    data = view.data
    usual = data.typical.kwh if data.typical else None
    site = CircuitDay(view.say("site"), data.kwh, usual, data.night_kw)
    named = [circuit for circuit in data.circuits if not circuit.rest]
    kept = named if len(named) <= MOST_ROWS else named[: MOST_ROWS - 1]
    rows = [_row(view, site.name, site, strong=True)]
    rows += [_row(view, circuit.called(view.language), circuit) for circuit in kept]
    if len(named) > len(kept):
        others = named[len(kept) :]
        rows.append(_row(view, view.say("others", n=len(others)), _together(others)))
    rows += [_row(view, view.say("rest"), circuit) for circuit in data.circuits if circuit.rest]
    return rows


def _row(view: DailyView, name: str, circuit: CircuitDay, strong: bool = False) -> Row:
    whole = view.data.kwh
    share = circuit.kwh / whole if circuit.kwh is not None and whole else None
    cells = (
        Cell(name),
        Cell(plain(circuit.kwh, 4, 1), circuit.kwh),
        Cell(percent(share), share),
        change_cell(circuit.kwh, circuit.typical_kwh),
        Cell(power(circuit.night_kw), circuit.night_kw),
    )
    return Row(cells, 0 if strong else 1, strong)


def _together(found: Sequence[CircuitDay]) -> CircuitDay:
    return CircuitDay(
        "",
        _sum([circuit.kwh for circuit in found]),
        _sum([circuit.typical_kwh for circuit in found]),
        _sum([circuit.night_kw for circuit in found]),
    )


def _sum(values: Sequence[Known]) -> Known:
    known = [value for value in values if value is not None]
    return fsum(known) if len(known) == len(values) else None
