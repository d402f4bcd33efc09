"""A package fetched from the fleet server, a part at a time, over mutual TLS.

What has come stays when the line breaks or the process ends: the next try goes on from there. The
whole is compared with the digest that was asked for before anybody looks into it.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

from edge_agent.errors import RetryLaterError, StopError
from edge_agent.packages.archive import packed
from edge_agent.update.standing import Wish
from edge_agent.words import said

PART_BYTES = 256 * 1024
"""So much is asked for at a time; the fleet server cuts packages so."""
ROOM_TIMES = 4
"""Packed, unpacked, installed, and as much again for the outbox to go on."""
PAUSES_S = (1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 120.0)
"""A line that is down for a moment, a server that is asked too often: no reason to give up."""
Stopped = Callable[[float], bool]
"""Waits so many seconds; True: go no further."""
Part = Callable[[str, int], bytes]
"""Answers part n (from 0) of a package, by its name."""


def fetched(wish: Wish, folder: Path, part: Part, stopped: Stopped) -> Path | None:
    """The package, whole, in the folder; None when it was ``stopped`` before.

    Raises ``RetryLaterError`` when a part does not come now or the disk refuses, ``StopError``
    when the package is larger than there is room for, or not the one that was asked for.
    """
    target = folder / f"{wish.sha256}.zip"
    try:
        folder.mkdir(mode=0o750, parents=True, exist_ok=True)
        _forget_others(folder, target)
        _require_room(folder, wish)
        if not _collect(wish, target, part, stopped):
            return None
        found = packed(target)
    except OSError as error:
        what = said("the package cannot be kept: {reason}", reason=error.strerror or str(error))
        raise RetryLaterError(what, said("free space on that disk")) from error
    if (found.sha256, found.length) != (wish.sha256, wish.length):
        target.unlink(missing_ok=True)
        what = said("the package is not the one that was asked for")
        raise StopError(what, said("publish it anew at the collector"))
    return target


def _collect(wish: Wish, target: Path, part: Part, stopped: Stopped) -> bool:
    held = target.stat().st_size if target.exists() else 0
    with target.open("r+b" if held else "wb") as file:
        number = min(held, wish.length) // PART_BYTES
        while number * PART_BYTES < wish.length:
            if stopped(0):
                return False
            content = _asked(part, wish.package, number, stopped)
            if content is None:
                return False
            left = wish.length - number * PART_BYTES
            if len(content) != min(PART_BYTES, left):
                raise RetryLaterError(
                    said("a part of the package came with another length"),
                    said("it is tried again"),
                )
            file.seek(number * PART_BYTES)
            file.write(content)
            number += 1
        file.truncate(wish.length)
        file.flush()
        os.fsync(file.fileno())
    return True


def _asked(part: Part, name: str, number: int, stopped: Stopped) -> bytes | None:
    """A part, asked for again when it does not come; None when it was stopped meanwhile."""
    for pause_s in PAUSES_S:
        try:
            return part(name, number)
        except RetryLaterError:
            if stopped(pause_s):
                return None
    return part(name, number)


def _forget_others(folder: Path, target: Path) -> None:
    for other in folder.glob("*.zip"):
        if other != target:
            other.unlink(missing_ok=True)


def _require_room(folder: Path, wish: Wish) -> None:
    free = shutil.disk_usage(folder).free
    if free < ROOM_TIMES * wish.length:
        what = said(
            "the package needs {need} MB free on the disk, there are {free} MB",
            need=ROOM_TIMES * wish.length // 1_000_000,
            free=free // 1_000_000,
        )
        raise StopError(what, said("free space on that disk"))
