"""What one pass would do, as data: a list of steps. Plan prints them, apply carries them out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from collector.boards.record import Note

Verb = Literal["create", "update", "keep", "leave", "remove"]
Kind = Literal[
    "organisation", "folder", "team", "permission", "member", "source", "contact", "rules", "board"
]
DONE: dict[Verb, str] = {
    "create": "created",
    "update": "updated",
    "keep": "unchanged",
    "leave": "left",
    "remove": "removed",
}
"""What is said of a step once it is done."""


@dataclass(frozen=True, slots=True)
class Given:
    """A number that an earlier step's answer gives: teams, users, organisations have no other."""

    name: str


@dataclass(frozen=True, slots=True)
class Call:
    """One request that changes something.

    Parts of ``path`` are joined by "/"; a ``Given`` in path or body is filled in when its number
    is known. The answer's number under ``key`` is kept as ``gives``.
    """

    method: Literal["POST", "PUT", "DELETE"]
    path: tuple[str | int | Given, ...]
    body: Any = None
    gives: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One thing and what becomes of it.

    ``note`` is what the record holds afterwards (``forget``: nothing); ``hint`` says what a
    person does when Grafana holds something else of that name; without it the thing is left.
    """

    verb: Verb
    kind: Kind
    uid: str
    why: str = ""
    calls: tuple[Call, ...] = ()
    note: Note | None = None
    forget: bool = False
    hint: str = ""

    @property
    def name(self) -> str:
        """The thing's name in the record."""
        return f"{self.kind}:{self.uid}"

    def line(self, word: str, why: str = "") -> str:
        """One line: what happens to what, and why."""
        reason = why or self.why
        return f"{word}: {self.kind} {self.uid}{f' ({reason})' if reason else ''}"
