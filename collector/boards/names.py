"""Names in place of ids in a board's panels: meters', sites', with colours that tell them apart."""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping, Sequence

from collector.boards.variables import WHOLE_SITE, Json, circuits
from collector.rollup.totals import SITE_METER, UNMEASURED_METER
from collector.site_config import MeterSettings, SiteSettings

BY_METER, BY_SITE = "$tag_meter", "$tag_site"
UNMEASURED = {"ja": "未計測分", "en": "Unmeasured"}
MOST_RENAMED = 40
"""Of more sites and meters the series keep their ids: each takes a transformation of every
answer."""
SITE_HUES = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#8C8C8C")
"""Told apart by colour-blind readers (Okabe-Ito), without the vermilion of an alarm."""
CIRCUIT_BLUES = ("#0072B2", "#7FBDE3", "#3E97CC", "#B9DDF2", "#005A8C", "#5AAAD8")
"""Shades of energy blue for neighbouring slices, seen to work on a light and a dark page."""


def spoken(site: SiteSettings, language: str) -> SiteSettings:
    """The site with its own and its meters' names in a board's language, where they have one."""
    if language != "en":
        return site
    meters = tuple(one.model_copy(update={"name": one.name_en or one.name}) for one in site.meters)
    return site.model_copy(update={"name": site.name_en or site.name, "meters": meters})


def show_meters(panel: Json, meters: Sequence[MeterSettings], language: str) -> None:
    """Show the meters' names for their ids: as series, and in a table's column ``meter``."""
    names = {meter.id: meter.name for meter in meters}
    whole = {SITE_METER: WHOLE_SITE[language], UNMEASURED_METER: UNMEASURED[language]}
    _map_column(panel, "meter", names | whole)
    if _has_series(panel, BY_METER):
        blues = itertools.cycle(CIRCUIT_BLUES if _are_neighbours(panel) else ("",))
        slices = circuits(meters)
        overrides = panel["fieldConfig"]["overrides"]
        overrides += [_look(one, names[one], next(blues)) for one in slices]
        overrides += [_look(one, names[one], "") for one in names if one not in slices]


def show_sites(panel: Json, sites: Sequence[SiteSettings]) -> None:
    """Show the sites' names for their ids: as series, and in a table's column ``site``."""
    names = {site.id: site.name for site in sites}
    _map_column(panel, "site", names)
    if _has_series(panel, BY_SITE):
        # A ranking has one colour; lines that cross need several.
        hues = itertools.cycle(SITE_HUES if panel["type"] == "timeseries" else ("",))
        panel["fieldConfig"]["overrides"] += [_look(one, names[one], next(hues)) for one in names]
    _map_column(panel, "meter", _agreed(sites))
    if _has_series(panel, f"{BY_SITE} {BY_METER}"):
        _show_meters_of(panel, names, _agreed(sites))


def _show_meters_of(panel: Json, sites: Mapping[str, str], meters: Mapping[str, str]) -> None:
    """Say names for the ids of series of many sites' meters; each site's lines in one colour."""
    if len(sites) + len(meters) <= MOST_RENAMED:
        renamed = [_first_renamed(*one) for one in sites.items()]
        renamed += [_last_renamed(*one) for one in meters.items()]
        panel.setdefault("transformations", []).extend(renamed)
        sites = {name: name for name in sites.values()}
    if panel["type"] == "timeseries":
        panel["fieldConfig"]["overrides"] += [
            {"matcher": {"id": "byRegexp", "options": f"/^{re.escape(one)} /"}, "properties": [hue]}
            for one, hue in zip(sites, map(_coloured, itertools.cycle(SITE_HUES)), strict=False)
        ]


def _agreed(sites: Sequence[SiteSettings]) -> dict[str, str]:
    """The names of meters by id, where all sites that have such a meter call it so."""
    called: dict[str, set[str]] = {}
    for meter in (meter for site in sites for meter in site.meters):
        called.setdefault(meter.id, set()).add(meter.name)
    return {one: names.pop() for one, names in called.items() if len(names) == 1}


def _first_renamed(site: str, name: str) -> Json:
    """Say a site's name at the beginning of a series of one of its meters or agents."""
    return _renamed(f"^{re.escape(site)} (.*)$", f"{name} $1")


def _last_renamed(meter: str, name: str) -> Json:
    """Say a meter's name at the end of its series."""
    return _renamed(f"^(.*) {re.escape(meter)}$", f"$1 {name}")


def _renamed(regex: str, pattern: str) -> Json:
    return {"id": "renameByRegex", "options": {"regex": regex, "renamePattern": pattern}}


def _map_column(panel: Json, column: str, names: Mapping[str, str]) -> None:
    texts = {one: {"text": name} for one, name in names.items()}
    for override in panel["fieldConfig"]["overrides"]:
        if override["matcher"] == {"id": "byName", "options": column}:
            _mappings(override["properties"]).append({"type": "value", "options": texts})


def _mappings(properties: list[Json]) -> list[Json]:
    """The mappings of an override, made where there are none: of two lists Grafana takes one."""
    for one in properties:
        if one["id"] == "mappings":
            held: list[Json] = one["value"]
            return held
    properties.append({"id": "mappings", "value": []})
    made: list[Json] = properties[-1]["value"]
    return made


def _has_series(panel: Json, alias: str) -> bool:
    return any(target.get("alias") == alias for target in panel["targets"])


def _are_neighbours(panel: Json) -> bool:
    """Whether areas touch one another: the slices of a ring, the layers of a stack."""
    custom = panel["fieldConfig"].get("defaults", {}).get("custom", {})
    stacking: str = custom.get("stacking", {}).get("mode", "")
    kind: str = panel["type"]
    return kind == "piechart" or stacking == "normal"


def _coloured(colour: str) -> Json:
    return {"id": "color", "value": {"mode": "fixed", "fixedColor": colour}}


def _look(series: str, name: str, colour: str) -> Json:
    # One override a series: a second would no longer find it by its old name.
    properties: list[Json] = [{"id": "displayName", "value": name}]
    if colour:
        properties.append(_coloured(colour))
    return {"matcher": {"id": "byName", "options": series}, "properties": properties}
