"""Non-routine adjustments out of a CSV file: date, kWh, reason.

    date,kWh,reason
    2025-08-04/2025-08-15,1200,Third shift for an urgent order
    2025-10-03,-350,Test run of the old line

A date is a day or two days with a stroke between, both included. The energy is what the plant of
the baseline would have used more (below zero: less) in that time: it is added to the expected.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path

from collector.accounts.span import Span
from collector.errors import CollectorError
from collector.reports.mv.data import Adjusted
from edge_agent.process.bounded import bytes_in, rows_in

HINT = "heads: date, kWh, reason; a date is 2025-08-04 or 2025-08-04/2025-08-15"
LARGEST_FILE = 1_000_000
LONGEST_REASON = 500
_HEADS: Mapping[str, str] = {
    "date": "date", "日付": "date", "期間": "date", "day": "date",
    "kwh": "kwh", "電力量": "kwh", "調整量": "kwh",
    "reason": "reason", "理由": "reason", "内容": "reason",
}  # fmt: skip
_UNIT = re.compile(r"\s*\(kwh\)$")
_NUMBER = re.compile(r"[-+]?(\d{1,3}(,\d{3})+|\d{1,12})(\.\d{1,6})?")
_DAY = re.compile(r"\d{4}[-/]\d{1,2}[-/]\d{1,2}")


def adjustments_of(file: str, reporting: Span) -> tuple[Adjusted, ...]:
    """The rows of the file in its order; () without a file.

    Raises ``CollectorError`` with every fault and its line: a head that is missing, a date that is
    none or outside the reporting period, an energy that is no number, a row without a reason.
    """
    if not file:
        return ()
    try:
        rows = list(rows_in(_text(file)))
    except ValueError as error:
        raise CollectorError(f"{file}, {error}", HINT) from error
    filled = [(n, row) for n, row in rows if any(cell.strip() for cell in row)]
    if len(filled) < 2:
        raise CollectorError(f"{file} has no adjustment", HINT)
    heads = _heads(filled[0][1])
    faults: list[str] = []
    found = [
        _row(n, dict(zip(heads, row, strict=False)), reporting, faults) for n, row in filled[1:]
    ]
    if faults:
        raise CollectorError("; ".join(faults[:5]), HINT)
    return tuple(row for row in found if row is not None)


def _text(file: str) -> str:
    path = Path(file)
    try:
        data = bytes_in(path, LARGEST_FILE)
    except OSError as error:
        what = f"{file} cannot be read: {error.strerror}"
        raise CollectorError(what, "write --option adjustments=FILE.csv") from error
    for encoding in ("utf-8-sig", "cp932"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise CollectorError(f"{file} is not text", "save it as CSV UTF-8")


def _heads(cells: Sequence[str]) -> list[str]:
    written = [_UNIT.sub("", _plain(cell).lower()) for cell in cells]
    heads = [_HEADS.get(cell, "") for cell in written]
    missing = [name for name in ("date", "kwh", "reason") if heads.count(name) != 1]
    if missing:
        raise CollectorError(f"the head {missing[0]} is wanted once", HINT)
    return heads


def _row(
    number: int, cells: Mapping[str, str], reporting: Span, faults: list[str]
) -> Adjusted | None:
    told = list(_faults(cells, reporting))
    faults += [f"line {number}: {fault}" for fault in told]
    if told:
        return None
    first, end = _days(cells["date"])
    reason = cells["reason"].strip()
    return Adjusted(first, end, float(_plain(cells["kwh"]).replace(",", "")), reason)


def _faults(cells: Mapping[str, str], reporting: Span) -> Iterator[str]:
    kwh, reason = _plain(cells.get("kwh", "")), cells.get("reason", "").strip()
    try:
        first, end = _days(cells.get("date", ""))
    except ValueError:
        yield f"{cells.get('date', '').strip() or 'an empty cell'} is no date"
    else:
        if first < reporting.first or end > reporting.end:
            yield f"{cells['date'].strip()} is not in {reporting.first} to {reporting.last}"
    if not _NUMBER.fullmatch(kwh) or not math.isfinite(float(kwh.replace(",", ""))):
        yield f"{kwh or 'an empty cell'} is no kWh"
    if not 0 < len(reason) <= LONGEST_REASON:
        yield f"a reason of 1 to {LONGEST_REASON} characters is wanted"


def _days(text: str) -> tuple[date, date]:
    """First day and the day after the last. Raises ``ValueError`` for anything else."""
    found = _DAY.findall(_plain(text))
    if not 1 <= len(found) <= 2 or _DAY.sub("", _plain(text)).strip(" /~-") != "":
        raise ValueError("no date")
    first, last = (date(*map(int, re.split("[-/]", day))) for day in (found[0], found[-1]))
    if last < first:
        raise ValueError("ends before it begins")
    return first, last + timedelta(days=1)


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip()
