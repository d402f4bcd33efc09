"""The workbook's daily sheets: what was measured, and ŷ of it as a formula of the model's cells."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from collector.reports.book import BookCell
from collector.reports.mv.book_model import ModelSheet
from collector.reports.mv.data import DayPoint
from collector.reports.mv.view import MvView
from collector.reports.sheet_rows import SheetRows, address, live, number

DAY, STATE, CELSIUS, FIRST_PRODUCT = 1, 2, 3, 4
Cells = list[BookCell | None]


@dataclass(frozen=True, slots=True)
class DaySheet:
    """A daily sheet, and where its columns stand as other sheets write them ("" for none).

    Only days known on both sides have energies in it, so that counting them gives their number.
    """

    rows: SheetRows
    actual: str
    expected: str
    residuals: str = ""
    squares: str = ""
    adjusted: str = ""
    kg: str = ""
    kl: str = ""


def baseline_sheet(view: MvView, model: ModelSheet) -> DaySheet:
    """Days of the baseline: conditions, y, ŷ, residual and its square."""
    rows = _begun(view, "sheet_baseline", ("residual_col", "square_col"))
    at = FIRST_PRODUCT + len(view.data.products)
    first = rows.next_row
    for point in view.data.baseline.days:
        row, cells = rows.next_row, _conditions(view, point)
        cells += _energies(view, model, point, row)
        if point.kwh is not None and point.expected_kwh is not None:
            off = point.kwh - point.expected_kwh
            cells.append(live(f"={address(at, row)}-{address(at + 1, row)}", off, "kwh"))
            cells.append(live(f"={address(at + 2, row)}^2", off**2, "number"))
        rows.add(*cells)
    names = (_column(rows, at + n, first) for n in range(4))
    return DaySheet(rows, *names)


def reporting_sheet(view: MvView, model: ModelSheet) -> DaySheet:
    """Days of the reporting period: conditions, y, ŷ, adjustment, saving, CO2 and crude oil."""
    extra = ("adjusted_col", "avoided_col", "cumulative_col", "factor_col", "kg_col")
    rows = _begun(view, "sheet_reporting", (*extra, "kl_per_kwh_col", "kl_col"))
    at = FIRST_PRODUCT + len(view.data.products)
    first, total = rows.next_row, 0.0
    for point in view.data.reporting.days:
        row, cells = rows.next_row, _conditions(view, point)
        cells += _energies(view, model, point, row)
        if view.data.saving is not None:
            total += point.avoided_kwh
            cells += _avoided(point, at, row, first, total)
        rows.add(*cells)
    actual, expected, adjusted = (_column(rows, at + n, first) for n in range(3))
    kg, kl = _column(rows, at + 6, first), _column(rows, at + 8, first)
    return DaySheet(rows, actual, expected, adjusted=adjusted, kg=kg, kl=kl)


def _begun(view: MvView, name: str, extra: tuple[str, ...]) -> SheetRows:
    products = list(view.data.products)
    heads = [view.say("day_axis"), view.tell("state"), view.tell("temperature_col")]
    heads += [f"{view.product(name)} {view.product_unit(name)}" for name in products]
    heads += [view.tell(head) for head in ("actual_col", "expected_col", *extra)]
    rows = SheetRows(view.tell(name), (12, 14, *(13 for _ in heads[2:])), 1)
    rows.heads(*heads)
    return rows


def _conditions(view: MvView, point: DayPoint) -> Cells:
    state = None if point.state is None else BookCell(view.state(point.state))
    cells: Cells = [BookCell(point.day, "date"), state, number(point.temperature_c, "number")]
    return [*cells, *(number(amount, "number") for amount in point.amounts)]


def _energies(view: MvView, model: ModelSheet, point: DayPoint, row: int) -> Cells:
    """Y and ŷ of a day that counts; two empty cells for one that does not."""
    if point.kwh is None or point.expected_kwh is None:
        return [BookCell(None), BookCell(None)]
    text = "=" + "+".join(_terms(view, model, row))
    return [BookCell(point.kwh, "kwh"), live(text, point.expected_kwh, "kwh")]


def _terms(view: MvView, model: ModelSheet, row: int) -> Iterator[str]:
    products = list(view.data.products)
    celsius = address(CELSIUS, row)
    for cells in model.terms:
        term = cells.term
        if term.kind == "fixed":
            yield cells.value
        elif term.kind == "state":
            yield f'IF({address(STATE, row)}="{view.state(term.of)}",{cells.value},0)'
        elif term.kind == "product":
            yield f"{cells.value}*{address(FIRST_PRODUCT + products.index(term.of), row)}"
        else:
            one, other = (celsius, cells.at_c) if term.kind == "cooling" else (cells.at_c, celsius)
            yield f"IF({one}>{other},{cells.value}*({one}-{other}),0)"


def _avoided(point: DayPoint, at: int, row: int, first: int, total: float) -> Cells:
    actual, expected, adjusted, avoided = (address(at + n, row) for n in range(4))
    text = f"={expected}-{actual}+{adjusted}" if point.used else f"={adjusted}"
    before = f"{address(at + 4, row - 1)}+" if row > first else ""
    counted = point.used or bool(point.adjusted_kwh)
    kg, co2 = point.kg_per_kwh, f"={avoided}*{address(at + 5, row)}"
    return [
        BookCell(point.adjusted_kwh, "input"),
        live(text, point.avoided_kwh, "kwh"),
        live(f"={before}{avoided}", total, "kwh"),
        number(kg, "factor"),
        BookCell(None) if kg is None or not counted else live(co2, point.avoided_kwh * kg, "kg"),
        number(point.kl_per_kwh, "factor"),
        live(f"={avoided}*{address(at + 7, row)}", point.avoided_kwh * point.kl_per_kwh, "kl"),
    ]


def _column(rows: SheetRows, column: int, first: int) -> str:
    last = max(first, rows.next_row - 1)
    sheet, _, start = rows.at(column, first).rpartition("!")
    return f"{sheet}!{start}:{address(column, last)}"
