"""Step 7: whether a reading of this meter has arrived at the collector, and where it waits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from edge_agent.page.desk import Desk
from edge_agent.page.figures import clock_time, span
from edge_agent.page.html import Element, el
from edge_agent.page.known import known_meter
from edge_agent.page.layout import empty, good, refreshed, warning, way_on
from edge_agent.page.route import Route
from edge_agent.page.visit import Part, Screen, Visit
from edge_agent.words import Said, said

RECEIPT_S = 60.0
"""A receipt that has not come so long after the reading needs a look at the collector."""


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage of a reading's way: whether it is passed, what is seen there, what to do."""

    name: str
    passed: bool
    seen: str = ""
    trouble: str = ""
    hint: str = ""


def show(desk: Desk, visit: Visit, meter: str) -> Screen:
    """The screen."""
    known_meter(desk, meter)
    body = (
        refreshed(f"/part/send/{meter}", 1500, _state(desk, meter)),
        way_on(said("Go on: commissioning record"), f"/meters/{meter}/record"),
        way_on(said("Undo: back to the settings of before"), "/settings", "quiet"),
    )
    return Screen(said("Test send"), body, step=7, fresh=True)


def part(desk: Desk, _visit: Visit, meter: str) -> Part:
    """Where the newest reading is."""
    return Part(_state(desk, meter))


def stages(
    health: Mapping[str, Any], meter: str, newest_ms: int | None, stored_ms: int | None, now_ms: int
) -> tuple[Stage, ...]:
    """The stages of a reading's way, as the agent's facts tell. PURE."""
    return (
        _read(health["meters"].get(meter, {}), newest_ms),
        _dated(health),
        _broker(health["broker"]),
        _receipt(newest_ms, stored_ms, now_ms),
    )


def _read(facts: Mapping[str, Any], newest_ms: int | None) -> Stage:
    name = said("Read from the meter")
    if newest_ms is None:
        waiting = said("waits for the first poll")
        return Stage(name, False, waiting, str(facts.get("fault") or ""))
    seen = said("newest reading at {time}", time=clock_time(newest_ms))
    return Stage(name, True, seen, str(facts.get("fault") or ""))


def _dated(health: Mapping[str, Any]) -> Stage:
    name = said("Kept, and dated by a right clock")
    outbox = health["outbox"]
    if outbox.get("fault"):
        return Stage(name, False, "", outbox["fault"])
    if outbox.get("held"):
        what = said("{count} readings wait for a right clock", count=outbox["held"])
        hint = said("let this machine reach a time server, or set [clock] wait_s; see the manual")
        return Stage(name, False, "", what, hint)
    seen = said("readings on their way: {count}", count=outbox.get("readings", 0))
    return Stage(name, True, seen)


def _broker(broker: Mapping[str, Any]) -> Stage:
    name = said("Broker")
    if broker.get("connected"):
        return Stage(name, True, said("reached"))
    fault = str(broker.get("fault") or "")
    hint = said("check the address, user and certificate in [mqtt], and the plant's firewall")
    return Stage(name, False, "", fault or said("not connected yet"), hint)


def _receipt(newest_ms: int | None, stored_ms: int | None, now_ms: int) -> Stage:
    name = said("Stored by the collector")
    if stored_ms is not None:
        return Stage(name, True, said("receipt for {time}", time=clock_time(stored_ms)))
    if newest_ms is None or now_ms - newest_ms < RECEIPT_S * 1000:
        return Stage(name, False, said("waits for the receipt: half a minute at most"))
    late = span((now_ms - newest_ms) / 1000)
    what = said("no receipt has come for {time}", time=late)
    hint = said("does the collector run, and may this agent write and read its topics?")
    return Stage(name, False, "", what, hint)


def _state(desk: Desk, meter: str) -> Element:
    if desk.bench.starting():
        return el("div", empty(said("The agent starts anew.")))
    reading = desk.bench.latest().get(meter)
    rows = stages(
        desk.bench.health(),
        meter,
        None if reading is None else reading.at_ms,
        desk.bench.stored_up_to(meter),
        desk.now_ms(),
    )
    done = good(said("A reading of this meter has arrived.")) if rows[-1].passed else None
    return el("div", done, el("ol", [_shown(row) for row in rows], class_="stages"))


def _shown(stage: Stage) -> Element:
    sign: Said | str = "✓" if stage.passed else "…" if not stage.trouble else "!"
    kind = "done" if stage.passed else "ill" if stage.trouble else "open"
    return el(
        "li",
        el("span", sign, class_="sign", aria_hidden="true"),
        el("div", el("b", stage.name), el("span", stage.seen, class_="sub")),
        warning(stage.trouble, stage.hint) if stage.trouble else None,
        class_=kind,
    )


ROUTES = (
    Route("GET", "/meters/<meter>/send", show),
    Route("GET", "/part/send/<meter>", part),
)
