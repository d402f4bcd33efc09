"""Disks that can be taken away: a small ext4 in a file, and a small disk in memory.

A power cut leaves what reached the block device. The kernel keeps the rest in memory, so a copy of
the file behind a loop device, taken while its file system is mounted and written, is what the card
would hold if the power failed at that instant.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.services.missing import missing_service

IMAGE_BYTES = 24 * 1024 * 1024


def need_root(what: str) -> None:
    """End the test, loudly, where this user may not do ``what``."""
    if os.geteuid() != 0:
        missing_service(what, "run it as root, in a machine or container of its own")


class Card:
    """An ext4 on a loop device, as a memory card: mounted at ``folder`` after ``put_in``.

    A card that comes from ``cut`` belongs to the same ``cards``, which throws all away in the end.
    """

    def __init__(self, image: Path, others: list[Card]) -> None:
        self._image = image
        self._others = others
        self.folder = image.with_suffix(".mounted")
        others.append(self)

    def put_in(self) -> Path:
        """Mount it, which replays its journal, as a boot does; answers the folder."""
        self.folder.mkdir(exist_ok=True)
        _run("mount", "-o", "loop,noatime", str(self._image), str(self.folder))
        return self.folder

    def cut(self, copy: Path) -> Card:
        """What a power cut would leave on the card now; nothing is flushed for it."""
        shutil.copyfile(self._image, copy)
        return Card(copy, self._others)

    def throw_away(self) -> None:
        """Unmount it, at the end of whoever still uses it, and delete it."""
        if os.path.ismount(self.folder):
            _run("umount", "--lazy", str(self.folder))
        self._image.unlink(missing_ok=True)


@contextmanager
def new_card(image: Path) -> Iterator[Card]:
    """A mounted card with an empty file system; it and its copies are thrown away in the end.

    Needs root.
    """
    need_root("mounting a loop device")
    with image.open("wb") as file:
        file.truncate(IMAGE_BYTES)
    _run("mkfs.ext4", "-q", "-F", str(image))
    cards: list[Card] = []
    try:
        card = Card(image, cards)
        card.put_in()
        yield card
    finally:
        for card in cards:
            card.throw_away()


@contextmanager
def memory_disk(folder: Path, megabytes: int) -> Iterator[Path]:
    """A disk of so many megabytes at ``folder``, gone with all it held in the end. Needs root."""
    need_root("mounting a tmpfs")
    folder.mkdir(exist_ok=True)
    _run("mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(folder))
    try:
        yield folder
    finally:
        _run("umount", "--lazy", str(folder))


class Filler:
    """A file that takes what is left of a disk, or gives some of it back."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "filler"

    def grow(self) -> int:
        """Take every free byte; how many the filler has then."""
        with self._file.open("ab", buffering=0) as file:
            for size in (65_536, 4_096):
                try:
                    while file.write(b"\0" * size) == size:
                        pass
                except OSError:
                    continue
        return self._file.stat().st_size

    def shrink(self, spare_bytes: int) -> None:
        """Give back so much, or all there is."""
        if self._file.exists():
            os.truncate(self._file, max(0, self._file.stat().st_size - spare_bytes))


def _run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True, timeout=60)
