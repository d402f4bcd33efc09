"""One request as the steps see it, and what they may answer with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from edge_agent.page.html import Element
from edge_agent.page.sessions import Session
from edge_agent.words import Language


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that came with a form: its bytes alone; name and type are the sender's claims."""

    content: bytes


@dataclass(frozen=True, slots=True)
class Visit:
    """Who asks, and what the form says."""

    session: Session
    form: Mapping[str, str] = field(default_factory=dict)
    uploads: tuple[Upload, ...] = ()
    query: Mapping[str, str] = field(default_factory=dict)
    path: str = "/"

    @property
    def language(self) -> Language:
        """The visitor's language."""
        return self.session.language

    def text(self, name: str) -> str:
        """A field of the form without blanks around it, "" when it is not there."""
        return self.form.get(name, "").strip()


@dataclass(frozen=True, slots=True)
class Screen:
    """A page: its title, the step it belongs to (0: none), and its body.

    ``fresh`` asks readers without JavaScript to look again soon. ``plain`` is for paper.
    """

    title: str
    body: tuple[Element | None, ...]
    step: int = 0
    fresh: bool = False
    plain: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a page that is fetched again and again."""

    body: Element


@dataclass(frozen=True, slots=True)
class GoTo:
    """Look at another page of ours."""

    path: str


@dataclass(frozen=True, slots=True)
class Blob:
    """Bytes of a stated type."""

    content: bytes
    content_type: str


Answer = Screen | Part | GoTo | Blob
