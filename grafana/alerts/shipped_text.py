"""Groups of alerts as the files that the collector places, in one language."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from grafana.alerts import GROUPS
from grafana.alerts.rule import Ask, Group, Rule
from grafana.wording.alerts import ROWS
from grafana.words import LANGUAGES, Language

Json = dict[str, Any]
CONDITION = "Z"
EVERY_SITE = "_all"
"""The label ``site`` of an alert on a machine, which may serve several."""
TEXTS = {text.key: text for text in ROWS}
"""Every text of an alert by its key."""


def alert_files() -> dict[str, str]:
    """Every group as text, by file name; the same text for the same code."""
    return {
        f"{group.name}-{language}.json": _text(shipped_group(group, language))
        for group in GROUPS
        for language in LANGUAGES
    }


def shipped_group(group: Group, language: Language) -> Json:
    """The group in the format of ``collector/boards/alert_rules.py``."""
    return {
        "group": group.name,
        "language": language,
        "scope": group.scope,
        "interval_s": group.interval_s,
        "thresholds": group.thresholds,
        "rules": [_rule(rule, group, language) for rule in group.rules],
    }


def _rule(rule: Rule, group: Group, language: Language) -> Json:
    site = EVERY_SITE if group.scope == "fleet" else "${site}"
    meter = "{{ $labels.meter }}" if rule.per_meter else "_site"
    return {
        "uid": rule.uid,
        "needs": list(rule.needs),
        "title": _title(rule, group, language),
        "condition": CONDITION,
        "data": [*_data(rule)],
        "for": rule.wait,
        "noDataState": rule.no_data,
        "execErrState": rule.on_error,
        "isPaused": False,
        "labels": {
            "site": site,
            "circuit": meter,
            "severity": rule.severity,
            "alert": rule.uid,
        },
        "annotations": _annotations(rule, language, site),
    }


def _title(rule: Rule, group: Group, language: Language) -> str:
    title = _told(f"{rule.uid}.title", language)
    return title if group.scope == "fleet" else f"{title} (${{site_name}})"


def _annotations(rule: Rule, language: Language, site: str) -> Json:
    # The label ``alert`` chooses this alert alone, in whichever language its title is.
    chosen = f"matcher=alert%3D{rule.uid}&matcher=site%3D{site}"
    if rule.per_meter:
        chosen += "&matcher=circuit%3D{{ $labels.meter }}"
    new = f"${{grafana_url}}/alerting/silence/new?alertmanager=grafana&{chosen}"
    return {
        "summary": _told(f"{rule.uid}.summary", language),
        "description": _told(f"{rule.uid}.about", language),
        "board": f"${{grafana_url}}/d/${{board:{rule.board}-{language}}}",
        "silence": f"{_told('silence', language)} {new}",
    }


def _told(key: str, language: Language) -> str:
    text = TEXTS[f"alerts.{key}"]
    return text.ja if language == "ja" else text.en


def _data(rule: Rule) -> Iterator[Json]:
    for ask in rule.asks:
        yield _query(ask)
        yield _expression(
            ask.ref, "reduce", f"{ask.ref}0", {"reducer": ask.keep, "settings": {"mode": "dropNN"}}
        )
    for one in rule.reckons:
        yield _expression(one.ref, "math", one.expression, {})
    yield _expression(CONDITION, "math", rule.fires, {})


def _query(ask: Ask) -> Json:
    ref = f"{ask.ref}0"
    return {
        "refId": ref,
        "datasourceUid": ask.source,
        "queryType": "",
        "relativeTimeRange": {"from": ask.back_s, "to": ask.until_s},
        "model": {
            "refId": ref,
            "datasource": {"type": "influxdb", "uid": ask.source},
            "query": ask.query,
            "rawQuery": True,
            "resultFormat": "time_series",
            "intervalMs": 60_000,
            "maxDataPoints": 43_200,
        },
    }


def _expression(ref: str, kind: str, expression: str, more: Json) -> Json:
    model = {
        "refId": ref,
        "datasource": {"type": "__expr__", "uid": "__expr__"},
        "type": kind,
        "expression": expression,
        **more,
    }
    return {
        "refId": ref,
        "datasourceUid": "__expr__",
        "queryType": "",
        "relativeTimeRange": {"from": 0, "to": 0},
        "model": model,
    }


def _text(group: Json) -> str:
    return json.dumps(group, ensure_ascii=False, indent=2) + "\n"
