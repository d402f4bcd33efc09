"""What this collector wrote into Grafana last: one small JSON file in its state folder.

It is how a change by hand is told from our own last write. Without it nothing breaks: what has
the content we want is taken over, the rest is left as it is.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from collector.errors import StopError


@dataclass(frozen=True, slots=True)
class Note:
    """One thing as we wrote it: digest of its content, Grafana's version, digest of its secret."""

    sha256: str
    version: int = 0
    secret: str = ""


@dataclass(slots=True)
class Record:
    """What we wrote, by kind and uid (``board:mieruka-…``), of one organisation of a Grafana."""

    path: Path
    place: str
    notes: dict[str, Note] = field(default_factory=dict)

    @classmethod
    def load(cls, path: Path, place: str) -> Record:
        """Read the record of the place, an address of a Grafana; empty when there is none yet.

        Raises StopError when the file is there and cannot be understood.
        """
        if not path.exists():
            return cls(path, place)
        try:
            known = json.loads(path.read_text(encoding="utf-8")).get(place, {})
            notes = {f"board:{uid}": Note(**one) for uid, one in known.get("boards", {}).items()}
            notes |= {name: Note(**one) for name, one in known.get("notes", {}).items()}
            return cls(path, place, notes)
        except (OSError, ValueError, TypeError, AttributeError) as error:
            raise StopError(
                f"{path} cannot be read: {error}",
                "take the file away; boards changed by hand will still be left alone",
            ) from error

    def save(self) -> None:
        """Write the record beside those of other places, whole or not at all."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        known = json.loads(self.path.read_text(encoding="utf-8")) if self.path.exists() else {}
        known[self.place] = {
            "notes": {name: asdict(self.notes[name]) for name in sorted(self.notes)}
        }
        fresh = self.path.with_suffix(".new")
        fresh.write_text(json.dumps(known, indent=2), encoding="utf-8")
        os.replace(fresh, self.path)


def digest(thing: object) -> str:
    """SHA-256 of a JSON value, whatever the order of its keys."""
    text = json.dumps(thing, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def same_where_ours(found: object, wanted: object) -> bool:
    """Whether ``found`` holds all that ``wanted`` says; what Grafana adds to objects is its own."""
    if isinstance(wanted, Mapping) and isinstance(found, Mapping):
        return all(key in found and same_where_ours(found[key], wanted[key]) for key in wanted)
    if isinstance(wanted, list | tuple) and isinstance(found, list):
        pairs = zip(found, wanted, strict=False)
        return len(found) == len(wanted) and all(same_where_ours(*pair) for pair in pairs)
    return found == wanted


def only_ours(found: Mapping[str, Any], wanted: Mapping[str, Any]) -> dict[str, Any]:
    """The part of ``found`` under the keys of ``wanted``, one level of objects deep."""
    part: dict[str, Any] = {}
    for key, value in wanted.items():
        there = found.get(key)
        if isinstance(value, Mapping) and isinstance(there, Mapping):
            part[key] = {name: there.get(name) for name in value}
        else:
            part[key] = there
    return part
