"""Options of reports as numbers, days and yearly values; every fault is one line with a hint."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from collector.errors import CollectorError

_NUMBER = re.compile(r"\d{1,15}(\.\d{1,9})?")
_YEAR = re.compile(r"(?:FY)?(\d{4})(?:年度?)?", re.IGNORECASE)


def number_of(options: Mapping[str, str], name: str) -> Decimal | None:
    """The number of the option, 0 or more; None where it was not given.

    Raises ``CollectorError`` for anything else, as do all functions here.
    """
    text = _plain(options.get(name, ""))
    if not text:
        return None
    return _number(text, name)


def whole_of(options: Mapping[str, str], name: str, low: int, high: int) -> int | None:
    """The whole number of the option between the bounds, both included."""
    text = _plain(options.get(name, ""))
    if not text:
        return None
    if not text.isascii() or not text.isdigit() or not low <= int(text) <= high:
        raise CollectorError(f"{name} = {text}", f"write a whole number from {low} to {high}")
    return int(text)


def yes_of(options: Mapping[str, str], name: str) -> bool | None:
    """The answer of the option; None where it was not given."""
    text = _plain(options.get(name, "")).lower()
    if not text:
        return None
    if text in ("yes", "no"):
        return text == "yes"
    raise CollectorError(f"{name} = {text}", "write yes or no")


def by_year_of(options: Mapping[str, str], name: str) -> dict[int, Decimal]:
    """Values by fiscal year, written FY2021:3.2;FY2022:3.1."""
    found: dict[int, Decimal] = {}
    for part in filter(None, _plain(options.get(name, "")).split(";")):
        year_text, colon, value = part.partition(":")
        year = _YEAR.fullmatch(year_text.strip())
        if not colon or year is None:
            raise CollectorError(f"{name} = {part}", "write FY2021:3.2;FY2022:3.1")
        number = int(year[1])
        if number in found:
            raise CollectorError(f"{name}: FY{number} stands twice", "write each year once")
        found[number] = _number(value.strip(), name)
    return found


def days_of(options: Mapping[str, str], name: str) -> tuple[date, ...]:
    """Days in order, written 2025-05-04,2025-05-05; each counts once."""
    found = set()
    for part in filter(None, re.split(r"[,;\s]+", _plain(options.get(name, "")))):
        try:
            found.add(date.fromisoformat(part))
        except ValueError as error:
            what = f"{name} = {part}"
            raise CollectorError(what, "write days as 2025-05-04,2025-05-05") from error
    return tuple(sorted(found))


def _number(text: str, name: str) -> Decimal:
    if not _NUMBER.fullmatch(text):
        raise CollectorError(f"{name} = {text}", "write a number of 0 or more, such as 12.5")
    return Decimal(text)


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip()
