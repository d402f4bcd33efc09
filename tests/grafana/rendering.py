"""Grafana's side of a query: time ranges, variables, and the four macros of its InfluxDB plugin."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

Json = dict[str, Any]
_SIDE = re.compile(r"now(?:-(\d+)([smhdwMy]))?(?:/(fy|d))?")
_DAY = timedelta(days=1)
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


@dataclass(frozen=True)
class Panel:
    """One panel of a board, ready to be asked at the instant ``now``.

    ``picked`` holds what the reader has chosen of variables that only a Grafana fills.
    """

    board: Json
    body: Json
    now: datetime
    picked: Mapping[str, str] = field(default_factory=dict)

    def window(self) -> tuple[int, int]:
        """Answer the range the panel asks for, ms: its own, or the board's, moved if it says so."""
        own = self.body.get("timeFrom")
        by = self._filled(self.body.get("timeShift") or "0s")
        shown = {"from": f"now-{own}", "to": "now"} if own else self.board["time"]
        first = self.board["fiscalYearStartMonth"] + 1
        from_, to = (
            moved(instant_of(shown[side], self.now, first, upper=upper), by, upper=upper)
            for side, upper in (("from", False), ("to", True))
        )
        return _ms(from_), _ms(to)

    def render(self, target: Json) -> str:
        """Write the query as it leaves Grafana."""
        text = self._filled(target["query"])
        from_ms, to_ms = self.window()
        macros = {
            "$timeFilter": f"time >= {from_ms}ms and time <= {to_ms}ms",
            "$interval": "30s",
            "$__interval_ms": "30000",
            "$__interval": "30s",
            "now()": f"{_ms(self.now)}ms",
        }
        for macro, value in macros.items():
            text = text.replace(macro, value)
        assert "$" not in text.replace("$/", "/"), text
        return text

    def _filled(self, text: str) -> str:
        chosen = [
            {"name": name, "current": {"value": value}} for name, value in self.picked.items()
        ]
        return with_variables(text, [*chosen, *self.board["templating"]["list"]])


def with_variables(text: str, variables: Sequence[Json]) -> str:
    """Put the variables' values in, in the formats ``raw`` and ``regex``; unset ones stay."""
    for variable in variables:
        value = (variable.get("current") or {}).get("value")
        if value is None:
            continue
        several = value if isinstance(value, list) else [value]
        as_regex = "|".join(re.escape(one) for one in several)
        if len(several) > 1:
            as_regex = f"({as_regex})"
        text = text.replace(f"${{{variable['name']}:regex}}", as_regex)
        text = text.replace(f"${{{variable['name']}:raw}}", ",".join(several))
    return text


def length_of(text: str) -> timedelta:
    """Read a length as Grafana writes it: ``15m``, ``31d``."""
    found = re.fullmatch(r"(\d+)([smhdw])", text)
    assert found, f"no length: {text}"
    return timedelta(**{_UNITS[found[2]]: int(found[1])})


def moved(at: datetime, by: str, *, upper: bool) -> datetime:
    """One side of a range, moved back: by ``7d``, or by ``1d/d``, which rounds it to whole days."""
    length, _, unit = by.partition("/")
    then = at - length_of(length)
    if not unit:
        return then
    start = then.replace(hour=0, minute=0, second=0, microsecond=0)
    return start + _DAY - timedelta(milliseconds=1) if upper else start


def instant_of(text: str, now: datetime, first_month: int, *, upper: bool) -> datetime:
    """Read one side of a range: ``now``, ``now-13d/d``, ``now/fy``; a rounded upper side ends it.

    ``first_month`` is the fiscal year's, 1 to 12.
    """
    found = _SIDE.fullmatch(text)
    assert found, f"the range has another form: {text}"
    at = now - length_of(f"{found[1]}{found[2]}") if found[1] else now
    if not found[3]:
        return at
    start = at.replace(hour=0, minute=0, second=0, microsecond=0)
    if found[3] == "d":
        return start + timedelta(days=1, milliseconds=-1) if upper else start
    year = start.year if start.month >= first_month else start.year - 1
    start = start.replace(year=year + upper, month=first_month, day=1)
    return start - timedelta(milliseconds=1) if upper else start


def _ms(at: datetime) -> int:
    return int(at.timestamp() * 1000)
