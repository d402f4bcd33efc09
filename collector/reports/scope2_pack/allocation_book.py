"""The allocation in the workbook: common load, shares, and the last Wh and gram, all live.

The full book holds every customer and, on a sheet of its own, the rounding of each. A copy for one
customer holds its own row, the others together, and the unit that the rounding among all gave it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from collector.accounts.allocation import STEPS, Allocation, steps_of
from collector.reports.account_words import method_name, say
from collector.reports.book import BookCell, CellStyle
from collector.reports.report import Language
from collector.reports.scope2_pack.data import METHODS, PartRow, Scope2Data
from collector.reports.scope2_pack.parts import basis_name, line_name, reasons, shown_rows
from collector.reports.scope2_pack.rounding_book import FIRST_ROW, Quantity, part_column, rounding
from collector.reports.scope2_pack.words import WORDS
from collector.reports.sheet_rows import SheetRows, address, fixed, live, number, stretch, summed

_MOST_ARGUMENTS = 250
_AMOUNT, _DIRECT, _COMMON, _EXACT, _SHARE, _PARTS = 2, 3, 4, 5, 6, 7


@dataclass(frozen=True, slots=True)
class _Plan:
    """What stands where: the cells of the total, the common load and each line, the first row.

    ``sharers`` is the cell with what those who share a line have in amounts together.
    """

    data: Scope2Data
    allocation: Allocation
    quantities: tuple[Quantity, ...]
    shown: tuple[PartRow, ...]
    total: str
    common: str
    lines: Mapping[str, str]
    sharers: Mapping[str, str]
    other_lines: str
    first: int
    language: Language

    @property
    def last(self) -> int:
        """The last customer's row."""
        return self.first + len(self.shown) - 1


def allocation_sheets(
    data: Scope2Data, allocation: Allocation, kwh: str, kg: Mapping[str, str], language: Language
) -> list[SheetRows]:
    """The sheet of the allocation, and with it that of the rounding for the full book.

    ``kwh`` and ``kg`` name the cells of the totals.
    """
    quantities = tuple(_quantities(allocation, kwh, kg, language))
    rows = SheetRows(WORDS.say("sheet_allocation", language), (34, 18, 18, 18, 20, 12, 20, 20, 20))
    plan = _top(rows, data, allocation, kwh, quantities, language)
    _heads(rows, plan)
    if data.only:
        _copy_rows(rows, plan)
        return [rows]
    for place, part in enumerate(plan.shown):
        rows.add(*_left_cells(plan, part, place), *_given_cells(plan, part, place))
    _sums(rows, plan)
    return [rows, rounding(allocation, quantities, rows.name, plan.first, language)]


def _quantities(
    allocation: Allocation, kwh: str, kg: Mapping[str, str], language: Language
) -> Iterator[Quantity]:
    energy = f"{say('kwh', language)} (kWh)"
    yield Quantity("", energy, kwh, allocation.wh, "kwh")
    for method in METHODS:
        if method in kg and method in allocation.grams:
            name = f"{method_name(method, language)} (kg-CO₂)"
            yield Quantity(method, name, kg[method], allocation.grams[method], "kg")


def _top(
    rows: SheetRows,
    data: Scope2Data,
    allocation: Allocation,
    kwh: str,
    quantities: tuple[Quantity, ...],
    language: Language,
) -> _Plan:
    rows.title(WORDS.say("allocation", language))
    rows.note(reasons(allocation, language))
    rows.note(WORDS.say("rule_text", language))
    energy = _kwh(allocation.total_milli_wh)
    name = f"{WORDS.say('site_total', language)} (kWh)"
    total = rows.add(name, live(f"={kwh}", energy, "kwh"))
    lines, sharers, other = _line_rows(rows, data, allocation, language)
    last = rows.next_row - 1
    spent = f"-SUM(B{total + 1}:B{last})" if last > total else ""
    left = _kwh(allocation.common_milli_wh)
    name = f"{WORDS.say('common', language)} (kWh)"
    common = rows.add(name, live(f"=B{total}{spent}", left, "kwh"))
    rows.add()
    shown = shown_rows(data, allocation, language)
    return _Plan(
        *(data, allocation, quantities, shown, f"$B${total}", f"$B${common}"),
        *(lines, sharers, other, rows.next_row + 1, language),
    )


