"""Factor files: TOML text in, checked rows out, or every fault at once.

A file holds sets, one a publication: ``[[set]]`` with the source and what its rows share, and
``factors``, a list of rows. A row may give any shared value itself. The format is described in
this folder's README.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from importlib import resources
from pathlib import Path
from typing import Any, Protocol

from pydantic import ValidationError

from collector.errors import FactorError
from collector.factors.factor import Factor
from collector.factors.faults import Held, faults_between, faults_within
from collector.factors.row import Row
from collector.unreadable import why_unreadable
from edge_agent.process.bounded import tables_in, text_in

HINT = "correct the factor files named"


class FactorText(Protocol):
    """A file, or what is to become one: it has a name and a text."""

    @property
    def name(self) -> str:
        """What faults call it."""

    def read_text(self, encoding: str | None = None) -> str:
        """All of it."""


def shipped_files() -> tuple[FactorText, ...]:
    """The files that come with this program, by name."""
    folder = resources.files("collector.factors")
    files = [file for file in folder.iterdir() if file.name.endswith(".toml")]
    return tuple(sorted(files, key=lambda file: file.name))


def own_files(folder: Path) -> tuple[Path, ...]:
    """The files of a plant's own folder, by name. Raises ``FactorError`` if it is not there."""
    if not folder.is_dir():
        raise FactorError(
            f"the factor folder {folder} is not there", "make it, or correct [factors]"
        )
    return tuple(sorted(folder.glob("*.toml")))


def read_factors(paths: Iterable[FactorText]) -> tuple[Factor, ...]:
    """Every row of the files, in their order.

    Raises ``FactorError`` with one line for each fault: text that is not TOML, a row without
    source, window or licence, a wrong unit, an id given twice, two rows for one key and day, a
    correction of something else.
    """
    factors, faults = examine(paths)
    if faults:
        raise FactorError("\n".join(faults), HINT)
    return factors


def examine(paths: Iterable[FactorText]) -> tuple[tuple[Factor, ...], tuple[str, ...]]:
    """The rows that are well in themselves, and one line for each fault there is."""
    faults: list[str] = []
    held: list[Held] = []
    for path in paths:
        for where, row in _rows(path, faults):
            held += _checked(where, row, faults)
    faults += faults_between(held)
    return tuple(factor for _, factor in held), tuple(faults)


def _rows(path: FactorText, faults: list[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    try:
        doc = tables_in(_text(path))
    except (OSError, ValueError) as error:
        faults.append(f"{path.name}: {why_unreadable(error)}")
        return
    sets = doc.pop("set", [])
    if doc or not _tables(sets):
        faults.append(f"{path.name}: must hold [[set]] tables and nothing else")
        return
    for shared in sets:
        rows = shared.pop("factors", [])
        name = str(shared.pop("id", "?"))
        where = f"{path.name}: set {name}"
        if not _tables(rows):
            faults.append(f"{where}: has no factors")
            continue
        for row in rows:
            yield where, {"set": name, **shared, **row}


def _text(file: FactorText) -> str:
    return text_in(file) if isinstance(file, Path) else file.read_text(encoding="utf-8")


def _tables(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(one, dict) for one in value)


def _checked(where: str, text: dict[str, Any], faults: list[str]) -> list[Held]:
    at = f"{where}: row {text.get('id', '?')}"
    try:
        row = Row.model_validate(text)
    except ValidationError as error:
        faults += [f"{at}: {_plain(item['loc'], item['msg'])}" for item in error.errors()]
        return []
    factor = row.factor()
    found = list(faults_within(factor))
    faults += [f"{at}: {fault}" for fault in found]
    return [] if found else [(where, factor)]


def _plain(loc: Sequence[str | int], message: str) -> str:
    text = message.removeprefix("Value error, ")
    return f"{'.'.join(map(str, loc))}: {text[:1].lower()}{text[1:]}"
