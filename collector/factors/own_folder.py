"""A plant's own factor files: new text is checked with all the others, then put there at once."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from collector.factors.files import FactorText, own_files, shipped_files
from collector.factors.lookup import FactorLibrary

Value = str | date


@dataclass(frozen=True, slots=True)
class Draft:
    """Text that is to become a file of that name."""

    name: str
    text: str

    def read_text(self, encoding: str | None = None) -> str:
        """All of it."""
        return self.text


def library_of(folder: Path | None) -> FactorLibrary:
    """The shipped factors, with those of the folder when there is one and it exists yet."""
    if folder is None or not folder.exists():
        return FactorLibrary.shipped()
    return FactorLibrary.with_folder(folder)


def with_draft(folder: Path, draft: Draft) -> FactorLibrary:
    """The library as it would be with the draft in the folder, instead of a file of its name.

    Raises ``FactorError`` with every fault.
    """
    own = own_files(folder) if folder.exists() else ()
    kept: list[FactorText] = [file for file in own if file.name != draft.name]
    return FactorLibrary.load((*shipped_files(), *kept, draft))


def put(folder: Path, draft: Draft) -> Path:
    """Write the draft into the folder, whole or not at all; make the folder if need be."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / draft.name
    beside = folder / f".{draft.name}.new"
    with beside.open("w", encoding="utf-8") as file:
        file.write(draft.text)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
    return path


def set_text(shared: Mapping[str, Value], rows: Sequence[Mapping[str, Value]]) -> str:
    """One ``[[set]]`` as TOML: the shared values, a line each, and the rows, a line each."""
    lines = ["[[set]]", *(f"{name} = {_toml(value)}" for name, value in shared.items() if value)]
    lines.append("factors = [")
    for row in rows:
        inside = ", ".join(f"{name} = {_toml(value)}" for name, value in row.items() if value)
        lines.append(f"  {{ {inside} }},")
    return "\n".join([*lines, "]", ""])


def _toml(value: Value) -> str:
    if isinstance(value, date):
        return value.isoformat()
    if not isinstance(value, str):
        return str(value)  # a number of a user's file: the loader says that it must be text
    plain = value.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(c if c.isprintable() else f"\\U{ord(c):08X}" for c in plain) + '"'
