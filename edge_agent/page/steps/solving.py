"""Step 3, when values make no sense: readings of the same meter that physics allows."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from edge_agent import profile
from edge_agent.commission.proposed import proposed_profile
from edge_agent.commission.solve import Change, Proposal, Solution, solve
from edge_agent.errors import StopError
from edge_agent.page.desk import Desk
from edge_agent.page.figures import large_figures
from edge_agent.page.html import Element, el
from edge_agent.page.jobs import Progress
from edge_agent.page.layout import button, empty, form, note, refreshed, section, warning, way_on
from edge_agent.page.lines import line_to
from edge_agent.page.route import Route
from edge_agent.page.steps.identify import TIMEOUT_MS, nothing_here
from edge_agent.page.visit import GoTo, Part, Screen, Visit
from edge_agent.page.work_shown import work_shown
from edge_agent.words import said

KIND = "solve"


def show(desk: Desk, visit: Visit) -> Screen:
    """The proposals beside the reading as it is."""
    draft, state = desk.table.draft(), desk.jobs.state(KIND)
    title = said("A reading that makes sense")
    if not draft.profile:
        return Screen(title, (nothing_here(),), step=3)
    if state is not None and not state.done:
        return Screen(title, (refreshed("/part/solve", 1000, _progress(desk)),), 3, fresh=True)
    failed = warning(state.error, state.hint) if state and state.error else None
    body = (failed, *_shown(visit, draft.solution), way_on(said("Back"), "/live", ""))
    return Screen(title, body, step=3)


def part(desk: Desk, _visit: Visit) -> Part:
    """How far the search is."""
    return Part(_progress(desk))


def start(desk: Desk, _visit: Visit) -> GoTo:
    """Read the meter in other ways, in the background."""
    draft = desk.table.draft()
    if draft.link is None or not draft.profile:
        raise StopError(said("no meter has been chosen yet"), said("begin with the first step"))
    link, model = draft.link, profile.load(draft.profile)

    def work(told: Callable[[Progress], None], _stopped: Callable[[], bool]) -> None:
        told(Progress())
        with line_to(desk.bench, link, desk.opener) as line:

            def read(function: int, address: int, count: int) -> tuple[int, ...]:
                return line.read(draft.unit_id, function, address, count, TIMEOUT_MS)

            desk.table.note(solution=solve(model, read))

    desk.jobs.start(KIND, said("Reading the meter in other ways"), work)
    return GoTo("/solve")


def take(desk: Desk, visit: Visit) -> GoTo:
    """Write a proposal as a profile of this plant, and read with it from now on."""
    draft, number = desk.table.draft(), visit.text("number")
    proposals = draft.solution.proposals if draft.solution is not None else ()
    if not number.isdigit() or int(number) >= len(proposals):
        raise StopError(said("that is none of the proposals"), said("choose one of the list"))
    folder = desk.bench.settings().agent.state_dir / "profiles"
    path = _kept(folder, draft.profile, proposals[int(number)].change)
    desk.table.note(profile=str(path), values=None, judgement=None, samples=())
    return GoTo("/live")


def _kept(folder: Path, parent: str, change: Change) -> Path:
    """The file of the new profile. Raises ``StopError`` when it cannot be written."""
    if parent not in profile.available():
        what = said("this profile is a proposal already")
        raise StopError(what, said("choose a model of the list first"))
    day = datetime.now(UTC).date().isoformat()
    text = proposed_profile(parent, profile.load(parent), change, day)
    number = 1
    while (path := folder / f"{parent}_proposed_{number}.toml").exists():
        number += 1
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        what = said("{path} cannot be written: {reason}", path=path, reason=error.strerror)
        raise StopError(what, said("free space on that disk")) from error
    return path


def _shown(visit: Visit, solution: Solution | None) -> list[Element]:
    if solution is None:
        return [empty(said("Nothing has been looked for yet."))]
    plain = solution.as_it_is
    values = large_figures(plain.values, visit.language) if plain and plain.values else None
    as_it_is = values or empty(said("The meter refuses this reading."))
    rows = [_row(visit, number, one) for number, one in enumerate(solution.proposals)]
    hint = said("the profile is another model's: choose by name, as on the meter's label")
    return [
        section(as_it_is, title=said("As the profile reads it")),
        *(rows or [empty(said("No other reading makes more sense."), hint)]),
    ]


def _row(visit: Visit, number: int, one: Proposal) -> Element:
    return form(
        visit,
        "/solve/take",
        el("input", type="hidden", name="number", value=number),
        el("h2", one.told),
        large_figures(one.sample.values, visit.language),
        note(said("Compare with the display. It is kept as a profile of this plant, unverified.")),
        button(said("Read it like this"), "main" if number == 0 else ""),
        class_="found",
    )


def _progress(desk: Desk) -> Element:
    return work_shown(desk.jobs.state(KIND), "/solve")


ROUTES = (
    Route("GET", "/solve", show),
    Route("GET", "/part/solve", part),
    Route("POST", "/solve", start, back="/live"),
    Route("POST", "/solve/take", take, back="/solve"),
)
