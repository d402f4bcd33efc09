"""Step 6: the lines for the settings file, shown, written with a backup, and a new start."""

from __future__ import annotations

import logging
from pathlib import Path

from edge_agent import settings_file
from edge_agent.errors import StopError
from edge_agent.page.desk import Desk
from edge_agent.page.draft import Draft
from edge_agent.page.html import Element, el
from edge_agent.page.layout import (
    button,
    form,
    good,
    note,
    refreshed,
    section,
    warning,
    way_on,
)
from edge_agent.page.route import Route
from edge_agent.page.steps.identify import nothing_here
from edge_agent.page.visit import GoTo, Part, Screen, Visit
from edge_agent.words import said

log = logging.getLogger(__name__)


def show(desk: Desk, visit: Visit) -> Screen:
    """What will be written, and the button, or why it cannot be."""
    draft = desk.table.draft()
    title = said("Write the settings")
    if draft.settings is None or draft.link is None:
        return Screen(title, (nothing_here(),), step=6)
    lines = settings_file.tables_of(desk.bench.path, draft.link, draft.settings)
    closed = settings_file.why_read_only(desk.bench.path)
    text = said("Changed in {path}:", path=desk.bench.path)
    if not draft.meter:
        text = said("Added to {path}:", path=desk.bench.path)
    body = (
        el("p", text),
        el("pre", lines),
        warning(closed.message, closed.hint) if closed else _button(visit),
        way_on(said("Back: correct something"), "/name", ""),
    )
    return Screen(title, body, step=6)


def write(desk: Desk, _visit: Visit) -> GoTo:
    """Write the settings, and ask the agent to start with them."""
    draft = desk.table.draft()
    if draft.settings is None or draft.link is None:
        raise StopError(said("no meter has been chosen yet"), said("begin with the first step"))
    desk.jobs.ensure_idle()
    backup = _written(desk, draft)
    log.info("settings of meter %s were written; before: %s", draft.settings.id, backup)
    desk.table.note(meter=draft.settings.id)
    desk.table.keep_judgement()
    desk.bench.start_anew(backup)
    return GoTo("/start")


def show_start(desk: Desk, _visit: Visit) -> Screen:
    """How the start goes."""
    return Screen(
        said("The agent starts anew"),
        (refreshed("/part/start", 700, _start(desk)),),
        step=6,
        fresh=True,
    )


def start_part(desk: Desk, _visit: Visit) -> Part:
    """How the start goes."""
    return Part(_start(desk))


def _written(desk: Desk, draft: Draft) -> Path:
    assert draft.settings is not None
    assert draft.link is not None
    if draft.meter:
        return settings_file.change_meter(desk.bench.path, draft.settings)
    return settings_file.add_meter(desk.bench.path, draft.link, draft.settings)


def _button(visit: Visit) -> Element:
    return form(
        visit,
        "/write",
        note(
            said("The file as it is now is kept beside it, dated."),
            said("readings of all meters pause for a few seconds while the agent starts anew"),
        ),
        button(said("Write and start"), "main"),
    )


def _start(desk: Desk) -> Element:
    if desk.bench.starting():
        return el("div", el("progress"), el("p", said("A few seconds..."), class_="sub"))
    start = desk.bench.last_start()
    if start is not None and start.fault:
        return section(
            warning(start.fault, start.hint),
            note(said("The settings of before are back, and the agent runs with them.")),
            way_on(said("Back: correct something"), "/name"),
        )
    return _started(desk)


def _started(desk: Desk) -> Element:
    meter = desk.table.draft().meter
    known = {each.id for each in desk.bench.settings().meters}
    if meter not in known:
        return el("div", good(said("The agent runs.")), way_on(said("To the start"), "/"))
    path = f"/meters/{meter}/send"
    return el(
        "div",
        good(said("The agent runs with the new settings.")),
        el("p", way_on(said("Go on: test send"), path), data_goto=path),
    )


ROUTES = (
    Route("GET", "/write", show),
    Route("POST", "/write", write, back="/write"),
    Route("GET", "/start", show_start),
    Route("GET", "/part/start", start_part),
)