def _line_rows(
    rows: SheetRows, data: Scope2Data, allocation: Allocation, language: Language
) -> tuple[dict[str, str], dict[str, str], str]:
    lines: dict[str, str] = {}
    sharers: dict[str, str] = {}
    hidden = Decimal(0)
    # Below the lines stand the common load, an empty row and the heads; then the customers.
    first = rows.next_row + len(allocation.lines) + 3
    for line in allocation.lines:
        places = allocation.sharers(line.id)
        parts = [allocation.parts[place] for place in places]
        if data.only and data.only not in [part.customer.name for part in parts]:
            hidden += _kwh(line.milli_wh)
            continue
        kwh, at = number(_kwh(line.milli_wh), "kwh"), rows.next_row
        lines[line.id] = f"$B${at}"
        if len(places) == 1:
            rows.add(line_name(data, line.id, language), kwh)
            continue
        sharers[line.id] = f"$C${at}"
        amounts = sum((part.amount for part in parts), Decimal(0))
        shared = number(amounts, "number")
        if not data.only:
            shared = live(_amounts_sum(first, places), amounts, "number")
        what = WORDS.say("sharers_amount", language)
        rows.add(line_name(data, line.id, language), kwh, shared, what)
    if not data.only:
        return lines, sharers, ""
    at = rows.add(WORDS.say("other_lines", language), number(hidden, "kwh"))
    return lines, sharers, f"$B${at}"


def _amounts_sum(first: int, places: Sequence[int]) -> str:
    # Neighbours make one range: a sum takes 255 arguments, a formula 8,192 characters.
    ranges: list[list[int]] = []
    for place in places:
        if ranges and ranges[-1][1] == place - 1:
            ranges[-1][1] = place
        else:
            ranges.append([place, place])
    parts = [stretch(_AMOUNT, first + low, first + high) for low, high in ranges]
    chunks = (parts[n : n + _MOST_ARGUMENTS] for n in range(0, len(parts), _MOST_ARGUMENTS))
    return "=" + "+".join(f"SUM({','.join(chunk)})" for chunk in chunks)


def _heads(rows: SheetRows, plan: _Plan) -> None:
    language = plan.language
    basis = basis_name(plan.allocation.choice.basis, language)
    rows.heads(
        WORDS.say("customer", language),
        f"{WORDS.say('amount', language)} ({basis})",
        f"{WORDS.say('direct', language)} (kWh)",
        f"{WORDS.say('common', language)} (kWh)",
        f"{WORDS.say('exact', language)} (kWh)",
        WORDS.say("share", language),
        *(quantity.name for quantity in plan.quantities),
    )


def _left_cells(plan: _Plan, part: PartRow, place: int, direct: str = "") -> tuple[BookCell, ...]:
    at = plan.first + place
    amounts = fixed(_AMOUNT, plan.first, plan.last)
    formula = direct or _direct_formula(plan, place)
    spread = f"=IF(SUM({amounts})=0,0,{plan.common}*B{at}/SUM({amounts}))"
    return (
        BookCell(part.name),
        number(part.amount, "number"),
        live(formula, part.direct_kwh, "kwh") if formula else BookCell(0, "kwh"),
        live(spread, part.common_kwh, "kwh"),
        live(f"=C{at}+D{at}", part.direct_kwh + part.common_kwh, "kwh"),
        live(f"=IF({plan.total}=0,0,E{at}/{plan.total})", part.share, "percent"),
    )


