"""A package as a file: a zip of a manifest, its signature and the files the manifest names.

Nothing in it is believed before the signature is right; then each file must have the length and
digest that the manifest says, whatever the zip says of itself, and lands under its plain name in
the folder that was asked for.
"""

from __future__ import annotations

import hashlib
import os
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from edge_agent.packages import keys
from edge_agent.packages.manifest import (
    MANIFEST_MOST_BYTES,
    MOST_BYTES,
    MOST_FILES,
    Manifest,
    PackageError,
    Packed,
    decode_manifest,
    encode_manifest,
)

MANIFEST, SIGNATURE = "manifest.json", "manifest.sig"
SIGNATURE_BYTES = 64
PIECE_BYTES = 64 * 1024
_HINT = "fetch or make the package anew"


@dataclass(frozen=True, slots=True)
class Opened:
    """A package whose signature is right: what it says, and who signed it."""

    manifest: Manifest
    signer: str


def packed(path: Path) -> Packed:
    """A file as the manifest names it. Raises ``OSError``."""
    digest, length = hashlib.sha256(), 0
    with path.open("rb") as file:
        while piece := file.read(PIECE_BYTES):
            digest.update(piece)
            length += len(piece)
    return Packed(path.name, digest.hexdigest(), length)


def pack(to: Path, manifest: Manifest, sources: Sequence[Path], key: Ed25519PrivateKey) -> None:
    """Write a package of the sources, which the manifest names; there whole or not at all.

    Raises ``PackageError`` for a manifest that nobody would take, and ``OSError``.
    """
    text = encode_manifest(manifest)
    part = to.with_name(f"{to.name}.part")
    try:
        with zipfile.ZipFile(part, "w", zipfile.ZIP_STORED) as archive:
            archive.writestr(_entry(MANIFEST), text)
            archive.writestr(_entry(SIGNATURE), keys.sign(text, key))
            for source in sorted(sources):
                archive.writestr(_entry(source.name), source.read_bytes())
        os.replace(part, to)
    finally:
        part.unlink(missing_ok=True)


def look(path: Path, trusted: Sequence[str]) -> Opened:
    """What a package says, when a trusted key signed it. Raises ``PackageError``."""
    with _archive(path) as archive:
        return _opened(archive, trusted)


def unpack(path: Path, folder: Path, trusted: Sequence[str]) -> Opened:
    """Write the files of a package into a folder. Raises ``PackageError``.

    The folder is made; when the package is not sound, what was written is taken away again.
    """
    with _archive(path) as archive:
        found = _opened(archive, trusted)
        folder.mkdir(parents=True, exist_ok=True)
        written: list[Path] = []
        try:
            for one in found.manifest.files:
                written.append(folder / one.name)
                _write(archive, one, folder / one.name)
        except BaseException:
            for target in written:
                target.unlink(missing_ok=True)
            raise
    return found


def _entry(name: str) -> zipfile.ZipInfo:
    return zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))


_DAMAGED: tuple[type[Exception], ...] = (
    zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, UnicodeDecodeError,
)  # fmt: skip
"""What ``zipfile`` raises, besides ``OSError``, for what is no zip or a spoilt one."""


@contextmanager
def _archive(path: Path) -> Iterator[zipfile.ZipFile]:
    try:
        with zipfile.ZipFile(path) as archive:
            yield archive
    except OSError as error:
        reason = error.strerror or str(error)
        hint = "give its path" if isinstance(error, FileNotFoundError) else "is there room?"
        raise PackageError(f"{path.name} cannot be used: {reason}", hint) from error
    except _DAMAGED as error:
        raise PackageError(f"{path.name} is damaged or no package", _HINT) from error


def _opened(archive: zipfile.ZipFile, trusted: Sequence[str]) -> Opened:
    if len(archive.infolist()) > MOST_FILES + 2:
        raise PackageError("the package has too many entries", _HINT)
    text = _small(archive, MANIFEST, MANIFEST_MOST_BYTES)
    signature = _small(archive, SIGNATURE, SIGNATURE_BYTES)
    signer = keys.signer_of(text, signature, trusted)
    return Opened(decode_manifest(text), signer)


def _small(archive: zipfile.ZipFile, name: str, most: int) -> bytes:
    try:
        with archive.open(name) as entry:
            content = entry.read(most + 1)
    except KeyError:
        raise PackageError(f"the package has no {name}", _HINT) from None
    if len(content) > most:
        raise PackageError(f"{name} of the package is too large", _HINT)
    return content


def _write(archive: zipfile.ZipFile, one: Packed, target: Path) -> None:
    """Write one file, never more of it than the manifest says."""
    digest, length = hashlib.sha256(), 0
    try:
        entry = archive.open(one.name)
    except KeyError:
        raise PackageError(f"the package lacks {one.name}", _HINT) from None
    with entry, target.open("wb") as file:
        while piece := entry.read(PIECE_BYTES):
            length += len(piece)
            if length > min(one.length, MOST_BYTES):
                break
            digest.update(piece)
            file.write(piece)
        file.flush()
        os.fsync(file.fileno())
    if (length, digest.hexdigest()) != (one.length, one.sha256):
        raise PackageError(f"{one.name} is not what the package's maker signed", _HINT)
