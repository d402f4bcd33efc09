"""What all commands share: where text goes, how an error becomes one line and an exit code.

Exit codes: 0 well, 1 something is away, refused or does not fit, 2 the settings have faults.
"""

from __future__ import annotations

import dataclasses
import json
import sys
from datetime import date
from decimal import Decimal
from typing import Annotated, Any

import typer
from rich.cells import cell_len
from rich.console import Console, RenderableType
from rich.table import Column, Table

from collector.commands.one_line import (
    CONFIG_FAULTS,
    DEFAULT_CONFIG,
    ConfigOption,
    one_line,
    open_collector,
)
from collector.errors import CollectorError
from collector.gather.held import site_named

__all__ = [
    "CONFIG_FAULTS", "DEFAULT_CONFIG", "ConfigOption", "JsonOption", "day_named", "err",
    "one_line", "open_collector", "out", "print_json", "print_table", "site_named",
]  # fmt: skip
_FOLDED_TO = 10
"""A column that may be folded is never made narrower than this."""
out = Console(soft_wrap=True, highlight=False)
err = Console(stderr=True, soft_wrap=True, highlight=False)

JsonOption = Annotated[bool, typer.Option("--json", help="Print one line of JSON instead.")]


def print_table(table: Table) -> None:
    """Print a table, wider than the screen, if it must be, rather than with anything cut off.

    Texts of cells stand as they are; a styled cell is a ``Text``.
    """
    for column in table.columns:
        column.overflow = "fold"
    frame = 3 * len(table.columns) + 1
    least = frame + sum(_least_width(column) for column in table.columns)
    table.width = least if least > out.width else None
    out.print(table, markup=False)


def _least_width(column: Column) -> int:
    widest = max(map(_width, (column.header, *column.cells)))
    return widest if column.no_wrap else min(widest, _FOLDED_TO)


def _width(cell: RenderableType) -> int:
    return max(map(cell_len, str(cell).splitlines()), default=0)


def print_json(document: object) -> None:
    """Print one line of JSON; decimals and dates as text, dataclasses as objects."""
    escaped = not (sys.stdout.encoding or "").lower().startswith("utf")
    sys.stdout.write(json.dumps(document, ensure_ascii=escaped, default=_plain) + "\n")


def day_named(text: str) -> date:
    """The day written as YYYY-MM-DD. Raises ``CollectorError`` for anything else."""
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise CollectorError(f"{text} is not a day", "write it as 2025-10-01") from error


def _plain(value: object) -> Any:
    if isinstance(value, Decimal):
        return format(value, "f")
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return dataclasses.asdict(value)
    return str(value)
