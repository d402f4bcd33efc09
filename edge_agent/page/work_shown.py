"""A job under way as people see it: how far, how long still, which readings wait."""

from __future__ import annotations

from edge_agent.page.figures import span
from edge_agent.page.html import Element, el
from edge_agent.page.jobs import JobState
from edge_agent.page.layout import note, warning, way_on
from edge_agent.words import said


def work_shown(state: JobState | None, then: str, *more: Element) -> Element:
    """How far it is; once it is done, the way on to ``then``."""
    if state is None or state.done:
        failed = warning(state.error, state.hint) if state and state.error else None
        onward = el("p", way_on(said("Go on"), then), data_goto=then)
        return el("div", failed, onward)
    progress = state.progress
    share = None if progress.share is None else f"{progress.share:.3f}"
    left_s = progress.left_s
    left = said("about {time} more", time=span(left_s)) if left_s is not None else ""
    waits = said("Readings of line {line} pause meanwhile.", line=state.pauses)
    if left_s is not None:
        t = span(left_s)
        waits = said("Readings of line {line} pause for about {t}.", line=state.pauses, t=t)
    pause = (
        note(
            waits,
            said("their energy counters go on in the meters: no energy is lost"),
        )
        if state.pauses
        else None
    )
    return el(
        "div",
        el("p", state.title, class_="doing"),
        el("progress", max=1, value=share),
        el("p", el("span", progress.text), " ", el("b", left), class_="sub"),
        pause,
        *more,
    )
