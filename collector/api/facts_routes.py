"""What needs no token: whether the server can answer, what it can be asked, and a page of that."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, Response

from collector.api.answer import json_answer
from collector.api.docs_page import POLICY, docs_page
from collector.api.said_answers import answers
from collector.api.schema import thing, truth
from collector.api.seen import served

router = APIRouter(tags=["server"])


@router.get(
    "/v1/health",
    summary="Whether the server can answer",
    response_class=Response,
    responses=answers("it can", thing("how it is", {"ok": truth("the store can be read", True)})),
)
def health(request: Request) -> Response:
    """200 when settings, state and store can be read, else 503; no token is needed."""
    source = served(request).source
    source.state.api_tokens.list()
    source.store.count_readings(source.settings.sites[0].id, "_", 0, 0)
    return json_answer(request, {"ok": True})


@router.get("/openapi.json", include_in_schema=False)
def openapi(request: Request) -> Response:
    """The OpenAPI document."""
    return json_answer(request, request.app.openapi())


@router.get("/docs", include_in_schema=False)
def docs(request: Request) -> Response:
    """The document as a page, which loads nothing from anywhere."""
    page = docs_page(request.app.openapi())
    return HTMLResponse(page, headers={"Content-Security-Policy": POLICY})
