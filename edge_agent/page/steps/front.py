"""The first screen: every meter, how it is, and what is wrong in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from edge_agent.config import MeterSettings
from edge_agent.contract.reading import Reading
from edge_agent.page.choices import SEVERITY
from edge_agent.page.desk import Desk
from edge_agent.page.figures import large_figures, span
from edge_agent.page.html import Element, el
from edge_agent.page.known import verdicts_on
from edge_agent.page.layout import (
    button,
    empty,
    form,
    good,
    note,
    refreshed,
    section,
    warning,
    way_on,
)
from edge_agent.page.route import Route
from edge_agent.page.visit import Part, Screen, Visit
from edge_agent.wiring import Verdict
from edge_agent.words import said


def show(desk: Desk, visit: Visit) -> Screen:
    """The first screen."""
    return Screen(
        desk.bench.settings().agent.site,
        (
            way_on(said("Add a meter"), "/find"),
            refreshed("/part/front", 3000, _state(desk, visit)),
            section(
                el("a", said("Commissioning records"), href="/records", class_="row"),
                el("a", said("Settings and backups"), href="/settings", class_="row"),
                class_="list",
            ),
            form(visit, "/leave", button(said("Leave"), "quiet")),
        ),
        fresh=True,
    )


def part(desk: Desk, visit: Visit) -> Part:
    """What changes on it."""
    return Part(_state(desk, visit))


def _state(desk: Desk, visit: Visit) -> Element:
    if desk.bench.starting():
        return el("div", note(said("The agent starts anew.")))
    health = desk.bench.health()
    latest = desk.bench.latest()
    rows = [
        _card(row, health, latest.get(row.id), verdicts_on(desk, row.id), visit)
        for row in desk.bench.settings().meters
    ]
    if not rows:
        hint = said("press “Add a meter” and follow the eight steps")
        rows = [empty(said("No meter is set up yet."), hint)]
    return el("div", _wrong(health), rows)


def _wrong(health: Mapping[str, Any]) -> list[Element]:
    why = [warning(text) for text in health["why"]]
    notes = [note(text) for text in health["notes"]]
    return [*(why or [good(said("All is well."))]), *notes]


def _card(
    meter: MeterSettings,
    health: Mapping[str, Any],
    reading: Reading | None,
    verdicts: tuple[Verdict, ...],
    visit: Visit,
) -> Element:
    facts = health["meters"].get(meter.id, {})
    age_s = facts.get("age_s")
    is_well = bool(facts.get("ok")) and age_s is not None
    seen = said("read {ago} ago", ago=span(age_s)) if age_s is not None else said("not read yet")
    return el(
        "a",
        el(
            "span",
            el("b", meter.name or meter.id),
            el("span", meter.circuit or meter.id, class_="sub"),
            class_="who",
        ),
        el(
            "span", "✓ " if is_well else "! ", seen, class_="state well" if is_well else "state ill"
        ),
        large_figures(reading.values, visit.language, 2) if reading else None,
        el("span", facts.get("fault", ""), class_="fault") if not is_well else None,
        [el("span", SEVERITY[one.severity], ": ", one.title, class_="fault") for one in verdicts],
        href=f"/meters/{meter.id}",
        class_="card",
    )


ROUTES = (Route("GET", "/", show), Route("GET", "/part/front", part))
