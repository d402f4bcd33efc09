"""Meters and links put into `agent.toml`: checked first, then in one step, with a way back."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Any

from edge_agent import config, profile
from edge_agent.config import SERIAL_KINDS, AgentSettings, LinkSettings, MeterSettings
from edge_agent.config_faults import is_path
from edge_agent.errors import ConfigError, StopError
from edge_agent.settings_file import place, tables
from edge_agent.settings_file.tables import Row, table_text, with_changes, with_row
from edge_agent.words import said

_PLACE = {True: ("device", "baud", "parity", "stop_bits"), False: ("host", "port")}
"""What a person always writes of a link, by whether it is serial."""


def tables_of(path: Path, link: LinkSettings, meter: MeterSettings) -> str:
    """The lines that ``add_meter`` would add to the file at ``path``."""
    old = _sound(path)
    parts = [] if _has(old, link) else [table_text("links", _link_row(link))]
    return "\n".join([*parts, table_text("meters", _meter_row(meter, path))])


def add_meter(path: Path, link: LinkSettings, meter: MeterSettings) -> Path:
    """Add the meter, and its link when the file has none of that id; returns the dated backup.

    Raises ``ConfigError`` when the file has faults already, or would have them then, and
    ``StopError`` when it cannot be written. In each case it stays as it was.
    """
    old = _sound(path)

    def change(text: str) -> str:
        if not _has(old, link):
            text = with_row(text, "links", _link_row(link))
        return with_row(text, "meters", _meter_row(meter, path))

    return _change(path, change)


def change_meter(path: Path, meter: MeterSettings) -> Path:
    """Write what is new about the meter with that id; returns the dated backup.

    Raises ``StopError`` when there is no such meter, and as ``add_meter``.
    """
    old = _sound(path)
    ids = [row.id for row in old.meters]
    if meter.id not in ids:
        what = said("there is no meter {meter} in the settings", meter=meter.id)
        raise StopError(what, said("known: {meters}", meters=", ".join(ids)))
    number = ids.index(meter.id)
    before, after = _meter_row(old.meters[number], path), _meter_row(meter, path)
    changes: dict[str, Any] = {key: None for key in before if key not in after}
    changes |= {key: value for key, value in after.items() if before.get(key) != value}
    return _change(path, lambda text: with_changes(text, "meters", number, changes))


def change_tables(path: Path, changes: Mapping[str, Row]) -> Path:
    """Set keys of single tables, as of [mqtt]; None takes one out. Returns the dated backup.

    A table that is missing is added. Raises as ``add_meter``.
    """

    def change(text: str) -> str:
        for name, keys in changes.items():
            text = tables.with_keys(text, name, keys)
        return text

    return _change(path, change)


def new_file(path: Path, text: str) -> None:
    """Make a settings file of ``text``, which must be sound. Raises as ``add_meter``.

    A file that is there already is never overwritten: ``StopError``.
    """
    if path.exists():
        what = said("there are settings at {path} already", path=path)
        raise StopError(what, said("give another path, or move that file away"))
    place.replace(path, text, lambda new: _check(new, path, page_on=False))


def restore(path: Path, backup: Path) -> Path:
    """Put a dated backup back in the file's place; returns the backup of what was there until now.

    Raises ``StopError`` when ``backup`` is none of the file's, or cannot be used.
    """
    if backup not in place.backups(path):
        what = said("{backup} is no backup of the settings", backup=backup.name)
        raise StopError(what, said("choose one of the dated copies beside the file"))
    kept = place.replace(path, place.read(backup), lambda new: _check(new, path))
    return kept or backup


def taken_over(path: Path, pushed: str, kept: Collection[str]) -> str:
    """The whole text of the file with the tables of ``pushed``; those in ``kept`` stay its own.

    Raises ``ConfigError`` when ``pushed`` is not TOML, ``StopError`` when the file cannot be read.
    """
    try:
        return tables.taken_over(place.read(path).replace("\r\n", "\n"), pushed, kept)
    except tomllib.TOMLDecodeError as error:
        fault = said("not TOML: {error}", error=str(error))
        raise ConfigError([fault], said("nothing was changed; correct what is named")) from None


def put(path: Path, text: str, then: Callable[[], object]) -> Path:
    """Put a whole text in the file's place; returns the dated backup.

    ``then`` is called between the check and the change. Raises as ``add_meter``.
    """

    def check(new: Path) -> None:
        _check(new, path, page_on=False)
        then()

    backup = place.replace(path, text, check)
    assert backup is not None
    return backup


def put_back(path: Path, text: str) -> None:
    """Put back a text that was the file's before; it ran, so it is not looked at again.

    Raises ``StopError`` when the file cannot be written.
    """
    place.replace(path, text, lambda _new: None)


def _change(path: Path, change: Callable[[str], str]) -> Path:
    text = place.read(path)
    crlf = "\r\n" in text
    changed = change(text.replace("\r\n", "\n"))
    changed = changed.replace("\n", "\r\n") if crlf else changed
    backup = place.replace(path, changed, lambda new: _check(new, path))
    assert backup is not None
    return backup


def _sound(path: Path) -> AgentSettings:
    """The settings as they are. Raises ``ConfigError`` with every fault."""
    return config.load(path, profile_faults=profile.faults, page_on=True)


def _check(new: Path, path: Path, page_on: bool = True) -> None:
    try:
        config.load(new, profile_faults=profile.faults, page_on=page_on)
    except ConfigError as error:
        faults = [fault.replace(str(new), str(path)) for fault in error.faults]
        raise ConfigError(faults, said("nothing was changed; correct what is named")) from None


def _has(settings: AgentSettings, link: LinkSettings) -> bool:
    """Whether the link is there; raises ``StopError`` when another one has its id."""
    for known in settings.links:
        if known.id == link.id and _place(known) != _place(link):
            what = said("there is another link {link} in the settings", link=link.id)
            raise StopError(what, said("give the new link an id of its own"))
        if known.id == link.id:
            return True
    return False


def _place(link: LinkSettings) -> tuple[object, ...]:
    keys = _PLACE[link.kind in SERIAL_KINDS]
    return (link.kind, *(getattr(link, key) for key in keys))


def _link_row(link: LinkSettings) -> Row:
    keys = ("id", "kind", *_PLACE[link.kind in SERIAL_KINDS])
    rest = link.model_dump(exclude_defaults=True, exclude=set(keys))
    return {**{key: getattr(link, key) for key in keys}, **rest}


def _meter_row(meter: MeterSettings, path: Path) -> Row:
    row = meter.model_dump(exclude_defaults=True)
    name = str(row["profile"])
    folder = path.parent.absolute()
    if is_path(name) and Path(name).is_relative_to(folder):
        row["profile"] = str(Path(name).relative_to(folder))
    return row
