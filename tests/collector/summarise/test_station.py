"""The summarise station: dirty windows in, totals up to date."""

from __future__ import annotations

import random
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collector.errors import RetryLaterError
from collector.rollup.periods import SLOT_MS, Calendar
from collector.rollup.sums import SIDE_QUANTITIES
from collector.rollup.totals import PERIODS, Period, Total
from collector.site_config import ContractSettings, MeterSettings
from collector.storage.sqlite import SqliteStore
from collector.summarise import SummariseReport
from edge_agent.contract.reading import Reading
from tests.collector.memory_store import MemoryStore, StoppedClock
from tests.collector.summarise.plant import (
    APRIL_MS,
    CONTRACT,
    DAY,
    HOUR,
    METERS,
    MINUTE,
    POLL,
    SITE,
    Plant,
    at,
    steady,
)


def test_a_day_becomes_slots_day_month_and_year() -> None:
    """12 kW for one local day: 48 slots of 6 kWh, and 288 kWh with their CO2 above them."""
    plant = Plant()
    plant.land("main", steady(APRIL_MS, APRIL_MS + DAY, 12))
    report = plant.run()
    slots = plant.totals("main", "30m")
    assert [slot.start_ms for slot in slots] == list(range(APRIL_MS, APRIL_MS + DAY, SLOT_MS))
    assert {(slot.kwh, slot.peak_kw, slot.co2_kg, slot.coverage) for slot in slots} == {
        (6.0, 12.0, None, 1.0)
    }
    shares: dict[Period, float] = {"1d": 1.0, "1mo": 1 / 30, "1bm": 1 / 30, "1fy": 1 / 365}
    for period, share in shares.items():
        (total,) = plant.totals("main", period)
        assert (total.start_ms, total.kwh, total.peak_kw) == (APRIL_MS, 288.0, 12.0)
        assert (total.coverage, total.missing) == (share, 1 - share)
        assert (total.co2_kg, total.factor_id) == (130.176, "jp-shk-r6-A0269-M-adjusted")
    (year,) = plant.totals("main", "1y")
    assert (year.start_ms, year.kwh) == (at("2025-01-01T00:00+09:00"), 288.0)
    assert report.windows == 1
    assert report.totals_written == 2 * (48 + 5)
    assert report.faults == report.events == ()
    assert plant.dirty.pending() == []


def test_the_site_and_what_is_unmeasured() -> None:
    """The site is its top meter; what its children do not count is its own series."""
    plant = Plant()
    for meter, kw in (("main", 20), ("press", 12), ("oven", 6)):
        plant.land(meter, steady(APRIL_MS, APRIL_MS + DAY, kw))
    plant.run()
    assert plant.totals("_site", "1d")[0].kwh == 480
    unmeasured = plant.totals("_unmeasured", "1d")[0]
    assert (unmeasured.kwh, unmeasured.peak_kw, unmeasured.coverage) == (48, 2, 1)
    assert unmeasured.co2_kg == pytest.approx(48 * 0.452)
    assert len(plant.totals("_unmeasured", "30m")) == 48


def test_unmeasured_waits_for_all_children() -> None:
    """As long as a child is missing nothing is unmeasured; when it lands, late, it is."""
    plant = Plant()
    for meter, kw in (("main", 20), ("press", 12)):
        plant.land(meter, steady(APRIL_MS, APRIL_MS + DAY, kw))
    plant.run()
    assert plant.totals("_unmeasured", "1d") == []
    plant.land("oven", steady(APRIL_MS, APRIL_MS + DAY, 6))
    plant.run()
    assert plant.totals("_unmeasured", "1d")[0].kwh == 48


