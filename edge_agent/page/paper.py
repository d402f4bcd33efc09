"""A commissioning record as one A4 page. PURE."""

from __future__ import annotations

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

from edge_agent.config import SERIAL_KINDS
from edge_agent.page.choices import SEVERITY, WIRINGS
from edge_agent.page.figures import (
    clock_time,
    digits,
    label,
    large_figures,
    value_table,
    zoned_time,
)
from edge_agent.page.html import Element, Node, el
from edge_agent.page.picture import phasor_picture
from edge_agent.page.records import Kept
from edge_agent.words import Language, Said, said

MOST_NAMES = 4
_VERIFICATION: dict[str, Said] = {
    "device": said("checked on a device"),
    "hardware": said("checked on a device"),
    "manual": said("taken from the manual, not checked on a device"),
    "code": said("taken from other software, not checked"),
    "none": said("not checked"),
}


def paper(kept: Kept, language: Language) -> Element:
    """The page."""
    facts = kept.facts
    return el(
        "article",
        _head(facts),
        el("div", _identity(facts, language), _electrical(facts), class_="columns"),
        _values(facts, language),
        _wiring(facts),
        el("div", _line(facts), _delivery(facts), class_="columns"),
        _photos(kept),
        _signature(facts),
        class_="record",
    )


def _head(facts: Mapping[str, Any]) -> Element:
    meter = facts["meter"]
    return el(
        "header",
        el("p", facts["site"], " · ", meter["circuit"] or meter["id"], class_="sub"),
        el("h2", meter["name"] or meter["id"]),
        el("p", said("made at {time}", time=zoned_time(facts["at_ms"])), class_="sub"),
    )


def _identity(facts: Mapping[str, Any], language: Language) -> Element:
    meter, model = facts["meter"], facts["model"]
    name = model["told"] or ", ".join(model["models"])
    verified = _VERIFICATION.get(model["verification"], model["verification"])
    return _terms(
        said("Meter"),
        (said("Id"), meter["id"]),
        (
            said("Maker and model"),
            f"{model['vendor']} {name}",
        ),
        (said("Serial number"), meter["serial"] or "—"),
        (said("Profile"), f"{model['profile']}"),
        (said("The profile is"), verified),
        (said("Source"), "; ".join(model["sources"])),
        (said("To compare with the display"), _unverified(model["unverified"], language)),
        (said("Agent"), f"{facts['agent']} · {facts['software']}"),
    )


def _unverified(names: list[str], language: Language) -> Node:
    labels = [label(name, language) for name in names]
    if len(labels) <= MOST_NAMES:
        return ", ".join(labels) or "—"
    first = ", ".join(labels[:MOST_NAMES])
    return said("{names} and {count} more", names=first, count=len(labels) - MOST_NAMES)


def _electrical(facts: Mapping[str, Any]) -> Element:
    meter, link = facts["meter"], facts["link"]
    rated = meter["rated_current_a"]
    place = link["device"] if link["kind"] in SERIAL_KINDS else f"{link['host']}:{link['port']}"
    speed = f"{link['baud']} {link['parity']}{link['stop_bits']}"
    rows: list[tuple[str, Node]] = [
        (said("Circuit"), meter["circuit"] or "—"),
        (said("Below which meter?"), meter["below"] or "—"),
        (said("Wiring"), dict(WIRINGS)[meter["wiring"]]),
        (said("Rated current, A"), "—" if rated is None else digits(rated)),
        (said("CT ratio"), f"{meter['ct_ratio']:g}"),
        (said("VT ratio"), f"{meter['vt_ratio']:g}"),
        (said("Line"), f"{link['id']} · {link['kind']} · {place}"),
    ]
    if link["kind"] in SERIAL_KINDS:
        rows.append((said("Speed, parity, stop bits"), speed))
    return _terms(said("Connection"), *rows, (said("Unit id"), meter["unit_id"]))


