"""A meter that the running agent has already, as the page needs it."""

from __future__ import annotations

from edge_agent.config import LinkSettings, MeterSettings
from edge_agent.errors import StopError
from edge_agent.page.desk import Desk
from edge_agent.page.draft import Connection, Draft
from edge_agent.page.lines import place_of
from edge_agent.wiring import Verdict
from edge_agent.words import said


def known_meter(desk: Desk, meter: str) -> None:
    """Raises ``StopError`` when the agent has no such meter."""
    if meter not in {each.id for each in desk.bench.settings().meters}:
        what = said("there is no meter {meter} in the settings", meter=meter)
        raise StopError(what, said("look at the first screen for those that are"))


def verdicts_on(desk: Desk, meter: str) -> tuple[Verdict, ...]:
    """What is to be corrected or checked about a meter's wiring, as far as is known now."""
    judgement = desk.bench.standing().get(meter) or desk.table.judged(meter)
    found = () if judgement is None else judgement.verdicts
    return tuple(one for one in found if one.severity != "note")


def draft_of(desk: Desk, row: MeterSettings) -> Draft:
    """A meter of the settings as a draft."""
    return Draft(
        link=link_of(desk, row),
        unit_id=row.unit_id,
        profile=row.profile,
        serial=row.serial,
        connection=Connection(
            row.wiring, row.rated_current_a, row.ct_ratio, row.vt_ratio, bool(row.generates)
        ),
        settings=row,
        meter=row.id,
    )


def link_of(desk: Desk, row: MeterSettings) -> LinkSettings:
    """The link that a meter of the settings is on."""
    return next(each for each in desk.bench.settings().links if each.id == row.link)


def known_at(desk: Desk, link: LinkSettings, unit_id: int) -> Draft | None:
    """The meter of the settings that is this unit of this place, as a draft."""
    settings = desk.bench.settings()
    places = {each.id: place_of(each) for each in settings.links}
    for row in settings.meters:
        if row.unit_id == unit_id and places.get(row.link) == place_of(link):
            return draft_of(desk, row)
    return None
