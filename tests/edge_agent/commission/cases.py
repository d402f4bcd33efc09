"""The recorded cases of the shipped profiles, as meters that can be read."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from edge_agent import profile
from edge_agent.errors import RefusedError
from edge_agent.profile import Profile

CASES = Path(__file__).resolve().parents[2] / "profiles"
NAMES = tuple(name for name in profile.available() if (CASES / name / "capture.toml").exists())


@dataclass
class RecordedMeter:
    """Answers with the recorded words, and refuses all that was not recorded."""

    blocks: list[dict[str, Any]]
    asked: list[tuple[int, int, int]] = field(default_factory=list)

    def __call__(self, function: int, address: int, count: int) -> tuple[int, ...]:
        """The words: of a block that is just this one, else of one that holds it."""
        self.asked.append((function, address, count))
        whole, within = self._blocks(function, address, count)
        for block in [*whole, *within]:
            first = address - block["address"]
            return tuple(block["words"][first : first + count])
        raise RefusedError("illegal address", code=2)

    def _blocks(self, function: int, address: int, count: int) -> tuple[Any, Any]:
        rows = [block for block in self.blocks if block["function"] == function]
        whole = [b for b in rows if (b["address"], len(b["words"])) == (address, count)]
        end = address + count
        within = [
            b for b in rows if b["address"] <= address and end <= b["address"] + len(b["words"])
        ]
        return whole, within


def _holds(block: dict[str, Any], first: int, end: int) -> bool:
    begins: int = block["address"]
    return begins <= first and end <= begins + len(block["words"])


def recorded(name: str) -> RecordedMeter:
    """The recorded meter of the profile ``name``."""
    text = (CASES / name / "capture.toml").read_text(encoding="utf-8")
    return RecordedMeter(tomllib.loads(text)["blocks"])


@cache
def all_profiles() -> tuple[Profile, ...]:
    """Every shipped profile."""
    return tuple(profile.load(name) for name in profile.available())
