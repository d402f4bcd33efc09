"""Pushed settings looked at before use: what they may not touch stays as it is at the plant.

Who the agent is, its broker and its secrets, whatever listens or acts at the plant (pages, the
demand guard's relays and hooks), and what is allowed from afar are the plant's alone: whoever took
over a collector would else take over the plant with it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from edge_agent.config import AgentSettings
from edge_agent.contract.care import SETTINGS_MOST_BYTES, Ask, settings_digest
from edge_agent.errors import ConfigError, StopError
from edge_agent.process.bounded import tables_in, text_in
from edge_agent.words import said

PUSHABLE = ("poll", "outbox", "clock", "delivery", "links", "meters")
"""What may change from afar; a table that is not named here is the plant's alone."""
KEPT = tuple(name for name in AgentSettings.model_fields if name not in PUSHABLE)


@dataclass(frozen=True, slots=True)
class Pushed:
    """Version ``version`` of the settings; ``over_local``: also over changes made at the plant."""

    version: int
    text: str
    digest: str
    over_local: bool


def pushed_in(ask: Ask) -> Pushed:
    """The settings in the message. Raises ``StopError`` when they did not come whole."""
    text, version = ask.arguments.get("settings"), ask.arguments.get("version")
    digest, over_local = ask.arguments.get("digest"), ask.arguments.get("over-local", False)
    if not isinstance(text, str) or type(version) is not int or version < 1:
        raise StopError(said("the message holds no settings with a version"), _AGAIN)
    if settings_digest(text) != digest or len(text.encode()) > SETTINGS_MOST_BYTES:
        raise StopError(said("the settings did not come whole, or are too large"), _AGAIN)
    return Pushed(version, text, str(digest), over_local is True)


_AGAIN = said("push them again, with a collector of this version")


def whole_text(path: Path, pushed: Pushed) -> str:
    """The file as it would be: the plant's own tables, and those that were pushed.

    Raises ``ConfigError`` with every fault of what may not be in it, ``StopError`` when the file
    cannot be read or joined.
    """
    # Brings a library that no agent needs but at such a moment.
    from edge_agent import settings_file

    whole = settings_file.taken_over(path, pushed.text, KEPT)
    own = _document(path)
    faults = [*_touched(own, tables_in(pushed.text)), *_strange_files(own, tables_in(pushed.text))]
    if faults:
        raise ConfigError(faults, said("change these at the plant, and push the rest"))
    return whole


def part_digest(path: Path) -> str:
    """The digest of what may be pushed, as the file has it now; remarks do not count.

    What a plant changes in its own tables, or a new certificate there, is no other version.
    """
    document = _document(path)
    part = {name: document[name] for name in PUSHABLE if name in document}
    return settings_digest(json.dumps(part, sort_keys=True, default=str))


def means_the_same(text: str, path: Path) -> bool:
    """Whether the file says what the text says, remarks aside. Raises ``TOMLDecodeError``."""
    return tables_in(text) == _document(path)


def _document(path: Path) -> dict[str, Any]:
    try:
        return tables_in(text_in(path))
    except (OSError, ValueError):
        return {}


def _touched(own: Mapping[str, Any], wanted: Mapping[str, Any]) -> Iterator[str]:
    for key in KEPT:
        if key in wanted and wanted[key] != own.get(key):
            yield said("[{table}] can only be changed at the plant: leave it out", table=key)


def _strange_files(own: Mapping[str, Any], wanted: Mapping[str, Any]) -> Iterator[str]:
    """Profiles outside of the settings' folder that the plant does not name itself."""
    known = set(_profiles(own))
    for name in dict.fromkeys(_profiles(wanted)):
        path = PurePosixPath(name)
        if name not in known and (path.is_absolute() or ".." in path.parts):
            text = said("profile {name} is outside of the folder of the settings", name=name[:200])
            yield text


def _profiles(document: Mapping[str, Any]) -> Iterator[str]:
    meters = document.get("meters")
    for meter in meters if isinstance(meters, list) else ():
        name = meter.get("profile") if isinstance(meter, dict) else None
        if isinstance(name, str):
            yield name
