"""The built boards as JSON, and how to walk through them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from typing import Any

from grafana.build import built

Json = dict[str, Any]
SHOWN_KEYS = {"title", "description", "noValue", "label", "text", "alias", "displayName", "content"}
"""Keys of board JSON whose texts a reader sees."""


@cache
def boards() -> dict[str, Json]:
    """Every board by its file's name."""
    return {name: json.loads(text) for name, text in built().items()}


def panels(board: Json) -> list[Json]:
    """The board's panels without the headings of rows."""
    return [panel for panel in board["panels"] if panel["type"] != "row"]


def asking(board: Json) -> list[Json]:
    """The panels that ask the store: all but texts."""
    return [panel for panel in panels(board) if panel["type"] != "text"]


def targets(board: Json) -> Iterator[tuple[Json, Json]]:
    """Every panel with each of its queries."""
    for panel in asking(board):
        for target in panel["targets"]:
            yield panel, target


def scope(board: Json) -> str:
    """Whether the board is of one ``site``, or over many: ``fleet`` or ``portfolio``."""
    return next((tag for tag in ("fleet", "portfolio") if tag in board["tags"]), "site")


def shown_texts(thing: Any) -> Iterator[str]:
    """Every text a reader sees: headings, explanations, empty states, series, states."""
    if isinstance(thing, list):
        for one in thing:
            yield from shown_texts(one)
    elif isinstance(thing, dict):
        if thing.get("id") == "displayName":
            yield thing["value"]
        for key, value in thing.items():
            if key in SHOWN_KEYS and isinstance(value, str):
                yield value
            yield from shown_texts(value)


def structure(thing: Any) -> Any:
    """Take the words out of a board; keys, numbers and places stay."""
    if isinstance(thing, dict):
        if thing.get("id") in ("custom.width", "custom.minWidth"):
            return "as wide as its heading"
        return {key: structure(value) for key, value in thing.items()}
    if isinstance(thing, list):
        return [structure(one) for one in thing]
    return "text" if isinstance(thing, str) else thing
