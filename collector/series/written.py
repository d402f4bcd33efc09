"""Bytes to a file that is there whole or not at all, with their SHA-256."""

from __future__ import annotations

import hashlib
import io
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from collector.errors import CollectorError

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer


@dataclass(frozen=True, slots=True)
class Written:
    """How much was written, and its digest: who gets the file can see that it is the same."""

    size: int
    sha256: str


class Hashed(io.RawIOBase):
    """A stream that passes bytes on and digests them."""

    def __init__(self, out: BinaryIO) -> None:
        self._out = out
        self._digest = hashlib.sha256()
        self._size = 0

    def writable(self) -> bool:
        """It can."""
        return True

    def write(self, data: ReadableBuffer) -> int:
        """Pass the bytes on."""
        held = memoryview(data).cast("B")
        self._out.write(held)
        self._digest.update(held)
        self._size += len(held)
        return len(held)

    def tell(self) -> int:
        """How many bytes have passed."""
        return self._size

    def told(self) -> Written:
        """What has been written so far."""
        return Written(self._size, self._digest.hexdigest())


def write_file(path: Path, fill: Callable[[Hashed], None]) -> Written:
    """Let ``fill`` write the file; it takes its name only when it is whole and on the disk.

    Raises ``CollectorError`` when the place cannot be written.
    """
    part = path.with_name(f".{path.name}.part")
    try:
        with part.open("wb") as out:
            hashed = Hashed(out)
            fill(hashed)
            out.flush()
            os.fsync(out.fileno())
        part.replace(path)
    except OSError as error:
        raise CollectorError(f"{path}: {error.strerror}", "choose another --out") from error
    finally:
        part.unlink(missing_ok=True)
    return hashed.told()


def write_stream(out: BinaryIO, fill: Callable[[Hashed], None]) -> Written:
    """Let ``fill`` write to a stream that is open already, such as the standard output."""
    hashed = Hashed(out)
    fill(hashed)
    out.flush()
    return hashed.told()
