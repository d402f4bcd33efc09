"""Step 3: what the meter shows now, in figures and as a phasor picture."""

from __future__ import annotations

from dataclasses import dataclass

from edge_agent import profile
from edge_agent.config.meters import Wiring
from edge_agent.errors import AgentError
from edge_agent.page.desk import Desk
from edge_agent.page.draft import Draft, Values
from edge_agent.page.figures import clock_time, large_figures, value_table
from edge_agent.page.html import Element, el
from edge_agent.page.layout import button, form, note, refreshed, section, warning, way_on
from edge_agent.page.lines import is_shared, line_to, running_at
from edge_agent.page.picture import phasor_picture
from edge_agent.page.route import Route
from edge_agent.page.sampling import read_sample
from edge_agent.page.steps.identify import nothing_here
from edge_agent.page.visit import Part, Screen, Visit
from edge_agent.wiring import phasors
from edge_agent.words import said

EVERY_MS = 2_000
FRESH_MS = 1_500
"""Two readers of the page do not ask the meter twice within so long."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What a part of the page shows of a meter: values, their instant, what they are wired as."""

    values: Values
    at_ms: int
    wiring: str


def show(desk: Desk, visit: Visit) -> Screen:
    """The screen."""
    draft = desk.table.draft()
    title = said("Live values")
    if not draft.profile:
        return Screen(title, (nothing_here(),), step=3)
    body = (
        _pauses(desk, draft),
        refreshed("/part/live", EVERY_MS, _now(desk, visit)),
        way_on(said("Values agree with the display: on to the wiring"), "/wiring"),
        way_on(said("They do not: choose another profile"), "/identify", ""),
        form(visit, "/solve", button(said("They make no sense: look for a reading that does"))),
    )
    return Screen(title, body, step=3, fresh=True)


def part(desk: Desk, visit: Visit) -> Part:
    """The newest values."""
    return Part(_now(desk, visit))


def _now(desk: Desk, visit: Visit) -> Element:
    try:
        draft = _renewed(desk)
    except AgentError as error:
        return el("div", warning(error.message, error.hint))
    if draft.values is None:
        return nothing_here()
    shown = Shown(draft.values, draft.values_at_ms, draft.connection.wiring or guessed(draft))
    complaints = [note(text) for text in draft.complaints]
    return el("div", complaints, values_and_picture(shown, visit))


def values_and_picture(shown: Shown, visit: Visit) -> Element:
    """Figures first, then the picture, then the table."""
    return el(
        "div",
        large_figures(shown.values, visit.language),
        _picture(shown),
        section(value_table(shown.values, visit.language), title=said("All values")),
        el("p", said("read at {time}", time=clock_time(shown.at_ms)), class_="sub"),
    )


def guessed(draft: Draft) -> Wiring:
    """The wiring that its values look like among those it is made for, until somebody says."""
    wirings = profile.load(draft.profile).wirings if draft.profile else ()
    values = draft.values or {}
    stars = any(values.get(f"voltage_l{phase}_v") for phase in (1, 2, 3))
    if "3P3W" in wirings and not stars and values.get("voltage_l1_l2_v"):
        return "3P3W"
    return wirings[0] if wirings else ""


def _picture(shown: Shown) -> Element:
    arrows = phasors(shown.values, shown.wiring)  # type: ignore[arg-type]
    if not arrows:
        text = said("This meter gives too few values for a phasor picture.")
        return section(note(text), title=said("Phasors"))
    return section(phasor_picture(arrows), title=said("Phasors"))


def _renewed(desk: Desk) -> Draft:
    """The draft with values that are fresh. Raises ``AgentError``."""
    draft = desk.table.draft()
    if draft.link is None or not draft.profile:
        return draft
    if draft.values is not None and desk.now_ms() - draft.values_at_ms < FRESH_MS:
        return draft
    with line_to(desk.bench, draft.link, desk.opener) as line:
        sample = read_sample(draft, line)
    return desk.table.note(
        values=dict(sample.reading.values),
        values_at_ms=sample.reading.at_ms,
        complaints=sample.complaints,
    )


def _pauses(desk: Desk, draft: Draft) -> Element | None:
    if draft.link is None:
        return None
    running = running_at(desk.bench, draft.link)
    if running is None or is_shared(running, draft.link):
        return None
    return note(
        said(
            "Line {line} runs with other settings: its readings pause meanwhile.", line=running.id
        ),
        said("set the meter to the line's speed and parity, then find it again"),
    )


ROUTES = (Route("GET", "/live", show), Route("GET", "/part/live", part))
