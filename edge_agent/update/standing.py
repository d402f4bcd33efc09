"""How far an update has come: as asked, as kept on the disk, as told."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal, get_args

from edge_agent.errors import StopError
from edge_agent.process.bounded import SETTINGS_BYTES, text_in
from edge_agent.words import said

Phase = Literal["", "fetching", "handed", "done", "failed"]
"""``handed``: a new program waits for root's helper, or is being watched by it."""
PHASES: tuple[Phase, ...] = get_args(Phase)
FILE = "update.json"
_NAME = re.compile(r"[a-z]{1,20}-[0-9.]{1,40}\.zip")
_DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Wish:
    """The package that is wished: its file name, SHA-256 in hexadecimal, length in bytes."""

    package: str
    sha256: str
    length: int


@dataclass(frozen=True, slots=True)
class Standing:
    """How the newest wish stands; ``fetched`` bytes of it are here, ``since_ms`` is UTC ms."""

    package: str = ""
    sha256: str = ""
    length: int = 0
    phase: Phase = ""
    version: str = ""
    reason: str = ""
    since_ms: int = 0

    def is_of(self, wish: Wish) -> bool:
        """Whether it is about this very package."""
        return (self.package, self.sha256) == (wish.package, wish.sha256)


def wish_in(arguments: Mapping[str, object]) -> Wish:
    """The wish in a question's arguments. Raises ``StopError`` for one that is none."""
    package, digest = arguments.get("package"), arguments.get("sha256")
    length = arguments.get("length")
    good = isinstance(package, str) and isinstance(digest, str) and type(length) is int
    if not (good and _NAME.fullmatch(str(package)) and _DIGEST.fullmatch(str(digest))):
        hint = said("ask with collector fleet update start")
        raise StopError(said("the question names no package"), hint)
    return Wish(str(package), str(digest), int(str(length)))


class StandingFile:
    """The standing in a folder, replaced in one step."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def load(self) -> Standing:
        """What was kept; an empty one when there is none or it is damaged."""
        try:
            return _standing(json.loads(text_in(self._folder / FILE, SETTINGS_BYTES)))
        except (OSError, ValueError, TypeError):
            return Standing()  # it is asked again by the collector, and fetched anew at worst

    def save(self, standing: Standing) -> None:
        """Keep it, on the disk when this returns. Raises ``OSError``."""
        self._folder.mkdir(mode=0o750, parents=True, exist_ok=True)
        part = self._folder / f"{FILE}.part"
        with part.open("w", encoding="utf-8") as file:
            json.dump(asdict(standing), file)
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, self._folder / FILE)


def _standing(doc: Any) -> Standing:
    found = Standing(**doc)
    texts = (found.package, found.sha256, found.version, found.reason)
    sound = all(isinstance(text, str) for text in texts) and found.phase in PHASES
    if not sound or type(found.length) is not int or type(found.since_ms) is not int:
        raise ValueError("not a standing")
    return found
