"""The pack as a workbook to go on working in: inputs, months, proposals, all formulas alive.

Yen = kWh x price x level + kW x worth of a kW + other: a reader who changes price, level, factor,
worth or cost sees saving and payback follow.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from collector.findings.finding import NOTHING, SIGNAL_FACTOR, Finding, Range
from collector.reports.book import Book, BookCell
from collector.reports.consultant.appendix import lf_of
from collector.reports.consultant.data import ConsultantData, MonthRow
from collector.reports.consultant.view import View, begun
from collector.reports.report import Language
from collector.reports.sheet_rows import SheetRows, address, live, number, summed

PRICE_LEVEL, KW_VALUE, CO2_FACTOR, KL_FACTOR = 5, 6, 7, 8
"""Rows of the inputs."""
VALUE = 2
"""The column of the inputs' values."""


def consultant_book(data: ConsultantData, language: Language) -> Book:
    """The workbook: inputs, months, proposals."""
    view = View.of(data, language)
    inputs = _inputs(view)
    return Book((inputs.sheet(), _months(view, inputs).sheet(), _proposals(view, inputs).sheet()))


def _inputs(view: View) -> SheetRows:
    held = view.data.proposals
    rows = SheetRows(view.say("sheet_inputs"), (34, 16, 14, 90), 4)
    rows.title(view.say("title", site=view.data.head.called(view.language)))
    rows.note(view.span(view.data.span.first, view.data.span.end))
    rows.note(view.say("inputs_note"))
    rows.heads(*(view.say(key) for key in ("item", "value", "unit", "source")))
    carbon = held.carbon
    basis = held.price_basis.in_(view.language) if held.price_basis else ""
    rows.add(view.say("price_level"), _input(1.0), "×", basis)
    rows.add(view.say("kw_value"), _input(held.one_kw or 0.0), f"{view.unit}/kW", basis)
    factor = carbon.basis.in_(view.language) if carbon else ""
    rows.add(view.say("co2_factor"), _input(carbon.kg_per_kwh if carbon else 0.0), "kg/kWh", factor)
    kl = carbon.kl_per_kwh if carbon else 0.0
    rows.add(view.say("kl_factor"), _input(kl), "kL/kWh", view.say("oil_note"))
    rows.add()
    rows.note(f"Mieruka {view.data.head.software_version}")
    return rows


def _months(view: View, inputs: SheetRows) -> SheetRows:
    rows = SheetRows(view.say("sheet_months"), (16, 10, 14, 14, 12, 14, 16, 14, 14, 12), 3)
    rows.title(view.say("months"))
    rows.note(view.say("months_note"))
    rows.heads(
        view.say("month_col"),
        view.say("hours"),
        *(f"{view.say(key)} kWh" for key in ("energy_col",)),
        f"{view.say('is_peak')} kW",
        view.say("lf_col"),
        "CO₂ t",
        f"{view.say('bill_col')} {view.unit}",
        view.say("unit_price"),
        f"{view.say('oil')} kL",
        f"{view.say('coverage_col')}",
    )
    first = rows.next_row
    for row in view.data.months:
        _month(view, rows, row, inputs)
    _month_sums(view, rows, first, rows.next_row - 1)
    return rows


def _month(view: View, rows: SheetRows, row: MonthRow, inputs: SheetRows) -> None:
    at, factor, kl = rows.next_row, lf_of(row), _kl(view)
    kwh, bill = row.kwh, None if row.bill is None else float(row.bill)
    price = bill / kwh if bill is not None and kwh else ""
    rows.add(
        view.dates.month(row.month),
        number(row.hours, "integer"),
        number(kwh, "kwh"),
        number(row.peak_kw, "kw"),
        live(f'=IF(B{at}*D{at}>0,C{at}/(B{at}*D{at}),"")', _or_empty(factor), "percent"),
        number(None if row.co2_kg is None else row.co2_kg / 1000, "tonnes"),
        BookCell(bill, "input"),
        live(f'=IF(C{at}>0,IF(G{at}>0,G{at}/C{at},""),"")', price, "number"),
        live(f"=C{at}*{inputs.at(VALUE, KL_FACTOR)}", (kwh or 0.0) * kl, "kl"),
        number(row.coverage, "percent"),
    )


