"""The demand of the running interval."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.figures.demand_now import Course, demand_fields, demand_rows
from collector.figures.plant import FigurePlant
from collector.rollup.periods import Window
from collector.site_config import MeterSettings, SiteSettings
from collector.storage.port import Row
from collector.summarise.evidence import Evidence
from collector.summarise.series import IMPORT as ENERGY
from edge_agent.contract.reading import Reading
from tests.collector.memory_store import MemoryCards, MemoryStore
from tests.collector.summarise.plant import APRIL_MS, HOUR, LIBRARY, MINUTE, SITE

HALF_HOUR = Window(0, 30 * MINUTE)
QUARTER = Window(0, 15 * MINUTE)
AT = APRIL_MS + 10 * HOUR
"""10:00 of a working day."""


@given(st.floats(0, 1e5), st.floats(0, 29.9))
def test_a_constant_load_is_forecast_as_it_is(kw: float, minute: float) -> None:
    """Whatever of the half hour is over."""
    course = Course(HALF_HOUR, round(minute * MINUTE), kw * round(minute * MINUTE) / HOUR, kw)
    assert demand_fields(course, None)["forecast_kw"] == pytest.approx(kw)


def test_a_load_that_falls_half_way() -> None:
    """400 kW until minute 15, 100 kW from then on: 250 kW (Panasonic's worked figure)."""
    found = demand_fields(Course(HALF_HOUR, 15 * MINUTE, 100.0, 100.0), None)
    assert found["forecast_kw"] == 250.0
    assert found["demand_kw"] == 200.0
    assert "shed_kw" not in found


@given(st.floats(0, 1000), st.floats(0, 1000), st.floats(1, 1000), st.integers(1, 29))
def test_shedding_what_is_told_keeps_the_target(
    elapsed_kwh: float, kw: float, target_kw: float, minute: int
) -> None:
    """The forecast with so much less power is the target itself."""
    course = Course(HALF_HOUR, minute * MINUTE, elapsed_kwh, kw)
    shed_kw = float(demand_fields(course, target_kw)["shed_kw"])
    then = Course(HALF_HOUR, minute * MINUTE, elapsed_kwh, kw - shed_kw)
    assert demand_fields(then, None)["forecast_kw"] == pytest.approx(target_kw, abs=1e-6)


def test_an_interval_of_fifteen_minutes_is_its_own() -> None:
    """25 kWh after ten of fifteen minutes at 150 kW end as 150 kW."""
    found = demand_fields(Course(QUARTER, 10 * MINUTE, 25.0, 150.0), 120.0)
    assert found["forecast_kw"] == pytest.approx(150.0)
    assert found["shed_kw"] == pytest.approx(90.0)


def test_at_the_interval_s_end_nothing_is_divided_by_nothing() -> None:
    """The last second stands in."""
    found = demand_fields(Course(HALF_HOUR, 30 * MINUTE, 100.0, 200.0), 100.0)
    assert found["demand_kw"] == 200.0
    assert found["forecast_kw"] == pytest.approx(200.0, abs=0.2)


@dataclass
class Meters:
    """Meters that were read each minute, at second 7, from 09:00 on."""

    site: SiteSettings = SITE

    def __post_init__(self) -> None:
        self.store = MemoryStore()

    def read(self, meter: str, kw: list[float]) -> None:
        """Counter readings of these minutes."""
        wh, readings = 1_000_000.0, []
        for minute, power in enumerate(kw):
            at_ms = AT - HOUR + minute * MINUTE + 7_000
            readings.append(Reading("s", meter, at_ms, {ENERGY: wh}))
            wh += power * 1000 / 60
        self.store.write_readings(readings)

    def row(self, now_ms: int) -> Row | None:
        """The row of the minute."""
        plant = FigurePlant(self.store, self.site, LIBRARY, now_ms)
        rows = list(demand_rows(plant, Evidence(MemoryCards(interval_s=60.0))))
        return rows[0] if rows else None


def test_the_running_interval_comes_from_the_counters() -> None:
    """120 kW, and 240 kW in the last three minutes: at 10:20:10 of data up to 10:20:07."""
    meters = Meters(SITE.model_copy(update={"contract_power_kw": 100.0}))
    meters.read("main", [120.0] * 77 + [240.0] * 4)
    row = meters.row(AT + 20 * MINUTE + 10_000)
    assert row is not None
    assert (row.meter, row.at_ms) == ("_site", AT + 20 * MINUTE)
    elapsed = 120 * (17 * 60 + 7) / 3600 + 240 * 180 / 3600
    left_h = (10 * 60 - 7) / 3600
    assert row.fields["elapsed_kwh"] == pytest.approx(elapsed, abs=1e-3)
    assert row.fields["now_kw"] == pytest.approx(240.0, abs=0.1)
    assert row.fields["forecast_kw"] == pytest.approx((elapsed + 240 * left_h) / 0.5, abs=0.1)
    assert row.fields["left_s"] == 590.0
    assert row.fields["age_s"] == 3.0
    assert row.fields["contract_kw"] == 100.0
    assert float(row.fields["shed_kw"]) > 0
    assert "target_kw" not in row.fields


def test_the_site_s_own_target_stands_before_the_contract() -> None:
    """100 kW flow: with a target of 90 some is to be shed, though 200 are agreed."""
    own = SITE.model_copy(update={"contract_power_kw": 200.0, "demand_target_kw": 90.0})
    meters = Meters(own)
    meters.read("main", [100.0] * 81)
    row = meters.row(AT + 20 * MINUTE + 10_000)
    assert row is not None
    assert (row.fields["contract_kw"], row.fields["target_kw"]) == (200.0, 90.0)
    assert float(row.fields["shed_kw"]) > 0


def test_old_readings_forecast_nothing() -> None:
    """90 seconds are let pass, 91 not."""
    meters = Meters()
    meters.read("main", [100.0] * 81)
    newest_ms = AT + 20 * MINUTE + 7_000
    assert meters.row(newest_ms + 90_000) is not None
    assert meters.row(newest_ms + 91_000) is None


def test_an_interval_that_has_just_begun_has_no_energy_yet() -> None:
    """At 10:00:05 the newest readings are of 09:59:07: the power stands for the whole interval."""
    meters = Meters()
    meters.read("main", [100.0] * 60)
    row = meters.row(AT + 5_000)
    assert row is not None
    assert row.fields["elapsed_kwh"] == 0.0
    assert row.fields["forecast_kw"] == pytest.approx(100.0, abs=0.1)


def test_several_intakes_are_added_and_a_generator_taken_off() -> None:
    """A virtual intake of two meters less one: 100 + 50 - 30 kW; its parts are no intakes."""
    parts = [MeterSettings(id=name, parent="net") for name in ("a", "b", "c")]
    net = MeterSettings(id="net", plus=("a", "b"), minus=("c",))
    meters = Meters(SITE.model_copy(update={"meters": (net, *parts)}))
    for name, kw in (("a", 100.0), ("b", 50.0), ("c", 30.0)):
        meters.read(name, [kw] * 81)
    row = meters.row(AT + 20 * MINUTE + 10_000)
    assert row is not None
    assert row.fields["now_kw"] == pytest.approx(120.0, abs=0.1)


def test_without_one_of_the_intakes_nothing_is_told() -> None:
    """A sum of which a part is missing would look like a low demand."""
    two = (MeterSettings(id="main"), MeterSettings(id="second"))
    meters = Meters(SITE.model_copy(update={"meters": two}))
    meters.read("main", [100.0] * 81)
    assert meters.row(AT + 20 * MINUTE + 10_000) is None


def test_a_site_without_meters_has_no_demand() -> None:
    """Nothing is told of nothing."""
    assert Meters(SITE.model_copy(update={"meters": ()})).row(AT) is None
