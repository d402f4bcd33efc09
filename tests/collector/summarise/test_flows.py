"""What a site's totals hold beside the energy it draws: export, reactive energy, other media."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import pytest

from collector.rollup.totals import Period
from collector.site_config import MeterSettings, MoveSettings, SiteSettings
from collector.storage.port import Row
from edge_agent.contract.reading import Reading
from tests.collector.summarise.plant import (
    APRIL_MS,
    DAY,
    FOREVER,
    MINUTE,
    POLL,
    SITE,
    Plant,
    steady,
)

EXPORT, REACTIVE = "active_energy_export_wh", "reactive_energy_import_varh"


def land_counters(plant: Plant, meter: str, kw: Mapping[str, float], to_ms: int) -> None:
    """Store several counters of a meter, each rising steadily."""
    rows = {name: steady(APRIL_MS, to_ms, power) for name, power in kw.items()}
    readings = [
        Reading(
            "s", meter, points[0][0], {name: wh for name, (_, wh) in zip(rows, points, strict=True)}
        )
        for points in zip(*rows.values(), strict=True)
    ]
    plant.store.write_readings(readings)
    plant.dirty.mark("s", meter, APRIL_MS, to_ms + 1)


def amounts(plant: Plant, meter: str, period: str) -> Sequence[Row]:
    """The stored amounts of a meter."""
    return plant.store.read_rows(f"amount_{period}", "s", meter, 0, FOREVER)


def test_export_and_reactive_energy_stand_beside_the_import() -> None:
    """Each counter of a meter is booked for itself, up to the year and into the site."""
    plant = Plant()
    counters = {"active_energy_import_wh": 12.0, EXPORT: 3.0, REACTIVE: 6.0}
    land_counters(plant, "main", counters, APRIL_MS + DAY)
    plant.run()
    periods: tuple[Period, ...] = ("1d", "1mo", "1fy")
    for meter in ("main", "_site"):
        for period in periods:
            (total,) = plant.totals(meter, period)
            assert (total.kwh, total.export_kwh, total.reactive_kvarh) == (288.0, 72.0, 144.0)
            assert total.reactive_export_kvarh is None
    assert plant.totals("main", "30m")[0].export_kwh == 1.5


def test_a_meter_without_such_counters_has_none_of_them() -> None:
    """Absent stays absent: no zero stands in for an export nobody counts."""
    plant = Plant()
    plant.land("main", steady(APRIL_MS, APRIL_MS + DAY, 12))
    plant.run()
    (day,) = plant.totals("_site", "1d")
    assert (day.export_kwh, day.reactive_kvarh, day.reactive_export_kvarh) == (None, None, None)


def test_quarter_hours_where_demand_is_settled_by_them() -> None:
    """A 15-minute site has quarter-hour slots, half hours made of them, and their peak above."""
    site = SITE.model_copy(update={"slot_minutes": 15})
    plant = Plant(site)
    samples = steady(APRIL_MS, APRIL_MS + 45 * MINUTE, 8)
    high = steady(samples[-1][0], APRIL_MS + 60 * MINUTE, 40, start_wh=samples[-1][1])
    low = steady(high[-1][0], APRIL_MS + DAY, 8, start_wh=high[-1][1])
    plant.land("main", [*samples, *high[1:], *low[1:]])
    plant.run()
    quarters, halves = plant.totals("main", "15m"), plant.totals("main", "30m")
    assert [quarter.kwh for quarter in quarters[:5]] == [2, 2, 2, 10, 2]
    assert [(half.kwh, half.peak_kw) for half in halves[:3]] == [(4, 8), (12, 40), (4, 8)]
    (day,) = plant.totals("_site", "1d")
    assert (len(quarters), day.kwh, day.peak_kw, day.coverage) == (96, 200, 40, 1)


def test_gas_is_counted_in_its_own_unit_and_no_part_of_the_site() -> None:
    """A pulse meter of 0.1 m3: 240 pulses are 24 m3 a day, and no kWh of anything."""
    gas = MeterSettings(
        id="gas", medium="gas", quantity="pulse_count", unit="m3", unit_per_count=0.1
    )
    plant = Plant(SITE.model_copy(update={"meters": (*SITE.meters, gas)}))
    pulses = [
        Reading("s", "gas", APRIL_MS + n * POLL, {"pulse_count": float(n * 10 // 12)})
        for n in range(289)
    ]
    plant.store.write_readings(pulses)
    plant.dirty.mark("s", "gas", APRIL_MS, APRIL_MS + DAY + 1)
    plant.run()
    (day,) = amounts(plant, "gas", "1d")
    assert (day.fields["amount"], day.fields["unit"]) == (24.0, "m3")
    assert (day.fields["coverage"], day.fields["missing"]) == (1.0, 0.0)
    assert sum(float(slot.fields["amount"]) for slot in amounts(plant, "gas", "30m")) == 24.0
    assert (len(amounts(plant, "gas", "1mo")), len(amounts(plant, "gas", "1fy"))) == (1, 1)
    assert plant.totals("gas", "1d") == plant.totals("_site", "1d") == []


def test_an_electricity_meter_may_count_pulses() -> None:
    """A billing meter's pulses of 100 Wh become kWh like any other counter."""
    meter = MeterSettings(id="intake", quantity="pulse_count", unit_per_count=100.0)
    plant = Plant(SITE.model_copy(update={"meters": (meter,)}))
    readings = [
        Reading("s", "intake", APRIL_MS + n * POLL, {"pulse_count": float(n * 10)})
        for n in range(289)
    ]
    plant.store.write_readings(readings)
    plant.dirty.mark("s", "intake", APRIL_MS, APRIL_MS + DAY + 1)
    plant.run()
    (day,) = plant.totals("_site", "1d")
    assert (day.kwh, day.co2_kg) == (288.0, 130.176)