def test_a_late_reading_moves_energy_in_its_gap() -> None:
    """A reading that lands in an outage changes the slots around it, not the day."""
    plant = Plant()
    samples = steady(APRIL_MS, APRIL_MS + DAY, 12)
    begin, end = 100, 160
    plant.land("main", samples[:begin] + samples[end:])
    plant.run()
    before = plant.totals("main", "1d")[0]
    late = (samples[130][0], samples[begin][1] + 100)
    plant.land("main", [late])
    plant.run()
    after = plant.totals("main", "1d")[0]
    assert before.kwh == after.kwh == 288
    assert before.estimated_kwh == after.estimated_kwh == 61
    slots = {slot.start_ms: slot for slot in plant.totals("main", "30m")}
    lower = slots[samples[114][0]]
    higher = slots[samples[144][0]]
    assert lower.kwh < 1 < 6 < higher.kwh
    assert lower.coverage == higher.coverage == 0


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**32), rated=st.booleans())
def test_late_data_gives_what_computing_anew_gives(seed: int, rated: bool) -> None:
    """Whatever order readings land in, the totals become those of all readings at once."""
    chance = random.Random(seed)
    site = SITE.model_copy(update={"meters": METERS[1:2] if rated else METERS[2:]})
    meter = site.meters[0].id
    site = site.model_copy(update={"meters": (site.meters[0].model_copy(update={"parent": None}),)})
    samples = _eventful(chance, 160)
    whole, pieces = Plant(site), Plant(site)
    whole.land(meter, samples)
    whole.run()
    cuts = sorted(chance.sample(range(1, len(samples)), 6))
    batches = [samples[i:j] for i, j in zip([0, *cuts], [*cuts, len(samples)], strict=True)]
    chance.shuffle(batches)
    for batch in batches:
        pieces.land(meter, batch)
        pieces.run()
    assert pieces.known([meter, "_site"]) == whole.known([meter, "_site"])


def _eventful(chance: random.Random, count: int) -> list[tuple[int, float]]:
    # Every twentieth sample something happens to one to three values, ordinary ones between.
    samples, value, now_ms = list[tuple[int, float]](), 900_000, APRIL_MS + 29 * DAY
    event, lasts = "", 0
    for position in range(count):
        lasts -= 1
        if position % 20 == 10:
            event = chance.choice(["low", "high", "reset", "gap", "long gap"])
            lasts = chance.randrange(1, 4)
            value = chance.randrange(50) if event == "reset" else value
            now_ms += {"gap": 3 * POLL, "long gap": DAY}.get(event, 0)
        now_ms += chance.choice([POLL, POLL, POLL + 7_001])
        value += chance.randrange(0, 3_000)
        false = {"low": chance.randrange(50), "high": value + 10**8} if lasts > 0 else {}
        samples.append((now_ms, float(false.get(event, value))))
    return samples


def test_running_twice_changes_nothing() -> None:
    """A window done again gives the same totals to the last bit."""
    plant = Plant()
    for meter in ("main", "press", "oven"):
        plant.land(meter, _eventful(random.Random(meter), 300))
    plant.run()
    meters = ["main", "press", "oven", "_site", "_unmeasured"]
    once = plant.known(meters)
    for meter in ("main", "oven"):
        plant.dirty.mark("s", meter, APRIL_MS + 29 * DAY, APRIL_MS + 31 * DAY)
    plant.run()
    assert plant.known(meters) == once


def test_slots_add_up_to_days_months_and_years() -> None:
    """Over the turn of a month and a fiscal year every period is the exact sum of its parts."""
    plant = Plant()
    calendar = Calendar(SITE.zone, SITE.fiscal_year_starts)
    chance = random.Random(1)
    first = value = 12_345
    for day in range(-3, 33):
        samples = []
        for now_ms in range(APRIL_MS + day * DAY, APRIL_MS + (day + 1) * DAY, POLL):
            samples.append((now_ms, value / 10))
            value += chance.randrange(0, 9_999)
        value = round(samples[-1][1] * 10)
        plant.land("main", samples)
        plant.run()
    for period, parts in calendar.levels():
        for total in plant.totals("main", period):
            window = calendar.window(period, total.start_ms)
            assert window.start_ms == total.start_ms
            inside = plant.store.read_totals("s", "main", parts, window.start_ms, window.end_ms)
            assert Decimal(str(total.kwh)) == sum(Decimal(str(part.kwh)) for part in inside)
            if parts != "30m":
                booked = [Decimal(str(part.co2_kg)) for part in inside]
                assert Decimal(str(total.co2_kg)) == sum(booked)
            assert total.peak_kw == max(part.peak_kw for part in inside)
    years = plant.totals("main", "1fy")
    assert sum(round(year.kwh * 1e6) for year in years) == (value - first) * 100
    assert (len(years), len(plant.totals("main", "1mo"))) == (2, 3)


