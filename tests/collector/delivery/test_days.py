"""The station that keeps the completeness of days up to date."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from collector.delivery import days
from collector.delivery.counted import Member
from collector.delivery.days import DaysReport
from collector.delivery.rounds import DAYS_EVERY_MS, DeliveryRounds
from collector.delivery.silence import Heartbeat
from collector.errors import RetryLaterError
from collector.site_config import MeterSettings
from collector.storage.schema import COMPLETENESS, STALENESS
from edge_agent.contract.wire import Resend
from tests.collector.delivery.plant import (
    DAY_MS,
    HOUR_MS,
    MIDNIGHT_MS,
    MINUTE_MS,
    NOON_MS,
    Plant,
)

HQ = Member("hq")


@pytest.fixture
def plant(tmp_path: Path) -> Iterator[Plant]:
    """A plant whose meter is polled every minute."""
    made = Plant(tmp_path)
    made.born("press")
    yield made
    made.close()


def run(plant: Plant) -> DaysReport:
    """Make one round."""
    return days.run_once(plant.store, plant.state.arrivals, plant.sites, plant.clock, HQ)


def minutes(from_ms: int, to_ms: int) -> range:
    """Every minute's poll of the stretch."""
    return range(from_ms, to_ms, MINUTE_MS)


def figures(plant: Plant, start_ms: int = MIDNIGHT_MS, meter: str = "press") -> tuple[float, ...]:
    """Expected, on time, late, gap and longest gap (s) of a day."""
    row = plant.rows(COMPLETENESS, meter)[start_ms]
    names = ("expected", "on_time", "late", "gap", "longest_gap_s")
    return tuple(float(row[name]) for name in names)


def test_today_is_counted_up_to_the_quarter_that_is_over(plant: Plant) -> None:
    """By noon 11 h 45 min of readings have had time to come; the row stands at local midnight."""
    plant.send(minutes(MIDNIGHT_MS, NOON_MS))
    assert run(plant) == DaysReport(1, 1)
    assert list(plant.rows(COMPLETENESS)) == [MIDNIGHT_MS]
    assert figures(plant) == (705, 705, 0, 0, 0)


def test_an_outage_is_a_gap_until_its_backfill_lands(plant: Plant) -> None:
    """Then it is late; the longest gap goes with it."""
    plant.send(minutes(MIDNIGHT_MS, MIDNIGHT_MS + 2 * HOUR_MS))
    plant.send(minutes(MIDNIGHT_MS + 5 * HOUR_MS, NOON_MS))
    run(plant)
    assert figures(plant) == (705, 525, 0, 180, 3 * 3600 + 60)
    backfill = minutes(MIDNIGHT_MS + 2 * HOUR_MS, MIDNIGHT_MS + 5 * HOUR_MS)
    plant.send(backfill, arrived_ms=NOON_MS)
    run(plant)
    assert figures(plant) == (705, 525, 180, 0, 0)


def test_a_past_day_is_made_again_only_when_readings_land_in_it(plant: Plant) -> None:
    """Seven days back, and no further."""
    plant.send(minutes(MIDNIGHT_MS - 9 * DAY_MS, MIDNIGHT_MS - 9 * DAY_MS + HOUR_MS))
    assert run(plant).days == 8
    plant.clock.at_ms += 10 * MINUTE_MS
    assert run(plant).days == 1, "only today goes on"
    landed = MIDNIGHT_MS - 3 * DAY_MS + HOUR_MS
    plant.send(minutes(landed, landed + HOUR_MS), arrived_ms=plant.clock.at_ms)
    assert run(plant).days == 2
    assert figures(plant, MIDNIGHT_MS - 3 * DAY_MS) == (1440, 0, 60, 1380, 22 * 3600 + 60)
    assert run(plant).days == 1
    plant.send([MIDNIGHT_MS - 8 * DAY_MS], arrived_ms=plant.clock.at_ms)
    assert run(plant).days == 1


