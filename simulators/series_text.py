"""Reads the text of a load-profile CSV: which encoding, delimiter, date order and numbers it uses.

Before: the bytes of a file that some meter system exported. After: rows of local time and value,
as the file has them, in its order; ``series`` makes sense of the order. What had to be guessed or
left out is said in ``notices``; what cannot be read at all is a ``StopError`` with its row.
"""

from __future__ import annotations

import csv
import difflib
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from edge_agent.errors import StopError
from edge_agent.process.bounded import MEGABYTE, bytes_in

ENCODINGS = {"utf-8-sig": "", "cp932": "read as Shift_JIS (cp932)"}
DELIMITERS = ",;\t"
_TIME = re.compile(
    r"(\d{1,4})[-/.](\d{1,2})[-/.](\d{1,4})"
    r"(?:[ T]+(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?)?\s*(Z|[+-]\d{2}:?\d{2})?"
)
_JAPANESE = str.maketrans({"年": "/", "月": "/", "日": " ", "時": ":", "分": ""})
_THOUSANDS = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d*)?")
EARLIEST_YEAR = 1970
TIME_HINT = "write times like 2018/1/1 0:15, 2018-01-01 00:15 or 01/01/2018 0:15"


_Cell = tuple[int, str, str]
"""(line, time, value), as written"""


class Row(NamedTuple):
    """One row: its line in the file (the header is 1), its time as written, and its value.

    ``value`` is None where the cell holds no number from 0 on.
    """

    line: int
    at: datetime
    value: float | None


@dataclass(frozen=True, slots=True)
class Text:
    """The rows of a file in its order, and what there is to say about them."""

    rows: tuple[Row, ...]
    notices: tuple[str, ...]


class _Parts(NamedTuple):
    """A time as numbers in the order they were written; ``zone`` when the text named one."""

    line: int
    text: str
    first: int
    second: int
    third: int
    clock: timedelta
    zone: tzinfo | None


def read(path: Path, time_column: str, value_column: str) -> Text:
    """The two columns of a CSV file.

    Raises ``StopError`` when the file, a column or a time cannot be read, or no cell is a number.
    """
    text, notices = _decoded(path)
    delimiter = max(DELIMITERS, key=text.partition("\n")[0].count)
    reader = csv.DictReader(io.StringIO(text), delimiter=delimiter)
    header = [name.strip() for name in reader.fieldnames or ()]
    reader.fieldnames = header
    for column in (time_column, value_column):
        _refuse_unknown(path, column, header)
    cells = [(n, row[time_column] or "", row[value_column] or "") for n, row in _full(reader)]
    if not cells:
        raise StopError(f"{path} has no rows below its header", "give a file with readings")
    values = [_number(cell.strip(), delimiter) for _, _, cell in cells]
    notices += _missing(path, value_column, cells, values)
    parts = [_parts(path, line, cell) for line, cell, _ in cells]
    order, said = _date_order(path, parts)
    moments = [_moment(path, part, order) for part in parts]
    rows = map(Row, (line for line, _, _ in cells), moments, values)
    return Text(tuple(rows), (*notices, *said))


def _decoded(path: Path) -> tuple[str, list[str]]:
    try:
        data = bytes_in(path, 64 * MEGABYTE)
    except OSError as error:
        reason = error.strerror or str(error)
        raise StopError(
            f"{path} cannot be read: {reason}", "give the path of a CSV file"
        ) from error
    for encoding, notice in ENCODINGS.items():
        try:
            return data.decode(encoding), [notice] if notice else []
        except UnicodeDecodeError:
            continue
    raise StopError(f"{path} is neither UTF-8 nor Shift_JIS text", "save it as CSV UTF-8")


def _refuse_unknown(path: Path, column: str, header: Sequence[str]) -> None:
    if not header:
        raise StopError(f"{path} is empty", "give a file with a header line and readings")
    if not column:
        listed = ", ".join(header)
        raise StopError("the column of times is not named", f"name it; {path} has: {listed}")
    if column not in header:
        near = difflib.get_close_matches(column, header, n=1, cutoff=0.4)
        hint = f"did you mean {near[0]}?" if near else f"its columns: {', '.join(header)}"
        raise StopError(f"{path} has no column {column}", hint)


def _full(reader: csv.DictReader[str]) -> Iterator[tuple[int, dict[str, str]]]:
    """The rows that hold anything, with their line numbers."""
    for row in reader:
        if any(cell and cell.strip() for cell in row.values() if isinstance(cell, str)):
            yield reader.line_num, row


