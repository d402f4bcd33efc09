"""A sheet of a workbook while it is being filled: rows from the top, each cell's address known."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from collector.reports.book import BookCell, CellStyle, Formula, Sheet

Given = BookCell | str | int | float | Decimal | None


class SheetRows:
    """Rows added one below the other; row and column numbers begin at 1."""

    def __init__(self, name: str, widths: Iterable[float] = (), frozen_rows: int = 0) -> None:
        self.name = name
        self._widths = tuple(widths)
        self._frozen_rows = frozen_rows
        self._rows: list[tuple[BookCell, ...]] = []

    @property
    def next_row(self) -> int:
        """The number of the row that will be added next."""
        return len(self._rows) + 1

    def add(self, *cells: Given) -> int:
        """Add a row and give its number. What is no cell yet becomes one of text or number."""
        self._rows.append(tuple(_cell(given) for given in cells))
        return len(self._rows)

    def title(self, text: str) -> int:
        """Add a row with a title."""
        return self.add(BookCell(text, "title"))

    def note(self, text: str) -> int:
        """Add a row with a sentence."""
        return self.add(BookCell(text, "note"))

    def heads(self, *texts: str) -> int:
        """Add a row of column heads."""
        return self.add(*(BookCell(text, "head") for text in texts))

    def at(self, column: int, row: int) -> str:
        """The address of a cell as other sheets write it."""
        quoted = self.name.replace("'", "''")
        return f"'{quoted}'!{address(column, row)}"

    def sheet(self) -> Sheet:
        """The sheet as it stands."""
        return Sheet(self.name, tuple(self._rows), self._widths, self._frozen_rows)


def address(column: int, row: int) -> str:
    """The address of a cell on its own sheet: (2, 5) is B5."""
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return f"{letters}{row}"


def stretch(column: int, first: int, last: int) -> str:
    """The address of a column's cells from one row to another: B2:B13."""
    return f"{address(column, first)}:{address(column, last)}"


def fixed(column: int, first: int, last: int) -> str:
    """The same, not moved when the formula is copied: $B$2:$B$13."""
    letters = address(column, 1)[:-1]
    return f"${letters}${first}:${letters}${last}"


def live(text: str, value: Decimal | float | int | str, style: CellStyle) -> BookCell:
    """A cell with a formula and its value now."""
    now = value if isinstance(value, str) else float(value)
    return BookCell(Formula(text, now), style)


def summed(
    column: int, first: int, last: int, value: Decimal | float, style: CellStyle
) -> BookCell:
    """A cell with the sum of a column's cells; zero of no rows."""
    if last < first:
        return BookCell(0, style)
    return live(f"=SUM({stretch(column, first, last)})", value, style)


def number(value: Decimal | float | int | None, style: CellStyle) -> BookCell:
    """A cell with a number, or an empty one."""
    return BookCell(None if value is None else float(value), style)


def _cell(given: Given) -> BookCell:
    if isinstance(given, BookCell):
        return given
    if isinstance(given, Decimal):
        return BookCell(float(given), "number")
    return BookCell(given, "text" if given is None or isinstance(given, str) else "number")
