"""Step 2: which meter it is; the candidates with their reasons, and a choice."""

from __future__ import annotations

from collections.abc import Callable

from edge_agent import profile
from edge_agent.commission.identify import Candidate, identify, tie_note
from edge_agent.errors import StopError
from edge_agent.page.desk import Desk
from edge_agent.page.draft import Draft
from edge_agent.page.figures import large_figures
from edge_agent.page.html import Element, el
from edge_agent.page.jobs import Progress
from edge_agent.page.layout import (
    button,
    choice,
    empty,
    form,
    note,
    refreshed,
    section,
    warning,
    way_on,
)
from edge_agent.page.lines import line_to
from edge_agent.page.route import Route
from edge_agent.page.visit import GoTo, Part, Screen, Visit
from edge_agent.page.work_shown import work_shown
from edge_agent.words import said

KIND = "identify"
MOST = 4
"""So many candidates are shown; the rest can be chosen by name."""
FIRST_REASONS = 3
TIMEOUT_MS = 1_000


def start(desk: Desk) -> None:
    """Ask the unit on the workbench what it is. Raises ``RetryLaterError`` while busy."""
    draft = desk.table.draft()

    def work(told: Callable[[Progress], None], _stopped: Callable[[], bool]) -> None:
        told(Progress())
        candidates = _asked(desk, draft)
        desk.table.note(candidates=candidates)

    desk.jobs.start(KIND, said("Asking unit {unit} what it is", unit=draft.unit_id), work)


def show(desk: Desk, visit: Visit) -> Screen:
    """The candidates, or how far the asking is."""
    title = said("Which meter is it?")
    draft, state = desk.table.draft(), desk.jobs.state(KIND)
    if draft.link is None:
        return Screen(title, (nothing_here(),), step=2)
    if state is not None and not state.done:
        return Screen(title, (refreshed("/part/identify", 1000, _progress(desk)),), 2, fresh=True)
    failed = warning(state.error, state.hint) if state and state.error else None
    rows = [_row(visit, one, first=number == 0) for number, one in enumerate(_best(draft))]
    if not rows and not failed:
        hint = said("choose the model by name below, as on the meter's label")
        rows = [empty(said("No profile fits what it answers."), hint)]
    again = form(visit, "/identify/again", button(said("Ask again"), "quiet"))
    tie = tie_note(_best(draft)) if draft.candidates else ""
    rows = [note(tie), *rows] if tie else rows
    return Screen(title, (failed, *rows, _by_name(visit, draft), again), step=2)


def part(desk: Desk, _visit: Visit) -> Part:
    """How far it is."""
    return Part(_progress(desk))


def again(desk: Desk, _visit: Visit) -> GoTo:
    """Ask once more."""
    start(desk)
    return GoTo("/identify")


def choose(desk: Desk, visit: Visit) -> GoTo:
    """Take a profile for the unit on the workbench."""
    name = visit.text("profile")
    if name not in profile.available():
        what = said("there is no profile {profile}", profile=name)
        raise StopError(what, said("choose one of the list"))
    draft = desk.table.draft()
    one = next((each for each in draft.candidates if each.profile.name == name), None)
    serial, model = (one.serial, one.model) if one else ("", "")
    desk.table.note(
        profile=name, serial=serial, model=model, judgement=None, samples=(), values=None
    )
    return GoTo("/live")


def nothing_here() -> Element:
    """What every later step says when no meter is on the workbench."""
    return el(
        "div",
        empty(said("No meter has been chosen yet."), said("begin with the first step")),
        way_on(said("Find the meter"), "/find"),
    )


def _asked(desk: Desk, draft: Draft) -> tuple[Candidate, ...]:
    assert draft.link is not None
    models = tuple(profile.load(name) for name in profile.available())
    with line_to(desk.bench, draft.link, desk.opener) as line:

        def read(function: int, address: int, count: int) -> tuple[int, ...]:
            return line.read(draft.unit_id, function, address, count, TIMEOUT_MS)

        return tuple(identify(read, models))


def _best(draft: Draft) -> tuple[Candidate, ...]:
    return tuple(one for one in draft.candidates if one.score > 0)[:MOST]


def _progress(desk: Desk) -> Element:
    return work_shown(desk.jobs.state(KIND), "/identify")


def _row(visit: Visit, one: Candidate, first: bool) -> Element:
    model = one.profile
    percent = round(100 * one.score)
    return form(
        visit,
        "/identify/choose",
        el("input", type="hidden", name="profile", value=model.name),
        el("h2", model.vendor, " ", one.model or ", ".join(model.models)),
        el(
            "p",
            el("meter", min=0, max=100, value=percent),
            el("b", said("fits to {percent} %", percent=percent)),
            class_="fit",
        ),
        large_figures(one.values, visit.language, 4) if one.values else None,
        _reasons(one.reasons),
        _serial(one.serial),
        note(said("This profile was not checked on a device: compare with the display."))
        if model.doubtful or model.unverified
        else None,
        button(said("It is this one"), "main" if first else ""),
        class_="found",
    )


def _reasons(reasons: tuple[str, ...]) -> Element:
    """The first in sight, the others behind a touch."""
    rows = [el("li", reason) for reason in reasons]
    more = said("more reasons: {count}", count=len(rows) - FIRST_REASONS)
    rest = el("details", el("summary", more), el("ul", rows[FIRST_REASONS:], class_="reasons"))
    first = el("ul", rows[:FIRST_REASONS], class_="reasons")
    return el("div", first, rest if len(rows) > FIRST_REASONS else None)


def _serial(serial: str) -> Element | None:
    return el("p", said("Serial number {serial}", serial=serial), class_="sub") if serial else None


def _by_name(visit: Visit, draft: Draft) -> Element:
    rows = [(name, name.replace("_", " ")) for name in profile.available()]
    return section(
        form(
            visit,
            "/identify/choose",
            choice(said("Model"), "profile", rows, draft.profile),
            button(said("It is this one")),
        ),
        title=said("Choose by name"),
    )


ROUTES = (
    Route("GET", "/identify", show),
    Route("GET", "/part/identify", part),
    Route("POST", "/identify/again", again, back="/identify"),
    Route("POST", "/identify/choose", choose, back="/identify"),
)
