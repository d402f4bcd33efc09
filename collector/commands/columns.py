"""Options by which files of others are read, shared by the verbs that read them."""

from __future__ import annotations

import difflib
import errno
from enum import StrEnum
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo, available_timezones

import typer

from collector.errors import StopError
from collector.imports.numbers import Mark
from collector.imports.times import DateOrder
from edge_agent.process.bounded import MEGABYTE, bytes_in


class DateOrderName(StrEnum):
    """Which number of a date is which."""

    YMD = "ymd"
    DMY = "dmy"
    MDY = "mdy"


class DecimalName(StrEnum):
    """What stands between whole and fraction."""

    POINT = "point"
    COMMA = "comma"


FileArgument = Annotated[
    Path, typer.Argument(metavar="FILE", help="A text file: CSV, ; or tabs.", readable=False)
]
DateOrderOption = Annotated[
    DateOrderName | None,
    typer.Option("--date-order", help="Where the file does not tell day from month."),
]
DecimalOption = Annotated[
    DecimalName | None,
    typer.Option("--decimal", help="Where the file does not tell decimals from thousands."),
]


DryRunOption = Annotated[
    bool, typer.Option("--dry-run", help="Read the file and say what would be taken; take nothing.")
]


def date_order_of(name: DateOrderName | None) -> DateOrder | None:
    """The order as ``imports`` takes it."""
    orders: dict[str, DateOrder] = {"ymd": "ymd", "dmy": "dmy", "mdy": "mdy"}
    return None if name is None else orders[name.value]


def mark_of(name: DecimalName | None) -> Mark | None:
    """The decimal mark as ``imports`` takes it."""
    if name is None:
        return None
    return "," if name is DecimalName.COMMA else "."


LARGEST_FILE = 64 * MEGABYTE
"""Two million rows of a logger; larger files are taken in by parts."""


def bytes_of(path: Path) -> bytes:
    """What the file holds. Raises ``StopError`` when it cannot be read."""
    try:
        return bytes_in(path, LARGEST_FILE)
    except OSError as error:
        reason, large = error.strerror or error, error.errno == errno.EFBIG
        hint = "take it in by parts, a year at a time" if large else "give the path of a file"
        raise StopError(f"{path} cannot be read: {reason}", hint) from error


def zone_named(name: str) -> ZoneInfo:
    """The time zone. Raises ``StopError`` with the nearest name for one that is not known."""
    known = available_timezones()
    if name not in known:
        by_fold = {zone.casefold(): zone for zone in known}
        near = difflib.get_close_matches(name.casefold(), by_fold, n=1)
        hint = f"did you mean {by_fold[near[0]]}?" if near else "write a name like Asia/Tokyo"
        raise StopError(f"{name} is not a time zone", hint)
    return ZoneInfo(name)
