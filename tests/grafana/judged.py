"""Alert rules judged as Grafana does: queries, ``reduce``, ``math``, and what is told of each.

Only as much of Grafana's expressions as our rules use: values by labels, two sides joined where
one's labels hold the other's, nothing where a side is unknown.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from tests.grafana.asking import RAW, TOTALS
from tests.grafana.plant import ms
from tests.services.influx import InfluxServer

Json = dict[str, Any]
Labels = frozenset[tuple[str, str]]
Figures = dict[Labels, float]
_REF = re.compile(r"\$([A-Z]0?)")
_KEEP: dict[str, Callable[[list[float]], float]] = {
    "last": lambda values: values[-1],
    "min": min,
    "max": max,
}


def rendered(query: Json, now: datetime) -> str:
    """The query as it leaves Grafana."""
    span = query["relativeTimeRange"]
    since, until = (ms(now) - 1000 * int(span[side]) for side in ("from", "to"))
    text: str = query["model"]["query"]
    text = text.replace("$timeFilter", f"time >= {since}ms and time <= {until}ms")
    assert "$" not in text.replace("$/", "/"), text
    return text


def judged(server: InfluxServer, rule: Json, now: datetime) -> dict[str, Figures]:
    """Every figure of the rule by its letter; the condition's is 1 where it fires.

    Where any query has no answer, nothing is judged (seen on Grafana 9.4).
    """
    series: dict[str, dict[Labels, list[float]]] = {}
    figures: dict[str, Figures] = {}
    for one in rule["data"]:
        model, ref = one["model"], one["refId"]
        if one["datasourceUid"] != "__expr__":
            series[ref] = _answers(server, one, now)
        elif model["type"] == "reduce":
            kept = _KEEP[model["reducer"]]
            answers = series[model["expression"]]
            figures[ref] = {labels: kept(values) for labels, values in answers.items() if values}
        else:
            figures[ref] = _reckoned(model["expression"], figures)
    if not all(series.values()):
        figures[rule["condition"]] = {}
    return figures


def firing(server: InfluxServer, rule: Json, now: datetime) -> set[str]:
    """The meters (``_site`` where a rule is of the whole site) for which the rule fires."""
    condition = judged(server, rule, now)[rule["condition"]]
    if not condition and rule["noDataState"] == "Alerting":
        return {"no data"}
    return {dict(labels).get("meter", "_site") for labels, value in condition.items() if value}


def _answers(server: InfluxServer, query: Json, now: datetime) -> dict[Labels, list[float]]:
    bucket = RAW if query["datasourceUid"] == "mieruka-raw" else TOTALS
    answers = server.query(f"alerts_{bucket}", rendered(query, now))
    return {
        frozenset(one.get("tags", {}).items()): [
            value for _, value in one["values"] if value is not None
        ]
        for one in answers
    }


def _reckoned(expression: str, figures: Mapping[str, Figures]) -> Figures:
    refs = list(dict.fromkeys(_REF.findall(expression)))
    text = _REF.sub(r"_\1", expression).replace("&&", " and ").replace("||", " or ")
    joined: dict[Labels, dict[str, float]] = {frozenset(): {}}
    for ref in refs:
        joined = {
            labels | mine: {**known, f"_{ref}": value}
            for labels, known in joined.items()
            for mine, value in figures[ref].items()
            if labels <= mine or mine <= labels
        }
    return {labels: float(_value(text, known)) for labels, known in joined.items()}


def _value(text: str, known: Mapping[str, float]) -> float:
    answer: float = eval(text, {"__builtins__": {}}, dict(known))
    return answer
