"""The table of customers that a site's energy is allocated to, as text with commas.

    customer,lines,mass,pieces,machine_hours,revenue
    Acme,press-1;press-2,120.5,,,
    Bolt,,80,,,

Heads may be Japanese. A cell left empty is an amount that is not known; 0 is none. ``measured`` as
machine hours asks for the running hours of the customer's own lines.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from collector.accounts.allocation import BASES, Basis, Customer
from collector.errors import CollectorError
from edge_agent.process.bounded import rows_in

HINT = f"heads: customer, lines, {', '.join(BASES)}"
LONGEST_NAME = 200
_HEADS: Mapping[str, str] = {
    "customer": "customer", "顧客": "customer", "製品": "customer", "product": "customer",
    "lines": "lines", "ライン": "lines", "回路": "lines",
    "mass": "mass", "質量": "mass", "重量": "mass",
    "pieces": "pieces", "個数": "pieces", "数量": "pieces",
    "machine_hours": "machine_hours", "機械時間": "machine_hours", "稼働時間": "machine_hours",
    "revenue": "revenue", "売上": "revenue", "売上高": "revenue",
}  # fmt: skip
_MEASURED = ("measured", "実測")
_NUMBER = re.compile(r"\d{1,15}(\.\d{1,9})?")
_GROUPED = re.compile(r"\d{1,3}(,\d{3})+(\.\d{1,9})?")


@dataclass(frozen=True, slots=True)
class CustomerRow:
    """A customer of the table; ``measured_hours``: its machine hours are to be measured."""

    customer: Customer
    measured_hours: bool = False


def customers_of(data: bytes) -> tuple[CustomerRow, ...]:
    """The rows of the table, in its order.

    Raises ``CollectorError`` with every fault and its line: an unknown or missing head, a customer
    without name or twice, an amount that is no number or below zero.
    """
    try:
        rows = list(rows_in(_text(data)))
    except ValueError as error:
        raise CollectorError(str(error), HINT) from error
    filled = [(n, row) for n, row in rows if any(cell.strip() for cell in row)]
    if not filled:
        raise CollectorError("the table of customers is empty", HINT)
    heads = _heads(filled[0][1])
    faults: list[str] = []
    found = [_row(n, dict(zip(heads, row, strict=False)), faults) for n, row in filled[1:]]
    for n, row in filled[1:]:
        if len(row) > len(heads) and any(cell.strip() for cell in row[len(heads) :]):
            faults.append(f"line {n}: more cells than heads")
    faults += _twice([row.customer.name for row in found if row.customer.name])
    if not found:
        faults.append("no customer below the heads")
    if faults:
        raise CollectorError("; ".join(faults[:5]), HINT)
    return tuple(found)


def _text(data: bytes) -> str:
    for encoding in ("utf-8-sig", "cp932"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise CollectorError("the table of customers is not text", "save it as CSV UTF-8")


def _heads(cells: Sequence[str]) -> list[str]:
    written = [_plain(cell).lower() for cell in cells]
    heads = [_HEADS.get(re.sub(r"\s*\(.*\)$", "", cell), "") for cell in written]
    unknown = [cell for cell, head in zip(written, heads, strict=True) if not head]
    if unknown:
        raise CollectorError(f"unknown heads: {', '.join(unknown)}", HINT)
    if "customer" not in heads:
        raise CollectorError("there is no head customer", HINT)
    if len(set(heads)) < len(heads):
        raise CollectorError("a head stands twice", HINT)
    return heads


def _row(number: int, cells: Mapping[str, str], faults: list[str]) -> CustomerRow:
    name = cells.get("customer", "").strip()
    if not 0 < len(name) <= LONGEST_NAME or any(ord(mark) < ord(" ") for mark in name):
        faults.append(f"line {number}: a name of 1 to {LONGEST_NAME} characters is wanted")
    hours = _plain(cells.get("machine_hours", "")).lower()
    measured = hours in _MEASURED
    amounts: dict[Basis, Decimal] = {}
    for basis in BASES:
        text = _plain(cells.get(basis, ""))
        if not text or (basis == "machine_hours" and measured):
            continue
        amount = _amount(text)
        if amount is None:
            faults.append(f"line {number}: {basis} {text} is not a number of 0 or more")
        else:
            amounts[basis] = amount
    lines = tuple(filter(None, (part.strip() for part in cells.get("lines", "").split(";"))))
    if measured and not lines:
        faults.append(f"line {number}: measured hours need the customer's lines")
    return CustomerRow(Customer(name, tuple(dict.fromkeys(lines)), amounts), measured)


def _amount(text: str) -> Decimal | None:
    if _NUMBER.fullmatch(text):
        return Decimal(text)
    return Decimal(text.replace(",", "")) if _GROUPED.fullmatch(text) else None


def _twice(names: Sequence[str]) -> Iterator[str]:
    seen = Counter(_plain(name) for name in names)
    yield from (f"{name} stands twice" for name, count in seen.items() if count > 1)


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip()
