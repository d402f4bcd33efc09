"""Data and its limits: what is known, what cannot be said, what it would take."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from collector.findings.finding import Silence
from collector.reports.consultant.answer import Answer
from collector.reports.consultant.view import View, shares_of
from collector.reports.consultant.words.table import WORDS
from collector.reports.numbers import percent, plain
from collector.reports.report import Block, Cell, Column, Figure, Note, Row, Section, Table

THIN = 0.9
"""Circuits known for less are named."""
TOLD = 3


def limits(view: View) -> Section:
    """Evidence, gates, silences and thin circuits."""
    evidence = view.data.profile.evidence
    names = {"slots": plain(evidence.slots, 9, 0), **shares_of(evidence)}
    lead = view.say("limits_lead", window=view.window(evidence), **names)
    blocks: list[Block] = [_gates(view)]
    missing = tuple(_missing(view))
    if missing:
        columns = (view.say("missing_what"), view.say("missing_data"))
        blocks.append(_terms(view.say("missing_title"), columns, missing))
    else:
        blocks.append(Note(view.say("all_there")))
    blocks += list(_thin(view))
    return Section(view.say("limits"), lead, tuple(blocks), figures=_figures(view), new_page=True)


def in_order(view: View) -> Section | None:
    """What the rules looked at and found in order; None where there is nothing of the kind."""
    rows = tuple(_by_rule(view, lacking=False))
    if not rows:
        return None
    columns = (view.say("in_order_what"), view.say("in_order_why"))
    title = view.say("in_order")
    return Section(title, blocks=(_terms(title, columns, rows),))


def answers(view: View) -> Iterator[tuple[str, Answer[Any]]]:
    """Every figure that stands behind gates or may lack its data, by name."""
    data = view.data
    yield "contract_power", data.demand.contract
    yield "load_factor", data.profile.load_factor
    yield "duration", data.profile.duration
    yield "base_load", data.profile.base
    yield "base_trend", data.profile.trend
    yield "operating", data.working.week
    yield "standby", data.working.standby
    yield "closed_day_load", data.working.closed
    yield "contribution", data.circuits.contribution
    yield "power_factor", data.power.months
    yield "lunch", data.working.lunch
    yield "diversity", data.circuits.diversity
    yield "weather", data.models.weather
    yield "output", data.models.output
    yield "leading", data.power.leading
    yield "unbalance", data.power.unbalance


def _figures(view: View) -> tuple[Figure, ...]:
    shares, rows = shares_of(view.data.profile.evidence), view.data.circuits.rows
    thin = sum(row.known < THIN for row in rows)
    estimated = view.say("estimated_fig", share=shares["estimated"])
    return (
        Figure(view.say("known_fig"), shares["known"], "%"),
        Figure(view.say("coverage_fig"), shares["coverage"], "%", estimated),
        Figure(view.say("circuits_fig"), str(len(rows)), "", view.say("circuits_fig_note", n=thin)),
    )


def _gates(view: View) -> Table:
    columns = (
        Column(view.say("figure_col"), align="left"),
        Column(view.say("need_col"), align="left"),
        Column(view.say("verdict_col"), align="left"),
    )
    rows = []
    for name, answer in answers(view):
        if answer.gates:
            needed = view.listed(view.gate_text(gate) for gate in answer.gates)
            verdict = view.say("cannot" if answer.shut else "can")
            rows.append(_row(view.say(f"is_{name}"), needed, verdict))
    return Table(view.say("gates"), columns, tuple(rows))


def _missing(view: View) -> Iterator[Row]:
    for name, answer in answers(view):
        if answer.value is None:
            yield _row(view.say(f"is_{name}"), view.needed(name, answer))
    yield from _by_rule(view, lacking=True)


def _by_rule(view: View, *, lacking: bool) -> Iterator[Row]:
    """A row a rule: what it says of its circuits, the first few of them by name."""
    held: dict[str, list[Silence]] = {}
    for silence in view.data.proposals.silences:
        if silence.lacking == lacking:
            held.setdefault(silence.rule, []).append(silence)
    alike: dict[str, list[str]] = {}
    for rule, silences in held.items():
        key = f"rule_{rule}"
        told = [_said(view, one) for one in silences[:TOLD]]
        if len(silences) > TOLD:
            told.append(view.say("and_more", n=len(silences) - TOLD))
        name = view.say(key) if key in WORDS.rows else rule
        alike.setdefault(view.say("semicolon").join(told), []).append(name)
    for text, names in alike.items():
        yield _row(view.listed(names), text)


def _said(view: View, silence: Silence) -> str:
    why = silence.why(view.language)
    if not silence.circuit:
        return why
    return view.say("of_circuit", circuit=view.circuit(silence.circuit), why=why)


def _thin(view: View) -> Iterator[Table]:
    rows = [row for row in view.data.circuits.rows if row.known < THIN]
    if rows:
        columns = (
            Column(view.say("circuit"), align="left"),
            Column(view.say("thin_known"), "%"),
            Column(view.say("coverage_fig"), "%"),
        )
        cells = [
            Row(
                (
                    Cell(row.called(view.language)),
                    Cell(percent(row.known), row.known * 100),
                    Cell(percent(row.coverage), row.coverage * 100),
                )
            )
            for row in rows
        ]
        yield Table(view.say("thin"), columns, tuple(cells))


def _terms(title: str, columns: tuple[str, ...], rows: tuple[Row, ...]) -> Table:
    return Table(title, tuple(Column(label, align="left") for label in columns), rows)


def _row(*texts: str) -> Row:
    return Row(tuple(Cell(text) for text in texts))