def _direct_formula(plan: _Plan, place: int) -> str:
    own = address(_AMOUNT, plan.first + (0 if plan.data.only else place))
    terms = []
    for line in plan.allocation.parts[place].customer.lines:
        shared = plan.sharers.get(line)
        cell = plan.lines[line]
        terms.append(f"{cell}*{own}/{shared}" if shared else cell)
    return f"={'+'.join(terms)}" if terms else ""


def _given_cells(plan: _Plan, part: PartRow, place: int) -> Iterator[BookCell]:
    sheet = WORDS.say("sheet_rounding", plan.language)
    for position, quantity in enumerate(plan.quantities):
        cell = address(part_column(position), FIRST_ROW + place)
        yield live(f"='{sheet}'!{cell}/1000", _thousandth(_units(part, quantity)), quantity.style)


def _copy_rows(rows: SheetRows, plan: _Plan) -> None:
    own, others = plan.shown
    place = own.place or 0
    direct = _direct_formula(plan, place) or "=0"
    unit_row = plan.first + 4
    first = [_own_cell(plan, own, n, q, unit_row) for n, q in enumerate(plan.quantities)]
    rows.add(*_left_cells(plan, own, 0, direct), *first)
    given = "".join(f"+{cell}" for cell in plan.lines.values())
    rest = f"={plan.other_lines}{given}-{address(_DIRECT, plan.first)}"
    last = [
        live(
            f"=ROUND({q.total},3)-{address(_PARTS + n, plan.first)}",
            _thousandth(_units(others, q)),
            q.style,
        )
        for n, q in enumerate(plan.quantities)
    ]
    rows.add(*_left_cells(plan, others, 1, rest), *last)
    _sums(rows, plan)
    units: list[BookCell] = []
    shares = [part.exact for part in plan.allocation.parts]
    for quantity in plan.quantities:
        floor = steps_of(quantity.whole, shares)[place] // STEPS
        units.append(BookCell(_units(own, quantity) - floor, "integer"))
    rows.add(WORDS.say("extra_unit", plan.language), *(None,) * 5, *units)


def _own_cell(plan: _Plan, own: PartRow, position: int, q: Quantity, unit_row: int) -> BookCell:
    share = address(_SHARE, plan.first)
    unit = address(_PARTS + position, unit_row)
    formula = f"=(INT(ROUND(ROUND({q.total}*1000,0)*{share},4))+{unit})/1000"
    return live(formula, _thousandth(_units(own, q)), q.style)


def _sums(rows: SheetRows, plan: _Plan) -> None:
    allocation, language = plan.allocation, plan.language
    amounts = sum((part.amount for part in allocation.parts), Decimal(0))
    total, common = _kwh(allocation.total_milli_wh), _kwh(allocation.common_milli_wh)
    columns: list[tuple[int, Decimal, CellStyle]] = [
        (_AMOUNT, amounts, "number"),
        (_DIRECT, total - common, "kwh"),
        (_COMMON, common if amounts else Decimal(0), "kwh"),
        (_EXACT, total, "kwh"),
        (_SHARE, Decimal(1) if total else Decimal(0), "percent"),
    ]
    columns += [(_PARTS + n, _thousandth(q.whole), q.style) for n, q in enumerate(plan.quantities)]
    cells = (summed(c, plan.first, plan.last, value, style) for c, value, style in columns)
    at = rows.add(say("total", language), *cells)
    checks = (
        live(f"=ROUND({address(_PARTS + n, at)}-ROUND({q.total},3),3)", 0, q.style)
        for n, q in enumerate(plan.quantities)
    )
    rows.add(WORDS.say("check", language), *(None,) * 5, *checks)


def _units(part: PartRow, quantity: Quantity) -> int:
    return part.grams[quantity.method] if quantity.method else part.wh


def _thousandth(units: int) -> Decimal:
    return Decimal(units).scaleb(-3)


def _kwh(milli_wh: int) -> Decimal:
    return Decimal(milli_wh).scaleb(-6)
