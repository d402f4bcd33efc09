"""The verdict of a run says what it must, and fails when it must."""

from __future__ import annotations

from dataclasses import replace

import pytest

from edge_agent import profile
from simulators.demo.clock import ReplayClock
from simulators.demo.outcome import MeterEnergy, Outcome
from simulators.demo.stage import country_of
from simulators.demo.verdict import ENERGY, counter_step_wh

GOOD = Outcome("sendai", 10, 10, 0, 0, 5.0, 5.0, 2.1, "demo/report.html", None, ())


def test_the_json_line_has_the_promised_keys() -> None:
    """The keys are those of the README, and the demand only for replayed files."""
    keys = [
        "site", "readings_served", "readings_stored", "lost", "duplicated",
        "kwh_simulated", "kwh_stored", "co2_kg", "report",
    ]  # fmt: skip
    assert list(GOOD.as_json()) == keys
    assert list(replace(GOOD, max_demand_kw=587.16).as_json()) == [*keys, "max_demand_kw"]


def test_any_fault_fails_the_run() -> None:
    """Exit code 0 only without a fault."""
    assert GOOD.exit_code == 0
    assert replace(GOOD, faults=("lost: main …",)).exit_code == 1


@pytest.mark.parametrize(("stored", "off"), [(100.0, False), (100.009, False), (100.02, True)])
def test_energy_may_differ_by_what_the_counter_can_tell(stored: float, off: bool) -> None:
    """A difference within the counter's resolution is none; beyond it is a fault."""
    assert MeterEnergy("main", 100.0, stored, 0.01).off == off


@pytest.mark.parametrize(
    ("name", "wh", "step_wh"),
    [
        ("schneider_iem3155", 2_841_337_204.0, 1.0),
        ("omron_km_n1", 61_204_889.0, 1.0),
        ("eastron_sdm630", 5_000.0, 10.0 + 2**-21 * 1000),
        ("eastron_sdm630", 140_000_000.0, 10.0 + 15.625),
    ],
)
def test_a_counter_tells_its_step(name: str, wh: float, step_wh: float) -> None:
    """The step is the meter's, and a float register's last digit comes on top of it."""
    model = profile.load(name)
    register = next(row for row in model.registers if row.quantity == ENERGY)
    assert counter_step_wh(model, register, wh) == step_wh


def test_the_clock_goes_on_without_a_step() -> None:
    """Replayed instants are exact, take no time, and live time follows on from them."""
    clock = ReplayClock(1_000_000)
    assert (clock.now_ms(), clock.monotonic_s()) == (1_000_000, 1_000.0)
    clock.set(1_300_000)
    assert clock.monotonic_s() == 1_300.0
    clock.go_live()
    assert 1_300.0 <= clock.monotonic_s() < 1_310.0
    assert clock.now_ms() > 1_700_000_000_000


@pytest.mark.parametrize(
    ("zone", "country"), [("Asia/Tokyo", "JP"), ("Asia/Seoul", "KR"), ("UTC", "")]
)
def test_a_time_zone_tells_its_country(zone: str, country: str) -> None:
    """The region of the emission factor follows from the file's time zone where it can."""
    assert country_of(zone) == country
