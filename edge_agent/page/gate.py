"""The gate before the page: who and what it lets through, and what every answer carries. WSGI."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from typing import Any
from urllib.parse import urlsplit

from edge_agent.page.guard import is_our_name, is_private

HEADERS = (
    (
        "Content-Security-Policy",
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    ),
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    ("Referrer-Policy", "same-origin"),
    ("Cache-Control", "no-store"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Permissions-Policy", "geolocation=(), microphone=(), camera=()"),
)

Environment = dict[str, Any]
App = Callable[[Environment, Callable[..., Any]], Iterable[bytes]]


class Gate:
    """Refuses who is not in the plant's network, and names that others could point here."""

    def __init__(self, app: App, names: Collection[str]) -> None:
        self._app, self._names = app, names

    def __call__(
        self, environment: Environment, start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        """One request."""

        def started(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:
            own = {name.lower() for name, _ in HEADERS}
            kept = [row for row in headers if row[0].lower() not in own]
            return start_response(status, [*kept, *HEADERS], *more)

        refusal = self._refusal(environment)
        if refusal is None:
            return self._app(environment, started)
        status, text = refusal
        started(status, [("Content-Type", "text/plain; charset=utf-8")])
        return [text.encode("utf-8")]

    def _refusal(self, environment: Environment) -> tuple[str, str] | None:
        if not is_private(str(environment.get("REMOTE_ADDR", ""))):
            return "403 Forbidden", "This page is for the plant's own network only.\n"
        host = str(environment.get("HTTP_HOST", ""))
        if not is_our_name(host, self._names):
            return "421 Misdirected Request", "Open this page by the machine's address.\n"
        origin = environment.get("HTTP_ORIGIN")
        if origin is not None and urlsplit(str(origin)).netloc.lower() != host.lower():
            return "403 Forbidden", "This form was sent by another page.\n"
        if environment.get("REQUEST_METHOD") not in ("GET", "HEAD", "POST"):
            return "405 Method Not Allowed", "GET, HEAD and POST only.\n"
        return None
