"""How an error becomes one line and an exit code, and a verb gets its collector.

Apart from ``terminal`` so that the service does without the library that draws tables.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from collector.commands.told import CONFIG_FAULTS, tell, write_any_letter
from collector.config import CollectorSettings
from collector.errors import CollectorError

if TYPE_CHECKING:
    from collector.app import Collector

__all__ = ["CONFIG_FAULTS", "DEFAULT_CONFIG", "ConfigOption", "one_line", "open_collector"]
DEFAULT_CONFIG = Path("collector.toml")
ConfigOption = Annotated[Path, typer.Option("--config", "-c", help="The settings.", readable=False)]


@contextmanager
def one_line() -> Iterator[None]:
    """Turn an error into one line on stderr and its exit code."""
    write_any_letter()
    try:
        yield
    except CollectorError as error:
        raise typer.Exit(tell(error)) from error


@contextmanager
def open_collector(settings: CollectorSettings) -> Iterator[Collector]:
    """The collector of the settings, its files given back at the end."""
    from collector.app import Collector  # a verb that opens none does not load all its rooms

    collector = Collector(settings)
    try:
        yield collector
    finally:
        collector.close()