def _month_sums(view: View, rows: SheetRows, first: int, last: int) -> None:
    at, held = rows.next_row, view.data.months
    kwh = sum(row.kwh or 0.0 for row in held)
    bill = sum(float(row.bill or 0) for row in held)
    billed = sum(row.kwh or 0.0 for row in held if row.bill is not None)
    co2 = sum((row.co2_kg or 0.0) / 1000 for row in held)
    price = f'=IF(COUNT(G{first}:G{last})=COUNT(C{first}:C{last}),IF(C{at}>0,G{at}/C{at},""),"")'
    whole = all(row.bill is not None for row in held if row.kwh is not None) and kwh > 0
    rows.add(
        view.say("total"),
        summed(2, first, last, sum(row.hours for row in held), "integer"),
        summed(3, first, last, kwh, "kwh"),
        None,
        None,
        summed(6, first, last, co2, "tonnes"),
        summed(7, first, last, bill, "yen"),
        live(price, bill / billed if whole else "", "number"),
        summed(9, first, last, kwh * _kl(view), "kl"),
    )


HEADS = (
    "no", "proposal_col", "circuit", "kwh_low", "kwh_mid", "kwh_high", "price", "kw_low", "kw_mid",
    "kw_high", "other_low", "other_mid", "other_high", "yen_low", "yen_mid", "yen_high", "t_mid",
    "kl_mid", "cost_input", "payback", "counted", "counted_kwh", "counted_low", "counted_mid",
    "counted_high", "counted_t", "counted_kl", "status_head",
)  # fmt: skip
COLUMN = {key: number for number, key in enumerate(HEADS, 1)}
SUMMED = (
    "counted_kwh", "counted_low", "counted_mid", "counted_high", "counted_t", "counted_kl",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Split:
    """A finding's yen: a price for its kWh, its kW, and what is left over."""

    price: float
    kw: Range
    other: Range


def _split(one: Finding, kw_value: float) -> _Split:
    kw = one.kw or NOTHING
    rest = one.yen.plus(Range(-kw.low * kw_value, -kw.mid * kw_value, -kw.high * kw_value))
    price = rest.mid / one.kwh.mid if one.kwh.mid else 0.0
    worth = one.kwh.times(price)
    left = (rest.low - worth.low, rest.mid - worth.mid, rest.high - worth.high)
    return _Split(price, kw, Range(*(0.0 if abs(v) < 1e-6 else v for v in left)))


def _proposals(view: View, inputs: SheetRows) -> SheetRows:
    widths = (5, 46, 20, *(12.0,) * 24, 12)
    rows = SheetRows(view.say("sheet_proposals"), widths, 3)
    rows.title(view.say("all_proposals"))
    rows.note(view.say("proposals_note"))
    rows.heads(*(view.say(key) for key in HEADS))
    first = rows.next_row
    sums = dict.fromkeys(SUMMED, 0.0)
    for order, tracked in enumerate(view.data.proposals.waiting, 1):
        if tracked.finding is not None:
            told = _proposal(view, rows, order, tracked.finding, inputs)
            rows.add(*told, view.say(f"status_{tracked.status}"))
            _add(view, sums, tracked.finding)
    _sum_line(view, rows, first, rows.next_row - 1, sums)
    return rows


def _proposal(
    view: View, rows: SheetRows, order: int, one: Finding, inputs: SheetRows
) -> Sequence[BookCell | str | int]:
    at = rows.next_row
    split = _split(one, view.data.proposals.one_kw or 0.0)
    where = one.circuit_called(view.language) if one.circuit else view.say("whole_site")
    cost = one.cost_yen.mid if one.cost_yen else None
    return (
        order,
        begun(one.text("measure", view.language)),
        where,
        *(number(kwh, "kwh") for kwh in _three(one.kwh)),
        BookCell(split.price, "input"),
        *(number(kw, "kw") for kw in _three(split.kw)),
        *(number(yen, "yen") for yen in _three(split.other)),
        *_yen(at, one, inputs),
        _co2(view, at, one, inputs),
        live(f"={address(5, at)}*{inputs.at(VALUE, KL_FACTOR)}", one.kwh.mid * _kl(view), "kl"),
        BookCell(cost, "input"),
        _payback(at, one, cost),
        *_counted(view, at, one),
    )


def _yen(at: int, one: Finding, inputs: SheetRows) -> Sequence[BookCell]:
    level, worth = inputs.at(VALUE, PRICE_LEVEL), inputs.at(VALUE, KW_VALUE)
    found = []
    for end, value in zip(("low", "mid", "high"), _three(one.yen), strict=True):
        kwh, kw, other = (address(COLUMN[f"{name}_{end}"], at) for name in ("kwh", "kw", "other"))
        price = address(COLUMN["price"], at)
        found.append(live(f"={kwh}*{price}*{level}+{kw}*{worth}+{other}", value, "yen"))
    return found


def _co2(view: View, at: int, one: Finding, inputs: SheetRows) -> BookCell:
    carbon = view.data.proposals.carbon
    if carbon is None or one.co2_factor != carbon.factor:
        return number(one.co2_t.mid, "tonnes")
    text = f"={address(COLUMN['kwh_mid'], at)}*{inputs.at(VALUE, CO2_FACTOR)}/1000"
    return live(text, one.co2_t.mid, "tonnes")


def _payback(at: int, one: Finding, cost: float | None) -> BookCell:
    paid, yen = address(COLUMN["cost_input"], at), address(COLUMN["yen_mid"], at)
    years: float | str = cost / one.yen.mid if cost and one.yen.mid > 0 else ""
    return live(f'=IF({paid}>0,IF({yen}>0,{paid}/{yen},""),"")', years, "number")


def _counted(view: View, at: int, one: Finding) -> Sequence[BookCell]:
    share = view.data.proposals.share_of(one.key)
    part = address(COLUMN["counted"], at)
    values = _values(view, one)
    cells = [number(share, "percent")]
    for key, style in zip(SUMMED, ("kwh", "yen", "yen", "yen", "tonnes", "kl"), strict=True):
        if key == "counted_t" and one.co2_factor.startswith(SIGNAL_FACTOR):
            cells.append(number(0.0, "tonnes"))
            continue
        source = address(COLUMN[_SOURCES[key]], at)
        cells.append(live(f"={source}*{part}", values[key] * share, style))  # type: ignore[arg-type]
    return cells


_SOURCES = {
    "counted_kwh": "kwh_mid",
    "counted_low": "yen_low",
    "counted_mid": "yen_mid",
    "counted_high": "yen_high",
    "counted_t": "t_mid",
    "counted_kl": "kl_mid",
}


def _values(view: View, one: Finding) -> dict[str, float]:
    signal = one.co2_factor.startswith(SIGNAL_FACTOR)
    return {
        "counted_kwh": one.kwh.mid,
        "counted_low": one.yen.low,
        "counted_mid": one.yen.mid,
        "counted_high": one.yen.high,
        "counted_t": 0.0 if signal else one.co2_t.mid,
        "counted_kl": one.kwh.mid * _kl(view),
    }


def _add(view: View, sums: dict[str, float], one: Finding) -> None:
    share = view.data.proposals.share_of(one.key)
    for key, value in _values(view, one).items():
        sums[key] += value * share


def _sum_line(view: View, rows: SheetRows, first: int, last: int, sums: dict[str, float]) -> None:
    blank = [None] * (COLUMN["counted_kwh"] - 3)
    cells = [
        summed(COLUMN[key], first, last, sums[key], style)  # type: ignore[arg-type]
        for key, style in zip(SUMMED, ("kwh", "yen", "yen", "yen", "tonnes", "kl"), strict=True)
    ]
    rows.add(None, view.say("total_row"), *blank, *cells)


def _three(amount: Range) -> tuple[float, float, float]:
    return amount.low, amount.mid, amount.high


def _kl(view: View) -> float:
    carbon = view.data.proposals.carbon
    return carbon.kl_per_kwh if carbon else 0.0


def _input(value: float) -> BookCell:
    return BookCell(value, "input")


def _or_empty(value: float | None) -> float | str:
    return "" if value is None else value
