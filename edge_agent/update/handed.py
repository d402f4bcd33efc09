"""A new program handed to root's helper: laid ready as a whole, and the helper's word about it.

The agent's own user cannot write the program it runs. ``deploy/pi/mieruka-update`` watches
``ready/``, looks at the signature again, installs, switches and goes back when it is not well.
"""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from edge_agent.process.bounded import text_in

READY, PACKAGE, OUTCOME = "ready", "package.zip", "outcome.json"
OUTCOME_BYTES = 16 * 1024


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of the package with that digest, in root's words."""

    sha256: str
    well: bool
    reason: str


def hand_over(package: Path, folder: Path) -> None:
    """Lay the package ready, whole or not at all. Raises ``OSError``."""
    ready = folder / READY
    ready.mkdir(mode=0o750, exist_ok=True)
    (folder / OUTCOME).unlink(missing_ok=True)
    part = ready / f"{PACKAGE}.part"
    shutil.copyfile(package, part)
    with part.open("rb+") as file:
        os.fsync(file.fileno())
    os.replace(part, ready / PACKAGE)


def outcome_in(folder: Path) -> Outcome | None:
    """The helper's word; None while there is none."""
    try:
        doc = json.loads(text_in(folder / OUTCOME, OUTCOME_BYTES))
        digest, well, reason = doc["sha256"], doc["well"], doc["reason"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return Outcome(str(digest), well is True, str(reason)[:2_000])


def is_waiting(folder: Path) -> bool:
    """Whether nobody has taken what lies ready."""
    return (folder / READY / PACKAGE).exists()
