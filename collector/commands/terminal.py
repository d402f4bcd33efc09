"""What all commands share: where text goes, how an error becomes one line and an exit code.

Exit codes: 0 well, 1 something is away, refused or does not fit, 2 the settings have faults.
"""

from __future__ import annotations

import dataclasses
import io
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.cells import cell_len
from rich.console import Console, RenderableType
from rich.table import Column, Table

from collector.app import Collector
from collector.config import CollectorSettings
from collector.errors import CollectorError, ConfigError
from collector.site_config import SiteSettings

CONFIG_FAULTS = 2
DEFAULT_CONFIG = Path("collector.toml")
_FOLDED_TO = 10
"""A column that may be folded is never made narrower than this."""
out = Console(soft_wrap=True, highlight=False)
err = Console(stderr=True, soft_wrap=True, highlight=False)

ConfigOption = Annotated[Path, typer.Option("--config", "-c", help="The settings.", readable=False)]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one line of JSON instead.")]


@contextmanager
def one_line() -> Iterator[None]:
    """Turn an error into one line on stderr and its exit code."""
    _print_any_letter()
    try:
        yield
    except ConfigError as error:
        for fault in error.faults:
            err.print(fault, markup=False)
        if error.hint:
            count = len(error.faults)
            faults = "1 fault" if count == 1 else f"{count} faults"
            err.print(f"collector: {faults} in the settings ({error.hint})", markup=False)
        raise typer.Exit(CONFIG_FAULTS) from error
    except CollectorError as error:
        err.print(f"collector: {error}", markup=False)
        raise typer.Exit(1) from error


@contextmanager
def open_collector(settings: CollectorSettings) -> Iterator[Collector]:
    """The collector of the settings, its files given back at the end."""
    collector = Collector(settings)
    try:
        yield collector
    finally:
        collector.close()


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


def site_named(settings: CollectorSettings, name: str) -> SiteSettings:
    """The site of that id. Raises ``CollectorError`` with the ids there are."""
    for site in settings.sites:
        if site.id == name:
            return site
    known = ", ".join(site.id for site in settings.sites)
    raise CollectorError(f"there is no site {name} in the settings", f"write one of: {known}")


def day_named(text: str) -> date:
    """The day written as YYYY-MM-DD. Raises ``CollectorError`` for anything else."""
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise CollectorError(f"{text} is not a day", "write it as 2025-10-01") from error


def _print_any_letter() -> None:
    # A pipe on Windows, or a terminal of another language, lacks letters that names are written in.
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def _plain(value: object) -> Any:
    if isinstance(value, Decimal):
        return format(value, "f")
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return dataclasses.asdict(value)
    return str(value)
