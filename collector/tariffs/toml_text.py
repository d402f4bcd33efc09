"""Tariff tables as the text of a tariff file."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

_INDENT = "  "


def tariff_toml(tables: Sequence[Mapping[str, Any]], heading: str) -> str:
    """The text of a file that holds the tables; ``heading`` becomes the comment at its top."""
    blocks = [f"# {line}\n" for line in heading.splitlines()]
    for table in tables:
        lines = "".join(f"{key} = {_value(value)}\n" for key, value in table.items())
        blocks.append(f"\n[[tariff]]\n{lines}")
    return "".join(blocks)


def _value(value: Any) -> str:
    if isinstance(value, Mapping):
        pairs = ", ".join(f"{key} = {_value(item)}" for key, item in value.items())
        return f"{{ {pairs} }}"
    if isinstance(value, Sequence) and not isinstance(value, str):
        items = [_value(item) for item in value]
        if any(isinstance(item, Mapping) for item in value):
            rows = "".join(f"{_INDENT}{item},\n" for item in items)
            return f"[\n{rows}]"
        return f"[{', '.join(items)}]"
    return _scalar(value)


def _scalar(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, (int, date)):
        return str(value)
    return json.dumps(str(value), ensure_ascii=False)
