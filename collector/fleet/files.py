"""Files of the authority: written in one step, with the mode they need from their first byte on."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from collector.errors import StopError

SECRET, SHARED, OPEN = 0o600, 0o640, 0o644
"""For a key of ours; for the broker's key, which the broker's group reads; for what all may see."""
_MOST_BYTES = 256 * 1024


def write(path: Path, text: str, mode: int) -> None:
    """Put the text in the file's place, durably. Raises ``StopError`` when that cannot be done."""
    try:
        path.parent.mkdir(mode=0o750, parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        try:
            with os.fdopen(handle, "w", encoding="ascii") as file:
                os.fchmod(file.fileno(), mode)
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            os.replace(name, path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
        _sync(path.parent)
    except OSError as error:
        hint = "let the collector's user write there; keys are never kept elsewhere"
        raise StopError(f"{path}: cannot be written: {error.strerror}", hint) from error


def read(path: Path) -> str:
    """The text of a file of the authority. Raises ``StopError``."""
    try:
        with path.open("rb") as file:
            return file.read(_MOST_BYTES).decode("ascii", errors="replace")
    except OSError as error:
        hint = "make the authority with: collector fleet init; or put its folder back from a backup"
        raise StopError(f"{path}: cannot be read: {error.strerror}", hint) from error


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
