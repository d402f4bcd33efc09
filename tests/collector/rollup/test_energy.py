"""Slots cut from the energy curve."""

from __future__ import annotations

import csv
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.rollup.counters import CounterFacts, energy_curve
from collector.rollup.energy import PeriodEnergy, add_up, demand_kw, slot_energies
from collector.rollup.periods import SLOT_MS, Calendar, Window

HOUR = 3_600_000
DAY = 24 * HOUR
FACTS = CounterFacts(step_wh=1)
STEEL = Path(__file__).parents[4] / "shared/data/steel_industry/Steel_industry_data.csv"


def edges(from_ms: int, to_ms: int) -> list[int]:
    """Edges of UTC slots."""
    return list(range(from_ms, to_ms + 1, SLOT_MS))


def test_one_kilowatt_for_two_days_is_48_kwh() -> None:
    """One reading a minute at second 7, a true load of 1 kW for 48 h: exactly 48 kWh.

    The case on which plain bucket differences lose 3.3 %.
    """
    step_ms, first_ms = 60_000, -53_000
    samples = [(at, (at + 60_000) / 3_600) for at in range(first_ms, 2 * DAY + step_ms, step_ms)]
    curve = energy_curve([(at, round(wh, 6)) for at, wh in samples], FACTS)
    slots = slot_energies(curve, edges(0, 2 * DAY))
    assert len(slots) == 96
    assert sum(slot.milli_wh for slot in slots) == 48_000_000
    assert {slot.coverage for slot in slots} == {1.0}
    assert all(slot.peak_kw == pytest.approx(1, abs=1e-5) for slot in slots)


@given(
    steps=st.lists(st.integers(0, 10**6), min_size=2, max_size=100),
    waits=st.lists(st.integers(1, 5 * HOUR), min_size=100, max_size=100),
    start_ms=st.integers(0, DAY),
)
def test_slots_add_up_exactly(steps: list[int], waits: list[int], start_ms: int) -> None:
    """Any load, polls and outages: the slots' energies add up to the counter's rise, exactly."""
    values = accumulate(steps, initial=0)
    instants = list(accumulate(waits, initial=start_ms))
    curve = energy_curve(list(zip(instants, values, strict=False)), FACTS)
    slots = slot_energies(curve, edges(0, instants[-1] + SLOT_MS))
    assert sum(slot.milli_wh for slot in slots) == sum(steps) * 1000
    bridged = [b for b in curve.bridges if b.quality == "estimated"]
    across = sum(curve.energy_at(b.to_ms) - curve.energy_at(b.from_ms) for b in bridged)
    assert sum(slot.estimated_milli_wh for slot in slots) == across
    measured_ms = curve.at_ms[-1] - curve.at_ms[0] - sum(b.to_ms - b.from_ms for b in bridged)
    assert sum(slot.measured_ms for slot in slots) == measured_ms


