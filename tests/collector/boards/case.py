"""A small case to provision: two sites, one of them with meters, and alerts of both scopes."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from collector.config import CollectorSettings
from tests.grafana.fake_grafana import ADMIN

NOW_MS = round(datetime(2026, 11, 20, 3, tzinfo=UTC).timestamp() * 1000)
DAY_MS = 86_400_000
SENDAI: dict[str, Any] = {
    "id": "sendai",
    "name": "仙台工場",
    "time_zone": "Asia/Tokyo",
    "contract_power_kw": 300.0,
    "meters": [
        {"id": "main", "name": "受電"},
        {"id": "press", "name": "プレス", "parent": "main"},
    ],
}
AUSTIN: dict[str, Any] = {
    "id": "austin",
    "name": "Austin plant",
    "time_zone": "America/Chicago",
    "fiscal_year_starts": 1,
}


class At:
    """A clock that stands still until it is set."""

    def __init__(self, now_ms: int = NOW_MS) -> None:
        self.ms = now_ms

    def now_ms(self) -> int:
        """The instant it was set to."""
        return self.ms


def settings_for(state: Path, url: str, **changes: Any) -> CollectorSettings:
    """Settings with these sections changed; ``grafana`` is merged into the usual one."""
    grafana = {"url": url, "token": ADMIN, "read_token": "read-only"}
    sections: dict[str, Any] = {
        "collector": {"id": "hq", "state_dir": str(state)},
        "mqtt": {"url": "mqtt://127.0.0.1:1883"},
        "store": {
            "kind": "influx",
            "url": "http://127.0.0.1:8086",
            "org": "mieruka",
            "token": "influx-secret",
        },
        "sites": [SENDAI, AUSTIN],
        **changes,
        "grafana": {**grafana, **changes.get("grafana", {})},
    }
    return CollectorSettings.model_validate(sections)


def rule(uid: str, title: str, *needs: str) -> dict[str, Any]:
    """A rule as it is shipped, with every kind of placeholder."""
    query = 'SELECT last("kw") FROM energy_30m WHERE "site" =~ /^(${sites})$/ AND $timeFilter'
    query += " GROUP BY time(30m) tz('${zone}')"
    return {
        "uid": uid,
        "needs": list(needs),
        "title": title,
        "condition": "C",
        "for": "5m",
        "noDataState": "OK",
        "execErrState": "Error",
        "labels": {"site": "${site}"},
        "annotations": {
            "summary": "${site_name}: {{ $labels.meter }} > ${threshold:percent} %",
            "link": "${grafana_url}/d/${board:mieruka-today-ja}",
        },
        "data": [
            {
                "refId": "A",
                "relativeTimeRange": {"from": 600, "to": 0},
                "datasourceUid": "mieruka-totals",
                "model": {"refId": "A", "query": query, "rawQuery": True},
            },
            {
                "refId": "C",
                "relativeTimeRange": {"from": 600, "to": 0},
                "datasourceUid": "__expr__",
                "model": {
                    "refId": "C",
                    "type": "threshold",
                    "expression": "A",
                    "conditions": [
                        {"evaluator": {"type": "gt", "params": ["${threshold:percent}"]}}
                    ],
                },
            },
        ],
    }


def alerts() -> list[dict[str, Any]]:
    """Two groups: one a site, one over all sites."""
    site: dict[str, Any] = {
        "group": "demand",
        "language": "ja",
        "scope": "site",
        "interval_s": 60,
        "thresholds": {"percent": 95.0},
        "rules": [rule("demand-high", "デマンド超過", "contract_kw"), rule("silent", "途絶")],
    }
    fleet = {**copy.deepcopy(site), "group": "fleet", "scope": "fleet"}
    fleet["rules"] = [rule("completeness", "充足率")]
    return [site, fleet]


def shipped(language: str) -> Iterator[dict[str, Any]]:
    """The groups in the place of the shipped ones."""
    return (copy.deepcopy(group) for group in alerts() if group["language"] == language)


def board(name: str, language: str) -> dict[str, Any]:
    """A board as it is shipped: variables, a ring, a table, and links to its neighbours."""
    others = [one for one in ("today", "demand", "fleet", "portfolio") if one != name]
    tags = {"fleet": ["fleet"], "portfolio": ["portfolio"]}.get(name, [])
    title = {"today": "今日", "demand": "デマンド"}.get(name, name)
    query = 'SELECT sum("kwh") FROM energy_30m WHERE "site" = \'${site:raw}\' AND "meter" =~'
    query += " /^${circuits:regex}$/ AND $timeFilter GROUP BY time(1d), \"meter\" tz('Asia/Tokyo')"
    fixed = {"current": {"text": "0", "value": "0"}, "type": "textbox", "query": "0"}
    picked = {"type": "query", "query": "SHOW TAG VALUES", "multi": True}
    over = bool(tags)
    drill = "/d/mieruka-today-ja?var-site=${__value.raw}&${__url_time_range}"
    return {
        "uid": f"mieruka-{name}-{language}",
        "title": title if language == "ja" else name.capitalize(),
        "tags": ["mieruka", *tags, name, language],
        "timezone": "Asia/Tokyo",
        "fiscalYearStartMonth": 3,
        "schemaVersion": 42,
        "links": [
            {
                "type": "link",
                "title": one,
                "url": f"/d/mieruka-{one}-{language}",
                "tags": ["mieruka", one, language],
                "includeVars": True,
            }
            for one in others
        ],
        "templating": {
            "list": [{**picked, "name": "site", "multi": over, "includeAll": over}]
            if over
            else [
                {**picked, "name": "site", "multi": False},
                {**picked, "name": "incoming"},
                {**picked, "name": "circuits"},
                {**fixed, "name": "contract_kw"},
                {**fixed, "name": "target_kw"},
            ]
        },
        "panels": [
            {
                "type": "piechart",
                "title": "share",
                "targets": [{"refId": "A", "query": query, "alias": "$tag_meter"}],
                "fieldConfig": {"overrides": []},
            },
            {
                "type": "table",
                "title": "rows",
                "targets": [{"refId": "A", "query": query}],
                "fieldConfig": {
                    "overrides": [
                        {
                            "matcher": {"id": "byName", "options": "meter"},
                            "properties": [{"id": "links", "value": [{"url": drill}]}],
                        }
                    ]
                },
            },
        ],
    }


def boards(language: str) -> Iterator[dict[str, Any]]:
    """The boards in place of the shipped ones: of sites, and two over all of them."""
    names = ("today",) if language == "en" else ("demand", "fleet", "portfolio", "today")
    return (board(name, language) for name in names)


def one_board(language: str) -> Iterator[dict[str, Any]]:
    """A single board a language."""
    return iter([board("today", language)])
