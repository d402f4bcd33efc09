"""A shipped board made into the board of one site. Pure.

The shipped JSON is for Asia/Tokyo and an April fiscal year and lets the reader pick site and
meters. For a site of the settings these are facts: its zone, its fiscal year, its incoming
meters, its circuits, its contract power and its meters' names are written in.
"""

from __future__ import annotations

import copy
import hashlib
import itertools
import json
from collections.abc import Sequence
from typing import Any

from collector.site_config import MeterSettings, SiteSettings

Json = dict[str, Any]
BUILT_ZONE = "Asia/Tokyo"
MAX_UID = 40
BY_METER = "$tag_meter"
HIDDEN = 2
CIRCUIT_BLUES = ("#0072B2", "#7FBDE3", "#3E97CC", "#B9DDF2", "#005A8C", "#5AAAD8")
"""Shades of energy blue for neighbouring slices, seen to work on a light and a dark page."""


def stamped(board: Json, site: SiteSettings) -> Json:
    """Make the shipped board the site's own: uid, title, calendar, variables, meter names."""
    text = json.dumps(board).replace(f"tz('{BUILT_ZONE}')", f"tz('{site.time_zone}')")
    own: Json = json.loads(text)
    own["uid"] = fitted_uid(f"{board['uid']}-{site.id}")
    own["title"] = f"{board['title']} - {site.name}"
    own["timezone"] = site.time_zone
    own["fiscalYearStartMonth"] = site.fiscal_year_starts - 1
    own["templating"]["list"] = [_fixed(one, site) for one in own["templating"]["list"]]
    for panel in own["panels"]:
        if "fieldConfig" in panel and site.meters:
            _show_meters(panel, site.meters)
    return own


def stamped_fleet(board: Json, sites: Sequence[SiteSettings]) -> Json:
    """Make a board over many sites their own: a choice of the sites, by name, all at first.

    Its zone is the one they share, else UTC; its fiscal year begins as the first site's does.
    """
    zones = {site.time_zone for site in sites}
    zone = zones.pop() if len(zones) == 1 else "UTC"
    own: Json = json.loads(json.dumps(board).replace(f"tz('{BUILT_ZONE}')", f"tz('{zone}')"))
    own["timezone"] = zone
    own["fiscalYearStartMonth"] = sites[0].fiscal_year_starts - 1
    variables = own["templating"]["list"]
    own["templating"]["list"] = [
        _site_choice(one, sites) if one["name"] == "site" else one for one in variables
    ]
    return own


def fitted_uid(uid: str) -> str:
    """Keep the uid within Grafana's 40 characters; a longer one ends in a hash of the whole."""
    if len(uid) <= MAX_UID:
        return uid
    return f"{uid[: MAX_UID - 9]}-{hashlib.sha256(uid.encode()).hexdigest()[:8]}"


def _fixed(variable: Json, site: SiteSettings) -> Json:
    name = variable["name"]
    if name == "site":
        return _constant(name, site.id)
    if name == "contract_kw":
        return _constant(name, _plain(site.contract_power_kw or 0.0))
    if name == "target_kw":
        return _constant(name, _plain(site.demand_target_kw or 0.0))
    if name == "grid_area" and site.grid_area:
        return _constant(name, site.grid_area)
    if name == "incoming" and site.meters:
        return _several(name, _incoming(site.meters))
    if name == "circuits" and site.meters:
        return _several(name, _circuits(site.meters))
    return copy.deepcopy(variable)


def _incoming(meters: Sequence[MeterSettings]) -> list[str]:
    return [meter.id for meter in meters if meter.parent is None]


def _circuits(meters: Sequence[MeterSettings]) -> list[str]:
    parents = {meter.parent for meter in meters}
    return [meter.id for meter in meters if meter.id not in parents]


def _plain(kw: float) -> str:
    return f"{kw:.3f}".rstrip("0").rstrip(".")


def _constant(name: str, value: str) -> Json:
    chosen = {"selected": True, "text": value, "value": value}
    return {
        "type": "constant",
        "name": name,
        "query": value,
        "current": chosen,
        "options": [chosen],
        "hide": HIDDEN,
        "skipUrlSync": True,
    }


def _several(name: str, values: Sequence[str]) -> Json:
    chosen = list(values)
    return {
        "type": "custom",
        "name": name,
        "query": ",".join(chosen),
        "multi": True,
        "includeAll": False,
        "current": {"selected": True, "text": chosen, "value": chosen},
        "options": [{"selected": True, "text": one, "value": one} for one in chosen],
        "hide": HIDDEN,
        "skipUrlSync": True,
    }


def _site_choice(variable: Json, sites: Sequence[SiteSettings]) -> Json:
    names, ids = [site.name for site in sites], [site.id for site in sites]
    pairs = zip(names, ids, strict=True)
    several = bool(variable.get("multi"))
    chosen = (names, ids) if several else (names[0], ids[0])
    return {
        "type": "custom",
        "name": variable["name"],
        "label": variable.get("label"),
        "query": ",".join(f"{name.replace(',', ' ')} : {one}" for name, one in pairs),
        "multi": several,
        "includeAll": bool(variable.get("includeAll")),
        "current": {"selected": True, "text": chosen[0], "value": chosen[1]},
        "options": [
            {"selected": several or number == 0, "text": name, "value": one}
            for number, (name, one) in enumerate(zip(names, ids, strict=True))
        ],
        "hide": 0,
        "skipUrlSync": False,
    }


def _show_meters(panel: Json, meters: Sequence[MeterSettings]) -> None:
    """Show the meters' names for their ids: as series, and in a table's column ``meter``."""
    names = {meter.id: meter.name for meter in meters}
    overrides = panel["fieldConfig"]["overrides"]
    for override in overrides:
        if override["matcher"] == {"id": "byName", "options": "meter"}:
            texts = {meter: {"text": name} for meter, name in names.items()}
            mapping = [{"type": "value", "options": texts}]
            override["properties"].append({"id": "mappings", "value": mapping})
    if any(target.get("alias") == BY_METER for target in panel["targets"]):
        blues = itertools.cycle(CIRCUIT_BLUES if panel["type"] == "piechart" else ("",))
        slices = _circuits(meters)
        overrides += [_look(one, names[one], next(blues)) for one in slices]
        overrides += [_look(one, names[one], "") for one in names if one not in slices]


def _look(meter: str, name: str, colour: str) -> Json:
    # One override a meter: a second would no longer find the series by its old name.
    properties: list[Json] = [{"id": "displayName", "value": name}]
    if colour:
        properties.append({"id": "color", "value": {"mode": "fixed", "fixedColor": colour}})
    return {"matcher": {"id": "byName", "options": meter}, "properties": properties}
