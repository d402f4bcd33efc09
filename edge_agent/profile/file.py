"""A profile's text from its file, and from those that it extends.

Before: a shipped name, or the path of a TOML file. After: one document in which everything that
the file does not say is its parent's.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

from edge_agent.config_faults import is_path, near, shipped_profiles
from edge_agent.errors import StopError
from edge_agent.process.bounded import tables_in, text_in
from edge_agent.profile.fault_line import ProfileFaultsError, fault_line
from edge_agent.words import said

Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a profile is: shipped under its name, or a file (``path``)."""

    name: str
    path: Path | None = None

    def beside(self, parent: str) -> Place:
        """The place that ``extends`` in this profile's file means."""
        if self.path is None or not is_path(parent):
            return Place(parent)
        return place_of(str(self.path.parent / parent))


def place_of(name_or_path: str) -> Place:
    """The place of a profile that is named as in the settings."""
    if not is_path(name_or_path):
        return Place(name_or_path)
    path = Path(name_or_path)
    return Place(path.name.removesuffix(".toml"), path.absolute())


def text_of(place: Place) -> str:
    """What is written there. Raises ``StopError`` when nothing can be read."""
    if place.path is None and place.name not in shipped_profiles():
        hint = said("{near} A path must end in .toml", near=near(place.name, shipped_profiles()))
        raise StopError(said("there is no profile {name}", name=place.name), hint)
    source = place.path or files("edge_agent").joinpath("profiles", f"{place.name}.toml")
    try:
        return text_in(source)
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or said("not UTF-8 text")
        name = place.name if place.path is None else str(place.path)
        raise StopError(
            said("profile {name} cannot be read: {reason}", name=name, reason=reason),
            said("give the path of a readable .toml file, or a name of `edge-agent profile list`"),
        ) from error


def document(place: Place) -> Document:
    """The profile there as plain tables, with all that it takes from its parents.

    Raises ``StopError`` when it cannot be read, ``ProfileFaultsError`` when it, or what it
    extends, is no TOML, is not there, or when the parents form a ring.
    """
    return _whole(place, ())


def _whole(place: Place, children: tuple[Place, ...]) -> Document:
    own = _tables(text_of(place))
    parent = own.get("extends", "")
    if not isinstance(parent, str):
        line = fault_line("extends", said("not a text"), said("write it in quotes"), str(parent))
        raise ProfileFaultsError([line])
    if not parent:
        return _without_removed(own, {})
    before = place.beside(parent)
    if before in (place, *children):
        ring = " -> ".join(row.name for row in (*reversed(children), place, before))
        line = fault_line("extends", said("a ring: {ring}", ring=ring), shown=parent)
        raise ProfileFaultsError([line])
    return _without_removed(own, _parent(before, parent, (place, *children)))


def _parent(place: Place, written: str, children: tuple[Place, ...]) -> Document:
    try:
        return _whole(place, children)
    except StopError as error:
        line = fault_line("extends", error.message, error.hint, shown=written)
        raise ProfileFaultsError([line]) from None
    except ProfileFaultsError as error:
        if len(children) == 1 and not error.faults[0].startswith("extends"):
            told = [fault_line(said("its parent {name}", name=written), f) for f in error.faults]
            raise ProfileFaultsError(told) from None
        raise


def _tables(text: str) -> Document:
    try:
        return tables_in(text)
    except tomllib.TOMLDecodeError as error:
        raise ProfileFaultsError([said("not TOML: {error}", error=str(error))]) from None


def _without_removed(own: Document, parent: Document) -> Document:
    """``own`` over ``parent``; a register that is ``false`` is left out of it."""
    registers = own.get("registers")
    rows = registers if isinstance(registers, dict) else {}
    removed = [name for name, row in rows.items() if row is False]
    known = parent.get("registers", {})
    strange = [name for name in removed if name not in known]
    if strange:
        what = said("false takes out a register of the parent, and it has none of that name")
        hints = {name: near(name, known) if known else said("write a table") for name in strange}
        lines = [fault_line(f"registers.{name}", what, hint) for name, hint in hints.items()]
        raise ProfileFaultsError(lines)
    merged = merge(parent, own)
    for name in removed:
        del merged["registers"][name]
    return merged


def merge(parent: Mapping[str, Any], own: Mapping[str, Any]) -> Document:
    """``own`` over ``parent``: tables key by key, all else replaced."""
    merged = dict(parent)
    for key, value in own.items():
        before = merged.get(key)
        tables = isinstance(before, dict) and isinstance(value, dict)
        merged[key] = merge(before or {}, value) if tables else value
    return merged