def test_a_day_is_finished_after_midnight_even_of_a_dead_meter(plant: Plant) -> None:
    """The last hours of yesterday are counted by the first run of today, and so are lost days."""
    plant.send(minutes(MIDNIGHT_MS, NOON_MS))
    run(plant)
    plant.clock.at_ms = MIDNIGHT_MS + DAY_MS + 20 * MINUTE_MS
    assert run(plant).days == 2
    assert figures(plant) == (1440, 720, 0, 720, 12 * 3600 + 60)
    plant.clock.at_ms += 3 * DAY_MS
    assert run(plant).days == 4
    assert figures(plant, MIDNIGHT_MS + 2 * DAY_MS) == (1440, 0, 0, 1440, 86_400)


def test_a_new_meter_is_expected_from_its_first_reading(plant: Plant) -> None:
    """The days before it was there are not missing."""
    plant.send(minutes(NOON_MS - 2 * HOUR_MS, NOON_MS))
    run(plant)
    assert list(plant.rows(COMPLETENESS)) == [MIDNIGHT_MS]
    assert figures(plant) == (105, 105, 0, 0, 0)


def test_a_meter_that_never_sent_misses_all_since_it_is_expected(plant: Plant) -> None:
    """From the moment its card was seen."""
    run(plant)
    assert plant.rows(COMPLETENESS) == {}
    plant.clock.at_ms += 2 * HOUR_MS
    run(plant)
    assert figures(plant) == (105, 0, 0, 105, 105 * 60)
    assert plant.rows(COMPLETENESS)[MIDNIGHT_MS]["share"] == 0.0


def test_only_meters_with_an_interval_in_a_known_site_are_counted(plant: Plant) -> None:
    """One that an agent names counts without settings; service life and virtual ones are kept."""
    plant.meters = (
        MeterSettings(id="press", until=date(2026, 5, 8)),
        MeterSettings(id="quiet"),
        MeterSettings(id="sum", plus=("press",)),
    )
    plant.born("press", "pump", "sum", connection=2)
    for meter in ("press", "pump", "sum"):
        plant.send([MIDNIGHT_MS - HOUR_MS, MIDNIGHT_MS + HOUR_MS], meter=meter)
    assert run(plant) == DaysReport(2, 3)
    assert list(plant.rows(COMPLETENESS)) == [MIDNIGHT_MS - DAY_MS]
    assert list(plant.rows(COMPLETENESS, "pump")) == [MIDNIGHT_MS - DAY_MS, MIDNIGHT_MS]


def test_a_store_that_fails_leaves_the_day_to_the_next_run(
    plant: Plant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is settled that was not written."""
    plant.send(minutes(MIDNIGHT_MS, NOON_MS))

    def away(_: object) -> None:
        raise RetryLaterError("store away")

    with monkeypatch.context() as patch:
        patch.setattr(plant.store, "write_rows", away)
        with pytest.raises(RetryLaterError):
            run(plant)
    assert plant.state.arrivals.signs()[0].complete_ms is None
    assert run(plant).days == 1


def test_the_rounds_do_each_thing_at_its_time(plant: Plant) -> None:
    """Silence and holes every minute, days every ten, and a line for a hole."""
    asked: list[Resend] = []

    def ask(resend: Resend) -> bool:
        asked.append(resend)
        return True

    rounds = DeliveryRounds(plant.store, plant.state, plant.sites, ask, plant.clock, HQ)
    plant.send(minutes(MIDNIGHT_MS, NOON_MS))
    plant.state.received.add("pi-1", "e1", [(800, 900)])
    beat = Heartbeat("hq", True, NOON_MS)
    assert rounds.run(beat).lines == ()
    assert figures(plant)[0] == 705
    plant.clock.at_ms = NOON_MS + DAYS_EVERY_MS - 1
    rounds.run(beat)
    assert figures(plant)[0] == 705
    plant.clock.at_ms = NOON_MS + 25 * MINUTE_MS
    assert len(rounds.run(beat).lines) == 1
    assert asked == [Resend("pi-1", "e1", 721, 799)]
    assert figures(plant)[0] == 735
    assert len(plant.rows(STALENESS)) == 3
