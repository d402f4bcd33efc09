"""Names in place of ids in a board's panels: meters', sites', with colours that tell them apart."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence

from collector.boards.variables import Json, circuits
from collector.site_config import MeterSettings, SiteSettings

BY_METER, BY_SITE = "$tag_meter", "$tag_site"
CIRCUIT_BLUES = ("#0072B2", "#7FBDE3", "#3E97CC", "#B9DDF2", "#005A8C", "#5AAAD8")
"""Shades of energy blue for neighbouring slices, seen to work on a light and a dark page."""


def show_meters(panel: Json, meters: Sequence[MeterSettings]) -> None:
    """Show the meters' names for their ids: as series, and in a table's column ``meter``."""
    names = {meter.id: meter.name for meter in meters}
    _map_column(panel, "meter", names)
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
        panel["fieldConfig"]["overrides"] += [_look(one, names[one], "") for one in names]


def _map_column(panel: Json, column: str, names: Mapping[str, str]) -> None:
    texts = {one: {"text": name} for one, name in names.items()}
    for override in panel["fieldConfig"]["overrides"]:
        if override["matcher"] == {"id": "byName", "options": column}:
            mapping = [{"type": "value", "options": texts}]
            override["properties"].append({"id": "mappings", "value": mapping})


def _has_series(panel: Json, alias: str) -> bool:
    return any(target.get("alias") == alias for target in panel["targets"])


def _are_neighbours(panel: Json) -> bool:
    """Whether areas touch one another: the slices of a ring, the layers of a stack."""
    custom = panel["fieldConfig"].get("defaults", {}).get("custom", {})
    stacking: str = custom.get("stacking", {}).get("mode", "")
    kind: str = panel["type"]
    return kind == "piechart" or stacking == "normal"


def _look(series: str, name: str, colour: str) -> Json:
    # One override a series: a second would no longer find it by its old name.
    properties: list[Json] = [{"id": "displayName", "value": name}]
    if colour:
        properties.append({"id": "color", "value": {"mode": "fixed", "fixedColor": colour}})
    return {"matcher": {"id": "byName", "options": series}, "properties": properties}
