"""The workbook's model: its coefficients in cells that the daily sheets compute with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from collector.reports.book import BookCell
from collector.reports.mv.data import Term
from collector.reports.mv.view import MvView
from collector.reports.sheet_rows import SheetRows


@dataclass(frozen=True, slots=True)
class TermCells:
    """A term, and where its coefficient and change point stand."""

    term: Term
    value: str
    at_c: str


@dataclass(frozen=True, slots=True)
class ModelSheet:
    """The sheet, its terms, and where p and the residuals' autocorrelation stand."""

    rows: SheetRows
    terms: tuple[TermCells, ...] = ()
    p: str = ""
    rho: str = ""
    names: Mapping[str, str] = field(default_factory=dict)


def model_sheet(view: MvView) -> ModelSheet:
    """The sheet; empty but for its head where there is no model."""
    rows = SheetRows(view.tell("sheet_model"), (40, 18, 18, 18, 18, 30))
    rows.title(view.say("model"))
    rows.note(view.tell("change_cells"))
    heads = ("term", "coefficient", "unit", "interval95")
    named = [view.say(head) for head in heads]
    rows.heads(*named[:2], view.tell("change_point_col"), *named[2:])
    model = view.data.model
    if model is None:
        return ModelSheet(rows)
    terms = tuple(_term(view, rows, term) for term in model.terms)
    rows.add()
    p = rows.add("p", BookCell(model.statistics.p, "input"))
    rho = rows.add(view.tell("rho_row"), BookCell(model.statistics.autocorrelation, "input"))
    return ModelSheet(rows, terms, _fixed(rows, 2, p), _fixed(rows, 2, rho))


def _term(view: MvView, rows: SheetRows, term: Term) -> TermCells:
    at_c = BookCell(term.at_c, "input") if term.at_c is not None else None
    between = None
    if term.low is not None and term.high is not None:
        between = view.say("range_text", low=f"{term.low:.6g}", high=f"{term.high:.6g}")
    value = BookCell(term.value, "input")
    row = rows.add(view.term(term), value, at_c, view.term_unit(term), between)
    return TermCells(term, _fixed(rows, 2, row), _fixed(rows, 3, row))


def _fixed(rows: SheetRows, column: int, row: int) -> str:
    sheet, _, _ = rows.at(column, row).rpartition("!")
    return f"{sheet}!${'ABCDEF'[column - 1]}${row}"
