"""Who is at the page: a random token in a cookie, and what is known of its bearer."""

from __future__ import annotations

import hmac
import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from edge_agent.words import Language

IDLE_S = 2 * 3_600.0
LONGEST_S = 12 * 3_600.0
MOST = 64
"""More visitors at a time are no plant engineers: the oldest go first, strangers before others."""


@dataclass(slots=True)
class Session:
    """One visitor. ``csrf`` must come with every form; ``notice`` is shown once."""

    token: str
    csrf: str
    born_s: float
    seen_s: float
    known: bool = False
    language: Language = "en"
    notices: list[str] = field(default_factory=list)

    def is_own_form(self, csrf: str) -> bool:
        """Whether a form came from a page that was given to this visitor."""
        return hmac.compare_digest(csrf.encode("utf-8"), self.csrf.encode("utf-8"))


class Sessions:
    """All visitors. Any thread may call it."""

    def __init__(self, monotonic_s: Callable[[], float], language: Language = "en") -> None:
        self._monotonic_s, self._language = monotonic_s, language
        self._lock = threading.Lock()
        self._by_token: dict[str, Session] = {}

    def of(self, token: str) -> Session:
        """The visitor with that token; a new, unknown one when there is none."""
        with self._lock:
            self._drop_old()
            found = self._by_token.get(token) or self._new(self._language)
            found.seen_s = self._monotonic_s()
            return found

    def known(self, stranger: Session) -> Session:
        """The same visitor, who has given the PIN, under a token that nobody can have seen."""
        with self._lock:
            self._by_token.pop(stranger.token, None)
            found = self._new(stranger.language)
            found.known = True
            return found

    def end(self, session: Session) -> None:
        """Forget a visitor."""
        with self._lock:
            self._by_token.pop(session.token, None)

    def _new(self, language: Language) -> Session:
        now_s = self._monotonic_s()
        session = Session(secrets.token_urlsafe(32), secrets.token_urlsafe(24), now_s, now_s)
        session.language = language
        self._by_token[session.token] = session
        while len(self._by_token) > MOST:
            first = min(self._by_token.values(), key=lambda one: (one.known, one.seen_s))
            del self._by_token[first.token]
        return session

    def _drop_old(self) -> None:
        now_s = self._monotonic_s()
        for token, one in [*self._by_token.items()]:
            if now_s - one.seen_s > IDLE_S or now_s - one.born_s > LONGEST_S:
                del self._by_token[token]