def test_an_outage_is_spread_evenly_and_marked() -> None:
    """Two hours without readings: every slot has its share, estimated, with the coverage left."""
    samples = [(0, 0.0), (10 * 60_000, 100.0), (130 * 60_000, 1300.0), (140 * 60_000, 1400.0)]
    slots = slot_energies(energy_curve(samples, FACTS), edges(0, 5 * SLOT_MS))
    assert [slot.milli_wh for slot in slots] == [300_000, 300_000, 300_000, 300_000, 200_000]
    assert [slot.estimated_milli_wh for slot in slots] == [
        200_000,
        300_000,
        300_000,
        300_000,
        100_000,
    ]
    coverages = [slot.coverage for slot in slots]
    assert coverages == pytest.approx([1 / 3, 0, 0, 0, 1 / 3])
    minutes = [slot.estimated_ms // 60_000 for slot in slots]
    assert minutes == [20, 30, 30, 30, 10]
    assert [slot.missing_ms // 60_000 for slot in slots] == [0, 0, 0, 0, 10]


def test_the_ends_of_a_series_book_what_is_known() -> None:
    """Slots outside the samples are missing; those at the ends have part of their energy."""
    samples = [(SLOT_MS + SLOT_MS // 2, 0.0), (SLOT_MS * 2, 500.0), (SLOT_MS * 9 // 4, 600.0)]
    slots = slot_energies(energy_curve(samples, FACTS), edges(0, 6 * SLOT_MS))
    assert [slot.start_ms // SLOT_MS for slot in slots] == [1, 2]
    assert [slot.milli_wh for slot in slots] == [500_000, 100_000]
    assert [slot.coverage for slot in slots] == [0.5, 0.25]


def test_nothing_is_known_over_a_reset() -> None:
    """A slot wholly within a reset's step is missing; one partly within has less coverage."""
    after = [(4 * HOUR + 10 * 60_000 * step, 10.0 * step) for step in range(8)]
    samples = [(0, 5_000.0), (HOUR * 5 // 4, 6_000.0), *after]
    slots = slot_energies(energy_curve(samples, FACTS), edges(0, 6 * HOUR))
    assert [slot.start_ms // SLOT_MS for slot in slots] == [0, 1, 2, 8, 9, 10]
    assert sum(slot.milli_wh for slot in slots) == 1_000_000 + 70_000
    assert slots[2].estimated_milli_wh == slots[2].milli_wh == 200_000


def test_what_is_certain_in_a_missing_stretch_is_in_its_slots() -> None:
    """A reset in an outage: the value after it is spread over slots that stay missing in time."""
    before = [(10 * 60_000 * step, 5_000.0 + 10 * step) for step in range(7)]
    after = [(4 * HOUR + 10 * 60_000 * step, 300.0 + 10 * step) for step in range(7)]
    facts = CounterFacts(step_wh=1, rated_power_w=1_000)
    curve = energy_curve([*before, *after], facts)
    slots = slot_energies(curve, edges(0, 5 * HOUR))
    assert [slot.milli_wh for slot in slots] == [30_000] * 2 + [50_000] * 6 + [30_000] * 2
    assert [slot.estimated_milli_wh for slot in slots] == [0] * 2 + [50_000] * 6 + [0] * 2
    assert {(slot.measured_ms, slot.estimated_ms) for slot in slots[2:8]} == {(0, 0)}
    assert {slot.missing_ms for slot in slots[2:8]} == {SLOT_MS}
    assert sum(slot.milli_wh for slot in slots) == curve.milli_wh[-1]


def test_a_reset_between_two_polls_is_estimated_time() -> None:
    """One step of five minutes over a reset: its time is estimated, the slot is not missing."""
    values = [*(9_000 + 100 * step for step in range(6)), *(100 * step for step in range(7))]
    samples = [(300_000 * step, float(value)) for step, value in enumerate(values)]
    curve = energy_curve(samples, CounterFacts(step_wh=1, rated_power_w=10_000))
    first, second = slot_energies(curve, edges(0, HOUR))
    assert (first.milli_wh, first.estimated_milli_wh) == (600_000, 100_000)
    assert (first.measured_ms, first.estimated_ms) == (25 * 60_000, 5 * 60_000)
    assert (second.milli_wh, second.estimated_ms, second.coverage) == (600_000, 0, 1.0)


def test_demand_is_energy_by_time() -> None:
    """Half an hour at 293.58 kWh is a demand of 587.16 kW."""
    assert demand_kw(293_580_000, SLOT_MS) == 587.16


def test_longer_periods_keep_the_largest_demand() -> None:
    """Energies and times add, the peak is the largest of the parts, and nothing is no period."""
    parts = [PeriodEnergy(0, 10, 5, 1, 8, 3.0, 2), PeriodEnergy(20, 30, 7, 0, 4, 9.0)]
    whole = add_up(parts, 0, 40)
    assert whole == PeriodEnergy(0, 40, 12, 1, 12, 9.0, 2)
    assert whole.missing_ms == 40 - 12 - 2
    with pytest.raises(ValueError, match="empty"):
        add_up([], 0, 40)


@pytest.mark.parametrize(("day", "count"), [((2025, 3, 30), 46), ((2025, 10, 26), 50)])
def test_days_on_which_clocks_change_add_up(day: tuple[int, int, int], count: int) -> None:
    """In Berlin a day of 23 or 25 hours has 46 or 50 slots, which add up to the day."""
    calendar = Calendar(ZoneInfo("Europe/Berlin"))
    noon_ms = int(datetime(*day, 12, tzinfo=UTC).timestamp()) * 1000
    window = calendar.day(noon_ms)
    begin_ms = noon_ms - DAY
    samples = [(at, (at - begin_ms) / 600) for at in range(begin_ms, noon_ms + DAY, 300_000)]
    curve = energy_curve(samples, FACTS)
    slots = slot_energies(curve, calendar.slot_edges(window))
    assert len(slots) == count
    whole = curve.energy_at(window.end_ms) - curve.energy_at(window.start_ms)
    assert sum(slot.milli_wh for slot in slots) == whole == count * 3_000_000


def _steel_samples() -> list[tuple[int, float]]:
    zone = ZoneInfo("Asia/Seoul")
    ends: dict[int, float] = {}
    with STEEL.open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            end = datetime.strptime(row["date"], "%d/%m/%Y %H:%M").replace(tzinfo=zone)
            # Labels mark the interval's end, and midnight carries the date of the day it ends.
            end += timedelta(days=1) if row["NSM"] == "0" else timedelta(0)
            ends[int(end.timestamp()) * 1000] = float(row["Usage_kWh"]) * 1000
    instants = sorted(ends)
    values = accumulate((ends[at] for at in instants), initial=0.0)
    return list(zip([instants[0] - 900_000, *instants], values, strict=True))


@pytest.mark.skipif(not STEEL.exists(), reason="the steel plant's year is not beside this folder")
def test_a_steel_plants_year() -> None:
    """A real plant's 2018 through a counter: 959,636.71 kWh and a peak demand of 587.16 kW."""
    samples = _steel_samples()
    assert len(samples) == 35_041
    curve = energy_curve(samples, CounterFacts(step_wh=10))
    calendar = Calendar(ZoneInfo("Asia/Seoul"))
    slots = slot_energies(curve, calendar.slot_edges(Window(samples[0][0], samples[-1][0])))
    assert len(slots) == 17_520
    assert sum(slot.milli_wh for slot in slots) == 959_636_710_000
    assert max(slot.peak_kw for slot in slots) == 587.16
    assert min(slot.coverage for slot in slots) == 1.0
