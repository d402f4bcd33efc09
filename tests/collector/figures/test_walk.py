"""From counter readings to figures, through the real stations."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from collector.figures.station import run_once
from collector.state.database import StateDatabase
from collector.state.stale_figures import StaleFigures
from collector.storage.figure_schema import DAY_FIGURES, LOAD_DAY, MONTH_FIGURES, POWER_QUALITY_30M
from edge_agent.contract.reading import Reading
from tests.collector.figures.season import At
from tests.collector.summarise.plant import (
    APRIL_MS,
    DAY,
    FOREVER,
    HOUR,
    LIBRARY,
    MINUTE,
    SITE,
    Plant,
)

POLL = 5 * MINUTE
LATE_MS = APRIL_MS + DAY + 10 * HOUR


@pytest.fixture
def plant(tmp_path: Path) -> Iterator[Plant]:
    """Three days of an intake at 60 kW, read every five minutes; an hour is missing."""
    database = StateDatabase(tmp_path / "state.sqlite")
    made = Plant()
    made.stale = StaleFigures(database)
    made.land("main", [one for one in samples() if not LATE_MS < one[0] < LATE_MS + HOUR])
    yield made
    database.close()


def samples() -> list[tuple[int, float]]:
    """Counter readings (UTC ms, Wh), of which the late hour took twice as much."""
    found, wh = [], 1_000_000.0
    for at_ms in range(APRIL_MS, APRIL_MS + 3 * DAY + 1, POLL):
        found.append((at_ms, wh))
        wh += 5_000.0 * (2 if LATE_MS <= at_ms < LATE_MS + HOUR else 1)
    return found


def figures(plant: Plant) -> dict[tuple[str, str, int], dict[str, float | str]]:
    """Both stations run, at noon of the fourth day; the rows there are."""
    plant.run()
    stale = plant.stale
    assert isinstance(stale, StaleFigures)
    run_once(plant.store, stale, plant.sites, LIBRARY, At(APRIL_MS + 3 * DAY + 12 * HOUR))
    return {
        (name, meter, row.at_ms): dict(row.fields)
        for name in (LOAD_DAY, DAY_FIGURES, MONTH_FIGURES, POWER_QUALITY_30M)
        for meter in ("_site", "main")
        for row in plant.store.read_rows(name, SITE.id, meter, 0, FOREVER)
    }


def test_a_constant_load_is_shown_as_it_is(plant: Plant) -> None:
    """60 kW in every half hour of the first day; the month's peak is told with its time."""
    rows = figures(plant)
    first = rows[LOAD_DAY, "_site", APRIL_MS]
    assert first.pop("known") == 48.0
    assert set(first.values()) == {60.0}
    month = rows[MONTH_FIGURES, "main", APRIL_MS]
    assert month["peak_at"] == "2025-04-02T10:00"
    assert month["kwh"] == pytest.approx(60 * 72 + 60)


def test_late_readings_change_the_day_they_fall_into(plant: Plant) -> None:
    """An hour arrives a day later: its half hours were spread evenly, and are measured then."""
    before = figures(plant)
    own = [one for one in samples() if LATE_MS < one[0] < LATE_MS + HOUR]
    plant.land("main", [(at_ms, wh - 5_000.0) for at_ms, wh in own])
    after = figures(plant)
    moved = {key for key in after if after[key] != before.get(key)}
    assert {(name, at_ms) for name, _, at_ms in moved} <= {
        (LOAD_DAY, APRIL_MS + DAY),
        (DAY_FIGURES, APRIL_MS + DAY),
        (MONTH_FIGURES, APRIL_MS),
    }
    assert (LOAD_DAY, "_site", APRIL_MS + DAY) in moved


def test_momentary_values_become_rows_where_their_counter_moved(plant: Plant) -> None:
    """A voltage beside the counter: its half hours have a row, as the meter's alone."""
    plant.store.write_readings(
        [
            Reading("s", "main", at_ms, {"voltage_ll_avg_v": 200.0 + n % 2})
            for n, at_ms in enumerate(range(APRIL_MS, APRIL_MS + 2 * HOUR, POLL))
        ]
    )
    rows = figures(plant)
    quality = [key for key in rows if key[0] == POWER_QUALITY_30M]
    assert quality == [(POWER_QUALITY_30M, "main", APRIL_MS + n * 30 * MINUTE) for n in range(4)]
    assert rows[quality[0]] == {
        "readings": 6.0,
        "voltage_v": 200.5,
        "voltage_min_v": 200.0,
        "voltage_max_v": 201.0,
    }
