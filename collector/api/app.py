"""The application: routes, what every request passes, and the document of it all."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

from fastapi import Depends, FastAPI, Request

from collector.api import facts_routes, figure_routes, finding_routes, series_routes, site_routes
from collector.api.document import document_of, parameters_of
from collector.api.edges import Edges
from collector.api.gate import Gate
from collector.api.problems import Problem, catch_problems
from collector.api.seen import Served, Source

Started = Callable[[], object]
ROUTERS = (
    site_routes.router,
    series_routes.router,
    figure_routes.router,
    finding_routes.router,
    facts_routes.router,
)
"""Every route there is: a new file of routes is a name here."""


def make_app(
    source: Source,
    started: Started | None = None,
    clock_s: Callable[[], float] = time.monotonic,
) -> FastAPI:
    """The API over a source. ``started`` is called once the server takes requests."""
    settings = source.settings.api
    app = FastAPI(
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        lifespan=_life(started),
        dependencies=[Depends(only_known_parameters)],
        redirect_slashes=False,
    )
    gate = Gate(
        source.state.api_tokens, source.clock, settings.requests_per_minute, clock_s=clock_s
    )
    app.state.served = Served(source, settings, gate)
    for router in ROUTERS:
        app.include_router(router)
    catch_problems(app)
    app.add_middleware(Edges)
    document = document_of(app, settings.root_path)
    app.openapi = lambda: document  # type: ignore[method-assign]
    return app


def only_known_parameters(request: Request) -> None:
    """See that every parameter is one of the route's: a misspelt one would change the figures.

    Raises ``Problem`` 400, without the value, which might be a secret in the wrong place.
    """
    known = parameters_of(request.app.openapi(), request.scope["route"].path)
    unknown = [name for name in request.query_params if name not in known]
    if unknown:
        listed = ", ".join(sorted(known)) or "none"
        raise Problem(400, f"{unknown[0]!r} is no parameter of this path", f"known: {listed}")
    twice = [n for n in known if len(request.query_params.getlist(n)) > 1]
    if twice:
        raise Problem(400, f"{twice[0]}: given twice", "give each parameter once")


def _life(started: Started | None) -> Callable[[Any], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def life(_: FastAPI) -> AsyncIterator[None]:
        if started is not None:
            started()
        yield

    return life
