"""The file of a backup: a ZIP that any program opens, made beside its place and put there whole.

Its list of contents stands at its end, and until then it has another name: what was interrupted
neither is called a backup nor opens as one.
"""

from __future__ import annotations

import hashlib
import os
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from collector.backup.manifest import MANIFEST, Manifest, Member, manifest_in
from collector.errors import CollectorError

PIECE = 1 << 20
"""So many bytes are held at once."""
MANIFEST_BYTES = 64 * PIECE
_LEVEL = 4


class Part:
    """A member while it is written: counts and digests what goes by."""

    def __init__(self, name: str, into: IO[bytes]) -> None:
        self._name, self._into = name, into
        self._digest, self._bytes = hashlib.sha256(), 0
        self.points = 0

    def write(self, text: bytes) -> None:
        """Add bytes."""
        self._into.write(text)
        self._digest.update(text)
        self._bytes += len(text)

    def member(self) -> Member:
        """What the manifest says of it."""
        return Member(self._name, self._bytes, self._digest.hexdigest(), self.points)


class ArchiveWriter:
    """A backup that is being made; ``finish`` makes it one."""

    def __init__(self, zipped: zipfile.ZipFile) -> None:
        self._zip = zipped
        self.members: list[Member] = []

    @contextmanager
    def part(self, name: str) -> Iterator[Part]:
        """A member to write into, one at a time."""
        with self._zip.open(name, "w", force_zip64=True) as into:
            part = Part(name, into)
            yield part
        self.members.append(part.member())

    def add_file(self, name: str, path: Path) -> None:
        """Add what a file holds. Raises ``CollectorError`` when it cannot be read."""
        try:
            source = path.open("rb")
        except OSError as error:
            hint = "run it as the user that the collector runs as"
            raise CollectorError(f"{path} cannot be read: {error.strerror}", hint) from error
        with source, self.part(name) as part:
            while piece := source.read(PIECE):
                part.write(piece)

    def finish(self, manifest: Manifest) -> None:
        """Add the manifest, which names all members."""
        self._zip.writestr(MANIFEST, manifest.text())


@contextmanager
def new_archive(path: Path) -> Iterator[ArchiveWriter]:
    """A backup to write; it is at ``path`` once the block has ended well, else nothing is.

    Raises ``CollectorError`` when it cannot be written.
    """
    part = path.with_name(f"{path.name}.part")
    try:
        fresh = os.open(part, os.O_CREAT | os.O_TRUNC | os.O_RDWR, 0o600)
        with os.fdopen(fresh, "w+b") as file:
            os.fchmod(fresh, 0o600)
            with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=_LEVEL) as zipped:
                yield ArchiveWriter(zipped)
            file.flush()
            os.fsync(fresh)
        part.replace(path)
        _sync_folder(path.parent)
    except OSError as error:
        text = f"{path} cannot be written: {error.strerror or error}"
        raise CollectorError(text, "make room, or name another place with --to") from error
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)


def _sync_folder(folder: Path) -> None:
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


class ArchiveReader:
    """A backup that is there, with its manifest."""

    def __init__(self, path: Path, zipped: zipfile.ZipFile) -> None:
        self.path, self._zip = path, zipped
        with self._open(MANIFEST) as file:
            text = file.read(MANIFEST_BYTES + 1)
        self.manifest = manifest_in(text[: MANIFEST_BYTES + 1], str(path))
        self._require_all()

    def _require_all(self) -> None:
        there = [info.filename for info in self._zip.infolist()]
        told = [MANIFEST, *(member.name for member in self.manifest.members)]
        if sorted(there) != sorted(told):
            raise _spoilt(self.path, "it does not hold what it says")

    def verify(self, step: Callable[[int], None]) -> None:
        """Read every part and compare it with its digest; ``step`` is told bytes that were read.

        Raises ``CollectorError`` for one that differs.
        """
        for member in self.manifest.members:
            digest, count = hashlib.sha256(), 0
            for piece in self.pieces(member.name):
                digest.update(piece)
                count += len(piece)
                step(len(piece))
            if (count, digest.hexdigest()) != (member.bytes, member.sha256):
                raise _spoilt(self.path, f"{member.name} is not what was written")

    def pieces(self, name: str) -> Iterator[bytes]:
        """What a member holds, piece by piece."""
        with self._open(name) as file, _damage(self.path):
            while piece := file.read(PIECE):
                yield piece

    def lines(self, name: str, at_most: int) -> Iterator[bytes]:
        """The lines of a member. Raises ``CollectorError`` for one longer than ``at_most``."""
        with self._open(name) as file, _damage(self.path):
            while line := file.readline(at_most + 1):
                if len(line) > at_most:
                    raise _spoilt(self.path, f"a line of {name} is too long")
                yield line

    def _open(self, name: str) -> IO[bytes]:
        with _damage(self.path):
            return self._zip.open(name)


@contextmanager
def open_archive(path: Path) -> Iterator[ArchiveReader]:
    """The backup at the path. Raises ``CollectorError`` when it is none, or not a whole one."""
    with _damage(path):
        zipped = zipfile.ZipFile(path)
    with zipped:
        yield ArchiveReader(path, zipped)


_NO_BACKUP: Sequence[type[Exception]] = (
    zipfile.BadZipFile, zlib.error, EOFError, KeyError, NotImplementedError, RuntimeError,
    UnicodeDecodeError,
)  # fmt: skip


@contextmanager
def _damage(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        text = f"{path} cannot be read: {error.strerror or error}"
        raise CollectorError(text, "name the file of a backup") from error
    except tuple(_NO_BACKUP) as error:
        raise _spoilt(path, "cut short, damaged, or something else") from error


def _spoilt(path: Path, why: str) -> CollectorError:
    hint = "use another backup; nothing was changed"
    return CollectorError(f"{path} is no whole backup: {why}", hint)
