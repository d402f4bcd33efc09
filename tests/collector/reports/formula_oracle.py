"""Computes a workbook's formulas anew, by its own reading of Excel's notation.

Knows what the statutory workbooks use and nothing more; anything else raises.
"""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Callable, Iterator
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from collector.reports.book import Book, Formula

Thunk = Callable[[], Any]
_NAME = r"(?P<name>[A-Z][A-Z0-9]*(?=\())"
_REF = r"(?P<ref>(?:'(?:[^']|'')+'!)?\$?[A-Z]{1,3}\$?\d+(?::\$?[A-Z]{1,3}\$?\d+)?)"
_NUMBER = r"(?P<number>\d+\.?\d*(?:E-?\d+)?)"
_MARK = r"(?P<mark><=|>=|<>|[-+*/^=<>(),])"
_TOKEN = re.compile(rf"""\s*(?:(?P<text>"[^"]*")|{_NAME}|{_REF}|{_NUMBER}|{_MARK})""")
_CELL = re.compile(r"\$?([A-Z]{1,3})\$?(\d+)")


def differences(book: Book) -> list[str]:
    """Every formula whose value is not the one computed anew, in words."""
    oracle = Oracle(book)
    found = []
    for sheet in book.sheets:
        for row, cells in enumerate(sheet.rows, 1):
            for column, cell in enumerate(cells, 1):
                if isinstance(cell.value, Formula):
                    now = oracle.value(sheet.name, column, row)
                    if not same(now, cell.value.value):
                        found.append(f"{sheet.name} {row}/{column} {cell.value}: {now}")
    return found


def formulas(book: Book) -> Iterator[Formula]:
    """Every formula of the book."""
    for sheet in book.sheets:
        for cells in sheet.rows:
            yield from (cell.value for cell in cells if isinstance(cell.value, Formula))


def same(one: Any, other: Any) -> bool:
    """Whether two values are equal, numbers to a part in a billion."""
    if isinstance(one, str) or isinstance(other, str):
        return bool(one == other)
    return math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-9)


class Oracle:
    """The values of a book's cells; ``given`` are cells that a person has filled in."""

    def __init__(self, book: Book, given: dict[tuple[str, str], float] | None = None) -> None:
        self._sheets = {sheet.name: sheet.rows for sheet in book.sheets}
        self._given = given or {}
        self._known: dict[tuple[str, int, int], Any] = {}

    def at(self, sheet: str, address: str) -> Any:
        """The value of a cell by its address, such as B5."""
        return self.value(sheet, *_place(address))

    def value(self, sheet: str, column: int, row: int) -> Any:
        """The value of a cell; None of an empty one."""
        key = (sheet, column, row)
        if key not in self._known:
            self._known[key] = self._compute(*key)
        return self._known[key]

    def _compute(self, sheet: str, column: int, row: int) -> Any:
        given = self._given.get((sheet, f"{_letters(column)}{row}"))
        if given is not None:
            return given
        rows = self._sheets[sheet]
        if row > len(rows) or column > len(rows[row - 1]):
            return None
        held = rows[row - 1][column - 1].value
        return _Reader(self, sheet, held.text[1:]).whole() if isinstance(held, Formula) else held


