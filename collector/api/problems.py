"""What went wrong, as RFC 9457 tells it: ``application/problem+json`` with a hint what to do.

Nothing of this machine is told: an error of the store or of the settings goes to the log, and the
caller learns only whether to come again.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import orjson
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from collector.errors import CollectorError, RetryLaterError

log = logging.getLogger(__name__)
MEDIA_TYPE = "application/problem+json"
RETRY_AFTER_S = 10
_HINTS = {
    404: "the paths are in /openapi.json; a token sees its own sites alone",
    405: "this API only reads: GET or HEAD",
}


class Problem(Exception):
    """An answer that is none: status, what is wrong, what to do, headers of its own."""

    def __init__(
        self, status: int, detail: str, hint: str = "", headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(detail)
        self.status, self.detail, self.hint = status, detail, hint
        self.headers = dict(headers or {})

    def response(self) -> Response:
        """The answer as it goes out; never kept by a cache."""
        document = {
            "type": "about:blank",
            "title": HTTPStatus(self.status).phrase,
            "status": self.status,
            "detail": self.detail,
            "hint": self.hint,
        }
        headers = {"Cache-Control": "no-store", **self.headers}
        return Response(orjson.dumps(document), self.status, headers, MEDIA_TYPE)


def refused(error: CollectorError) -> Problem:
    """What a caller wrote that cannot be, as the rooms below word it."""
    return Problem(400, error.message, error.hint)


def catch_problems(app: FastAPI) -> None:
    """Let every error become a problem document."""
    app.add_exception_handler(Problem, _problem)
    app.add_exception_handler(HTTPException, _of_http)
    app.add_exception_handler(RequestValidationError, _of_validation)
    app.add_exception_handler(CollectorError, _of_collector)
    app.add_exception_handler(Exception, _of_anything)


def _problem(_: Request, error: Any) -> Response:
    answer: Response = error.response()
    return answer


def _of_http(_: Request, error: Any) -> Response:
    hint = _HINTS.get(error.status_code, "")
    return Problem(error.status_code, str(error.detail), hint, error.headers).response()


def _of_validation(_: Request, error: Any) -> Response:
    first = error.errors()[0]
    name = str(first["loc"][-1])
    hint = "the parameters are in /openapi.json"
    return Problem(400, f"{name}: {first['msg']}", hint).response()


def _of_collector(request: Request, error: Any) -> Response:
    log.warning("%s: %s", request.url.path, error)
    if isinstance(error, RetryLaterError):
        headers = {"Retry-After": str(RETRY_AFTER_S)}
        return Problem(503, "the store cannot be read now", "ask again", headers).response()
    return Problem(
        500, "this cannot be told now", "the log of the server has the reason"
    ).response()


def _of_anything(request: Request, error: Any) -> Response:
    log.error("fault at %s", request.url.path, exc_info=error)
    hint = "a fault in this program; the log of the server has it, please report it"
    return Problem(500, "something went wrong", hint).response()
