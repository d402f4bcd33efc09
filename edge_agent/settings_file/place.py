"""The file itself: read, replaced in one step, and kept as it was under a dated name.

A power cut leaves the old file or the new one, never a piece. Mode and owner stay.
"""

from __future__ import annotations

import errno
import os
import re
import tempfile
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from edge_agent.errors import StopError
from edge_agent.process.bounded import SETTINGS_BYTES, bytes_in
from edge_agent.words import said

KEPT_BACKUPS = 10
_STAMP = re.compile(r"\.\d{8}T\d{6}Z(-\d+)?$")


def read(path: Path) -> str:
    """The text of the file. Raises ``StopError``."""
    try:
        return bytes_in(path, SETTINGS_BYTES).decode("utf-8")
    except UnicodeDecodeError:
        what = said("{path} is not UTF-8 text", path=path)
        raise StopError(what, said("save it as UTF-8 with an editor")) from None
    except OSError as error:
        raise _refused(path, error) from error


def replace(path: Path, text: str, check: Callable[[Path], object]) -> Path | None:
    """Put ``text`` in the place of the file, when ``check`` of it beside the file raises nothing.

    Returns the dated copy of what was there, None when there was no file. Raises ``StopError``
    when the place cannot be written; then nothing has changed.
    """
    target = path.resolve()
    try:
        new = _written_beside(target, text)
        try:
            check(new)
            backup = _back_up(target)
            os.replace(new, target)
        finally:
            new.unlink(missing_ok=True)
        _sync_folder(target.parent)
    except OSError as error:
        raise _refused(target, error) from error
    return backup


def backups(path: Path) -> tuple[Path, ...]:
    """The dated copies of the file, newest first."""
    target = path.resolve()
    try:
        names = [each for each in target.parent.iterdir() if each.name.startswith(target.name)]
    except OSError:
        return ()
    own = [each for each in names if _STAMP.fullmatch(each.name.removeprefix(target.name))]
    return tuple(sorted(own, key=_age_key, reverse=True))


def why_read_only(path: Path) -> StopError | None:
    """Why the file could not be replaced now; None when it can. Nothing is changed."""
    target = path.resolve()
    try:
        handle, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
        try:
            _take_after(handle, target)
        finally:
            os.close(handle)
            os.unlink(name)
    except OSError as error:
        return _refused(target, error)
    return None


def _written_beside(target: Path, text: str) -> Path:
    handle, name = tempfile.mkstemp(prefix=f".{target.name}.", suffix=".toml", dir=target.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(text.encode("utf-8"))
            file.flush()
            _take_after(file.fileno(), target)
            os.fsync(file.fileno())
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise
    return Path(name)


def _take_after(handle: int, target: Path) -> None:
    """Give the file its predecessor's mode and owner."""
    try:
        old = target.stat()
    except FileNotFoundError:
        os.fchmod(handle, 0o640)
        return
    if (old.st_uid, old.st_gid) != (os.fstat(handle).st_uid, os.fstat(handle).st_gid):
        os.fchown(handle, old.st_uid, old.st_gid)
    os.fchmod(handle, old.st_mode & 0o777)


def _back_up(target: Path) -> Path | None:
    if not target.exists():
        return None
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    # Two within a second are counted on, never into a gap: the order of names is that of time.
    taken = [number for when, number in map(_age_key, backups(target)) if when == stamp]
    count = f"-{max(taken) + 1}" if taken else ""
    backup = target.with_name(f"{target.name}.{stamp}{count}")
    _written_beside(target, read(target)).rename(backup)
    for old in backups(target)[KEPT_BACKUPS:]:
        with suppress(OSError):
            old.unlink()
    return backup


def _age_key(backup: Path) -> tuple[str, int]:
    stamp, _, number = backup.name.rpartition(".")[2].partition("-")
    return stamp, int(number or 0)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _refused(path: Path, error: OSError) -> StopError:
    what = said("{path} cannot be changed: {reason}", path=path, reason=error.strerror or error)
    if error.errno == errno.ENOENT:
        return StopError(what, said("give the path of the agent's settings with -c"))
    if error.errno == errno.EROFS:
        return StopError(
            what,
            said(
                "the service may not write there: add the line ReadWritePaths={folder} to its unit "
                "with `systemctl edit edge-agent`, or copy the lines shown into the file by hand",
                folder=path.parent,
            ),
        )
    if error.errno == errno.ENOSPC:
        return StopError(what, said("free space on that disk"))
    hint = said(
        "give the folder and the file to the agent's user: `sudo chown mieruka {folder} {path}`, "
        "or copy the lines shown into the file by hand",
        folder=path.parent,
        path=path,
    )
    return StopError(what, hint)
