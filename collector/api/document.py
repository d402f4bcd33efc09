"""The OpenAPI document: FastAPI's own, with the problems as this server really answers them."""

from __future__ import annotations

from importlib.metadata import version
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from collector.api.said_answers import PROBLEM

TITLE = "Mieruka: a plant's energy and CO2"
ABOUT = """\
Read only. Send `Authorization: Bearer TOKEN`; a token sees its own sites and days alone.

Absent is null, never zero. Energy of a period that is not in the list is unknown. Local days and
months are of the site's time zone; ends are excluded. Long lists come in pages: follow the `Link`
header, or `next`. Send an answer's `ETag` as `If-None-Match` to hear 304 while nothing is new.
`Accept: text/csv` gives rows as CSV. What goes wrong is a problem document (RFC 9457) with a hint.
"""


def document_of(app: FastAPI, root_path: str = "") -> dict[str, Any]:
    """The document of the application's routes, which a proxy serves below ``root_path``."""
    found = get_openapi(
        title=TITLE, version=version("mieruka"), description=ABOUT, routes=app.routes
    )
    schemas = found.setdefault("components", {}).setdefault("schemas", {})
    schemas["Problem"] = PROBLEM
    # A parameter that cannot be is answered with 400 here, not as FastAPI has it.
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    for path in found["paths"].values():
        for operation in path.values():
            operation["responses"].pop("422", None)
    return {**found, "servers": [{"url": root_path or "/"}]}


def parameters_of(document: dict[str, Any], path: str) -> frozenset[str]:
    """The names of the query parameters of a path of the document."""
    operation = document["paths"].get(path, {}).get("get", {})
    told = operation.get("parameters", ())
    return frozenset(item["name"] for item in told if item["in"] == "query")
