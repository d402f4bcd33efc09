"""The forecast against worked figures."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_agent.demand.course import Course
from edge_agent.demand.forecast import Forecast, forecast
from edge_agent.demand.window import Window, window_at
from tests.edge_agent.demand.plans import MINUTE_MS, START_MS, Power, readings

HALF_HOUR_MS = 30 * MINUTE_MS
TARGET_W = 300_000.0


def _seen(power_w: Power, minute: float, first_min: float = 0, every_s: float = 10) -> Forecast:
    course = Course(HALF_HOUR_MS + 10 * MINUTE_MS)
    for reading in readings(power_w, minute, every_s, first_min):
        values = reading.values
        course.add(reading.at_ms, values["active_energy_import_wh"], values["active_power_w"])
    seen = forecast(course, Window(START_MS, HALF_HOUR_MS), TARGET_W, 2 * MINUTE_MS)
    assert seen is not None
    return seen


@pytest.mark.parametrize("minute", [0.5, 5, 14, 29.5])
def test_a_constant_load_is_its_own_forecast(minute: float) -> None:
    """At every moment of the window the forecast is the load."""
    seen = _seen(lambda _: 240_000.0, minute)
    assert seen.forecast_w == pytest.approx(240_000)
    assert seen.present_w == pytest.approx(240_000 * minute / 30)
    assert seen.measured


def test_the_worked_case_of_a_load_taken_off_at_half_time() -> None:
    """400 kW for 15 minutes, then 100 kW, ends at 250 kW (Panasonic's figure)."""
    seen = _seen(lambda minute: 400_000.0 if minute < 15 else 100_000.0, 20, every_s=1)
    assert seen.forecast_w == pytest.approx(250_000, rel=5e-4)


def test_the_power_to_shed_brings_the_window_to_its_target() -> None:
    """390 kW after 20 minutes: 270 kW less for the last ten, so 120 kW may flow."""
    seen = _seen(lambda _: 390_000.0, 20)
    assert seen.to_shed_w == pytest.approx((390_000 - 300_000) * 30 / 10)
    assert seen.allowed_w == pytest.approx(120_000)
    assert seen.minutes_left == pytest.approx(10)


@given(st.floats(1_000, 2e6), st.floats(0, 29))
def test_shedding_what_is_asked_ends_at_the_target(power_w: float, minute: float) -> None:
    """Forecast, power to shed and allowed power say the same thing in three ways."""
    seen = _seen(lambda _: power_w, max(0.5, round(minute * 6) / 6))
    left_hours = seen.minutes_left / 60
    assert seen.recent_w - seen.to_shed_w == pytest.approx(seen.allowed_w, abs=1)
    ends_with = (seen.energy_wh + seen.allowed_w * left_hours) / 0.5
    assert ends_with == pytest.approx(TARGET_W)


def test_a_window_that_was_joined_late_is_filled_and_said_to_be() -> None:
    """An agent that starts in minute 12 takes the mean of what it saw, and calls it no measure."""
    seen = _seen(lambda _: 200_000.0, 20, first_min=12)
    assert seen.forecast_w == pytest.approx(200_000, rel=1e-6)
    assert not seen.measured


def test_one_sample_is_no_forecast() -> None:
    """There is no power of the last minutes yet."""
    course = Course(HALF_HOUR_MS)
    course.add(START_MS, 0.0, None)
    window = Window(START_MS, HALF_HOUR_MS)
    assert forecast(course, window, TARGET_W, 2 * MINUTE_MS) is None


@pytest.mark.parametrize(
    ("at_ms", "phase_ms", "start_ms"),
    [
        (START_MS, 0, START_MS),
        (START_MS - 1, 0, START_MS - HALF_HOUR_MS),
        (START_MS + 29 * MINUTE_MS, 0, START_MS),
        (START_MS, 5_000, START_MS + 5_000 - HALF_HOUR_MS),
    ],
)
def test_a_window_begins_on_its_mark(at_ms: int, phase_ms: int, start_ms: int) -> None:
    """An instant on a mark begins a window; a pulse's phase shifts the marks."""
    assert window_at(at_ms, HALF_HOUR_MS, phase_ms).start_ms == start_ms
