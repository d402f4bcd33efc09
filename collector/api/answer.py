"""An answer as it goes out: JSON or CSV as the caller accepts, with a digest that saves the next.

``ETag`` is strong: the digest of the very bytes sent, so the packed form has one of its own.
"""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Literal

import orjson
from starlette.requests import Request
from starlette.responses import Response

from collector.api.problems import Problem
from collector.series.column import Column
from collector.series.csv_text import cell, lines

Form = Literal["json", "csv"]
MEDIA: dict[Form, str] = {"json": "application/json", "csv": "text/csv; charset=utf-8"}
WORTH_PACKING = 1024
"""A body of fewer bytes grows by packing."""
_PACKING_LEVEL = 6
_ANY = ("*/*", "application/*")


def form_of(request: Request, csv: bool) -> Form:
    """JSON, or CSV where it is accepted and there is one.

    Raises ``Problem`` 406 when neither will do.
    """
    accepted = _ranked(request.headers.get("accept", "*/*"))
    for media in accepted:
        if media in ("application/json", *_ANY):
            return "json"
        if csv and media in ("text/csv", "text/*"):
            return "csv"
    told = "application/json or text/csv" if csv else "application/json"
    raise Problem(406, "no form of this answer is accepted", f"send Accept: {told}")


def json_answer(
    request: Request, document: object, headers: Mapping[str, str] | None = None
) -> Response:
    """The document; decimals are text with every digit, dates ISO 8601."""
    form_of(request, csv=False)
    return _answer(request, orjson.dumps(document, default=_plain), MEDIA["json"], headers)


def table_answer(
    request: Request,
    document: Mapping[str, object],
    columns: Sequence[Column],
    rows: Sequence[Sequence[object]],
    headers: Mapping[str, str] | None = None,
) -> Response:
    """The document with ``rows`` in it as objects, or the rows alone as CSV with units."""
    if form_of(request, csv=True) == "csv":
        heads = [[column.head for column in columns]]
        text = lines([*heads, *(tuple(map(cell, row)) for row in rows)])
        return _answer(request, text.encode(), MEDIA["csv"], headers)
    names = [column.name for column in columns]
    objects = [dict(zip(names, row, strict=True)) for row in rows]
    body = orjson.dumps({**document, "rows": objects}, default=_plain)
    return _answer(request, body, MEDIA["json"], headers)


def _answer(
    request: Request, body: bytes, media: str, headers: Mapping[str, str] | None
) -> Response:
    told = {"Cache-Control": "private, no-cache", "Vary": "Accept, Accept-Encoding, Authorization"}
    told |= headers or {}
    if len(body) >= WORTH_PACKING and _takes_gzip(request.headers.get("accept-encoding", "")):
        body = gzip.compress(body, _PACKING_LEVEL, mtime=0)
        told["Content-Encoding"] = "gzip"
    told["ETag"] = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    if _is_known(request.headers.get("if-none-match", ""), told["ETag"]):
        told.pop("Content-Encoding", None)
        return Response(None, 304, told)
    return Response(body, 200, told, media)


def _is_known(header: str, tag: str) -> bool:
    # RFC 9110, 13.1.2: compared weakly, so a W/ that a proxy put before it does no harm.
    known = {part.strip().removeprefix("W/") for part in header.split(",")}
    return tag in known or "*" in known


def _takes_gzip(header: str) -> bool:
    weights = dict(_weighed(header))
    return weights.get("gzip", weights.get("*", 0.0)) > 0


def _ranked(header: str) -> list[str]:
    weighed = [(name, weight) for name, weight in _weighed(header) if weight > 0]
    return [name for name, _ in sorted(weighed, key=lambda pair: -pair[1])]


def _weighed(header: str) -> list[tuple[str, float]]:
    found = []
    for part in header.split(","):
        name, *parameters = (text.strip().lower() for text in part.split(";"))
        told = [text[2:] for text in parameters if text.startswith("q=")]
        found.append((name, _weight(told[0]) if told else 1.0))
    return found


def _weight(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0


def _plain(value: Any) -> str:
    return format(value, "f") if isinstance(value, Decimal) else str(value)
