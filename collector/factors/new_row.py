"""One row a user adds: its values from text, and the file it goes to with the row appended."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from datetime import date
from pathlib import Path

from collector.errors import FactorError
from collector.factors.own_folder import Draft, Value, set_text
from collector.factors.row import UNIT, Row
from edge_agent.process.bounded import tables_in, text_in

_DAYS = ("valid_from", "valid_to", "measured_from", "measured_to", "known_on")
_OF_ROW = ("id", "supplier", "supplier_name", "menu", "menu_name", "kind", "method", "value")
_NAMES = tuple(Row.model_fields)


def values_of(file: Path | None, given: Mapping[str, object]) -> dict[str, Value]:
    """The row's values: those of a TOML file, then those of ``given`` that a row has, as text.

    The file holds the values as they stand, or one ``[[set]]`` with one row. Raises
    ``FactorError`` for a file that cannot be read, a name no row has, or a text that is no day.
    """
    values: dict[str, Value] = {"unit": UNIT}
    values |= _of_file(file) if file else {}
    for name in values:
        if name not in _NAMES:
            near = difflib.get_close_matches(name, _NAMES, 1)
            hint = f"did you mean {near[0]}?" if near else f"known: {', '.join(_NAMES)}"
            raise FactorError(f"a row has no value {name}", hint)
    for name in _NAMES:
        text = given.get(name)
        if text:
            values[name] = _day(name, str(text)) if name in _DAYS else str(text)
    if not values.get("id"):
        raise FactorError("the row has no id", "name it: --id own-2026-A0000-M-adjusted")
    return {"set": str(values["id"]), **values}


def appended(folder: Path, name: str, values: Mapping[str, Value]) -> Draft:
    """The file of that name in the folder, or a new one, with the row as a set of its own."""
    if not name.endswith(".toml") or "/" in name or name.startswith("."):
        raise FactorError(f"{name} is not the name of a factor file", "for example own.toml")
    path = folder / name
    before = path.read_text(encoding="utf-8").rstrip("\n") + "\n\n" if path.exists() else ""
    shared = {"id": values["set"]} | {
        key: value for key, value in values.items() if key not in (*_OF_ROW, "set")
    }
    row = {key: values[key] for key in _OF_ROW if key in values}
    return Draft(name, before + set_text(shared, [row]))


def _of_file(file: Path) -> dict[str, Value]:
    try:
        doc = tables_in(text_in(file))
    except (OSError, ValueError) as error:
        raise FactorError(f"{file} cannot be read: {error}", "write the row as TOML") from error
    if "set" in doc and isinstance(doc["set"], list):
        doc = _of_only_set(file, doc["set"])
    return doc


def _of_only_set(file: Path, sets: list[dict[str, object]]) -> dict[str, Value]:
    rows = sets[0].get("factors") if len(sets) == 1 else None
    if not isinstance(rows, list) or len(rows) != 1:
        raise FactorError(f"{file} holds more than one row", "put such a file into your folder")
    shared = {key: value for key, value in sets[0].items() if key not in ("id", "factors")}
    return {"set": sets[0].get("id", ""), **shared, **rows[0]}


def _day(name: str, text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise FactorError(f"{name}: {text} is not a day", "write it as 2025-04-01") from error
