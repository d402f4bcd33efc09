"""Backups with something in them changed."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from collector.backup.manifest import MANIFEST


def rewritten(backup: Path, to: Path, changes: dict[str, Any]) -> Path:
    """The backup with parts replaced: bytes, or None for a part taken away."""
    with zipfile.ZipFile(backup) as old, zipfile.ZipFile(to, "w") as new:
        for name in old.namelist():
            text = changes.get(name, old.read(name))
            if text is not None:
                new.writestr(name, text)
        for name in set(changes) - set(old.namelist()):
            new.writestr(name, changes[name])
    return to


def manifest_of(backup: Path, **changes: Any) -> bytes:
    """Its manifest with other values."""
    with zipfile.ZipFile(backup) as file:
        return json.dumps(json.loads(file.read(MANIFEST)) | changes).encode()


def with_parts(backup: Path, to: Path, parts: Mapping[str, bytes], **changes: Any) -> Path:
    """The backup as if these parts had been written: its manifest fits them."""
    with zipfile.ZipFile(backup) as file:
        members = json.loads(file.read(MANIFEST))["members"]
    for member in members:
        if (text := parts.get(member["name"])) is not None:
            member |= {"bytes": len(text), "sha256": hashlib.sha256(text).hexdigest()}
    manifest = manifest_of(backup, members=members, **changes)
    return rewritten(backup, to, {**parts, MANIFEST: manifest})
