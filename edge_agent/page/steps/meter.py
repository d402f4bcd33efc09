"""One meter of the running agent: its values, how it answers, and the ways to its steps."""

from __future__ import annotations

from edge_agent.config import MeterSettings
from edge_agent.page.bench import UnitFigures
from edge_agent.page.desk import Desk
from edge_agent.page.figures import digits
from edge_agent.page.html import Element, el
from edge_agent.page.known import draft_of, known_meter, verdicts_on
from edge_agent.page.layout import (
    button,
    empty,
    form,
    refreshed,
    section,
    warning,
    way_on,
)
from edge_agent.page.route import Route
from edge_agent.page.steps import live
from edge_agent.page.steps.wiring import verdict_shown
from edge_agent.page.visit import GoTo, Part, Screen, Visit
from edge_agent.words import said


def show(desk: Desk, visit: Visit, meter: str) -> Screen:
    """The screen."""
    row = _row(desk, meter)
    look = button(said("Look at its wiring, change it"), "main")
    body = (
        refreshed(f"/part/meter/{meter}", 3000, _state(desk, visit, meter)),
        form(visit, f"/meters/{meter}/bench", look),
        way_on(said("Test send"), f"/meters/{meter}/send", ""),
        way_on(said("Commissioning record"), f"/meters/{meter}/record", ""),
        way_on(said("To the start"), "/", "quiet"),
    )
    return Screen(row.name or row.id, body, fresh=True)


def part(desk: Desk, visit: Visit, meter: str) -> Part:
    """What changes on it."""
    return Part(_state(desk, visit, meter))


def take_up(desk: Desk, _visit: Visit, meter: str) -> GoTo:
    """Put a meter of the settings on the workbench."""
    row = _row(desk, meter)
    desk.table.put(draft_of(desk, row))
    return GoTo("/wiring")


def statistics_table(one: UnitFigures) -> Element:
    """How the unit answers on its line."""
    rows = (
        (said("Answers"), f"{one.answers:,}", ""),
        (said("No answer in time"), f"{one.timeouts:,}", ""),
        (said("Broken answers"), f"{one.bad_answers:,}", ""),
        (said("Refusals"), f"{one.refusals:,}", ""),
        (said("Time to answer, mean"), _ms(one.latency_ms), "ms"),
        (said("Time to answer, longest"), _ms(one.latency_max_ms), "ms"),
    )
    cells = [
        el(
            "tr",
            el("th", name, scope="row"),
            el("td", value, el("span", unit, class_="unit"), class_="right"),
        )
        for name, value, unit in rows
    ]
    return el("table", el("tbody", cells))


def _ms(value: float | None) -> str:
    return "—" if value is None else digits(value)


def _row(desk: Desk, meter: str) -> MeterSettings:
    known_meter(desk, meter)
    return next(each for each in desk.bench.settings().meters if each.id == meter)


def _state(desk: Desk, visit: Visit, meter: str) -> Element:
    row = _row(desk, meter)
    reading = desk.bench.latest().get(meter)
    fault = desk.bench.health()["meters"].get(meter, {}).get("fault", "")
    figures = desk.bench.statistics().get(meter)
    if reading is None:
        shown = empty(said("Not read yet."), said("wait for the next poll"))
    else:
        shown = live.values_and_picture(
            live.Shown(reading.values, reading.at_ms, row.wiring), visit
        )
    return el(
        "div",
        warning(fault) if fault else None,
        [verdict_shown(one) for one in verdicts_on(desk, meter)],
        shown,
        section(statistics_table(figures), title=said("On the line")) if figures else None,
    )


ROUTES = (
    Route("GET", "/meters/<meter>", show),
    Route("GET", "/part/meter/<meter>", part),
    Route("POST", "/meters/<meter>/bench", take_up, back="/meters/{meter}"),
)
