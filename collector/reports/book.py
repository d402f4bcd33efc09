"""A workbook that a person goes on working in: values, and formulas that stay alive.

A report yields it, an export writes it. Text is always text: whatever a name begins with, no cell
becomes a formula unless it is a ``Formula``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

CellStyle = Literal[
    "text", "head", "title", "note", "kwh", "kw", "kg", "tonnes", "gj", "kl", "yen", "factor",
    "percent", "number", "integer", "date", "moment", "input",
]  # fmt: skip
"""How a cell looks; ``input`` is a cell the reader is asked to fill in, ``percent`` shows a share
(0 to 1)."""


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula in the English notation of Excel, such as ``=SUM(B2:B13)``, and its value now."""

    text: str
    value: float | str


Value = str | int | float | date | datetime | Formula | None


@dataclass(frozen=True, slots=True)
class BookCell:
    """One cell: what stands in it and how it looks; None is an empty cell."""

    value: Value = None
    style: CellStyle = "text"


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet: rows of cells from A1 on, widths of the columns in characters.

    ``name`` must be one that Excel takes (``book_names.sheet_names``), since formulas may refer to
    it. A column without a width gets that of its cells. The first ``frozen_rows`` stay in sight;
    the sheet prints on paper of width A4 with them repeated.
    """

    name: str
    rows: tuple[tuple[BookCell, ...], ...]
    widths: tuple[float, ...] = ()
    frozen_rows: int = 0


@dataclass(frozen=True, slots=True)
class Book:
    """The sheets in order."""

    sheets: tuple[Sheet, ...]
