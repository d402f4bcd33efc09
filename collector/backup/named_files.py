"""Which files make up a collector besides its store: those its settings name, and its state folder.

Left out for good: the databases, which are copied by other means, and reports, which are made anew.
"""

from __future__ import annotations

import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from collector.config import CollectorSettings
from collector.state import FILE_NAME

STATE_DIR = "collector.state_dir"
OWN_FOLDERS = ("factors.folder", "tariffs.folder")
"""Settings that name a folder of the plant's own files, which must be there, if only empty."""
_NOT_KEPT = (STATE_DIR, "reports")
"""Settings that name a place for data, not a file of settings."""
_KEY_MARK = b"PRIVATE KEY-----"
_LOOKED_THROUGH = 1 << 16


@dataclass(frozen=True, slots=True)
class Found:
    """A file: where it is, the setting it belongs to, its place within that, whether secret."""

    file: Path
    key: str
    path: str
    secret: bool

    @property
    def mode(self) -> int:
        """Its rights."""
        return stat.S_IMODE(self.file.stat().st_mode)


def files_of(settings: CollectorSettings) -> list[Found]:
    """Every file but the databases, each once, even if it is named twice."""
    found: dict[Path, Found] = {}
    for key, path, secret in _named(settings, ""):
        for one in _below(path, key, secret):
            found.setdefault(one.file.resolve(), one)
    state_dir = settings.collector.state_dir
    known = _databases(settings)
    for one in _below(state_dir, STATE_DIR, False):
        if one.file.resolve() not in known and not _is_passing(one.file):
            found.setdefault(one.file.resolve(), one)
    return list(found.values())


def secrets_in(settings: CollectorSettings) -> Iterator[tuple[str, str]]:
    """Every secret the settings hold, with the setting's name."""
    yield from _secrets(settings, "")


def place_of(document: Mapping[str, Any], key: str) -> str | None:
    """What the setting of that name says in settings that are only text yet; None without it."""
    value: Any = document
    for part in key.replace("[", ".").replace("]", "").split("."):
        if isinstance(value, list) and part.isdigit() and int(part) < len(value):
            value = value[int(part)]
        elif isinstance(value, dict):
            value = value.get(part)
        else:
            return None
    return value if isinstance(value, str) and value else None


def _named(section: BaseModel, at: str) -> Iterator[tuple[str, Path, bool]]:
    fields = type(section).model_fields
    for name, value in section:
        key = f"{at}.{name}".lstrip(".")
        if isinstance(value, Path) and not key.startswith(_NOT_KEPT) and not key.endswith(".path"):
            of = fields.get(name.removesuffix("_file"))
            yield key, value, of is not None and of.repr is False
        for inner, where in _inside(value, key):
            yield from _named(inner, where)


def _secrets(section: BaseModel, at: str) -> Iterator[tuple[str, str]]:
    fields = type(section).model_fields
    for name, value in section:
        key = f"{at}.{name}".lstrip(".")
        if isinstance(value, str) and value and fields[name].repr is False:
            yield key, value
        for inner, where in _inside(value, key):
            yield from _secrets(inner, where)


def _inside(value: object, key: str) -> Iterator[tuple[BaseModel, str]]:
    if isinstance(value, BaseModel):
        yield value, key
    for number, one in enumerate(value if isinstance(value, tuple) else ()):
        if isinstance(one, BaseModel):
            yield one, f"{key}[{number}]"


def _below(path: Path, key: str, secret: bool) -> Iterator[Found]:
    if path.is_dir():
        for file in sorted(path.rglob("*")):
            if file.is_file() and not file.is_symlink():
                inner = file.relative_to(path).as_posix()
                yield Found(file, key, inner, secret or _holds_a_key(file))
    elif path.is_file():
        yield Found(path, key, "", secret or _holds_a_key(path))


def _holds_a_key(file: Path) -> bool:
    with file.open("rb") as opened:
        return _KEY_MARK in opened.read(_LOOKED_THROUGH)


def _databases(settings: CollectorSettings) -> set[Path]:
    stores = [settings.store, *(settings.store_of(site.id) for site in settings.sites)]
    files = [settings.collector.state_dir / FILE_NAME, *(one.path for one in stores if one.path)]
    ends = ("", "-wal", "-shm", "-journal")
    known = {file.with_name(file.name + end).resolve() for file in files for end in ends}
    for report in settings.reports:
        known |= {one.resolve() for one in _files_below(report.folder)}
    return known


def _files_below(folder: Path | None) -> Iterator[Path]:
    if folder is not None and folder.is_dir():
        yield from folder.rglob("*")


def _is_passing(file: Path) -> bool:
    """Whether it is an earlier backup, a copy of before an upgrade, or half of something."""
    name = file.name
    backup = name.startswith("mieruka-") and name.endswith(".zip")
    return backup or ".layout-" in name or ".before-restore-" in name or ".part" in name
