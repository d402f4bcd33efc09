"""Who is let in: a bearer token that lives, asked for no more often than it may.

Failed attempts are counted and logged without what was sent; who fails too often is told to wait,
and logged no more, while tokens that live pass from the same address.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from contextlib import suppress

from fastapi import Request

from collector.api.problems import Problem
from collector.api.rate import RateLimit
from collector.clock import Clock
from collector.errors import RetryLaterError
from collector.state.api_tokens import PREFIX, ApiToken, ApiTokens

log = logging.getLogger(__name__)
BURST_SHARE = 10
"""A tenth of a minute's requests may come at once."""
FAILURES_AT_ONCE, FAILURES_PER_S = 20, 1 / 10
LONGEST_TOKEN = 200


class Gate:
    """Answers the token behind a request, or raises the problem it is met with."""

    def __init__(
        self,
        tokens: ApiTokens,
        clock: Clock,
        requests_per_minute: int,
        clock_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self._tokens, self._clock = tokens, clock
        burst = max(1.0, requests_per_minute / BURST_SHARE)
        self._asking = RateLimit(requests_per_minute / 60, burst, clock_s)
        self._failing = RateLimit(FAILURES_PER_S, FAILURES_AT_ONCE, clock_s)
        self._counting = threading.Lock()
        self.failures = 0

    def token_of(self, request: Request) -> ApiToken:
        """The living token in the header ``Authorization: Bearer``; nowhere else is one taken.

        Raises ``Problem``: 401 without one that lives, 429 for too many requests or failures.
        """
        text = _bearer(request.headers.getlist("authorization"))
        token = self._tokens.find(text) if text else None
        now_ms = self._clock.now_ms()
        if token is None or not token.alive(now_ms):
            raise self._refused(request, token)
        wait_s = self._asking.wait_s(token.id)
        if wait_s:
            raise _too_many(wait_s)
        with suppress(RetryLaterError):  # when it was used last is no reason to refuse
            self._tokens.note_use(token, now_ms)
        return token

    def _refused(self, request: Request, token: ApiToken | None) -> Problem:
        with self._counting:
            self.failures += 1
        address = request.client.host if request.client else "?"
        wait_s = self._failing.wait_s(address)
        if wait_s:
            return _too_many(wait_s)
        which = "no known token" if token is None else f"token {token.id}, expired or revoked"
        log.warning("refused: %s from %s (%d refused so far)", which, address, self.failures)
        return _unknown()


def _bearer(headers: list[str]) -> str:
    """The token in the one header there is; "" where there is none, or several."""
    if len(headers) != 1 or len(headers[0]) > LONGEST_TOKEN:
        return ""
    scheme, _, text = headers[0].partition(" ")
    return text if scheme.lower() == "bearer" and text.startswith(PREFIX) else ""


def _unknown() -> Problem:
    hint = "send Authorization: Bearer TOKEN; collector api token create makes one"
    headers = {"WWW-Authenticate": 'Bearer realm="mieruka"'}
    return Problem(401, "a token that is valid is needed", hint, headers)


def _too_many(wait_s: int) -> Problem:
    hint = f"wait {wait_s} s; larger pages need fewer requests"
    return Problem(429, "too many requests", hint, {"Retry-After": str(wait_s)})