def test_a_virtual_meter_is_computed_from_others() -> None:
    """Sum and difference of meters have slots, days and CO2 of their own, and count only once."""
    rest = MeterSettings(id="rest", parent="main", plus=("main",), minus=("press", "oven"))
    plant = Plant(SITE.model_copy(update={"meters": (*SITE.meters, rest)}))
    for meter, kw in (("main", 20), ("press", 12), ("oven", 6)):
        plant.land(meter, steady(APRIL_MS, APRIL_MS + DAY, kw))
    plant.run()
    (day,) = plant.totals("rest", "1d")
    assert (day.kwh, day.coverage) == (48, 1)
    assert day.co2_kg == pytest.approx(48 * 0.452)
    assert plant.totals("_site", "1d")[0].kwh == 480


def test_a_meter_that_moves_changes_no_site_total() -> None:
    """From the day it moves it is subtracted from its new parent; the site stays the same."""
    moved = MeterSettings(
        id="press",
        parent="main",
        moves=(MoveSettings(parent="oven", from_date=date(2025, 4, 2)),),
    )
    meters = (SITE.meters[0], moved, SITE.meters[2])
    plant = Plant(SITE.model_copy(update={"meters": meters}))
    for meter, kw in (("main", 20), ("oven", 14), ("press", 4)):
        plant.land(meter, steady(APRIL_MS, APRIL_MS + 2 * DAY, kw))
    plant.run()
    assert [day.kwh for day in plant.totals("_site", "1d")] == [480, 480]
    before, after = (day.kwh for day in plant.totals("_unmeasured", "1d"))
    assert (before, after) == (24 * (20 - 14 - 4), 24 * (20 - 14) + 24 * (14 - 4))


def test_billing_months_and_shift_days() -> None:
    """The bill's month begins on its own day, the shift day on its own hour."""
    calendar = SITE.calendar.model_copy(update={"shift_day_starts": "07:00"})
    site: SiteSettings = SITE.model_copy(update={"billing_day": 2, "calendar": calendar})
    plant = Plant(site)
    plant.land("main", steady(APRIL_MS, APRIL_MS + 2 * DAY, 1))
    plant.run()
    assert [total.kwh for total in plant.totals("main", "1bm")] == [24, 24]
    shifts = plant.totals("main", "1sd")
    assert [(shift.kwh, shift.co2_kg) for shift in shifts] == [(7, None), (24, None), (17, None)]


def test_each_day_is_told_from_the_others() -> None:
    """Beside the site's day stands what kind of day it was for the plant."""
    calendar = SITE.calendar.model_copy(update={"holidays": "JP", "closed": ("2025-05-01",)})
    plant = Plant(SITE.model_copy(update={"calendar": calendar}))
    wednesday_ms = APRIL_MS + 29 * DAY
    plant.land("main", steady(wednesday_ms, wednesday_ms + 4 * DAY, 1))
    plant.run()
    rows = plant.store.read_rows("day_type", "s", "_site", 0, FOREVER)
    assert [(row.fields["kind"], row.fields["works"]) for row in rows] == [
        ("working", 1.0),
        ("closed", 0.0),
        ("working", 1.0),
        ("holiday", 0.0),
    ]
    assert rows[3].fields["name"] == "憲法記念日"
