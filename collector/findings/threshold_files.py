"""What decides when a rule speaks: rows of ``thresholds/*.toml``, and a plant's own values.

A shipped row has id, value, unit, what it decides in both languages, source, confidence and the day
it was written down. A file of one's own has ``[[threshold]]`` with ``id``, ``value`` and
``reason``, and changes the values of rows that are there.
"""

from __future__ import annotations

import difflib
import math
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Any

from collector.errors import ConfigError
from collector.findings.finding import Threshold
from edge_agent.process.bounded import tables_in, text_in

_SHIPPED_KEYS = tuple(f.name for f in fields(Threshold) if f.name != "file")
_OWN_KEYS = ("id", "value", "reason")
_HINT = "collector findings rules lists every id with its unit and source"


@dataclass(frozen=True, slots=True)
class Thresholds:
    """All rows by id; ``value("standby.share")``."""

    rows: Mapping[str, Threshold] = field(repr=False)

    @classmethod
    def shipped(cls) -> Thresholds:
        """The rows that come with this program."""
        return _shipped()

    def with_file(self, path: Path) -> Thresholds:
        """These with the values of a plant's own file.

        Raises ``ConfigError`` with every fault of the file: no TOML, an unknown id, a value that
        is no number or has no reason.
        """
        entries = _tables(path)
        faults = [f"{path}: {fault}" for fault in _own_faults(entries, self.rows)]
        if faults:
            raise ConfigError(faults, _HINT)
        return Thresholds({**self.rows, **{e["id"]: self._changed(e, path) for e in entries}})

    def value(self, name: str) -> float:
        """The value of a row. Raises ``KeyError`` for an unknown id."""
        return self.rows[name].value

    def row(self, name: str) -> Threshold:
        """The row itself, with its source. Raises ``KeyError`` for an unknown id."""
        return self.rows[name]

    def of_rule(self, rule: str) -> tuple[Threshold, ...]:
        """The rows of a rule, in the order of the file."""
        return tuple(row for row in self.rows.values() if row.rule == rule)

    def _changed(self, entry: Mapping[str, Any], path: Path) -> Threshold:
        row = self.rows[entry["id"]]
        own = f"{entry['reason']} ({path.name}; shipped: {row.value:g})"
        return replace(row, value=float(entry["value"]), source=own, file=path.name)


@lru_cache(maxsize=1)
def _shipped() -> Thresholds:
    folder = resources.files("collector.findings") / "thresholds"
    files = sorted((f for f in folder.iterdir() if f.name.endswith(".toml")), key=lambda f: f.name)
    rows: dict[str, Threshold] = {}
    for file in files:
        document = tomllib.loads(file.read_text(encoding="utf-8"))
        for entry in document["threshold"]:
            faults = list(_shipped_faults(entry, rows))
            if faults:
                raise ConfigError([f"{file.name}: {fault}" for fault in faults], "correct the row")
            rows[entry["id"]] = Threshold(**entry, file=file.name)
    return Thresholds(rows)


def _shipped_faults(entry: Mapping[str, Any], known: Iterable[str]) -> Iterator[str]:
    name = entry.get("id", "a row without id")
    if name in known:
        yield f"{name}: given twice"
    for key in _SHIPPED_KEYS:
        if entry.get(key) in (None, ""):
            yield f"{name}: {key} missing"
    for key in entry.keys() - set(_SHIPPED_KEYS):
        yield f"{name}: unknown key {key}"
    try:
        date.fromisoformat(str(entry.get("since")))
    except ValueError:
        yield f"{name}: since is no day"


def _tables(path: Path) -> list[dict[str, Any]]:
    try:
        document = tables_in(text_in(path))
    except OSError as error:
        raise ConfigError([f"{path}: cannot be read: {error.strerror}"], _HINT) from error
    except ValueError as error:
        raise ConfigError([f"{path}: not TOML: {error}"], "correct that line") from error
    entries = document.get("threshold")
    if not isinstance(entries, list) or set(document) != {"threshold"}:
        raise ConfigError([f"{path}: holds [[threshold]] tables only, at least one"], _HINT)
    return entries


def _own_faults(entries: Iterable[Any], known: Mapping[str, Threshold]) -> Iterator[str]:
    seen: set[str] = set()
    for number, entry in enumerate(entries):
        at = f"threshold[{number}]"
        if not isinstance(entry, dict):
            yield f"{at}: not a table"
            continue
        name = str(entry.get("id", ""))
        if name not in known:
            near = difflib.get_close_matches(name, known, 1)
            yield f'{at}.id = "{name}": no such threshold{f" (near: {near[0]})" if near else ""}'
        if name in seen:
            yield f"{at}.id = {name}: given twice"
        seen.add(name)
        yield from _own_value_faults(entry, at)


def _own_value_faults(entry: Mapping[str, Any], at: str) -> Iterator[str]:
    value = entry.get("value")
    right = isinstance(value, (int, float)) and not isinstance(value, bool)
    if not right or not math.isfinite(float(value or 0)) or float(value or 0) < 0:
        yield f"{at}.value = {value!r}: not a number of zero or more"
    if not str(entry.get("reason", "")).strip():
        yield f"{at}.reason: missing (say why, for whoever reads the finding)"
    for key in entry.keys() - set(_OWN_KEYS):
        yield f"{at}.{key}: unknown key (known here: {', '.join(_OWN_KEYS)})"
