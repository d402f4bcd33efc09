"""HTTP/1.1 as much as the fleet server speaks: one request, one answer, then the end. PURE.

Source: RFC 9112. No chunked bodies, no keep-alive, no upgrade, no folded lines; a request with
any of them is refused, so nothing in front of this server can read it differently.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

HEAD_BYTES = 8 * 1024
END = b"\r\n\r\n"
_LINE = re.compile(r"(GET|POST) (/[!-~]{0,255}) HTTP/1\.[01]")
_FIELD = re.compile(r"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*(.*?)[ \t]*")
REASONS = {
    200: "OK",
    400: "Bad Request",
    403: "Forbidden",
    404: "Not Found",
    408: "Request Timeout",
    413: "Content Too Large",
    429: "Too Many Requests",
    500: "Internal Server Error",
    503: "Service Unavailable",
}


class BadRequestError(ValueError):
    """A request that is none; ``status`` is what it is answered with."""

    def __init__(self, what: str, status: int = 400) -> None:
        super().__init__(what)
        self.status = status


@dataclass(frozen=True, slots=True)
class Head:
    """The first lines of a request: method, path without its query, and the body's bytes."""

    method: str
    path: str
    body_bytes: int


def head_of(text: bytes, most_body_bytes: int) -> Head:
    """The head in ``text``, which ends with an empty line. Raises ``BadRequestError``."""
    try:
        first, *lines = text.removesuffix(END).decode("ascii").split("\r\n")
    except UnicodeDecodeError:
        raise BadRequestError("not ASCII") from None
    found = _LINE.fullmatch(first)
    if found is None:
        raise BadRequestError("not a request of HTTP/1.1")
    fields = _fields(lines)
    if "transfer-encoding" in fields or "expect" in fields:
        raise BadRequestError("only a Content-Length is understood")
    length = fields.get("content-length", "0")
    if not re.fullmatch(r"[0-9]{1,9}", length):
        raise BadRequestError("Content-Length is no number")
    if int(length) > most_body_bytes:
        raise BadRequestError(f"more than {most_body_bytes} bytes", 413)
    return Head(found[1], found[2].partition("?")[0], int(length))


def answer_head(status: int, kind: str, length: int) -> bytes:
    """The head of an answer with a body of that kind and length."""
    lines = (
        f"HTTP/1.1 {status} {REASONS.get(status, 'Status')}",
        f"Content-Type: {kind}",
        f"Content-Length: {length}",
        "Cache-Control: no-store",
        "X-Content-Type-Options: nosniff",
        "Connection: close",
    )
    return "\r\n".join(lines).encode("ascii") + END


def _fields(lines: list[str]) -> dict[str, str]:
    fields: dict[str, str] = {}
    for line in lines:
        found = _FIELD.fullmatch(line)
        if found is None:
            raise BadRequestError("a line of the head is none")
        name = found[1].lower()
        if name in fields and name in ("content-length", "transfer-encoding", "host"):
            raise BadRequestError(f"{name} comes twice")
        fields[name] = found[2]
    return fields
