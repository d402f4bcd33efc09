"""Boards of the small plant, their panels, and what a real InfluxDB answers them."""

from __future__ import annotations

import time
from collections.abc import Iterator
from functools import cache
from typing import Any

from collector.boards.shipped import board_texts
from collector.boards.stamp import stamped
from collector.site_config import SiteSettings
from tests.grafana.plant import NOW, SITE
from tests.grafana.rendering import Json, Panel
from tests.services.influx import InfluxServer

RAW, TOTALS = "boards_raw", "boards"
BOARDS = ("today", "demand", "energy", "co2", "cost")
"""The boards whose figures this plant has; the others have a plant of their own."""


@cache
def board(name: str, language: str = "en") -> Json:
    """The board as it stands at the plant."""
    return board_at(SITE, name, language)


def board_at(site: SiteSettings, name: str, language: str = "en") -> Json:
    """The board as it stands at a site."""
    (found,) = (one for one in board_texts(language) if one["uid"] == f"mieruka-{name}-{language}")
    return stamped(found, site)


def panel(name: str, title: str, site: SiteSettings = SITE) -> Panel:
    """The panel of that title on the English board."""
    made = board(name) if site is SITE else board_at(site, name)
    (body,) = (body for body in made["panels"] if body["title"] == title and body["type"] != "row")
    return Panel(made, body, NOW)


def every_panel(name: str, language: str) -> Iterator[Panel]:
    """Every panel of a board that asks the store."""
    made = board(name, language)
    for body in made["panels"]:
        if body["type"] not in ("row", "text"):
            yield Panel(made, body, NOW)


def ask(server: InfluxServer, asked: Panel, target: Json) -> list[Json]:
    """The series that InfluxDB answers a target."""
    bucket = RAW if target["datasource"]["uid"] == "mieruka-raw" else TOTALS
    return server.query(bucket, asked.render(target))


def took_ms(server: InfluxServer, asked: Panel, target: Json) -> float:
    """How long a target's answer takes, ms: the better of two, as a busy machine may stall one."""
    found = []
    for _ in range(2):
        begun = time.perf_counter()
        ask(server, asked, target)
        found.append((time.perf_counter() - begun) * 1000)
    return min(found)


def rows_of(server: InfluxServer, asked: Panel, ref: int = 0) -> list[list[Any]]:
    """The rows of a target that answers one series."""
    series = ask(server, asked, asked.body["targets"][ref])
    assert len(series) == 1, series
    values: list[list[Any]] = series[0]["values"]
    return values


def points(server: InfluxServer, asked: Panel, ref: int = 0) -> dict[int, float]:
    """A series' values by instant, ms."""
    return {int(at): value for at, value in rows_of(server, asked, ref)}


def figure(server: InfluxServer, name: str, title: str) -> float:
    """The one figure that a panel shows."""
    ((_, value),) = rows_of(server, panel(name, title))
    return float(value)


def by_meter(server: InfluxServer, asked: Panel) -> dict[str, list[list[Any]]]:
    """The rows of each meter's series."""
    series = ask(server, asked, asked.body["targets"][0])
    return {one["tags"]["meter"]: one["values"] for one in series}
