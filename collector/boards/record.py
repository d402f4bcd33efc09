"""What this collector wrote into Grafana last: one small JSON file in its state folder.

It is how a change by hand is told from our own last write. Without it nothing breaks: boards of
equal content are taken over, others are left as they are.
"""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from collector.errors import StopError


@dataclass(frozen=True, slots=True)
class Written:
    """One board as we wrote it: hash of our JSON, and the version Grafana gave it."""

    sha256: str
    version: int


@dataclass(slots=True)
class Record:
    """Boards by uid and data sources (hash of their settings) by uid, of one Grafana."""

    path: Path
    url: str
    boards: dict[str, Written] = field(default_factory=dict)
    sources: dict[str, str] = field(default_factory=dict)

    @classmethod
    def load(cls, path: Path, url: str) -> Record:
        """Read the record of the Grafana at ``url``; empty when there is none yet.

        Raises StopError when the file is there and cannot be understood.
        """
        if not path.exists():
            return cls(path, url)
        try:
            known = json.loads(path.read_text(encoding="utf-8")).get(url, {})
            boards = {uid: Written(**one) for uid, one in known.get("boards", {}).items()}
            return cls(path, url, boards, dict(known.get("sources", {})))
        except (OSError, ValueError, TypeError, AttributeError) as error:
            raise StopError(
                f"{path} cannot be read: {error}",
                "take the file away; boards changed by hand will still be left alone",
            ) from error

    def save(self) -> None:
        """Write the record beside those of other Grafanas, whole or not at all."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        known = json.loads(self.path.read_text(encoding="utf-8")) if self.path.exists() else {}
        boards = {uid: asdict(one) for uid, one in sorted(self.boards.items())}
        known[self.url] = {"boards": boards, "sources": dict(sorted(self.sources.items()))}
        fresh = self.path.with_suffix(".new")
        fresh.write_text(json.dumps(known, indent=2), encoding="utf-8")
        os.replace(fresh, self.path)


def digest(thing: dict[str, Any]) -> str:
    """SHA-256 of a JSON object, whatever the order of its keys."""
    text = json.dumps(thing, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()
