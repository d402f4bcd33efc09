"""The shelf: packages made, put where agents can fetch them, listed."""

from __future__ import annotations

import shutil
import time
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from collector.config import CollectorSettings
from collector.errors import CollectorError
from collector.fleet.office import fleet_folder
from collector.fleet.packages import FOLDER
from edge_agent.packages import archive, keys
from edge_agent.packages.manifest import Kind, Manifest, PackageError, version_key


@dataclass(frozen=True, slots=True)
class OnShelf:
    """A package that agents can fetch: its file, what it says, its digest and length in bytes."""

    path: Path
    manifest: Manifest
    sha256: str
    length: int


def sign(
    sources: Sequence[Path], kind: Kind, version: str, key: Path, to: Path, **more: object
) -> Path:
    """Make a package of files in the folder ``to``. Raises ``CollectorError``."""
    try:
        files = tuple(map(archive.packed, sources))
        now_ms = time.time_ns() // 1_000_000
        manifest = Manifest(kind, version, now_ms, files, **more)  # type: ignore[arg-type]
        target = to / manifest.file_name
        archive.pack(target, manifest, sources, keys.load_key(key))
    except PackageError as error:
        raise CollectorError(str(error), error.hint) from error
    except OSError as error:
        raise _unreadable(Path(error.filename or to), error) from error
    return target


def require_fitting(sources: Sequence[Path], kind: Kind, version: str) -> None:
    """See, before it is signed, that agents would take this.

    A program is wheels, one of them that version of mieruka; profiles are .toml files. Whether a
    profile is sound, `edge-agent profile check` tells. Raises ``CollectorError``.
    """
    end = {"agent": ".whl", "profiles": ".toml"}[kind]
    for path in sources:
        if path.suffix != end:
            hint = f"a package of kind {kind} has {end} files alone; --kind says which it is"
            raise CollectorError(f"{path}: not a {end} file", hint)
        if kind == "profiles" and not {"vendor", "extends"} & set(_tables(path)):
            hint = "look at it with: edge-agent profile check"
            raise CollectorError(f"{path} is no meter profile: it names no vendor", hint)
    if kind == "agent" and not any(one.name.startswith(f"mieruka-{version}-") for one in sources):
        hint = "name the wheel of mieruka, and give --version as in its name"
        raise CollectorError(f"there is no wheel mieruka-{version}-... among the files", hint)


def _tables(path: Path) -> Mapping[str, object]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise _unreadable(path, error) from error
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise CollectorError(f"{path}: not TOML: {error}", "correct that line") from error


def _unreadable(path: Path, error: OSError) -> CollectorError:
    return CollectorError(f"{path} cannot be read: {error.strerror}", "give its path")


def publish(settings: CollectorSettings, package: Path) -> OnShelf:
    """Put a package on the shelf, when a key of [fleet] update_keys_file signed it.

    Raises ``CollectorError`` when it is not, or there is another of that name.
    """
    try:
        found = archive.look(package, keys.trusted_in(settings.fleet.update_keys_file))
        digest = archive.packed(package)
        folder = _folder(settings)
        target = folder / found.manifest.file_name
        if target.exists() and archive.packed(target).sha256 != digest.sha256:
            hint = "a version is published once: give the new one a higher number"
            raise CollectorError(f"{target.name} is on the shelf with another content", hint)
        folder.mkdir(mode=0o750, parents=True, exist_ok=True)
        part = target.with_suffix(".part")
        shutil.copyfile(package, part)
        part.replace(target)
    except PackageError as error:
        raise CollectorError(str(error), error.hint) from error
    except OSError as error:
        what = f"{package} cannot be put on the shelf: {error.strerror}"
        raise CollectorError(what, "see that the collector may write to its state_dir") from error
    return OnShelf(target, found.manifest, digest.sha256, digest.length)


def shelf(settings: CollectorSettings) -> Sequence[OnShelf]:
    """Every package on the shelf whose signature is right, the newest version last.

    Raises ``CollectorError`` when no key is trusted.
    """
    try:
        trusted = keys.trusted_in(settings.fleet.update_keys_file)
    except PackageError as error:
        raise CollectorError(str(error), error.hint) from error
    found = []
    for path in _folder(settings).glob("*.zip"):
        try:
            opened, digest = archive.look(path, trusted), archive.packed(path)
        except (PackageError, OSError):
            continue
        found.append(OnShelf(path, opened.manifest, digest.sha256, digest.length))
    return sorted(found, key=lambda one: (one.manifest.kind, version_key(one.manifest.version)))


def on_shelf(settings: CollectorSettings, name: str) -> OnShelf:
    """A package by its name, with or without ``.zip``. Raises ``CollectorError``."""
    held = shelf(settings)
    for one in held:
        if one.path.name in (name, f"{name}.zip"):
            return one
    names = ", ".join(one.path.stem for one in held) or "none is published"
    raise CollectorError(f"there is no package {name}", f"known: {names}")


def _folder(settings: CollectorSettings) -> Path:
    return fleet_folder(settings) / FOLDER
