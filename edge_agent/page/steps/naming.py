"""Step 5: what it is called, what hangs behind it, and which meter carries it too."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

from pydantic import ValidationError

from edge_agent.config import LinkSettings, MeterSettings
from edge_agent.config_faults import schema_faults
from edge_agent.errors import StopError
from edge_agent.page.desk import Desk
from edge_agent.page.draft import Draft
from edge_agent.page.html import Element, el
from edge_agent.page.layout import button, choice, field, form, note, section
from edge_agent.page.lines import place_of
from edge_agent.page.route import Route
from edge_agent.page.steps.identify import nothing_here
from edge_agent.page.steps.wiring import connection_fields, connection_of
from edge_agent.page.visit import GoTo, Screen, Visit
from edge_agent.words import said


def show(desk: Desk, visit: Visit) -> Screen:
    """The form."""
    draft = desk.table.draft()
    title = said("Name and circuit")
    if not draft.profile:
        return Screen(title, (nothing_here(),), step=5)
    return Screen(title, (_known(draft), _form(desk, visit, draft)), step=5)


def keep(desk: Desk, visit: Visit) -> GoTo:
    """Note what the form says; nothing is written yet."""
    draft = desk.table.note(connection=connection_of(visit))
    if draft.link is None or not draft.profile:
        raise StopError(said("no meter has been chosen yet"), said("begin with the first step"))
    link = _named(desk, draft.link)
    row = _settings(visit, draft, link)
    taken = [each.id for each in desk.bench.settings().meters if each.id != draft.meter]
    desk.table.note(settings=row, link=link)
    if row.id in taken:
        what = said("there is a meter {meter} already", meter=row.id)
        raise StopError(what, said("give this one another id"))
    return GoTo("/write")


def _settings(visit: Visit, draft: Draft, link: LinkSettings) -> MeterSettings:
    facts = draft.connection
    old = draft.settings.model_dump() if draft.settings is not None else {}
    fields = {
        **old,
        "id": draft.meter or visit.text("id"),
        "name": visit.text("name"),
        "link": link.id,
        "unit_id": draft.unit_id,
        "profile": draft.profile,
        "serial": visit.text("serial"),
        "ct_ratio": facts.ct_ratio,
        "vt_ratio": facts.vt_ratio,
        "wiring": facts.wiring,
        "rated_current_a": facts.rated_current_a,
        "generates": facts.generates,
        "circuit": visit.text("circuit"),
        "below": visit.text("below"),
    }
    try:
        return MeterSettings.model_validate(fields)
    except ValidationError as error:
        faults = "; ".join(schema_faults(error, MeterSettings))
        raise StopError(faults, said("correct what is named")) from None


def _named(desk: Desk, link: LinkSettings) -> LinkSettings:
    """The link as the settings have it, or under an id that is still free."""
    known = desk.bench.settings().links
    for each in known:
        if each.kind == link.kind and place_of(each) == place_of(link):
            return each
    taken, name, number = {each.id for each in known}, link.id, 2
    while name in taken:
        name, number = f"{link.id}-{number}", number + 1
    return link.model_copy(update={"id": name})


def _known(draft: Draft) -> Element:
    assert draft.link is not None
    place = said("Unit {unit} at {place}", unit=draft.unit_id, place=place_of(draft.link))
    return el("p", _model(draft).replace("_", " "), el("span", place, class_="sub"), class_="known")


def _form(desk: Desk, visit: Visit, draft: Draft) -> Element:
    row = draft.settings
    others = [each for each in desk.bench.settings().meters if each.id != draft.meter]
    carriers = [("", said("none")), *((each.id, each.name or each.id) for each in others)]
    return section(
        form(
            visit,
            "/name",
            _id(desk, draft),
            field(said("Name"), "name", row.name if row else "", hint=said("as people call it")),
            field(
                said("Circuit"),
                "circuit",
                row.circuit if row else "",
                hint=said("what hangs behind it: panel, breaker, machine"),
            ),
            field(said("Serial number"), "serial", row.serial if row else draft.serial),
            connection_fields(draft),
            choice(
                said("Below which meter?"),
                "below",
                carriers,
                row.below if row else "",
                hint=said("the meter through which this one's power flows too"),
            ),
            button(said("Go on: look at the settings"), "main"),
        ),
    )


def _id(desk: Desk, draft: Draft) -> Element:
    if draft.meter:
        text = said("Meter {meter}: it keeps its id.", meter=draft.meter)
        return note(text)
    row = draft.settings
    return field(
        said("Id"),
        "id",
        row.id if row else suggested_id(desk, draft),
        hint=said("a-z, 0-9, - and _; it stays for ever, in data and boards"),
        autocapitalize="off",
        required=True,
    )


def _model(draft: Draft) -> str:
    return Path(draft.profile).stem


def suggested_id(desk: Desk, draft: Draft) -> str:
    """An id that is free, made of the model."""
    plain = unicodedata.normalize("NFKD", _model(draft).partition("_")[2] or _model(draft))
    stem = re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")[:40] or "meter"
    taken = {each.id for each in desk.bench.settings().meters}
    name, number = f"{stem}-{draft.unit_id}", 2
    while name in taken:
        name, number = f"{stem}-{draft.unit_id}-{number}", number + 1
    return name


ROUTES = (Route("GET", "/name", show), Route("POST", "/name", keep, back="/name"))