def test_the_factor_turns_at_local_midnight() -> None:
    """Case 12: energy before 2025-03-31T15:00Z has FY2024's factor, energy after it FY2025's."""
    contract = ContractSettings(region="JP", supplier="A0274", menu="C", from_date=date(2020, 4, 1))
    plant = Plant(SITE.model_copy(update={"contracts": (contract,)}))
    plant.land("main", steady(APRIL_MS - SLOT_MS, APRIL_MS + SLOT_MS, 2))
    plant.run()
    before, after = plant.totals("main", "1d")
    assert (before.start_ms, after.start_ms) == (APRIL_MS - DAY, at("2025-03-31T15:00Z"))
    assert (before.factor_id, before.co2_kg) == ("jp-shk-r5-A0274-C-adjusted", 0.464)
    assert (after.factor_id, after.co2_kg) == ("jp-shk-r6-A0274-C-adjusted", 0.457)
    assert [year.co2_kg for year in plant.totals("main", "1fy")] == [0.464, 0.457]


def test_a_month_with_two_contracts_names_both_factors() -> None:
    """A new contract within the month: its CO2 is the sum, with both factors' ids."""
    second = ContractSettings(region="JP", supplier="A0268", menu="D", from_date=date(2025, 4, 2))
    plant = Plant(SITE.model_copy(update={"contracts": (CONTRACT, second)}))
    plant.land("main", steady(APRIL_MS, APRIL_MS + 2 * DAY, 1))
    plant.run()
    (month,) = plant.totals("main", "1mo")
    assert month.factor_id == "jp-shk-r6-A0269-M-adjusted+jp-shk-r6-A0268-D-adjusted"
    assert month.co2_kg == 20.952  # 24 kWh at 0.452 and 24 kWh at 0.421


def test_a_stand_in_factor_marks_every_sum() -> None:
    """Outside the factor's window the totals are provisional, up to the fiscal year."""
    plant = Plant()
    start_ms = at("2021-01-10T00:00+09:00")
    plant.land("main", steady(start_ms, start_ms + DAY, 1))
    plant.run()
    assert {plant.totals("main", period)[0].provisional for period in ("1d", "1mo", "1fy")} == {1.0}


def test_without_a_factor_the_energy_stays() -> None:
    """A supplier nobody knows: energy is written, CO2 is absent and not zero, one line says so."""
    contract = replace_supplier("A9999")
    plant = Plant(SITE.model_copy(update={"contracts": (contract,)}))
    plant.land("main", steady(APRIL_MS, APRIL_MS + DAY, 12))
    report = plant.run()
    (day,) = plant.totals("main", "1d")
    assert (day.kwh, day.co2_kg, day.factor_id) == (288, None, "")
    assert len(report.faults) == 1
    assert "no emission factor for JP A9999" in report.faults[0]


def replace_supplier(supplier: str) -> ContractSettings:
    """The usual contract with another supplier."""
    return CONTRACT.model_copy(update={"supplier": supplier})


def test_a_meter_that_is_not_configured_is_summed_apart() -> None:
    """A meter the site does not list has its totals, is no part of the site, and is reported."""
    plant = Plant()
    plant.land("main", steady(APRIL_MS, APRIL_MS + DAY, 12))
    plant.land("stray", steady(APRIL_MS, APRIL_MS + DAY, 99))
    report = plant.run()
    assert plant.totals("stray", "1d")[0].kwh == 99 * 24
    assert plant.totals("_site", "1d")[0].kwh == 288
    assert [fault for fault in report.faults if "meter stray is not in the configuration" in fault]


