"""The MQTT topics between an agent and its collector.

The agent comes first, as a whole level, so that one access pattern
(``mieruka/1/<agent>/up/#``) covers a fleet.
"""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

ROOT = "mieruka/1"
UpChannel = Literal["live", "back", "birth", "state", "gap", "health", "answer"]
DownChannel = Literal["receipt", "credit", "cmd", "ask"]
UP_CHANNELS: tuple[UpChannel, ...] = ("live", "back", "birth", "state", "gap", "health", "answer")
NAME_PATTERN = r"[a-z0-9][a-z0-9_-]{0,62}"
_UP = re.compile(rf"{re.escape(ROOT)}/({NAME_PATTERN})/up/({'|'.join(UP_CHANNELS)})")


class UpTopic(NamedTuple):
    """The two facts an upward topic carries."""

    agent: str
    channel: str


def up(agent: str, channel: UpChannel) -> str:
    """The topic on which ``agent`` publishes ``channel``."""
    return f"{ROOT}/{agent}/up/{channel}"


def down(agent: str, channel: DownChannel) -> str:
    """The topic on which ``agent`` is told ``channel``."""
    return f"{ROOT}/{agent}/down/{channel}"


def demand(agent: str) -> str:
    """The topic on which the demand guard of ``agent`` speaks to its plant, retained."""
    return f"{ROOT}/{agent}/demand"


def up_filter(channel: UpChannel | Literal["#"] = "#") -> str:
    """The subscription that covers every agent."""
    return f"{ROOT}/+/up/{channel}"


def parse_up(topic: str) -> UpTopic | None:
    """Agent and channel of an upward topic, or None when it is not one of ours."""
    found = _UP.fullmatch(topic)
    return UpTopic(found[1], found[2]) if found else None
