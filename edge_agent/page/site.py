"""The page as a WSGI application: routes, who may use them, and how answers are given. Bottle."""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import bottle

from edge_agent.errors import AgentError, ConfigError
from edge_agent.page import steps
from edge_agent.page.desk import Desk
from edge_agent.page.gate import App, Gate
from edge_agent.page.guard import PinLock, machine_names
from edge_agent.page.html import html_of, page_of
from edge_agent.page.layout import button, document, empty, field, form, warning, way_on
from edge_agent.page.route import Route
from edge_agent.page.sessions import Session, Sessions
from edge_agent.page.static import file_of
from edge_agent.page.visit import Answer, Blob, GoTo, Part, Screen, Upload, Visit
from edge_agent.words import Language, joined, language_of, said

log = logging.getLogger(__name__)

COOKIE = "mieruka_page"
_OWN_PATH = re.compile(r"(/[A-Za-z0-9_.-]+)*/?")


@dataclass(frozen=True, slots=True)
class Door:
    """Who may come in: the PIN, and the visitors that have given it."""

    lock: PinLock
    sessions: Sessions


def application(
    desk: Desk, pin: str, hostname: str, monotonic_s: Callable[[], float] = time.monotonic
) -> App:
    """The page of ``desk``, for whoever knows ``pin`` in this machine's own networks."""
    language = language_of(desk.bench.settings().agent.language)
    door = Door(PinLock(pin, monotonic_s), Sessions(monotonic_s, language))
    app = bottle.Bottle()
    bottle.BaseRequest.MEMFILE_MAX = 256 * 1024
    app.route("/static/<name>", "GET", _static)
    app.route("/enter", "GET", lambda: _show_door(desk, door))
    app.route("/enter", "POST", lambda: _enter(desk, door))
    app.route("/leave", "POST", lambda: _leave(desk, door))
    app.route("/language/<language>", "GET", lambda language: _speak(door, language))
    for route in steps.routes():
        app.route(route.path, route.method, _handler(desk, door, route))
    app.default_error_handler = _plain_error
    return Gate(app, machine_names(hostname))


def _handler(desk: Desk, door: Door, route: Route) -> Callable[..., Any]:
    def handle(**names: str) -> Any:
        session = _session(door)
        if not session.known:
            return _send_to("/enter")
        visit = _visit(session)
        if route.method == "POST" and not session.is_own_form(visit.text("csrf")):
            return _refuse_form(desk, visit)
        return _answered(desk, visit, route, names)

    return handle


def _answered(desk: Desk, visit: Visit, route: Route, names: dict[str, str]) -> Any:
    try:
        answer = route.do(desk, visit, **names)
    except AgentError as error:
        if route.method == "POST":
            visit.session.notices.append(_told(error))
            return _send_to(route.back.format(**names))
        body = (warning(error.message, error.hint), way_on(said("To the start"), "/"))
        answer = Screen(said("This did not work"), body)
    return _given(desk, visit, answer)


def _given(desk: Desk, visit: Visit, answer: Answer) -> Any:
    if isinstance(answer, GoTo):
        return _send_to(answer.path)
    if isinstance(answer, Blob):
        return bottle.HTTPResponse(answer.content, 200, Content_Type=answer.content_type)
    if isinstance(answer, Part):
        return _html(html_of(answer.body, visit.language))
    agent = desk.bench.settings().agent.id
    return _html(page_of(document(answer, visit, agent), visit.language))


def _told(error: AgentError) -> str:
    message = joined(" · ", error.faults) if isinstance(error, ConfigError) else error.message
    if not error.hint:
        return message
    return said("{message} → {hint}", message=message, hint=error.hint)


def _visit(session: Session) -> Visit:
    request = bottle.request
    forms = {name: request.forms.getunicode(name) for name in request.forms}
    uploads = tuple(Upload(each.file.read()) for each in _files(request))
    query = {name: request.query.getunicode(name) for name in request.query}
    return Visit(session, forms, uploads, query, _path())


def _path() -> str:
    path = str(bottle.request.path)
    return path if bottle.request.method == "GET" and _OWN_PATH.fullmatch(path) else "/"


