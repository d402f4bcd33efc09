"""Words for the OpenAPI document: schemas as plain tables, each field with meaning and unit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from collector.series.column import Column

Schema = dict[str, Any]
INSTANT: Schema = {
    "type": ["string", "integer"],
    "description": "ISO 8601 with the site's offset, or UTC milliseconds with time=ms",
    "examples": ["2025-04-01T00:00:00+09:00"],
}


def text(meaning: str, example: str | None = None, null: bool = False) -> Schema:
    """A text."""
    return _typed("string", meaning, example, null)


def number(meaning: str, unit: str, example: float | None = None, null: bool = False) -> Schema:
    """A number in a unit."""
    return _typed("number", f"{meaning} ({unit})" if unit else meaning, example, null)


def decimal(meaning: str, unit: str, example: str | None = None, null: bool = False) -> Schema:
    """An exact number as text, with every digit."""
    told = f"{meaning} ({unit}; exact decimal as text)"
    return _typed("string", told, example, null)


def whole(meaning: str, example: int | None = None, null: bool = False) -> Schema:
    """A whole number."""
    return _typed("integer", meaning, example, null)


def truth(meaning: str, example: bool | None = None) -> Schema:
    """True or false."""
    return _typed("boolean", meaning, example, False)


def day(meaning: str, example: str = "2025-04-01", null: bool = False) -> Schema:
    """A local day."""
    return {**_typed("string", meaning, example, null), "format": "date"}


def listed(meaning: str, of: Schema) -> Schema:
    """A list."""
    return {"type": "array", "description": meaning, "items": of}


def thing(meaning: str, fields: Mapping[str, Schema], null: bool = False) -> Schema:
    """An object with these fields, all of them there."""
    kind: object = ["object", "null"] if null else "object"
    told = {"type": kind, "description": meaning, "properties": dict(fields)}
    return {**told, "required": list(fields)}


def row(meaning: str, columns: Iterable[Column]) -> Schema:
    """A row of a series: its columns, any of which ``fields=`` may leave out."""
    fields = {column.name: of_column(column) for column in columns}
    return {"type": "object", "description": meaning, "properties": fields}


def of_column(column: Column) -> Schema:
    """The schema of a column."""
    if column.kind == "instant":
        return INSTANT | {"description": f"{column.meaning}; {INSTANT['description']}"}
    if column.kind == "text":
        return text(column.meaning, str(column.example or "") or None, null=True)
    example = column.example if isinstance(column.example, float) else None
    return number(column.meaning, column.unit, example, null=True)


def _typed(kind: str, meaning: str, example: object, null: bool) -> Schema:
    found: Schema = {"type": [kind, "null"] if null else kind, "description": meaning}
    return found if example is None else {**found, "examples": [example]}
