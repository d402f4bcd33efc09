"""What came of a backup that was brought back."""

from __future__ import annotations

from dataclasses import dataclass, field

from collector.backup.manifest import Manifest


@dataclass(slots=True)
class Restored:
    """What came back: ``refused`` by reason; ``kept`` are files that were there already."""

    manifest: Manifest
    points: int = 0
    refused: dict[str, int] = field(default_factory=dict)
    written: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    set_aside: str = ""
