"""A column of text as decimals: thousands, decimal comma, full-width digits.

Which of comma and point is the decimal mark is decided from the whole column, never cell by cell:
1,234 is a thousand in one file and a little over one in another. Where nothing in the column
tells, it is refused rather than guessed, because a wrong guess is a factor of a thousand.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from decimal import Decimal
from typing import Literal

from collector.errors import StopError

Mark = Literal[".", ","]
SIGNS = str.maketrans({"−": "-", "–": "-", "▲": "-", "△": "-", "’": "'", "\u202f": " "})
"""Minus signs as people and Japanese accounts write them."""
_PLAIN = re.compile(r"[+-]?\d+(\.\d+)?", re.ASCII)
_SHAPE: dict[Mark, re.Pattern[str]] = {
    ".": re.compile(r"([+-]?)(\d+|\d{1,3}(?:[, ']\d{3})+)?(?:\.(\d*))?([eE][+-]?\d{1,2})?", re.A),
    ",": re.compile(r"([+-]?)(\d+|\d{1,3}(?:[. ']\d{3})+)?(?:,(\d*))?([eE][+-]?\d{1,2})?", re.A),
}
_THOUSANDS = {
    ",": re.compile(r"[+-]?[1-9]\d{0,2}(,\d{3})+"),
    ".": re.compile(r"[+-]?[1-9]\d{0,2}(\.\d{3})+"),
}
_ABSENT = {"", "-", "--", "---", "----", "―", "ー", "*", "null", "none", "n/a", "#n/a"}
"""What loggers and portals write where there is no value (compared in small letters)."""


def decimal_mark(cells: Iterable[str], column: str, delimiter: str) -> tuple[Mark, str]:
    """The decimal mark of a column, and what there is to say about it (empty: nothing).

    Raises ``StopError`` when the column may be read either way.
    """
    seen = [_cleaned(cell) for cell in cells if "," in cell or "." in cell or not cell.isascii()]
    commas = [cell for cell in seen if "," in cell]
    points = [cell for cell in seen if "." in cell]
    if not commas and (delimiter != ";" or not points):
        return ".", ""
    for cell in (*commas, *points):
        mark = _told_by(cell)
        if mark is not None:
            return mark, "" if mark == "." else f'{column}: decimal comma ("{cell}")'
    return _by_delimiter(commas, column, delimiter)


def _told_by(cell: str) -> Mark | None:
    if "," in cell and "." in cell:
        return "," if cell.rfind(",") > cell.rfind(".") else "."
    here: Mark = "," if "," in cell else "."
    other: Mark = "." if here == "," else ","
    if _SHAPE[here].fullmatch(cell) and not _THOUSANDS[here].fullmatch(cell):
        return here
    return other if cell.count(here) > 1 and _THOUSANDS[here].fullmatch(cell) else None


def _by_delimiter(commas: list[str], column: str, delimiter: str) -> tuple[Mark, str]:
    # Every cell may be thousands or decimals; a comma between commas was quoted on purpose.
    if commas and delimiter == ",":
        return ".", ""
    if commas and delimiter == ";":
        said = f'{column}: "{commas[0]}" is read with a decimal comma, as files with ; have it'
        return ",", said
    mark = "comma" if commas else "point"
    what = f"{column}: whether the {mark} is a decimal mark or marks thousands cannot be told"
    raise StopError(what, "say so with --decimal comma or --decimal point")


def number(cell: str, mark: Mark) -> Decimal | None:
    """The cell's number, None where it says that there is none.

    Raises ``ValueError`` with the reason for anything else.
    """
    if mark == "." and _PLAIN.fullmatch(cell):
        return Decimal(cell)
    text = _cleaned(cell)
    if text.lower() in _ABSENT:
        return None
    found = _SHAPE[mark].fullmatch(text)
    if found is None or not (found[2] or found[3]):
        raise ValueError(f'"{cell.strip()}" is not a number')
    whole = re.sub(r"\D", "", found[2] or "0")
    return Decimal(f"{found[1]}{whole}.{found[3] or '0'}{found[4] or ''}")


def _cleaned(cell: str) -> str:
    text = cell if cell.isascii() else unicodedata.normalize("NFKC", cell.translate(SIGNS))
    return text.translate(SIGNS).strip().strip('"').strip()
