"""Grafana's side of a query: time ranges, variables, and the four macros of its InfluxDB plugin."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

Json = dict[str, Any]


@dataclass(frozen=True)
class Panel:
    """One panel of a board, ready to be asked at the instant ``now``."""

    board: Json
    body: Json
    now: datetime

    def window(self) -> tuple[int, int]:
        """Answer the range the panel asks for, ms: its own, or the board's."""
        own = self.body.get("timeFrom")
        if own:
            amount, unit = int(own[:-1]), own[-1]
            length = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}
            return _ms(self.now - amount * length[unit]), _ms(self.now)
        midnight = self.now.replace(hour=0, minute=0, second=0, microsecond=0)
        days = re.fullmatch(r"now-(\d+)d/d", self.board["time"]["from"])
        assert days, "the board's range has another form"
        return _ms(midnight - timedelta(days=int(days[1]))), _ms(self.now)

    def render(self, target: Json) -> str:
        """Write the query as it leaves Grafana."""
        text = with_variables(target["query"], self.board["templating"]["list"])
        from_ms, to_ms = self.window()
        macros = {
            "$timeFilter": f"time >= {from_ms}ms and time <= {to_ms}ms",
            "$interval": "30s",
            "$__interval_ms": "30000",
            "$__interval": "30s",
        }
        for macro, value in macros.items():
            text = text.replace(macro, value)
        assert "$" not in text.replace("$/", "/"), text
        return text


def with_variables(text: str, variables: Sequence[Json]) -> str:
    """Put the variables' values in, in the formats ``raw`` and ``regex``."""
    for variable in variables:
        value = variable["current"]["value"]
        several = value if isinstance(value, list) else [value]
        as_regex = "|".join(re.escape(one) for one in several)
        if len(several) > 1:
            as_regex = f"({as_regex})"
        text = text.replace(f"${{{variable['name']}:regex}}", as_regex)
        text = text.replace(f"${{{variable['name']}:raw}}", ",".join(several))
    return text


def _ms(at: datetime) -> int:
    return int(at.timestamp() * 1000)
