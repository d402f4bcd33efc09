"""``/v1/sites``: the plants a token sees, and their meters."""

from __future__ import annotations

from datetime import date
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from collector.api.answer import json_answer, table_answer
from collector.api.said_answers import answers
from collector.api.schema import Schema, day, listed, number, text, thing, truth, whole
from collector.api.seen import AskingNow, SeenSite
from collector.series.column import Column
from collector.site_config import MeterSettings, SiteSettings
from collector.state.api_tokens import Reach

router = APIRouter(tags=["sites"])
_SITE: dict[str, Schema] = {
    "id": text("id of the site", "sendai"),
    "name": text("its name", "仙台工場"),
    "name_en": text("its English name, may be empty", "Sendai works"),
    "time_zone": text("IANA name; all local days are of it", "Asia/Tokyo"),
    "slot_minutes": whole("length of a slot (minutes)", 30),
    "fiscal_year_starts": whole("month in which a fiscal year begins (1-12)", 4),
    "billing_day": whole("day of the month on which a billing month begins (1-28)", 1),
    "contract_power_kw": number("contract power", "kW", 300.0, null=True),
    "co2_method": text("the site's own CO2 method", "jp_shk_adjusted"),
    "meters": whole("number of meters", 12),
    "visible_from": day("first local day this token may see; null: no bound", null=True),
    "visible_to": day("last local day this token may see, included; null: no bound", null=True),
}
_METER: dict[str, Schema] = {
    "id": text("id of the meter", "press"),
    "name": text("its name", "プレス線"),
    "name_en": text("its English name, may be empty", "Press line"),
    "parent": text("id of the meter upstream of it; null: none", "main", null=True),
    "medium": text("electricity, gas, water, air, steam, heat or production", "electricity"),
    "unit": text("what it counts: kWh, or the unit of another medium", "kWh"),
    "virtual": truth("computed from other meters", False),
    "rated_power_kw": number("nameplate power", "kW", 90.0, null=True),
    "since": day("first day it counts; null: always has", null=True),
    "until": day("day after the last it counts; null: for ever", null=True),
}


@router.get(
    "/v1/sites",
    summary="The sites this token sees",
    response_class=Response,
    responses=answers(
        "every site",
        thing("the sites", {"rows": listed("one a site", thing("a site", _SITE))}),
        csv=True,
    ),
)
def sites(request: Request, who: AskingNow) -> Response:
    """Every site this token sees, in the order of the settings."""
    rows = [tuple(_site(site, who.token.reach).values()) for site in who.sites]
    return table_answer(request, {}, _columns(_SITE), rows)


@router.get(
    "/v1/sites/{site}",
    summary="One site",
    response_class=Response,
    responses=answers("the site", thing("a site", _SITE), 404),
)
def one_site(request: Request, seen: SeenSite) -> Response:
    """A site: its calendar, and which days of it this token sees."""
    return json_answer(request, _site(seen.site, seen.token.reach))


@router.get(
    "/v1/sites/{site}/meters",
    summary="The meters of a site",
    response_class=Response,
    responses=answers(
        "every meter",
        thing("the meters", {"rows": listed("one a meter", thing("a meter", _METER))}),
        404,
        csv=True,
    ),
)
def meters(request: Request, seen: SeenSite) -> Response:
    """Every meter with its place in the tree."""
    rows = [tuple(_meter(meter).values()) for meter in seen.site.meters]
    return table_answer(request, {}, _columns(_METER), rows)


def _site(site: SiteSettings, reach: Reach) -> dict[str, Any]:
    own = {name: getattr(site, name) for name in _SITE if hasattr(site, name)}
    bounds = {"visible_from": _day(reach.first), "visible_to": _day(reach.last)}
    return {name: (own | bounds | {"meters": len(site.meters)})[name] for name in _SITE}


def _meter(meter: MeterSettings) -> dict[str, Any]:
    own = {name: getattr(meter, name) for name in _METER}
    unit = "kWh" if meter.medium == "electricity" else meter.unit
    return own | {"unit": unit, "since": _day(meter.since), "until": _day(meter.until)}


def _day(told: date | None) -> str | None:
    return None if told is None else told.isoformat()


def _columns(schema: dict[str, Schema]) -> list[Column]:
    return [Column(name, "", str(told["description"]), "text") for name, told in schema.items()]
