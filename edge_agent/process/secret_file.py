"""Files that hold a secret: read with a bound, kept out of all lines, and told when others read."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from edge_agent.process.bounded import SECRET_BYTES, bytes_in, text_in
from edge_agent.process.redaction import keep_out

OTHERS = stat.S_IRWXO | stat.S_IWGRP
"""Anybody at all, or a group that may change it. A group that reads is how services share one."""
PUBLIC = frozenset({"ca_file", "keys_file", "update_keys_file"})
"""Files of others' certificates and public keys: anybody may read them."""
_KEY = b"PRIVATE KEY-----"


def secret_in(path: Path) -> str:
    """The secret in a file of one line. Raises ``OSError`` or ``UnicodeDecodeError``."""
    secret = text_in(path, SECRET_BYTES).strip()
    keep_out(secret)
    return secret


def private_from_birth(path: Path) -> None:
    """Make the file, empty, where there is none yet: its owner's alone. Raises ``OSError``.

    SQLite gives its journals the rights of the file they belong to.
    """
    os.close(os.open(path, os.O_CREAT | os.O_WRONLY | os.O_CLOEXEC, 0o600))


def secret_files(settings: object) -> Iterator[Path]:
    """Every file with a secret that settings name: fields called ``..._file``.

    Certificates are none, unless their key stands behind them. ``settings`` are sections as
    pydantic has them, which give (name, value) when walked through.
    """
    if isinstance(settings, list | tuple):
        for one in settings:
            yield from secret_files(one)
    elif hasattr(type(settings), "model_fields") and isinstance(settings, Iterable):
        for name, value in settings:
            if isinstance(value, Path):
                if _is_secret(name, value):
                    yield value
            else:
                yield from secret_files(value)


def _is_secret(name: str, path: Path) -> bool:
    if name != "cert_file":
        return name.endswith("_file") and name not in PUBLIC
    with suppress(OSError):
        return _KEY in bytes_in(path, SECRET_BYTES)  # a certificate with its key behind it
    return False


def exposed(paths: Iterable[Path]) -> Iterator[Path]:
    """Those that any user of this machine can read, or that not only their owner can change."""
    for path in dict.fromkeys(paths):
        try:
            mode = path.stat().st_mode
        except OSError:
            continue  # a file that is not there is somebody else's finding
        if mode & OTHERS:
            yield path
