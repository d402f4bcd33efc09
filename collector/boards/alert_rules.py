"""Alert rules as shipped (``grafana/alerts/*.json``), made into the rules of one site. Pure.

One file is one group of rules in one language::

    {"group": "demand", "language": "ja", "scope": "site", "interval_s": 60,
     "thresholds": {"demand_percent": 95},
     "rules": [{"uid": "demand-high", "needs": ["contract_kw"], "title": "…", "condition": "C",
                "for": "5m", "noDataState": "OK", "execErrState": "Error",
                "labels": {}, "annotations": {}, "data": […]}]}

``scope`` is ``site`` (once a site, in its folder) or ``fleet`` (once, over all sites). In every
text of a rule ``${site}``, ``${site_name}``, ``${sites}`` (all, as a regular expression),
``${zone}``, ``${language}``, ``${contract_kw}``, ``${fiscal_year_starts}``, ``${billing_day}``,
``${grafana_url}``, ``${board:UID}`` (the uid of that board at this site), ``${demand_price}`` (what
a kW costs in a month, 0 where that is not known), ``${money}`` (its currency as people write it),
``${meter_name}`` (Grafana's own words for the name of ``$labels.meter``) and ``${threshold:NAME}``
are filled in; a text that is only one of them becomes the value itself, so
that an evaluator gets a number. A rule whose ``needs`` the site's settings do not tell is left
out. Grafana's own templates (``{{ $labels.meter }}``) pass through.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from collector.boards.currency import UNKNOWN, Money
from collector.boards.stamp import Json, fitted_uid
from collector.errors import StopError
from collector.site_config import MeterSettings, SiteSettings

FLEET = "fleet"
OURS = "mieruka"
"""The label that every rule of ours carries: what a notification policy may route by."""
LONGEST_TITLE = 190
_PLACE = re.compile(r"\$\{([a-z_]+)(?::([A-Za-z0-9_-]+))?\}")


@dataclass(frozen=True, slots=True)
class RuleGroup:
    """A group of rules that is wholly ours, in one of our folders, judged every ``interval_s``."""

    folder: str
    name: str
    interval_s: int
    rules: tuple[Json, ...]

    @property
    def uid(self) -> str:
        """The group as it is told and recorded: Grafana knows it by folder and name."""
        return f"{self.folder}/{self.name}"


def rule_group(
    shipped: Json,
    sites: Sequence[SiteSettings],
    folder: str,
    url: str,
    own: Mapping[str, float],
    money: Money = UNKNOWN,
) -> RuleGroup | None:
    """The shipped group for these sites (one, unless its scope is ``fleet``).

    ``own`` holds the plant's thresholds, ``money`` what its tariff tells. None when no rule of it
    applies. Raises ``StopError`` for a file that does not keep the format.
    """
    group = str(shipped["group"])
    values = _values(shipped, sites, url, money)
    thresholds = {**shipped.get("thresholds", {}), **own}
    rules = tuple(
        _rule(rule, group, folder, _Filling(group, values, thresholds, _suffix(shipped, sites)))
        for rule in shipped["rules"]
        if all(values.get(need) for need in rule.get("needs", ()))
    )
    name = f"{OURS}-alerts-{group}"
    return RuleGroup(folder, name, int(shipped["interval_s"]), rules) if rules else None


def known_thresholds(shipped: Sequence[Json]) -> frozenset[str]:
    """The names of every threshold of these groups."""
    return frozenset(name for group in shipped for name in group.get("thresholds", {}))


def _suffix(shipped: Json, sites: Sequence[SiteSettings]) -> str:
    return "" if shipped.get("scope") == FLEET else f"-{sites[0].id}"


def _values(shipped: Json, sites: Sequence[SiteSettings], url: str, money: Money) -> dict[str, Any]:
    first = sites[0]
    language = str(shipped["language"])
    named = first.name_en if language == "en" and first.name_en else first.name
    return {
        "site": first.id,
        "site_name": named,
        "sites": "|".join(re.escape(site.id) for site in sites),
        "zone": first.time_zone,
        "language": language,
        "contract_kw": first.contract_power_kw or 0.0,
        "fiscal_year_starts": first.fiscal_year_starts,
        "billing_day": first.billing_day,
        "grafana_url": url.rstrip("/"),
        "demand_price": money.per_kw_month,
        "money": "円" if (language, money.currency) == ("ja", "JPY") else f" {money.currency}",
        "meter_name": _meter_name(first.meters),
    }


def _meter_name(meters: Sequence[MeterSettings]) -> str:
    """Grafana's template that says a meter's name for its id, the id where there is none."""
    names = {one.id: re.sub(r"[{}]", "", one.name) for one in meters if one.name != one.id}
    each = [f'if eq $labels.meter "{meter}" }}}}{name}' for meter, name in names.items()]
    if not each:
        return "{{ $labels.meter }}"
    return "{{ " + "{{ else ".join(each) + "{{ else }}{{ $labels.meter }}{{ end }}"


def _rule(rule: Json, group: str, folder: str, filling: _Filling) -> Json:
    filled: Json = filling.fill({key: value for key, value in rule.items() if key != "needs"})
    own = {
        "uid": fitted_uid(f"{OURS}-{rule['uid']}{filling.suffix}"),
        "title": str(filled["title"])[:LONGEST_TITLE],
        "folderUID": folder,
        "ruleGroup": f"{OURS}-alerts-{group}",
        "labels": {**filled.get("labels", {}), OURS: group},
    }
    return {**filled, **own}


@dataclass(frozen=True, slots=True)
class _Filling:
    group: str
    values: Mapping[str, Any]
    thresholds: Mapping[str, float]
    suffix: str

    def fill(self, value: Any) -> Any:
        """The value with every ``${…}`` in it replaced."""
        if isinstance(value, dict):
            return {key: self.fill(one) for key, one in value.items()}
        if isinstance(value, list):
            return [self.fill(one) for one in value]
        if not isinstance(value, str):
            return value
        whole = _PLACE.fullmatch(value)
        return self._of(whole) if whole else _PLACE.sub(lambda one: _text(self._of(one)), value)

    def _of(self, found: re.Match[str]) -> Any:
        name, argument = found[1], found[2]
        if name == "board" and argument:
            return fitted_uid(f"{argument}{self.suffix}")
        if name == "threshold" and argument in self.thresholds:
            return self.thresholds[argument]
        if argument is None and name in self.values:
            return self.values[name]
        known = ", ".join([*self.values, "board:UID", *(f"threshold:{n}" for n in self.thresholds)])
        raise StopError(f"the alerts of {self.group} name {found[0]}", f"known there: {known}")


def _text(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def checked(text: str, file: str) -> Json:
    """A file's group of rules. Raises ``StopError`` where the format is not kept."""
    try:
        group: Json = json.loads(text)
        rules = group.get("rules", ())
        missing = {"group", "language", "interval_s", "rules"} - set(group)
        missing |= {key for rule in rules for key in ("uid", "title") if key not in rule}
    except (ValueError, TypeError, AttributeError) as error:
        what = f"alerts {file}: not a group of rules: {error}"
        raise StopError(what, "correct the file") from error
    if missing or int(group["interval_s"]) % 10:
        what = f"lacks {', '.join(sorted(missing))}" if missing else "interval_s not in tens"
        raise StopError(f"alerts {file}: {what}", "collector/boards/alert_rules.py has the format")
    return group
