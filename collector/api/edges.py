"""What every request passes first: its size, HEAD, and headers every answer has."""

from __future__ import annotations

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from collector.api.problems import Problem

LONGEST_URL = 4096
"""Bytes of path and query; the longest question this API has fits several times."""
_ALWAYS = {"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer"}


class Edges:
    """Refuses requests with a body or a very long address; answers HEAD as GET without its body."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        head = scope["method"] == "HEAD"
        sending = _Sending(send, head)
        problem = _problem_of(scope)
        if problem is not None:
            await problem.response()(scope, receive, sending)
            return
        await self._app({**scope, "method": "GET"} if head else scope, receive, sending)


class _Sending:
    def __init__(self, send: Send, head: bool) -> None:
        self._send, self._head = send, head

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            MutableHeaders(raw=message["headers"]).update(_ALWAYS)
        elif self._head:
            message = {**message, "body": b""}
        await self._send(message)


def _problem_of(scope: Scope) -> Problem | None:
    headers = Headers(scope=scope)
    length = headers.get("content-length", "0")
    if length != "0" or "transfer-encoding" in headers:
        return Problem(413, "a request has no body here", "ask by path and parameters")
    if len(scope.get("raw_path") or b"") + len(scope["query_string"]) > LONGEST_URL:
        return Problem(414, "the address is too long", f"{LONGEST_URL} bytes at most")
    return None
