"""What every screen has around it: the bar, where one is on the way, notices, the foot."""

from __future__ import annotations

from edge_agent.page.html import Element, Node, el
from edge_agent.page.visit import Screen, Visit
from edge_agent.words import Language, Said, said

STEPS: tuple[Said, ...] = (
    said("Find"),
    said("Identify"),
    said("Live values"),
    said("Wiring"),
    said("Name"),
    said("Write"),
    said("Test send"),
    said("Record"),
)


def document(screen: Screen, visit: Visit, agent: str) -> Element:
    """The whole page."""
    notices = [*visit.session.notices]
    visit.session.notices.clear()
    return el(
        "html",
        _head(screen),
        el(
            "body",
            None if screen.plain else _bar(visit, agent),
            el(
                "main",
                _way(screen.step) if screen.step else None,
                el("h1", screen.title),
                [warning(text) for text in notices],
                list(screen.body),
                class_="paper" if screen.plain else None,
            ),
            _away(),
        ),
        lang=visit.language,
    )


def csrf(visit: Visit) -> Element:
    """What proves that a form is ours."""
    return el("input", type="hidden", name="csrf", value=visit.session.csrf)


def form(visit: Visit, action: str, *children: Node, **attributes: object) -> Element:
    """A form that posts to ``action``."""
    return el("form", csrf(visit), *children, method="post", action=action, **attributes)


def button(text: str, kind: str = "", **attributes: object) -> Element:
    """A large button that sends its form."""
    return el("button", text, class_=f"button {kind}".strip(), **attributes)


def way_on(text: str, path: str, kind: str = "main") -> Element:
    """A link as large as a button."""
    return el("a", text, href=path, class_=f"button {kind}".strip())


def field(label: str, name: str, value: object = "", hint: str = "", **more: object) -> Element:
    """A labelled line of a form; ``more`` goes to the input."""
    return el(
        "label",
        el("span", label, class_="label"),
        el("input", name=name, value="" if value is None else f"{value}", **more),
        el("span", hint, class_="hint") if hint else None,
        class_="field",
    )


def choice(
    label: str, name: str, rows: list[tuple[str, str]], chosen: str = "", hint: str = ""
) -> Element:
    """A labelled choice of one row; ``rows`` are (value, text)."""
    options = [el("option", text, value=value, selected=value == chosen) for value, text in rows]
    return el(
        "label",
        el("span", label, class_="label"),
        el("select", options, name=name),
        el("span", hint, class_="hint") if hint else None,
        class_="field",
    )


def warning(text: str, hint: str = "") -> Element:
    """Something is wrong, and what to do."""
    return el("p", text, _hint(hint), class_="warning", role="alert")


def note(text: str, hint: str = "") -> Element:
    """Something to know."""
    return el("p", text, _hint(hint), class_="note")


def good(text: str) -> Element:
    """Something is well."""
    return el("p", el("span", "✓", class_="sign", aria_hidden="true"), text, class_="good")


def empty(text: str, hint: str = "") -> Element:
    """Nothing is here, and what to do about it."""
    return el("p", text, _hint(hint), class_="empty")


def section(*children: Node, title: str = "", **attributes: object) -> Element:
    """A block with a heading."""
    return el("section", el("h2", title) if title else None, *children, **attributes)


def refreshed(path: str, every_ms: int, *children: Node) -> Element:
    """A piece that is fetched again from ``path``, by JavaScript where there is some."""
    return el("div", *children, data_part=path, data_every=every_ms, aria_live="polite")


def _hint(hint: str) -> Element | None:
    return el("span", hint, class_="hint") if hint else None


def _head(screen: Screen) -> Element:
    return el(
        "head",
        el("meta", charset="utf-8"),
        el("meta", name="viewport", content="width=device-width, initial-scale=1"),
        el("title", screen.title, " · mieruka"),
        el("link", rel="stylesheet", href="/static/page.css"),
        el("link", rel="icon", href="/static/icon.svg", type="image/svg+xml"),
        el("script", src="/static/page.js", defer=True),
        el("noscript", el("meta", http_equiv="refresh", content="4")) if screen.fresh else None,
    )


def _bar(visit: Visit, agent: str) -> Element:
    brand = el("b", "mieruka")
    return el(
        "header",
        el("a", brand, el("span", agent), href="/", class_="brand"),
        el("nav", _languages(visit), aria_label=said("Language")),
    )


def _languages(visit: Visit) -> list[Element]:
    return [_language(visit, "ja", "日本語"), _language(visit, "en", "English")]


def _language(visit: Visit, language: Language, name: str) -> Element:
    here = visit.language == language
    return el(
        "a",
        name,
        href=f"/language/{language}?back={visit.path}",
        lang=language,
        class_="language here" if here else "language",
        aria_current="true" if here else None,
    )


def _way(step: int) -> Element:
    rows = [_stop(number, text, step) for number, text in enumerate(STEPS, 1)]
    name = STEPS[step - 1]
    here = said("Step {step} of {all}: {name}", step=step, all=len(STEPS), name=name)
    return el("nav", el("ol", rows), el("p", here), class_="way", aria_label=here)


def _stop(number: int, text: str, step: int) -> Element:
    kind = "done" if number < step else "here" if number == step else None
    current = "step" if number == step else None
    return el("li", el("span", str(number)), el("em", text), class_=kind, aria_current=current)


def _away() -> Element:
    text = said("The agent does not answer at the moment; this page tries again by itself.")
    return el("p", text, class_="warning away", hidden=True)
