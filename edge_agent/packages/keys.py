"""Ed25519 keys of whoever makes packages: made, used, and the list of those that are trusted.

A key file holds the private key as PEM (PKCS 8), mode 0600, on the machine where packages are
made and nowhere else. A list of trusted keys is text: a public key in base64 a line, then a
remark. Source: RFC 8032.
"""

from __future__ import annotations

import base64
import binascii
import os
from collections.abc import Sequence
from pathlib import Path

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from edge_agent.packages.manifest import PackageError
from edge_agent.process.bounded import text_in

_PURPOSE = b"mieruka package 1\n"
"""Signed with the manifest, so that a signature of something else never fits."""
_LIST_BYTES = 64 * 1024


def make_key(path: Path) -> str:
    """Make a key file; answers the public key. Raises ``PackageError`` for one that is there."""
    key = Ed25519PrivateKey.generate()
    text = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        hint = "a key is never written over: name another file"
        raise PackageError(f"{path} cannot be made: {error.strerror}", hint) from error
    with os.fdopen(handle, "wb") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    return public_text(key.public_key())


def load_key(path: Path) -> Ed25519PrivateKey:
    """The private key in a file. Raises ``PackageError``."""
    try:
        key = load_pem_private_key(path.read_bytes(), password=None)
    except OSError as error:
        raise PackageError(f"{path} cannot be read: {error.strerror}", "give its path") from error
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        hint = "make one with: collector fleet update keygen FILE"
        raise PackageError(f"{path} holds no private key", hint) from error
    if not isinstance(key, Ed25519PrivateKey):
        raise PackageError(f"{path} holds a key of another kind", "Ed25519 is wanted")
    return key


def public_text(key: Ed25519PublicKey) -> str:
    """A public key as the list of trusted ones has it: base64."""
    return base64.b64encode(key.public_bytes_raw()).decode("ascii")


def sign(manifest: bytes, key: Ed25519PrivateKey) -> bytes:
    """The signature (64 bytes) over a manifest's bytes."""
    return key.sign(_PURPOSE + manifest)


def signer_of(manifest: bytes, signature: bytes, trusted: Sequence[str]) -> str:
    """Which of the trusted keys has signed. Raises ``PackageError`` when none has."""
    for text in trusted:
        try:
            key = Ed25519PublicKey.from_public_bytes(base64.b64decode(text, validate=True))
            key.verify(signature, _PURPOSE + manifest)
        except (InvalidSignature, binascii.Error, ValueError):
            continue
        return text
    hint = "take a package of your supplier; was it signed with another key?"
    raise PackageError("the package is signed by no key that is trusted here", hint)


def trusted_in(path: Path | None) -> tuple[str, ...]:
    """The keys of a list. Raises ``PackageError`` without a list, for an empty and a faulty one."""
    hint = "a file with the public key of who makes packages, one a line"
    if path is None:
        raise PackageError("no key is trusted here, so no package is taken", hint)
    try:
        lines = text_in(path, _LIST_BYTES).splitlines()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "it is no text"
        raise PackageError(f"{path} cannot be read: {reason}", hint) from error
    keys = tuple(line.split()[0] for line in lines if line.strip() and line.strip()[0] != "#")
    for key in keys:
        if not _is_key(key):
            raise PackageError(f"{path}: {key[:20]}... is no public key", hint)
    if not keys:
        raise PackageError(f"{path} names no key", hint)
    return keys


def _is_key(text: str) -> bool:
    try:
        return len(base64.b64decode(text, validate=True)) == 32
    except (binascii.Error, ValueError):
        return False
