"""The variables of one site's board: facts instead of choices, names instead of ids. Pure."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterable, Sequence
from typing import Any

from collector.rollup.members import ELECTRICITY
from collector.rollup.totals import SITE_METER
from collector.site_config import MeterSettings, SiteSettings

Json = dict[str, Any]
HIDDEN = 2
PRODUCTION = "production"
WHOLE_SITE = {"ja": "拠点全体", "en": "Whole site"}
_METERS = ("meter", "other")
"""Variables that pick a meter, or the whole site."""


def fixed(variable: Json, site: SiteSettings, language: str) -> Json:
    """The variable as it is at the site: a fact, a choice of names, or as shipped."""
    name = variable["name"]
    facts = {
        "site": site.id,
        "contract_kw": _plain(site.contract_power_kw or 0.0),
        "target_kw": _plain(site.demand_target_kw or 0.0),
        "grid_area": site.grid_area,
    }
    if facts.get(name):
        return _constant(name, str(facts[name]))
    if name == "incoming" and site.meters:
        return _several(name, [meter.id for meter in site.meters if meter.parent is None])
    if name == "circuits" and site.meters:
        return _several(name, circuits(site.meters))
    first = variable.get("current", {}).get("value", SITE_METER)
    offered = _offered(name, site.meters, language, whole=first == SITE_METER)
    return choice(variable, offered) if offered else copy.deepcopy(variable)


def circuits(meters: Sequence[MeterSettings]) -> list[str]:
    """The ids of the meters that have none below them."""
    parents = {meter.parent for meter in meters}
    return [meter.id for meter in meters if meter.id not in parents]


def choice(variable: Json, offered: Sequence[tuple[str, str]]) -> Json:
    """Let the reader choose among names (each with its id): the first, or all where several may."""
    pairs = [(name.replace(",", " "), one) for name, one in offered]
    several = bool(variable.get("multi"))
    names, ids = [name for name, _ in pairs], [one for _, one in pairs]
    chosen = (names, ids) if several else (names[0], ids[0])
    return {
        "type": "custom",
        "name": variable["name"],
        # What an id means is told in brackets: here are names.
        "label": re.sub(r" ?\(.*\)$", "", variable.get("label") or variable["name"]),
        "query": ",".join(f"{name} : {one}" for name, one in pairs),
        "multi": several,
        "includeAll": bool(variable.get("includeAll")),
        "current": {"selected": True, "text": chosen[0], "value": chosen[1]},
        "options": [
            {"selected": several or number == 0, "text": name, "value": one}
            for number, (name, one) in enumerate(pairs)
        ],
        "hide": 0,
        "skipUrlSync": False,
    }


def _offered(
    name: str, meters: Sequence[MeterSettings], language: str, *, whole: bool
) -> Sequence[tuple[str, str]]:
    if name == "product":
        return _named(meter for meter in meters if meter.medium == PRODUCTION)
    if name in _METERS and meters:
        electric = _named(meter for meter in meters if meter.medium == ELECTRICITY)
        if not whole:
            # What only a real meter tells: the incoming one first.
            below = {meter.id for meter in meters if meter.parent is not None}
            return sorted(electric, key=lambda one: one[1] in below)
        return [(WHOLE_SITE[language], SITE_METER), *electric]
    return ()


def _named(meters: Iterable[MeterSettings]) -> list[tuple[str, str]]:
    return [(meter.name, meter.id) for meter in meters]


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
