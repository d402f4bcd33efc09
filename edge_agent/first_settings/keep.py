"""The answers onto the disk: settings and secrets, all or nothing, for the agent's own user."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from edge_agent import settings_file
from edge_agent.errors import StopError
from edge_agent.first_settings.answers import Answers
from edge_agent.first_settings.document import PASSWORD_FILE, PIN_FILE, text_of
from edge_agent.words import said

SECRET_MODE = 0o600


def keep(path: Path, answers: Answers) -> None:
    """Write the settings and their secrets. Raises ``StopError``; then nothing was written.

    A file that is there already is never overwritten. As root, the files go to whom the folder
    belongs: the agent runs as that user.
    """
    secrets = {PASSWORD_FILE: answers.broker.password, PIN_FILE: answers.pin}
    with _all_or_nothing() as written:
        for name, secret in secrets.items():
            if secret:
                _write_secret(path.parent / name, secret)
                written.append(path.parent / name)
        settings_file.new_file(path, text_of(answers))
        written.append(path)
        for file in written:
            _hand_over(file)


def why_not(path: Path) -> StopError | None:
    """Why no settings could be written to ``path``; None when they can."""
    try:
        there = path.exists()
    except PermissionError:
        there = False
    folder = path.absolute().parent
    if there or _may(folder, os.W_OK | os.X_OK):
        return settings_file.why_read_only(path)
    if not _may(folder.parent, os.X_OK) or folder.exists():
        what = said("{path} cannot be written by this user", path=path)
        hint = said(
            "run it as the agent's user: sudo -u mieruka edge-agent init -c {path}", path=path
        )
        return StopError(what, hint)
    what = said("there is no folder {folder}", folder=folder)
    return StopError(what, said("make it first, or give another path with -c"))


def _may(path: Path, mode: int) -> bool:
    return os.access(path, mode, effective_ids=True)


@contextmanager
def _all_or_nothing() -> Iterator[list[Path]]:
    written: list[Path] = []
    try:
        yield written
    except BaseException:
        for file in written:
            file.unlink(missing_ok=True)
        raise


def _write_secret(path: Path, secret: str) -> None:
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, SECRET_MODE)
    except OSError as error:
        raise _unwritable(path, error) from None
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(secret + "\n")
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        path.unlink(missing_ok=True)
        raise _unwritable(path, error) from None


def _unwritable(path: Path, error: OSError) -> StopError:
    if isinstance(error, FileExistsError):
        what = said("there is a file {path} already", path=path)
        return StopError(what, said("move it away, or name another one"))
    reason = error.strerror or str(error)
    what = said("{path} cannot be written: {reason}", path=path, reason=reason)
    return StopError(what, said("is there room, and may this user write there?"))


def _hand_over(path: Path) -> None:
    folder = path.parent.stat()
    if os.geteuid() == 0 and folder.st_uid != 0:
        os.chown(path, folder.st_uid, folder.st_gid)
