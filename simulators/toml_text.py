"""Writes TOML: plain tables and arrays of tables, enough for settings files.

PURE. The standard library reads TOML and does not write it. A key whose value is None is left
out; a list of mappings becomes ``[[tables]]``.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import date

Table = Mapping[str, object]


def document(tables: Table) -> str:
    """The TOML text of a document. Raises ``TypeError`` for a value that TOML has not."""
    return "\n".join(_lines(tables, ())).strip() + "\n"


def _lines(table: Table, path: tuple[str, ...]) -> Iterator[str]:
    for key, value in table.items():
        if value is not None and not isinstance(value, Mapping) and not _is_tables(value):
            yield f"{key} = {_value(value)}"
    for key, value in table.items():
        name = ".".join((*path, key))
        if isinstance(value, Mapping):
            yield from ("", f"[{name}]", *_lines(value, (*path, key)))
        elif isinstance(value, list | tuple) and _is_tables(value):
            for row in value:
                yield from ("", f"[[{name}]]", *_lines(row, (*path, key)))


def _is_tables(value: object) -> bool:
    rows = value if isinstance(value, list | tuple) else ()
    return bool(rows) and all(isinstance(row, Mapping) for row in rows)


def _value(value: object) -> str:
    if isinstance(value, str):
        # JSON's escapes are TOML's, but for DEL, which settings do not hold.
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return f"[{', '.join(_value(part) for part in value)}]"
    raise TypeError(f"TOML has no {type(value).__name__}")