def _missing(
    path: Path, column: str, cells: Sequence[_Cell], values: Sequence[float | None]
) -> Iterator[str]:
    """Say which cells hold no number; refuse a column that holds none at all."""
    missing = [cell for cell, value in zip(cells, values, strict=True) if value is None]
    if not missing:
        return
    line, _, text = missing[0]
    if len(missing) == len(cells):
        what = f'column {column} holds no number (line {line}: "{text}")'
        raise StopError(f"{path}: {what}", "name the column that holds kWh or kW")
    count = "1 cell is" if len(missing) == 1 else f"{len(missing)} cells are"
    yield (
        f'{count} empty, negative or not a number in {column} (first: line {line}: "{text}"); '
        "left out, as a gap"
    )


def _number(cell: str, delimiter: str) -> float | None:
    if delimiter == ";":
        cell = cell.replace(".", "").replace(",", ".") if "," in cell else cell
    elif _THOUSANDS.fullmatch(cell):
        cell = cell.replace(",", "")
    try:
        value = float(cell)
    except ValueError:
        return None
    return value if 0 <= value < float("inf") else None


def _parts(path: Path, line: int, cell: str) -> _Parts:
    found = _TIME.fullmatch(cell.strip().translate(_JAPANESE).strip().rstrip(":"))
    if found is None:
        raise StopError(f'{path}, line {line}: "{cell}" is not a time', TIME_HINT)
    first, second, third = (int(found[i]) for i in (1, 2, 3))
    hours, minutes, seconds = (int(found[i] or 0) for i in (4, 5, 6))
    clock = timedelta(hours=hours, minutes=minutes, seconds=seconds)
    if clock > timedelta(days=1) or minutes > 59 or seconds > 59:
        raise StopError(f'{path}, line {line}: "{cell}" has no such time of day', TIME_HINT)
    return _Parts(line, cell, first, second, third, clock, _zone(found[7]))


def _zone(text: str | None) -> tzinfo | None:
    if text is None:
        return None
    if text == "Z":
        return UTC
    sign = -1 if text[0] == "-" else 1
    digits = text[1:].replace(":", "")
    return timezone(sign * timedelta(hours=int(digits[:2]), minutes=int(digits[2:])))


def _date_order(path: Path, parts: Sequence[_Parts]) -> tuple[str, list[str]]:
    """Which of the three numbers is which: ``ymd``, ``dmy`` or ``mdy``, decided from the data."""
    if parts[0].first > 31:
        return "ymd", []
    day_first = next((part for part in parts if part.first > 12), None)
    month_first = next((part for part in parts if part.second > 12), None)
    if day_first and month_first:
        both = " and ".join(f'"{p.text}" in line {p.line}' for p in (day_first, month_first))
        raise StopError(f"{path}: dates are both day first and month first: {both}", TIME_HINT)
    if proof := day_first or month_first:
        order = "dmy" if day_first else "mdy"
        return order, [f'dates are read as {_WORDS[order]}: line {proof.line} says "{proof.text}"']
    jumps = {order: _jumps(path, parts, order) for order in ("dmy", "mdy")}
    order = min(jumps, key=lambda name: jumps[name])
    reason = "the other order would jump" if jumps["dmy"] != jumps["mdy"] else "nothing proves it"
    return order, [f"dates are read as {_WORDS[order]}: {reason}"]


_WORDS = {"dmy": "day/month/year", "mdy": "month/day/year"}


def _jumps(path: Path, parts: Sequence[_Parts], order: str) -> tuple[int, timedelta]:
    """How often and how far the dates jump when read in this order."""
    days = [_moment(path, part, order).replace(tzinfo=None) for part in parts]
    jumps = [later - earlier for earlier, later in pairwise(days)]
    return sum(jump < timedelta() for jump in jumps), sum(map(abs, jumps), timedelta())


def _moment(path: Path, part: _Parts, order: str) -> datetime:
    numbers = dict(zip(order, (part.first, part.second, part.third), strict=True))
    try:
        if numbers["y"] < EARLIEST_YEAR:
            raise ValueError("no year of four digits")
        day = datetime(numbers["y"], numbers["m"], numbers["d"], tzinfo=part.zone)
    except ValueError:
        raise StopError(f'{path}, line {part.line}: "{part.text}" is no date', TIME_HINT) from None
    return day + part.clock
