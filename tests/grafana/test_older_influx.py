"""Every query of the boards on an InfluxDB 1.8: it answers what 2.9.1 answers.

Optional: skipped without a 1.8 (``older_influx.HINT``). What is right is proved on 2.9.1.
"""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from tests.grafana.asking import BOARDS, ask, every_panel
from tests.grafana.older_influx import OlderInflux
from tests.grafana.rendering import Json
from tests.grafana.wide_boards import UIDS, Asker, panels
from tests.services.influx import InfluxServer

pytestmark = pytest.mark.services


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("name", BOARDS)
def test_boards_of_the_small_plant_answer_alike(
    influx_18: OlderInflux, plant_influx: InfluxServer, name: str, language: str
) -> None:
    """Every target of the energy manager's boards is taken, has values and the same ones."""
    for one in every_panel(name, language):
        for target in one.body["targets"]:
            older, newer = (ask(server, one, target) for server in (influx_18, plant_influx))
            _require_alike(older, newer, one.render(target))


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("uid", UIDS)
def test_boards_of_the_two_plants_answer_alike(
    influx_18: OlderInflux, asker: Asker, uid: str, language: str
) -> None:
    """Every target of the other boards too."""
    for one in panels(uid, language):
        for target in one.body["targets"]:
            older = Asker(influx_18).answers(one, target)[0]
            _require_alike(older, asker.answers(one, target)[0], one.render(target))


def _require_alike(older: list[Json], newer: list[Json], query: str) -> None:
    assert len(older) == len(newer) > 0, query
    for old, new in zip(older, newer, strict=True):
        assert old.get("tags") == new.get("tags"), query
        assert old["columns"] == new["columns"], query
        assert len(old["values"]) == len(new["values"]) > 0, query
        for row, expected in zip(old["values"], new["values"], strict=True):
            _require_same_cells(row, expected, query)


def _require_same_cells(row: Iterable[object], expected: Iterable[object], query: str) -> None:
    for cell, other in zip(row, expected, strict=True):
        # Sums of floats differ in the last digits: the order of the parts is the server's own.
        same = pytest.approx(other) if isinstance(other, float | int) else other
        assert cell == same, query
