"""The settings file and its dated copies: the way back by a button."""

from __future__ import annotations

import logging
from pathlib import Path

from edge_agent import settings_file
from edge_agent.errors import StopError
from edge_agent.page.desk import Desk
from edge_agent.page.html import Element, el
from edge_agent.page.layout import button, empty, form, note, section, warning, way_on
from edge_agent.page.route import Route
from edge_agent.page.visit import GoTo, Screen, Visit
from edge_agent.words import said

log = logging.getLogger(__name__)


def show(desk: Desk, visit: Visit) -> Screen:
    """The copies, newest first."""
    path = desk.bench.path
    copies = settings_file.backups(path)
    start, closed = desk.bench.last_start(), settings_file.why_read_only(path)
    rows = [_row(visit, copy) for copy in copies]
    body = (
        warning(start.fault, start.hint) if start is not None and start.fault else None,
        warning(closed.message, closed.hint) if closed else None,
        el("p", said("The agent runs with {path}.", path=path)),
        section(
            rows or empty(said("No copy yet."), said("one is made before each change")),
            title=said("The file as it was before a change"),
        ),
        note(said("Going back keeps the present file as a copy too: it can be undone.")),
        way_on(said("To the start"), "/", "quiet"),
    )
    return Screen(said("Settings and backups"), body)


def go_back(desk: Desk, visit: Visit) -> GoTo:
    """Put a copy in the file's place, and start with it."""
    copies = settings_file.backups(desk.bench.path)
    copy = next((each for each in copies if each.name == visit.text("name")), None)
    if copy is None:
        raise StopError(said("that is none of the copies"), said("choose one of the list"))
    desk.jobs.ensure_idle()
    way_back = settings_file.restore(desk.bench.path, copy)
    log.info("settings of before were put back: %s; until now: %s", copy.name, way_back)
    desk.bench.start_anew(way_back)
    return GoTo("/start")


def _row(visit: Visit, copy: Path) -> Element:
    return form(
        visit,
        "/settings/back",
        el("input", type="hidden", name="name", value=copy.name),
        el("code", copy.name),
        button(said("Back to this one")),
        class_="found",
    )


ROUTES = (
    Route("GET", "/settings", show),
    Route("POST", "/settings/back", go_back, back="/settings"),
)
