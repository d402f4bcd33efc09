"""Step 4: is it wired as it should be? A few samples, and the verdict with its evidence."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, cast

from edge_agent.config.meters import Wiring
from edge_agent.errors import AgentError, StopError
from edge_agent.page.choices import SEVERITY, WIRINGS
from edge_agent.page.desk import Desk
from edge_agent.page.draft import Connection, Draft
from edge_agent.page.figures import clock_time
from edge_agent.page.html import Element, el
from edge_agent.page.jobs import Progress
from edge_agent.page.layout import (
    button,
    choice,
    empty,
    field,
    form,
    good,
    note,
    refreshed,
    section,
    warning,
    way_on,
)
from edge_agent.page.lines import line_to
from edge_agent.page.route import Route
from edge_agent.page.sampling import sampler
from edge_agent.page.steps.identify import nothing_here
from edge_agent.page.steps.live import guessed
from edge_agent.page.visit import GoTo, Part, Screen, Visit
from edge_agent.page.work_shown import work_shown
from edge_agent.wiring import Judgement, MeterFacts, judge
from edge_agent.words import said

KIND = "wiring"


def show(desk: Desk, visit: Visit) -> Screen:
    """The verdict, or the way to one."""
    draft, state = desk.table.draft(), desk.jobs.state(KIND)
    title = said("Is it wired right?")
    if not draft.profile:
        return Screen(title, (nothing_here(),), step=4)
    if state is not None and not state.done:
        return Screen(title, (refreshed("/part/wiring", 1000, _progress(desk)),), 4, fresh=True)
    failed = warning(state.error, state.hint) if state and state.error else None
    judged = draft.judgement is not None
    after = (way_on(said("Go on: name and circuit"), "/name", "main" if judged else ""),)
    body = (failed, judgement_shown(draft), _facts(visit, draft, judged), *after)
    return Screen(title, body, step=4)


def part(desk: Desk, _visit: Visit) -> Part:
    """How far the samples are."""
    return Part(_progress(desk))


def check(desk: Desk, visit: Visit) -> GoTo:
    """Note what the meter is connected to, take samples, and judge them."""
    desk.table.note(connection=connection_of(visit))
    start(desk)
    return GoTo("/wiring")


def start(desk: Desk) -> None:
    """Take samples and judge them, in the background."""
    draft = desk.table.draft()

    def work(told: Callable[[Progress], None], stopped: Callable[[], bool]) -> None:
        samples = _sampled(desk, draft, told, stopped)
        desk.table.note(
            samples=tuple(samples),
            values=samples[-1],
            values_at_ms=desk.now_ms(),
            judgement=judge(samples, facts_of(draft)),
            judged_at_ms=desk.now_ms(),
        )
        desk.table.keep_judgement()

    title = said("Reading the meter {count} times", count=desk.samples)
    desk.jobs.start(KIND, title, work)


def facts_of(draft: Draft) -> MeterFacts:
    """What the judgement may know."""
    facts = draft.connection
    return MeterFacts(
        wiring=cast(Wiring, facts.wiring or guessed(draft)),
        rated_current_a=facts.rated_current_a,
        ct_ratio=facts.ct_ratio,
        vt_ratio=facts.vt_ratio,
        generates=facts.generates,
    )


def connection_of(visit: Visit) -> Connection:
    """What the form says the meter is connected to. Raises ``StopError``."""
    wiring = visit.text("wiring")
    if wiring not in dict(WIRINGS):
        raise StopError(said("that is no wiring"), said("choose one of the list"))
    return Connection(
        wiring=wiring,
        rated_current_a=_number(visit, "rated_current_a", said("Rated current")),
        ct_ratio=_number(visit, "ct_ratio", said("CT ratio")) or 1.0,
        vt_ratio=_number(visit, "vt_ratio", said("VT ratio")) or 1.0,
        generates=visit.text("generates") == "yes",
    )


def connection_fields(draft: Draft) -> list[Element]:
    """The fields of the form, filled with what is known."""
    facts = draft.connection
    return [
        choice(said("Wiring"), "wiring", WIRINGS, facts.wiring or guessed(draft)),
        field(
            said("Rated current, A"),
            "rated_current_a",
            shown_number(facts.rated_current_a),
            hint=said("of the CT's primary side, or the breaker; empty: not known"),
            inputmode="decimal",
        ),
        field(
            said("CT ratio"),
            "ct_ratio",
            shown_number(facts.ct_ratio),
            hint=said("1 where the meter knows its CT, else 40 for 200/5 A, for example"),
            inputmode="decimal",
        ),
        field(
            said("VT ratio"),
            "vt_ratio",
            shown_number(facts.vt_ratio),
            hint=said("1 without voltage transformers"),
            inputmode="decimal",
        ),
    ]


def shown_number(number: float | None) -> str:
    """As a person writes it, empty for none."""
    return "" if number is None else f"{number:g}"


def judgement_shown(draft: Draft) -> Element | None:
    """The verdicts with their evidence and what to do."""
    judgement = draft.judgement
    if judgement is None:
        return empty(
            said("The wiring has not been looked at yet."),
            said("it takes some load: switch something on, then press the button below"),
        )
    verdicts = [verdict_shown(one) for one in judgement.verdicts]
    return el("div", _head(judgement), verdicts, _looked_at(judgement), _when(draft))


def verdict_shown(one: Any) -> Element:
    """One verdict."""
    return el(
        "section",
        el("p", SEVERITY[one.severity], class_="severity"),
        el("h2", one.title),
        el("p", one.evidence),
        el("p", one.todo, class_="todo"),
        class_=f"verdict {one.severity}",
    )


def _head(judgement: Judgement) -> Element:
    if not judgement.enough_load:
        hint = said("switch something on behind this meter and look again")
        return warning(judgement.load or said("No load yet: nothing can be said."), hint)
    if judgement.healthy:
        return good(said("Wired right, as far as the values can tell."))
    return note(judgement.load)


def _looked_at(judgement: Judgement) -> Element:
    rows = [
        el(
            "li",
            el("span", "✓ " if look.done else "– ", aria_hidden="true"),
            look.title,
            el("span", look.why, class_="sub") if not look.done else None,
            class_="done" if look.done else None,
        )
        for look in judgement.looked_at
    ]
    return el("details", el("summary", said("What was looked at")), el("ul", rows, class_="looks"))


def _when(draft: Draft) -> Element:
    return el("p", said("judged at {time}", time=clock_time(draft.judged_at_ms)), class_="sub")


def _facts(visit: Visit, draft: Draft, judged: bool) -> Element:
    text = said("Look again") if judged else said("Look at the wiring")
    generates = choice(
        said("Can power flow back (solar, generator)?"),
        "generates",
        [("no", said("no")), ("yes", said("yes"))],
        "yes" if draft.connection.generates else "no",
    )
    return section(
        form(
            visit,
            "/wiring/check",
            connection_fields(draft),
            generates,
            button(text, "" if judged else "main"),
        ),
        title=said("What it is connected to"),
    )


def _sampled(
    desk: Desk, draft: Draft, told: Callable[[Progress], None], stopped: Callable[[], bool]
) -> list[dict[str, float]]:
    assert draft.link is not None
    samples: list[dict[str, float]] = []
    failure: AgentError | None = None
    with line_to(desk.bench, draft.link, desk.opener) as line:
        sample = sampler(draft, line)
        for number in range(desk.samples):
            left_s = (desk.samples - number) * desk.sample_every_s
            told(Progress(number / desk.samples, left_s))
            try:
                samples.append(dict(sample().reading.values))
            except AgentError as error:
                failure = error
            if stopped():
                break
            desk.sleep(desk.sample_every_s)
    if not samples and failure is not None:
        raise failure
    return samples


def _progress(desk: Desk) -> Element:
    return work_shown(desk.jobs.state(KIND), "/wiring")


def _number(visit: Visit, name: str, label: str) -> float | None:
    text = visit.text(name).replace(",", ".")
    if not text:
        return None
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not (math.isfinite(number) and number > 0):
        what = said("{label}: “{text}” is no number above zero", label=label, text=text)
        raise StopError(what, said("write for example 40 or 0.5"))
    return number


ROUTES = (
    Route("GET", "/wiring", show),
    Route("GET", "/part/wiring", part),
    Route("POST", "/wiring/check", check, back="/wiring"),
)
