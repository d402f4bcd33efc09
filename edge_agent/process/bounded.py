"""What somebody else wrote, taken in with a bound: bytes of a file, depth of TOML, cells of CSV.

A file may be a mistake (a disk image instead of a CSV, /dev/zero) or an attack; without a bound it
takes the memory, and on a small board the agent with it. The errors are those that every reader of
files handles anyhow: ``OSError`` with its reason in words, ``ValueError`` for text that is none.
"""

from __future__ import annotations

import csv
import errno
import io
import tomllib
from collections.abc import Callable, Iterator
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

MEGABYTE = 1_000_000
SECRET_BYTES = 64 * 1024
"""A password, a token, a PIN: one line; a private key with its chain has a few thousand bytes."""
SETTINGS_BYTES = 4 * MEGABYTE
"""Settings, profiles, tariffs, factors: a collector's file with 1,000 sites has half of it."""
DEEPEST = 16
"""Tables and arrays in one another: none of our documents has more than six."""
_LARGEST = 2**64 - 1
"""The marks of absent values in profiles take all 64 bits."""


def bytes_in(path: Path | Traversable, at_most: int) -> bytes:
    """All that the file holds. Raises ``OSError``, with EFBIG for more than ``at_most`` bytes."""
    with path.open("rb") as file:
        content: bytes = file.read(at_most + 1)
    if len(content) > at_most:
        raise OSError(errno.EFBIG, f"larger than {_size(at_most)}, which nothing of its kind is")
    return content


def text_in(path: Path | Traversable, at_most: int = SETTINGS_BYTES) -> str:
    """The same as UTF-8 text with plain line ends. Raises ``OSError``, ``UnicodeDecodeError``."""
    text = bytes_in(path, at_most).decode("utf-8")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def tables_in(text: str, parse_float: Callable[[str], Any] = float) -> dict[str, Any]:
    """The document in TOML text.

    Raises ``tomllib.TOMLDecodeError``, also for bottomless nesting and for whole numbers of more
    than 64 bits, which TOML 1.0 need not have and which Python may not even print.
    """
    try:
        document = tomllib.loads(text, parse_float=parse_float)
    except RecursionError:
        raise tomllib.TOMLDecodeError(_TOO_DEEP) from None
    except ValueError as error:
        if isinstance(error, tomllib.TOMLDecodeError):
            raise
        # tomllib hands long numbers and odd dates to Python, whose own words come back.
        raise tomllib.TOMLDecodeError(str(error)) from None
    for fault in _beyond(document):
        raise tomllib.TOMLDecodeError(fault)
    return document


_TOO_DEEP = f"nested deeper than {DEEPEST} levels"


def _beyond(document: dict[str, Any]) -> Iterator[str]:
    """What is too deep or too large in a document; it is walked without recursion."""
    level: list[Any] = [document]
    for _ in range(DEEPEST):
        values = [value for each in level for value in _values(each)]
        if any(type(value) is int and abs(value) > _LARGEST for value in values):
            yield "a whole number has more than 64 bits"
        level = [value for value in values if isinstance(value, dict | list)]
        if not level:
            return
    yield _TOO_DEEP


def _values(table: dict[str, Any] | list[Any]) -> Iterator[Any]:
    return iter(table.values() if isinstance(table, dict) else table)


def rows_in(text: str, delimiter: str = ",") -> Iterator[tuple[int, list[str]]]:
    """Line number and cells of each row of a CSV text; any line end is one.

    Raises ``ValueError`` with line and reason, above all for a cell of more than 128 KiB.
    """
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        for cells in reader:
            yield reader.line_num, cells
    except csv.Error as error:
        raise ValueError(f"line {reader.line_num}: {error}") from None


def _size(count: int) -> str:
    return f"{count / MEGABYTE:g} MB" if count >= MEGABYTE else f"{count / 1024:g} KiB"
