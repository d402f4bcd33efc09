"""Texts in the reader's language, by the catalogues beside this file.

A catalogue ``ja/<room>.toml`` maps a room's English templates to Japanese ones with the same
``{names}``. To translate a room is to add its file; the tests tell what is missing.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from importlib.resources import files
from typing import Literal

from edge_agent.words.said import Said

Language = Literal["en", "ja"]
_screen: ContextVar[str] = ContextVar("screen", default="")


def language_of(wanted: str = "", environment: Mapping[str, str] = os.environ) -> Language:
    """``wanted``, else the screen's, else the machine's (POSIX order); what we lack is English."""
    spoken = (environment.get(name, "") for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    chosen = wanted or _screen.get() or next(filter(None, spoken), "")
    return "ja" if chosen.lower().startswith("ja") else "en"


@contextmanager
def on_screen(language: Language) -> Iterator[None]:
    """Within, what nobody asked for in another language is said in this one."""
    before = _screen.set(language)
    try:
        yield
    finally:
        _screen.reset(before)


def in_language(text: str, language: Language) -> str:
    """``text`` as the reader of ``language`` should see it; what has no translation stays English.

    Only ``Said`` texts can change; others come back as they are.
    """
    if language == "en" or not isinstance(text, Said):
        return str(text)
    template = catalogue().get(text.template, text.template)
    values = {
        name: in_language(value, language) if isinstance(value, str) else value
        for name, value in text.values.items()
    }
    return template.format_map(values) if values else template


@cache
def catalogue() -> Mapping[str, str]:
    """Every translated template, English to Japanese."""
    found: dict[str, str] = {}
    for entry in files("edge_agent.words").joinpath("ja").iterdir():
        if entry.name.endswith(".toml"):
            found |= tomllib.loads(entry.read_text(encoding="utf-8"))
    return found