def _files(request: Any) -> Iterable[Any]:
    return [each for name in request.files for each in request.files.getall(name) if each.filename]


def _session(door: Door) -> Session:
    return door.sessions.of(str(bottle.request.get_cookie(COOKIE) or ""))


def _remember(session: Session) -> dict[str, str]:
    return {"Set-Cookie": f"{COOKIE}={session.token}; Path=/; HttpOnly; SameSite=Strict"}


def _html(text: str, status: int = 200, **headers: str) -> Any:
    answer = bottle.HTTPResponse(text, status, **headers)
    answer.set_header("Content-Type", "text/html; charset=utf-8")
    return answer


def _send_to(path: str, session: Session | None = None) -> Any:
    headers = {} if session is None else _remember(session)
    answer = bottle.HTTPResponse("", 303)
    answer.set_header("Location", path)
    for name, value in headers.items():
        answer.set_header(name, value)
    return answer


def _show_door(desk: Desk, door: Door) -> Any:
    return _door(desk, door, _session(door))


def _door(desk: Desk, door: Door, session: Session) -> Any:
    visit = Visit(session, path=_path())
    wait_s = door.lock.wait_s()
    held = said("Too many wrong PINs: nobody may try for {wait} s.", wait=f"{wait_s:.0f}")
    screen = Screen(
        said("Commissioning"),
        (
            warning(held) if wait_s > 0 else None,
            form(
                visit,
                "/enter",
                field(
                    said("PIN"),
                    "pin",
                    type="password",
                    inputmode="numeric",
                    autocomplete="off",
                    autofocus=True,
                    hint=said("The agent told it on its console when it started."),
                ),
                button(said("Enter"), "main"),
            ),
            empty(said("Reads meters only. Nothing is ever written to a meter.")),
        ),
    )
    agent = desk.bench.settings().agent.id
    answer = _html(page_of(document(screen, visit, agent), visit.language))
    for name, value in _remember(session).items():
        answer.set_header(name, value)
    return answer


def _enter(desk: Desk, door: Door) -> Any:
    session = _session(door)
    visit = _visit(session)
    if not session.is_own_form(visit.text("csrf")):
        return _refuse_form(desk, visit)
    if door.lock.opens(visit.text("pin")):
        return _send_to("/", door.sessions.known(session))
    log.warning("the page was tried with a wrong PIN from %s", bottle.request.remote_addr)
    session.notices.append(said("That PIN is wrong."))
    return _send_to("/enter")


def _leave(desk: Desk, door: Door) -> Any:
    session = _session(door)
    visit = _visit(session)
    if not session.is_own_form(visit.text("csrf")):
        return _refuse_form(desk, visit)
    door.sessions.end(session)
    return _send_to("/enter")


def _speak(door: Door, language: str) -> Any:
    session = _session(door)
    spoken: Language = "ja" if language == "ja" else "en"
    session.language = spoken
    return _send_to(_back_path(), session)


def _back_path() -> str:
    """Where the visitor was: a path of this page, never another machine."""
    came_from = str(bottle.request.query.get("back") or "/")
    return came_from if _OWN_PATH.fullmatch(came_from) else "/"


def _refuse_form(desk: Desk, visit: Visit) -> Any:
    body = (
        warning(
            said("This form is too old, or was not given out by this page."),
            said("open the page anew and try again"),
        ),
        way_on(said("To the start"), "/"),
    )
    agent = desk.bench.settings().agent.id
    screen = Screen(said("This did not work"), body)
    return _html(page_of(document(screen, visit, agent), visit.language), 403)


def _static(name: str) -> Any:
    found = file_of(name)
    if found is None:
        return bottle.HTTPResponse("there is no such file\n", 404)
    content, content_type = found
    answer = bottle.HTTPResponse(content, 200)
    answer.set_header("Content-Type", content_type)
    return answer


def _plain_error(error: Any) -> str:
    bottle.response.content_type = "text/plain; charset=utf-8"
    if error.exception is not None:
        log.warning("fault in the page: %r", error.exception)
        log.debug("its traceback: %s", error.traceback)
    return f"{error.status_line}\n"
