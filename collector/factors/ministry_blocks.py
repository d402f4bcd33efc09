"""Which lines of the ministries' list belong to one retailer, and what each row of it is.

In the PDF number and name of a retailer stand at half the height of its rows, so that menus come
both before and after them. A retailer's rows begin with its first menu (メニューA) and end with the
whole company (参考値), where that is printed; a retailer without menus has one row. A group of
lines that does not have exactly one number, or whose menus are not in order, is refused as a whole:
a coefficient under the wrong name is worse than none.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from collector.factors.factor import Kind
from collector.factors.ministry_list import ABNORMAL, RESIDUAL, WHOLE, ListLine

FIRST_MENUS = ("メニューA", "メニューA(残差)")
LARGEST_T = Decimal("0.003")
ABNORMAL_NOTE = f"{ABNORMAL}: the computed value was abnormal; the ministry replaced it"


@dataclass(frozen=True, slots=True)
class ListRow:
    """One row of the list, with its supplier; coefficients in t-CO2/kWh, absent where not given."""

    at: int
    text: str
    number: str
    name: str
    menu: str
    menu_name: str
    kind: Kind
    basic: Decimal | None
    adjusted: Decimal | None
    of_grid: bool
    note: str


@dataclass(frozen=True, slots=True)
class Refused:
    """A line of the list that is not taken, and why."""

    at: int
    text: str
    reason: str


def rows_of_list(lines: Sequence[ListLine]) -> tuple[tuple[ListRow, ...], tuple[Refused, ...]]:
    """The rows with their suppliers, and the lines refused, both in the order of the list."""
    rows: list[ListRow] = []
    refused: list[Refused] = []
    for block in _blocks(lines):
        reason = _wrong_with(block)
        number = next((line.number for line in block if line.number), "")
        name = next((line.name for line in block if line.name), "")
        for line in block:
            why = reason or _wrong(line)
            if why:
                refused.append(Refused(line.at, line.text, why))
            elif line.has_values:
                rows.append(_row(line, number, name))
    return tuple(rows), tuple(refused)


def _blocks(lines: Sequence[ListLine]) -> Iterator[list[ListLine]]:
    block: list[ListLine] = []
    for line in lines:
        if block and _begins_another(block, line):
            yield block
            block = []
        block.append(line)
    if block:
        yield block


def _begins_another(block: Sequence[ListLine], line: ListLine) -> bool:
    last = block[-1]
    if not line.menu and line.has_values:
        return True
    if last.menu.startswith("(参考値)") or (not last.menu and last.has_values):
        return True
    if line.menu in FIRST_MENUS and any(other.menu for other in block):
        return True
    numbers = {other.number for other in block if other.number}
    return bool(line.number and numbers and line.number not in numbers)


def _wrong_with(block: Sequence[ListLine]) -> str:
    if block[0].name and not block[0].number and not block[0].menu and block[0].has_values:
        return ""  # a value for the whole country
    numbers = {line.number for line in block if line.number}
    if not numbers:
        return "no registration number belongs to it"
    if len(numbers) > 1:
        return f"several registration numbers belong to it: {', '.join(sorted(numbers))}"
    if not any(line.name for line in block):
        return "no retailer's name belongs to it"
    if not any(line.has_values or line.fault for line in block):
        return "no coefficient could be read"
    clear = all(line.number for line in block) or bool(block[0].number and block[0].menu)
    return _mixed_up([line.menu for line in block if line.menu], clear)


def _mixed_up(menus: Sequence[str], clear: bool) -> str:
    # Where the number stands amidst its rows, only their order says where they begin and end.
    doubt = "two retailers may be mixed up"
    twice = next((menu for menu in menus if menus.count(menu) > 1), "")
    if twice:
        return f"{twice} stands twice in it: {doubt}"
    lettered = [menu for menu in menus if menu != WHOLE]
    letters = [_letters(menu) for menu in lettered]
    in_order = letters == sorted(letters, key=lambda code: (len(code), code))
    begins = not lettered or lettered[0] in FIRST_MENUS
    ends = not any(menu.endswith(RESIDUAL) for menu in lettered[:-1])
    if clear or (in_order and begins and ends):
        return ""
    return f"its menus are {', '.join(letters)}, not A and on to the residual: {doubt}"


def _letters(menu: str) -> str:
    return menu.removeprefix("メニュー").removesuffix(RESIDUAL)


def _wrong(line: ListLine) -> str:
    if line.fault:
        return line.fault
    if line.menu and not line.has_values:
        return "no coefficient could be read"
    given = [value for value in (line.basic, line.adjusted) if value is not None]
    too_large = next((value for value in given if value > LARGEST_T), None)
    if too_large is not None:
        return f"{too_large} cannot be t-CO2/kWh; is it kg/kWh?"
    if len(given) == 1 and line.number + line.menu:
        return "one coefficient only; basic and adjusted are needed"
    return ""


def _row(line: ListLine, number: str, name: str) -> ListRow:
    code = _letters(line.menu)
    kind: Kind = "named"
    if not line.menu or line.menu == WHOLE:
        code, kind = "", "whole"
    elif line.menu.endswith(RESIDUAL):
        kind = "residual"
    if not number:
        kind = "substitute" if name == "代替値" else "national"
    return ListRow(
        *(line.at, line.text, number, name, code),
        menu_name=line.menu or ("事業者全体" if number else ""),
        kind=kind,
        basic=line.basic,
        adjusted=line.adjusted,
        of_grid=line.of_grid,
        note=ABNORMAL_NOTE if line.marked else "",
    )
