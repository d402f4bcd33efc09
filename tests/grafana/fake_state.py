"""What one organisation of a fake Grafana holds, and how it refuses."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]


class Refusal(Exception):
    """What Grafana answers when it does not do what was asked."""

    def __init__(self, code: int, message: str, **more: str) -> None:
        super().__init__(message)
        self.code = code
        self.body: Json = {"message": message, **more}


@dataclass
class Organisation:
    """Everything of one organisation, by uid; teams, users and rules as lists do in the API."""

    id: int
    name: str
    folders: dict[str, Json] = field(default_factory=dict)
    boards: dict[str, Json] = field(default_factory=dict)
    sources: dict[str, Json] = field(default_factory=dict)
    secrets: dict[str, Json] = field(default_factory=dict)
    permissions: dict[str, list[Json]] = field(default_factory=dict)
    teams: dict[int, str] = field(default_factory=dict)
    members: dict[int, list[int]] = field(default_factory=dict)
    users: dict[int, str] = field(default_factory=dict)
    rules: dict[str, Json] = field(default_factory=dict)
    intervals: dict[tuple[str, str], int] = field(default_factory=dict)
    contacts: list[Json] = field(default_factory=list)
    links: list[Json] = field(default_factory=list)
    alerts_ready: bool = True
    accounts: dict[int, Json] = field(default_factory=dict)