def test_a_site_that_is_not_configured_keeps_its_slots() -> None:
    """Without a calendar there are slots but no days, no CO2 and no site; one line says so."""
    plant = Plant()
    plant.land("main", steady(APRIL_MS, APRIL_MS + DAY, 12), site="osaka")
    report = plant.run()
    assert sum(slot.kwh for slot in plant.totals("main", "30m", "osaka")) == 288
    assert {slot.co2_kg for slot in plant.totals("main", "30m", "osaka")} == {None}
    assert plant.totals("main", "1d", "osaka") == plant.totals("_site", "30m", "osaka") == []
    assert len(report.faults) == 1
    assert report.faults[0].startswith("site osaka: not in the configuration")
    assert plant.dirty.pending() == []


def test_counter_events_are_told_once() -> None:
    """A reset is one line, in the run that can tell it is one, however its readings land."""
    plant = Plant()
    samples = steady(APRIL_MS, APRIL_MS + 8 * POLL, 12, start_wh=500_000)
    samples += steady(APRIL_MS + 9 * POLL, APRIL_MS + 20 * POLL, 12)
    events = []
    for sample in samples:
        plant.land("main", [sample])
        events.append(plant.run().events)
    assert [len(lines) for lines in events] == [0] * 12 + [1] + [0] * 8
    (event,) = events[12]
    assert event.startswith("site s: meter main: 2025-03-31T15:45:00+00:00 reset: counter at 508")


