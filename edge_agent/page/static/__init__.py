"""The files that never change: style, script, icon. Only these, by name."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

_TYPES = {
    "page.css": "text/css; charset=utf-8",
    "page.js": "text/javascript; charset=utf-8",
    "icon.svg": "image/svg+xml",
}


@cache
def file_of(name: str) -> tuple[bytes, str] | None:
    """Content and type of one of the files, None for every other name."""
    if name not in _TYPES:
        return None
    return files("edge_agent.page.static").joinpath(name).read_bytes(), _TYPES[name]
