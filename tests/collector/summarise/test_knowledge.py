"""What is known, and what is not any more: emptied sums, expired readings, power learnt late."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from collector.rollup.counters import Ruling
from collector.rollup.totals import PERIODS
from collector.site_config import ContractSettings, MeterSettings
from collector.state.database import StateDatabase
from collector.state.events import CounterEvents
from collector.state.rulings import Rulings
from collector.state.usual_powers import UsualPowers
from collector.storage.port import Sample
from collector.storage.sqlite import SqliteStore
from collector.summarise import run_once
from collector.summarise.evidence import IMPORT, Evidence
from tests.collector.memory_store import StoppedClock
from tests.collector.storage.backends import InfluxBackend
from tests.collector.summarise.plant import (
    APRIL_MS,
    DAY,
    HOUR,
    LIBRARY,
    MINUTE,
    POLL,
    SITE,
    Plant,
    steady,
)
from tests.services.influx import InfluxServer

DAYS_40 = 40 * DAY


def test_a_remainder_that_can_be_told_no_more_is_emptied() -> None:
    """A child's energy is taken back when it shows to have been reset: so is the remainder's."""
    plant = Plant()
    for meter, kw in (("main", 20), ("press", 6)):
        plant.land(meter, steady(APRIL_MS, APRIL_MS + DAY, kw))
    plant.land("oven", steady(APRIL_MS, APRIL_MS + 12 * POLL, 12))
    plant.land("oven", steady(APRIL_MS + DAY // 2, APRIL_MS + DAY, 12, start_wh=40_000))
    plant.run()
    middle_ms = APRIL_MS + 6 * HOUR
    remainder = plant.memory.totals["s", "_unmeasured", "30m"]
    assert remainder[middle_ms].kwh > 0
    plant.land("oven", steady(APRIL_MS + 9 * HOUR, APRIL_MS + 12 * HOUR - POLL, 13))
    plant.run()
    assert (remainder[middle_ms].kwh, remainder[middle_ms].missing) == (0, 1)
    slots = plant.totals("_unmeasured", "30m")
    assert plant.totals("_unmeasured", "1d")[0].kwh == pytest.approx(sum(s.kwh for s in slots))


def test_an_emptied_day_takes_no_co2_from_its_month() -> None:
    """A day before the contract that turned out unknown leaves the month's CO2 as it is."""
    contract = ContractSettings(region="JP", supplier="A0269", menu="M", from_date=date(2025, 4, 2))
    site = SITE.model_copy(update={"contracts": (contract,)})
    second_ms = APRIL_MS + DAY
    early = steady(APRIL_MS - 2 * HOUR, APRIL_MS - HOUR, 12, start_wh=20_000)
    reset = steady(second_ms, second_ms + 6 * HOUR - POLL, 1)
    late = steady(second_ms + 6 * HOUR, second_ms + DAY, 12, start_wh=40_000)
    once, plant = Plant(site), Plant(site)
    once.land("main", early + reset + late)
    once.run()
    plant.land("main", early + late)
    plant.run()
    (_, month) = plant.totals("main", "1mo")
    assert (month.kwh > 0, month.co2_kg) == (True, None)
    plant.land("main", reset)
    plant.run()
    emptied = plant.totals("main", "1d")[1]
    assert (emptied.start_ms, emptied.kwh, emptied.missing) == (APRIL_MS, 0, 1)
    assert plant.totals("main", "1mo") == once.totals("main", "1mo")
    assert once.totals("main", "1mo")[1].co2_kg is not None


def test_a_bridged_slot_whose_readings_have_expired_stays() -> None:
    """A slot that was estimated over an outage keeps its energy when the outage's begin is gone."""
    samples = steady(APRIL_MS, APRIL_MS + DAY, 12)
    gapped = samples[:70] + samples[100:]
    before, after = Plant(), Plant()
    before.land("main", gapped)
    before.run()
    for period in PERIODS:
        after.store.write_totals(before.totals("main", period) + before.totals("_site", period))
    after.land("main", [(at, wh) for at, wh in gapped if at >= samples[100][0]])
    after.run()
    for period in PERIODS:
        assert after.totals("main", period) == before.totals("main", period)


def test_a_ruling_on_the_first_slot_of_a_meter_counts(tmp_path: Path) -> None:
    """A step ruled to be no plain one in the slot a series begins in is estimated from then on."""
    rulings = Rulings(StateDatabase(tmp_path / "state.sqlite"))
    plant = Plant()
    plant.land("main", steady(APRIL_MS + 2 * MINUTE, APRIL_MS + DAY, 12))
    plant.run()
    at_ms = APRIL_MS + 12 * MINUTE
    rulings.add("s", "main", IMPORT, Ruling(at_ms, "gap", None, "not seen", "me"), 1)
    plant.dirty.mark("s", "main", at_ms - POLL, at_ms + 1)
    evidence = Evidence(plant.cards, rulings)
    run_once(plant.store, plant.dirty, evidence, plant.sites, LIBRARY, StoppedClock())
    slot = plant.totals("main", "30m")[0]
    assert (slot.kwh, slot.estimated_kwh, slot.coverage) == (5.6, 1.0, 23 / 30)


