"""Commissioning records on disk: one folder each, facts as JSON, photos beside them.

A folder's name is made here, never by a visitor; what a visitor names is looked up in the listing.
Texts keep their templates, so that a record can be read in either language later.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from edge_agent.errors import StopError
from edge_agent.words import Said, said

LARGEST_PHOTO = 8_000_000
MOST_PHOTOS = 6
_KEY = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}\.\d{8}T\d{6}Z(-\d+)?")
_KINDS = {b"\xff\xd8\xff": ("jpg", "image/jpeg"), b"\x89PNG\r\n\x1a\n": ("png", "image/png")}


@dataclass(frozen=True, slots=True)
class Kept:
    """One record: its key, its facts, and how many photos it has."""

    key: str
    facts: Mapping[str, Any]
    photos: tuple[str, ...]


class Records:
    """The records in ``folder``."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(self, meter: str, at_ms: int, facts: Mapping[str, Any]) -> str:
        """Write a record; returns its key. Raises ``StopError`` when the disk refuses."""
        stamp = datetime.fromtimestamp(at_ms / 1000, UTC).strftime("%Y%m%dT%H%M%SZ")
        key, number = f"{meter}.{stamp}", 1
        try:
            while (self._folder / key).exists():
                key, number = f"{meter}.{stamp}-{number}", number + 1
            (self._folder / key).mkdir(parents=True)
            _write(self._folder / key / "record.json", _json(facts))
        except OSError as error:
            raise _refused(self._folder, error) from error
        return key

    def add_photo(self, key: str, content: bytes) -> None:
        """Keep a photo with a record. Raises ``StopError`` for what is none, or too large."""
        kept = self.find(key)
        if len(kept.photos) >= MOST_PHOTOS:
            what = said("a record holds {most} photos at most", most=MOST_PHOTOS)
            raise StopError(what, said("make another record for more"))
        name = f"photo-{len(kept.photos) + 1}.{kind_of(content)[0]}"
        try:
            _write(self._folder / key / name, content)
        except OSError as error:
            raise _refused(self._folder, error) from error

    def all(self) -> tuple[Kept, ...]:
        """Every record that can be read, newest first."""
        keys = self._keys()
        return tuple(self.find(key) for key in keys)

    def find(self, key: str) -> Kept:
        """One record. Raises ``StopError`` when there is none of that key."""
        if key not in self._keys():
            what = said("there is no such record")
            raise StopError(what, said("choose one of the list"))
        folder = self._folder / key
        facts = json.loads((folder / "record.json").read_text("utf-8"), object_hook=_said_again)
        photos = sorted(each.name for each in folder.glob("photo-*.*"))
        return Kept(key, facts, tuple(photos))

    def photo(self, key: str, number: int) -> tuple[bytes, str]:
        """Bytes and content type of photo ``number`` (from 1). Raises ``StopError``."""
        kept = self.find(key)
        if not 1 <= number <= len(kept.photos):
            raise StopError(said("there is no such photo"), said("choose one of the list"))
        content = (self._folder / key / kept.photos[number - 1]).read_bytes()
        return content, kind_of(content)[1]

    def _keys(self) -> list[str]:
        try:
            names = [each.name for each in self._folder.iterdir()]
        except OSError:
            return []
        own = [name for name in names if _KEY.fullmatch(name)]
        whole = [name for name in own if (self._folder / name / "record.json").is_file()]
        return sorted(whole, key=lambda name: name.rpartition(".")[2], reverse=True)


def kind_of(content: bytes) -> tuple[str, str]:
    """Ending and content type of a photo by its first bytes. Raises ``StopError``."""
    if len(content) > LARGEST_PHOTO:
        what = said("the photo is larger than {most} MB", most=LARGEST_PHOTO // 1_000_000)
        raise StopError(what, said("take it at a lower resolution"))
    for magic, kind in _KINDS.items():
        if content.startswith(magic):
            return kind
    raise StopError(said("this is no JPEG or PNG photo"), said("take the photo as JPEG"))


def _json(facts: Mapping[str, Any]) -> bytes:
    return json.dumps(_plain(facts), ensure_ascii=False, indent=1).encode("utf-8")


def _plain(value: Any) -> Any:
    if isinstance(value, Said):
        return {"said": value.template, "values": _plain(dict(value.values))}
    if isinstance(value, Mapping):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return value if isinstance(value, str | int | float | bool | None) else str(value)


def _said_again(found: dict[str, Any]) -> Any:
    return Said(found["said"], found["values"]) if set(found) == {"said", "values"} else found


def _write(path: Path, content: bytes) -> None:
    with path.open("xb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _refused(folder: Path, error: OSError) -> StopError:
    reason = error.strerror or str(error)
    what = said("the record cannot be written to {folder}: {reason}", folder=folder, reason=reason)
    return StopError(what, said("free space on that disk, or give it to the agent's user"))