def _values(facts: Mapping[str, Any], language: Language) -> Element:
    values = facts["values"]
    if not values:
        return _part(said("Values"), el("p", said("No value had been read.")))
    arrows = [SimpleNamespace(**one) for one in facts["phasors"]]
    return _part(
        said("Values at {time}", time=clock_time(facts["values_at_ms"])),
        large_figures(values, language),
        el(
            "div",
            phasor_picture(arrows) if arrows else None,
            value_table(values, language),
            class_="columns picture",
        ),
    )


def _wiring(facts: Mapping[str, Any]) -> Element:
    judged = facts["wiring"]
    title = said("Wiring")
    if judged is None:
        return _part(title, el("p", said("The wiring was not looked at."), class_="severity"))
    when = said(
        "{count} samples, judged at {time}",
        count=judged["samples"],
        time=clock_time(judged["at_ms"]),
    )
    rows = [_verdict(one) for one in judged["verdicts"]]
    healthy = said("Wired right, as far as the values can tell.")
    looks = [look["title"] for look in judged["looked_at"] if look["done"]]
    return _part(
        title,
        el("p", el("b", healthy if judged["healthy"] else judged["load"])),
        rows,
        el("p", said("Looked at:"), " ", _row_of(looks), " · ", when, class_="sub"),
    )


def _row_of(texts: list[str]) -> list[Node]:
    return [[", " if number else "", text] for number, text in enumerate(texts)]


def _verdict(one: Mapping[str, Any]) -> Element:
    return el(
        "p",
        el("b", SEVERITY[one["severity"]], ": ", one["title"]),
        " ",
        one["evidence"],
        " → ",
        one["todo"],
        class_=f"verdict {one['severity']}",
    )


def _line(facts: Mapping[str, Any]) -> Element:
    one = facts["statistics"]
    if not one:
        return _terms(said("On the line"), (said("Answers"), "—"))
    mean, longest = one["latency_ms"], one["latency_max_ms"]
    return _terms(
        said("On the line"),
        (said("Answers"), f"{one['answers']:,}"),
        (said("No answer in time"), f"{one['timeouts']:,}"),
        (said("Broken answers"), f"{one['bad_answers']:,}"),
        (said("Refusals"), f"{one['refusals']:,}"),
        (said("Time to answer, mean"), "—" if mean is None else f"{digits(mean)} ms"),
        (said("Time to answer, longest"), "—" if longest is None else f"{digits(longest)} ms"),
    )


def _delivery(facts: Mapping[str, Any]) -> Element:
    stored = facts["receipt_ms"]
    receipt: Node = said("none seen yet") if stored is None else clock_time(stored)
    return _terms(
        said("Delivery"),
        (said("Stored by the collector up to"), receipt),
        (said("Place"), facts["place"] or "—"),
        (said("Remarks"), facts["remarks"] or "—"),
    )


def _photos(kept: Kept) -> Element | None:
    if not kept.photos:
        return None
    images = [
        el(
            "img",
            src=f"/records/{kept.key}/photos/{number}",
            alt=said("Photo {number}", number=number),
        )
        for number in range(1, len(kept.photos) + 1)
    ]
    return _part(said("Photos"), el("div", images, class_="photos"))


def _signature(facts: Mapping[str, Any]) -> Element:
    name = " · ".join(filter(None, (facts["person"], facts["company"])))
    day = clock_time(facts["at_ms"])[:10]
    return el(
        "footer",
        el("div", el("span", said("Name and company"), class_="label"), el("b", name)),
        el(
            "div",
            el("span", said("Date"), class_="label"),
            el("b", day),
        ),
        el("div", el("span", said("Signature"), class_="label"), class_="line"),
        class_="signature",
    )


def _terms(title: str, *rows: tuple[str, Node]) -> Element:
    cells = [el("tr", el("th", name, scope="row"), el("td", value)) for name, value in rows]
    return _part(title, el("table", el("tbody", cells), class_="terms"))


def _part(title: str, *children: Node) -> Element:
    return el("section", el("h3", title), *children)
