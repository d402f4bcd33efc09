"""Step 8: the commissioning record, made, listed, and as a page for A4 paper."""

from __future__ import annotations

from edge_agent.page.desk import Desk
from edge_agent.page.facts import facts_of_record
from edge_agent.page.figures import clock_time
from edge_agent.page.html import Element, el
from edge_agent.page.known import known_meter
from edge_agent.page.layout import button, empty, field, form, good, note, section, warning, way_on
from edge_agent.page.paper import paper
from edge_agent.page.records import MOST_PHOTOS, Kept
from edge_agent.page.route import Route
from edge_agent.page.visit import Blob, GoTo, Screen, Visit
from edge_agent.words import said


def show(desk: Desk, visit: Visit, meter: str) -> Screen:
    """The form for what only a person knows."""
    known_meter(desk, meter)
    draft = desk.table.draft()
    judged = draft.meter == meter and draft.judgement is not None
    what = said("The verdict on the wiring goes into the record.")
    if not judged:
        what = said("The wiring has not been looked at: the record will say so.")
    body = (good(what) if judged else warning(what), _form(visit, meter))
    return Screen(said("Commissioning record"), body, step=8)


def make(desk: Desk, visit: Visit, meter: str) -> GoTo:
    """Write the record; a photo that is none is told, and the record stands without it."""
    known_meter(desk, meter)
    facts = facts_of_record(desk, meter) | {
        name: visit.text(name)[:300] for name in ("person", "company", "place", "remarks")
    }
    records = desk.records
    key = records.keep(meter, desk.now_ms(), facts)
    for upload in visit.uploads:
        records.add_photo(key, upload.content)
    return GoTo(f"/records/{key}")


def list_all(desk: Desk, visit: Visit) -> Screen:
    """Every record, newest first."""
    rows = [_row(kept) for kept in desk.records.all()]
    hint = said("the last of the eight steps makes one for each meter")
    body = (
        el("div", rows or empty(said("No record yet."), hint), class_="list"),
        way_on(said("To the start"), "/", "quiet"),
    )
    return Screen(said("Commissioning records"), body)


def show_record(desk: Desk, visit: Visit, key: str) -> Screen:
    """One record, as it prints."""
    kept = desk.records.find(key)
    body = (
        el(
            "div",
            el(
                "button",
                said("Print, or save as PDF"),
                class_="button main",
                data_print=True,
                hidden=True,
                type="button",
            ),
            note(said("Without the button: your browser's menu, “Print”.")),
            way_on(said("All records"), "/records", ""),
            way_on(said("Add another meter"), "/find", ""),
            class_="screen-only",
        ),
        paper(kept, visit.language),
    )
    return Screen(said("Commissioning record"), body, plain=True)


def photo(desk: Desk, _visit: Visit, key: str, number: str) -> Blob:
    """One photo of a record."""
    content, kind = desk.records.photo(key, int(number) if number.isdigit() else 0)
    return Blob(content, kind)


def _form(visit: Visit, meter: str) -> Element:
    return section(
        form(
            visit,
            f"/meters/{meter}/record",
            field(said("Your name"), "person", autocomplete="name", required=True),
            field(said("Company"), "company", autocomplete="organization"),
            field(said("Place"), "place", hint=said("building, panel, breaker")),
            field(said("Remarks"), "remarks"),
            field(
                said("Photos (optional)"),
                "photos",
                type="file",
                accept="image/jpeg,image/png",
                multiple=True,
                hint=said("the panel, the meter's label; JPEG, {most} at most", most=MOST_PHOTOS),
            ),
            button(said("Make the record"), "main"),
            enctype="multipart/form-data",
        )
    )


def _row(kept: Kept) -> Element:
    meter = kept.facts["meter"]
    return el(
        "a",
        el("b", meter["name"] or meter["id"]),
        el("span", clock_time(kept.facts["at_ms"]), class_="sub"),
        href=f"/records/{kept.key}",
        class_="row",
    )


ROUTES = (
    Route("GET", "/meters/<meter>/record", show),
    Route("POST", "/meters/<meter>/record", make, back="/records"),
    Route("GET", "/records", list_all),
    Route("GET", "/records/<key>", show_record),
    Route("GET", "/records/<key>/photos/<number>", photo),
)