def test_a_month_without_readings_is_bridged_or_missing_and_never_both() -> None:
    """A counter that goes on over forty days is estimated; one that was reset is missing."""
    begin, end = APRIL_MS + DAY, APRIL_MS + DAY + DAYS_40
    for start_wh, months in ((12_000.0 * 24 * 41, 3), (0.0, 2)):
        plant = Plant()
        plant.land("main", steady(APRIL_MS, begin, 12))
        plant.land("main", steady(end, end + DAY, 12, start_wh=start_wh))
        plant.run()
        totals = plant.totals("main", "1mo")
        for month in totals:
            assert month.coverage + month.missing <= 1
        assert sum(month.kwh for month in totals) == pytest.approx(
            12 * 24 * 42 if months == 3 else 576
        )
        site = plant.totals("_site", "1fy")[0]
        assert (site.kwh, site.missing) == pytest.approx(
            (plant.totals("main", "1fy")[0].kwh, plant.totals("main", "1fy")[0].missing)
        )


def test_a_meter_counts_in_the_site_from_its_first_day_to_its_last() -> None:
    """Configured later, removed sooner: outside of its days it is neither energy nor missing."""
    meters = (
        MeterSettings(id="main", rated_power_kw=100, until=date(2025, 4, 3)),
        MeterSettings(id="new", rated_power_kw=100, since=date(2025, 4, 2)),
    )
    plant = Plant(SITE.model_copy(update={"meters": meters}))
    for meter in ("main", "new"):
        plant.land(meter, steady(APRIL_MS, APRIL_MS + 3 * DAY, 10))
    plant.run()
    days = plant.totals("_site", "1d")
    assert [(day.kwh, day.coverage, day.missing) for day in days] == [
        (240, 1, 0),
        (480, 1, 0),
        (240, 1, 0),
    ]


def _step(at_ms: int, wh: float, kw: float, count: int) -> list[Sample]:
    return [(at_ms + n * POLL, wh + n * kw * POLL / 3_600) for n in range(1, count + 1)]


class _Unrated:
    """A lone meter of unknown rated power, with what is durable beside it."""

    def __init__(self, folder: Path) -> None:
        state = StateDatabase(folder / "state.sqlite")
        self.events, self._powers = CounterEvents(state), UsualPowers(state)
        alone = MeterSettings(id="oven")
        self.plant = Plant(SITE.model_copy(update={"meters": (alone,)}))
        self.rows: list[Sample] = [(APRIL_MS, 0.0)]
        self.plant.land("oven", self.rows)

    def lands(self, kw: float, polls: int, leap_wh: float = 0.0) -> None:
        """Readings at a power, after a leap of the counter; they are summarised at once."""
        at_ms, wh = self.rows[-1]
        first = len(self.rows)
        self.rows += [
            (at_ms + n * POLL, wh + leap_wh + n * kw * POLL / 3_600) for n in range(1, polls + 1)
        ]
        plant = self.plant
        plant.land("oven", self.rows[first:])
        evidence = Evidence(plant.cards, events=self.events, usual_powers=self._powers)
        run_once(plant.store, plant.dirty, evidence, plant.sites, LIBRARY, StoppedClock())

    @property
    def kinds(self) -> list[str]:
        """What was decided on its counter."""
        return [entry.event.kind for entry in self.events.list("s")]

    @property
    def kwh(self) -> float:
        """The energy of all its days."""
        return sum(day.kwh for day in self.plant.totals("oven", "1d"))


def test_a_leap_before_power_was_known_is_found_afterwards(tmp_path: Path) -> None:
    """A meter leaps half an hour after its start, then rests; told when its power is known."""
    meter = _Unrated(tmp_path)
    meter.lands(12, 6)
    meter.lands(12, 1, leap_wh=175e6)
    meter.lands(0, 96)
    assert meter.kinds == []
    meter.lands(12, 60)
    assert meter.kinds == ["replaced"]
    assert meter.kwh == 66 + 0.5  # the leap's step by the power around it: half of it rest


def test_steps_too_steep_for_what_was_usual_are_judged_again(tmp_path: Path) -> None:
    """A machine of 3 MW runs ten minutes, and a day later an hour: then its energy counts."""
    meter = _Unrated(tmp_path)
    meter.lands(60, 300)
    meter.lands(3_000, 2)
    meter.lands(60, 300)
    assert set(meter.kinds) == {"replaced"}
    meter.lands(3_000, 12)
    meter.lands(60, 60)
    assert (meter.kinds, meter.kwh) == ([], 60 * 55 + 3_000 * 14 / 12)


@pytest.mark.services
def test_both_stores_hold_the_same_totals(tmp_path: Path, influx: InfluxServer) -> None:
    """An eventful stretch over a turn of month, in pieces: SQLite and InfluxDB agree bit by bit."""
    backend = InfluxBackend(influx)
    sqlite, stored = SqliteStore(tmp_path / "store.sqlite"), backend.open()
    try:
        plants = [Plant(SITE, store=store) for store in (sqlite, stored)]
        samples = steady(APRIL_MS - DAY // 2, APRIL_MS + DAY // 2, 11.7, start_wh=123_456)
        rows = samples[:60] + [(at, wh - 123_456) for at, wh in samples[90:]]
        for plant in plants:
            plant.store.check()
            for meter in ("main", "press", "oven"):
                for part in (rows[100:], rows[:50], rows[50:100]):
                    plant.land(meter, part)
                    plant.run()
        names = ["main", "press", "oven", "_site", "_unmeasured"]
        assert plants[0].known(names) == plants[1].known(names)
        assert len(plants[0].known(names)) > 4 * 40
    finally:
        sqlite.close()
        stored.close()
        backend.drop()
