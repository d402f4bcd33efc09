"""Boards over the two plants, asked as Grafana asks: with what the reader has picked."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from time import perf_counter
from typing import Any

from collector.boards.stamp import stamped, stamped_fleet
from grafana.build import built
from tests.grafana.rendering import Json, Panel
from tests.grafana.two_plants import NOW, PIECES, SITES
from tests.services.influx import InfluxServer

RAW, TOTALS = "two_plants_raw", "two_plants"
CHOSEN = {"meter": "press", "other": "main", "shift": "28d", "product": PIECES}
"""What the reader has picked."""
UIDS = (
    "mieruka-load-profile", "mieruka-intensity", "mieruka-power-quality", "mieruka-fleet",
    "mieruka-portfolio",
)  # fmt: skip


@cache
def shipped(uid: str, language: str) -> Json:
    """The board as it is built, for any site."""
    board: Json = json.loads(built()[f"{uid}-{language}.json"])
    return board


def board(uid: str, language: str = "en", chosen: Mapping[str, str] = CHOSEN) -> Json:
    """Make the board as the collector places it, with the reader's choices."""
    made = shipped(uid, language)
    many = {"fleet", "portfolio"} & set(made["tags"])
    own = copy.deepcopy(stamped_fleet(made, SITES) if many else stamped(made, SITES[0]))
    for variable in own["templating"]["list"]:
        if variable["name"] in chosen:
            variable["current"] = {"value": chosen[variable["name"]]}
    return own


def panels(uid: str, language: str = "en") -> Iterator[Panel]:
    """Yield every panel of the board that asks the store."""
    own = board(uid, language)
    for body in own["panels"]:
        if body["type"] not in ("row", "text"):
            yield Panel(own, body, NOW)


@dataclass(frozen=True, slots=True)
class Asker:
    """A store that holds the two plants, and what it answers to the panels of a board."""

    server: InfluxServer

    def answers(self, panel: Panel, target: Json) -> tuple[list[Json], float]:
        """The series of one query, and how long it took, s."""
        text = panel.render(target)
        bucket = RAW if target["datasource"]["uid"] == "mieruka-raw" else TOTALS
        began_s = perf_counter()
        return self.server.query(bucket, text), perf_counter() - began_s

    def series(self, uid: str, title: str, ref: int = 0) -> list[Json]:
        """The series of the panel with the title; ``ref`` counts its queries."""
        (panel,) = (one for one in panels(uid) if one.body["title"] == title)
        return self.answers(panel, panel.body["targets"][ref])[0]

    def rows(self, uid: str, title: str, ref: int = 0) -> list[list[Any]]:
        """The rows of a panel with a single series."""
        (one,) = self.series(uid, title, ref)
        values: list[list[Any]] = one["values"]
        return values

    def figure(self, uid: str, title: str) -> float:
        """The value of a panel with a single one."""
        ((_, value),) = self.rows(uid, title)
        return float(value)

    def table(self, uid: str, title: str) -> list[dict[str, Any]]:
        """The rows of a table as Grafana shows them: tags are columns too."""
        return [
            {**(one.get("tags") or {}), **dict(zip(one["columns"], row, strict=True))}
            for one in self.series(uid, title)
            for row in one["values"]
        ]
