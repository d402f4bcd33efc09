"""Circuits: shares with the unmeasured remainder, standby, part in the peak, diversity."""

from __future__ import annotations

from collections.abc import Iterator

from collector.analysis.contribution import Contribution
from collector.analysis.load_factor import Diversity
from collector.reports.consultant.data import CircuitRow
from collector.reports.consultant.view import View
from collector.reports.numbers import ABSENT, percent, plain, power
from collector.reports.report import (
    Bar,
    BarChart,
    BarPart,
    Block,
    Cell,
    Column,
    LegendEntry,
    Note,
    Row,
    Section,
    Table,
)

MOST_BARS = 12
SEEN_SHARE = 0.005
"""A remainder of less than half a percent is not told in the lead."""


def circuits(view: View) -> Section:
    """Who makes the load, what stays on, who makes the peak."""
    held, title = view.data.circuits, view.say("circuits")
    if not held.rows:
        note = Note(view.say("no_circuits"), view.say("circuits_hint"), "empty")
        return Section(title, blocks=(note,))
    found = held.contribution.value
    if found is None:
        blocks: tuple[Block, ...] = (view.missing("contribution", held.contribution),)
        return Section(title, blocks=(*blocks, _table(view, None)))
    return Section(title, _lead(view, found), tuple(_blocks(view, found)))


def _blocks(view: View, found: Contribution) -> Iterator[Block]:
    yield _table(view, found)
    yield Note(view.say("peak_at", when=view.moment(found.at), kw=power(found.peak_kw)))
    if len(view.data.circuits.rows) == 1:
        yield Note(view.say("one_circuit"), view.say("circuits_hint"))
    answer = view.data.circuits.diversity
    if answer.value is not None:
        yield _diversity(view, answer.value)
    idle = [row for row in view.data.circuits.rows if _is_leaf(view, row) and row.standby_kwh]
    if len(idle) > 1:
        yield _standby_bars(view, idle)
    yield view.basis(found.evidence)


def _lead(view: View, found: Contribution) -> str:
    if not found.shares:
        return ""
    most = found.shares[0]
    names = {"name": view.circuit(most.circuit), "share": percent(most.energy_share)}
    if found.rest_share is None or abs(found.rest_share) < SEEN_SHARE:
        return view.say("circuits_lead_whole", **names)
    return view.say("circuits_lead", rest=percent(found.rest_share), **names)


def _is_leaf(view: View, row: CircuitRow) -> bool:
    found = view.data.circuits.contribution.value
    return found is None or any(share.circuit == row.id for share in found.shares)


def _table(view: View, found: Contribution | None) -> Table:
    columns = (
        Column(view.say("circuit"), align="left"),
        Column(view.say("energy_col"), "kWh"),
        Column(view.say("share_col"), "%", bar="energy"),
        Column(view.say("standby_kw_col"), "kW"),
        Column(view.say("standby_kwh_col"), "kWh"),
        Column(view.say("standby_share_col"), "%"),
        Column(view.say("peak_col"), "kW"),
        Column(view.say("peak_share_col"), "%"),
        Column(view.say("known_col"), "%"),
    )
    rows = [_row(view, row) for row in view.data.circuits.rows]
    if found is not None and found.rest_kwh is not None and len(rows) > 1:
        rows.append(_rest(view, found))
    return Table(view.say("circuits"), columns, tuple(rows))


def _row(view: View, row: CircuitRow) -> Row:
    known = row.known * 100
    return Row(
        (
            Cell(row.called(view.language)),
            Cell(plain(row.kwh, 12, 0), row.kwh),
            Cell(percent(row.energy_share), row.energy_share),
            Cell(power(row.standby_kw), row.standby_kw),
            Cell(plain(row.standby_kwh, 12, 0), row.standby_kwh),
            Cell(percent(row.standby_share), row.standby_share),
            Cell(power(row.peak_kw), row.peak_kw),
            Cell(percent(row.peak_share), row.peak_share),
            Cell(percent(row.known), known),
        ),
        row.level,
    )


def _rest(view: View, found: Contribution) -> Row:
    peak = found.rest_peak_kw
    share = peak / found.peak_kw if peak is not None and found.peak_kw > 0 else None
    cells = (
        Cell(plain(found.rest_kwh, 12, 0), found.rest_kwh),
        Cell(percent(found.rest_share), found.rest_share),
        *(Cell(ABSENT),) * 3,
        Cell(power(peak), peak),
        Cell(percent(share), share),
        Cell(ABSENT),
    )
    return Row((Cell(view.say("remainder")), *cells), 1)


def _diversity(view: View, found: Diversity) -> Note:
    return Note(
        view.say(
            "diversity_note",
            factor=plain(found.factor, 3, 2),
            apart=power(found.sum_of_peaks_kw),
            together=power(found.peak_of_sum_kw),
        )
    )


def _standby_bars(view: View, rows: list[CircuitRow]) -> BarChart:
    ranked = sorted(rows, key=lambda row: -(row.standby_kwh or 0.0))[:MOST_BARS]
    bars = []
    for row in ranked:
        name, kwh = row.called(view.language), row.standby_kwh or 0.0
        text = f"{name}: {plain(kwh, 4, 0)} kWh"
        bars.append(Bar(name, name, text, (BarPart(kwh),)))
    return BarChart(
        title=view.say("standby_bars"),
        description="; ".join(bar.text for bar in bars),
        unit="kWh",
        series=(LegendEntry(view.say("standby_bars"), "solid", "energy"),),
        bars=tuple(bars),
        horizontal=True,
    )