def test_a_slot_that_turns_out_unknown_is_emptied() -> None:
    """Energy booked across a gap is taken back when a late reading shows the meter was reset."""
    plant = Plant()
    early = steady(APRIL_MS, APRIL_MS + 12 * POLL, 12)
    late = steady(APRIL_MS + DAY // 2, APRIL_MS + DAY, 12, start_wh=40_000)
    plant.land("oven", early + late)
    plant.run()
    middle_ms = APRIL_MS + 6 * HOUR
    assert plant.memory.totals["s", "oven", "30m"][middle_ms].kwh > 0
    plant.land("oven", steady(APRIL_MS + 9 * HOUR, APRIL_MS + 12 * HOUR - POLL, 13))
    plant.run()
    emptied = plant.memory.totals["s", "oven", "30m"][middle_ms]
    assert (emptied.kwh, emptied.coverage) == (0, 0)
    (day,) = plant.totals("oven", "1d")
    assert day.kwh == 12 + 40 + 144


def test_a_slot_whose_raw_readings_have_expired_in_part_stays() -> None:
    """Recomputing where the raw readings now begin takes nothing from what was summed before."""
    day = steady(APRIL_MS, APRIL_MS + DAY, 12)
    before, after = Plant(), Plant()
    before.land("main", day)
    before.run()
    for period in PERIODS:
        after.store.write_totals(before.totals("main", period) + before.totals("_site", period))
    cut_ms = APRIL_MS + 6 * HOUR + 20 * MINUTE
    after.land("main", [sample for sample in day if sample[0] >= cut_ms])
    after.run()
    for meter in ("main", "_site"):
        assert [after.totals(meter, period) for period in PERIODS] == [
            before.totals(meter, period) for period in PERIODS
        ]


@pytest.mark.parametrize("known", [True, False])
def test_a_card_is_not_needed(known: bool) -> None:
    """Before a meter's card has come its counter is summed all the same."""
    plant = Plant()
    plant.cards.known = known
    plant.land("main", steady(APRIL_MS, APRIL_MS + DAY, 12))
    plant.run()
    assert plant.totals("main", "1d")[0].kwh == 288


def test_a_rollover_is_booked_by_the_card() -> None:
    """The counter's width is the one its card states."""
    plant = Plant()
    plant.cards.modulus_wh = 100_000.0
    samples = steady(APRIL_MS, APRIL_MS + DAY, 12, start_wh=50_000)
    plant.land("main", [(now_ms, wh % 100_000) for now_ms, wh in samples])
    report = plant.run()
    assert plant.totals("main", "1d")[0].kwh == 288
    assert len([event for event in report.events if "rollover" in event]) == 3


def test_readings_without_energy_make_no_totals() -> None:
    """A meter that only shows voltages has nothing to sum, and that is no fault."""
    plant = Plant()
    plant.store.write_readings([Reading("s", "main", APRIL_MS, {"voltage_l1_v": 230.0})])
    plant.dirty.mark("s", "main", APRIL_MS, APRIL_MS + 1)
    report = plant.run()
    assert (report.totals_written, report.faults) == (0, ())
    assert plant.dirty.pending() == []


def test_nothing_dirty_is_nothing_done() -> None:
    """A run without windows touches no store."""
    plant = Plant()
    assert plant.run() == SummariseReport(0, 0, at_ms=StoppedClock().now_ms())
    assert plant.memory.calls == {}


class _DownStore(MemoryStore):
    def write_totals(self, totals: Sequence[Total]) -> None:
        raise RetryLaterError("the store is away", "wait")


def test_windows_stay_until_the_store_has_answered() -> None:
    """When the store cannot be written the windows stay pending, and the next run does them."""
    plant = Plant(store=_DownStore())
    plant.land("main", steady(APRIL_MS, APRIL_MS + DAY, 12))
    with pytest.raises(RetryLaterError):
        plant.run()
    assert len(plant.dirty.pending()) == 1


def test_one_read_of_the_raw_series_a_window() -> None:
    """A day's window costs one read of each counter's series, not one a slot."""
    plant = Plant()
    plant.land("main", steady(APRIL_MS, APRIL_MS + 3 * DAY, 12))
    plant.dirty.windows = []
    plant.dirty.mark("s", "main", APRIL_MS + DAY, APRIL_MS + 2 * DAY)
    plant.run()
    calls = plant.memory.calls
    counters = 1 + len(SIDE_QUANTITIES)
    assert (calls["read_series"], calls["last_before"], calls["first_from"]) == (counters, 0, 0)


def test_slow_polls_are_measured_when_the_card_says_so() -> None:
    """A meter polled every half hour has no gaps, because its card states that interval."""
    plant = Plant()
    samples = steady(APRIL_MS, APRIL_MS + DAY, 12)[::6]
    plant.land("main", samples)
    plant.run()
    assert plant.totals("main", "1d")[0].coverage == 0
    plant.cards.interval_s = 1800.0
    plant.dirty.mark("s", "main", APRIL_MS, APRIL_MS + DAY)
    plant.run()
    day = plant.totals("main", "1d")[0]
    assert (day.coverage, day.estimated_kwh, day.kwh) == (1, 0, 288)


def test_berlin_days_have_23_and_25_hours() -> None:
    """On the days clocks change, a constant load gives 46 and 50 slots of energy."""
    site = SITE.model_copy(update={"time_zone": "Europe/Berlin", "contracts": ()})
    for noon, slots in (("2025-03-30T12:00+02:00", 46), ("2025-10-26T12:00+01:00", 50)):
        plant = Plant(site)
        plant.land("main", steady(at(noon) - DAY, at(noon) + DAY, 2))
        plant.run()
        day = plant.totals("main", "1d")[1]
        assert (day.kwh, day.coverage, day.co2_kg) == (slots, 1.0, None)


def test_a_year_on_sqlite_is_summed_in_time(tmp_path: Path) -> None:
    """Two months of 5-minute readings of four meters, a run a day, at 30 s a year at most."""
    store = SqliteStore(tmp_path / "store.sqlite")
    store.check()
    plant = Plant(
        SITE.model_copy(update={"meters": (*METERS, MeterSettings(id="fan", parent="main"))}),
        store=store,
    )
    worked_s, days = 0.0, 60
    for day in range(days):
        begin_ms = APRIL_MS + day * DAY
        for position, meter in enumerate(("main", "press", "oven", "fan")):
            kw = 30 - 8 * position
            samples = steady(begin_ms, begin_ms + DAY - POLL, kw, start_wh=kw * 24_000 * day)
            plant.land(meter, samples)
        began = time.process_time()
        plant.run()
        worked_s += time.process_time() - began
    store.close()
    assert worked_s / days * 365 < 30


def test_totals_are_whole_when_written() -> None:
    """Every total names its site, meter and period, and writing a part of it never happens."""
    plant = Plant()
    plant.land("main", steady(APRIL_MS, APRIL_MS + SLOT_MS, 2))
    plant.run()
    (slot,) = plant.totals("main", "30m")
    assert slot == replace(slot, site="s", meter="main", period="30m", kwh=1.0)
    assert plant.totals("main", "1d")[0].co2_kg == 0.452