class _Reader:
    """Reads one formula: comparison, sum, product, power, sign, atom."""

    def __init__(self, oracle: Oracle, sheet: str, text: str) -> None:
        self._oracle, self._sheet = oracle, sheet
        self._tokens: list[tuple[str, str]] = []
        at = 0
        while at < len(text):
            match = _TOKEN.match(text, at)
            assert match is not None, text[at:]
            kind = str(match.lastgroup)
            self._tokens.append((kind, match[kind]))
            at = match.end()

    def whole(self) -> Any:
        """The value of the whole formula."""
        thunk = self._comparison()
        assert not self._tokens, self._tokens
        return thunk()

    def _peek(self) -> str:
        return self._tokens[0][1] if self._tokens else ""

    def _take(self) -> tuple[str, str]:
        return self._tokens.pop(0)

    def _binary(self, below: Callable[[], Thunk], marks: str) -> Thunk:
        left = below()
        while self._tokens and self._tokens[0][0] == "mark" and self._peek() in marks.split():
            mark, first, second = self._take()[1], left, below()
            left = _lazy(mark, first, second)
        return left

    def _comparison(self) -> Thunk:
        return self._binary(self._sum, "= <> < > <= >=")

    def _sum(self) -> Thunk:
        return self._binary(self._product, "+ -")

    def _product(self) -> Thunk:
        return self._binary(self._power, "* /")

    def _power(self) -> Thunk:
        return self._binary(self._sign, "^")

    def _sign(self) -> Thunk:
        if self._peek() == "-":
            self._take()
            inner = self._sign()
            return lambda: -_number(inner())
        return self._atom()

    def _atom(self) -> Thunk:
        kind, text = self._take()
        if kind == "number":
            return lambda: float(text)
        if kind == "text":
            return lambda: text[1:-1]
        if kind == "ref":
            return lambda: self._ref(text)
        if kind == "name":
            self._take()
            arguments = self._arguments()
            return lambda: _FUNCTIONS[text](*arguments)
        assert text == "(", text
        inner = self._comparison()
        assert self._take()[1] == ")"
        return inner

    def _arguments(self) -> list[Thunk]:
        found = []
        while self._peek() != ")":
            found.append(self._comparison())
            if self._peek() == ",":
                self._take()
        self._take()
        return found

    def _ref(self, text: str) -> Any:
        sheet, place = self._sheet, text
        if "!" in text:
            quoted, place = text.rsplit("!", 1)
            sheet = quoted[1:-1].replace("''", "'")
        first, _, last = place.partition(":")
        if not last:
            return self._oracle.value(sheet, *_place(first))
        (left, top), (right, bottom) = _place(first), _place(last)
        cells = ((c, r) for r in range(top, bottom + 1) for c in range(left, right + 1))
        return [self._oracle.value(sheet, column, row) for column, row in cells]


def _lazy(mark: str, first: Thunk, second: Thunk) -> Thunk:
    def compute() -> Any:
        one, other = first(), second()
        if isinstance(one, list):
            return [_apply(mark, item, other) for item in one]
        return _apply(mark, one, other)

    return compute


def _apply(mark: str, one: Any, other: Any) -> Any:
    if mark in ("=", "<>"):
        alike = (one or "") == (other or "") if isinstance(other, str) else one == other
        return alike if mark == "=" else not alike
    left, right = _number(one), _number(other)
    return _OPERATORS[mark](left, right)


def _number(value: Any) -> float:
    assert not isinstance(value, str), value
    return 0.0 if value is None else float(value)


def _numbers(*arguments: Thunk) -> list[float]:
    values = [thunk() for thunk in arguments]
    flat = [item for value in values for item in (value if isinstance(value, list) else [value])]
    return [float(item) for item in flat if isinstance(item, int | float)]


def _round(value: Thunk, places: Thunk) -> float:
    number, digits = _number(value()), int(_number(places()))
    # A spreadsheet rounds the fifteen digits that it shows, halves away from zero.
    shown = Decimal(f"{number:.15g}")
    return float(shown.quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP))


def _if(condition: Thunk, yes: Thunk, no: Thunk) -> Any:
    return yes() if condition() else no()


_OPERATORS: dict[str, Callable[[float, float], Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "^": operator.pow,
    "<": operator.lt,
    ">": operator.gt,
    "<=": operator.le,
    ">=": operator.ge,
}
_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "SUM": lambda *a: math.fsum(_numbers(*a)),
    "COUNT": lambda *a: float(len(_numbers(*a))),
    "SUMPRODUCT": lambda *a: math.fsum(_numbers(*a)),
    "ROUND": _round,
    "INT": lambda a: float(math.floor(_number(a()))),
    "LOG10": lambda a: math.log10(_number(a())),
    "IF": _if,
    "OR": lambda *a: any(thunk() for thunk in a),
}


def _place(address: str) -> tuple[int, int]:
    match = _CELL.fullmatch(address)
    assert match is not None, address
    column = 0
    for letter in match[1]:
        column = column * 26 + ord(letter) - ord("A") + 1
    return column, int(match[2])


def _letters(column: int) -> str:
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
