"""What a route of the API may answer, as its OpenAPI document says it."""

from __future__ import annotations

from typing import Any

from collector.api import problems
from collector.api.schema import Schema, text, thing, whole

Answers = dict[int | str, dict[str, Any]]
PROBLEM: Schema = thing(
    "what is wrong, and what to do (RFC 9457)",
    {
        "type": text("always about:blank: the status says it", "about:blank"),
        "title": text("the status in words", "Not Found"),
        "status": whole("the status as a number", 404),
        "detail": text("what is wrong", "there is no such site"),
        "hint": text("what to do", "GET /v1/sites lists those this token sees"),
    },
)
_ETAG = {
    "description": "digest of the body: send it as If-None-Match",
    "schema": {"type": "string"},
}
_LINK = {
    "description": 'where the next page is: <?cursor=...>; rel="next"',
    "schema": {"type": "string"},
}
_TITLES = {
    400: "a parameter cannot be what it is",
    401: "no token that is valid",
    403: "the period reaches beyond what the token may see",
    404: "there is no such thing, or not for this token",
    406: "no form of the answer is accepted",
    409: "the figure cannot be made from what there is",
    429: "too many requests",
    503: "the store cannot be read now",
}


def answers(
    meaning: str, schema: Schema, *more: int, csv: bool = False, paged: bool = False
) -> Answers:
    """200 with this schema (and as CSV), 304, and the problems it may have beside the usual."""
    content: dict[str, Any] = {"application/json": {"schema": schema}}
    if csv:
        content["text/csv"] = {"schema": text("the rows, units in the heads, absent is empty")}
    headers = {"ETag": _ETAG, **({"Link": _LINK} if paged else {})}
    told: Answers = {
        200: {"description": meaning, "content": content, "headers": headers},
        304: {"description": "what If-None-Match names is still so"},
    }
    return told | problem_answers(400, 401, 406, 429, 503, *more)


def problem_answers(*statuses: int) -> Answers:
    """The problems of these statuses."""
    content = {problems.MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {
        status: {"description": _TITLES[status], "content": content} for status in sorted(statuses)
    }
