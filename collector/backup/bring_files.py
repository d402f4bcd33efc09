"""Files of a backup back to their places: what is there already stays as it is."""

from __future__ import annotations

import errno
import os
from pathlib import Path, PurePosixPath

from collector.backup.archive import ArchiveReader
from collector.backup.manifest import SETTINGS, KeptFile
from collector.backup.named_files import OWN_FOLDERS, STATE_DIR, place_of
from collector.backup.restored import Restored
from collector.errors import CollectorError
from edge_agent.process.bounded import tables_in, text_in


def bring_settings(archive: ArchiveReader, file: Path, report: Restored) -> None:
    """The settings, and the files that they name by themselves."""
    mine = KeptFile("", "", 0o640, False, SETTINGS)
    _write(archive, mine, file, report, "settings")
    document, base = tables_in(text_in(file)), file.parent
    for one in archive.manifest.files:
        named = place_of(document, one.key)
        if not one.member or one.key == STATE_DIR or named is None:
            continue
        folder = base / named
        _write(archive, one, _inside(folder, one.path), report, one.told)
    for key in OWN_FOLDERS:
        named = place_of(document, key)
        if named is not None:
            _make_folder(base / named)


def _make_folder(folder: Path) -> None:
    """An empty folder has no file that brings it back, and the settings want it there."""
    try:
        _make_closed(folder)
    except OSError as error:
        raise _not_written(folder, error) from error


def _make_closed(folder: Path) -> None:
    """Make it, and what is missing above it, for the collector's user and group alone."""
    missing = [one for one in (folder, *folder.parents) if not one.exists()]
    for one in reversed(missing):
        one.mkdir(mode=0o750, exist_ok=True)
    if not folder.is_dir():
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(folder))


def bring_files(archive: ArchiveReader, folder: Path, report: Restored) -> None:
    """What lay in the state folder, into this one."""
    for one in archive.manifest.files:
        if one.member and one.key == STATE_DIR:
            _write(archive, one, _inside(folder, one.path), report, one.told)


def _inside(folder: Path, path: str) -> Path:
    """The place below the folder. Raises ``CollectorError`` for one that leads out of it."""
    parts = PurePosixPath(path)
    if parts.is_absolute() or ".." in parts.parts:
        raise CollectorError(f"{path} leads out of its folder", "this is no backup of ours")
    return folder / parts


def _write(archive: ArchiveReader, one: KeptFile, place: Path, report: Restored, told: str) -> None:
    if place.exists():
        report.kept.append(told)
        return
    put(archive, one.member, place, one.mode)
    report.written.append(told)


def put(archive: ArchiveReader, member: str, place: Path, mode: int) -> None:
    """Write a part of the backup to its place, whole or not at all.

    Raises ``CollectorError`` when it cannot be written.
    """
    part = place.with_name(f"{place.name}.part-{os.getpid()}")
    try:
        _make_closed(place.parent)
        opened = os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        with os.fdopen(opened, "wb") as file:
            for piece in archive.pieces(member):
                file.write(piece)
            file.flush()
            os.fchmod(opened, mode & 0o777)
            os.fsync(opened)
        part.replace(place)
    except OSError as error:
        raise _not_written(place, error) from error
    finally:
        part.unlink(missing_ok=True)


def _not_written(place: Path, error: OSError) -> CollectorError:
    text = f"{place} cannot be written: {error.strerror}"
    return CollectorError(text, "run it as the user that the collector runs as")
