"""The guard over whole windows: when it speaks, when it is silent, that it does not flap."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import settings as effort
from hypothesis import strategies as st

from edge_agent.contract.reading import Reading
from edge_agent.demand.guard import Guard, Step
from tests.edge_agent.demand.plans import MINUTE_MS, START_MS, Power, readings, settings


def _steps(power_w: Power, minutes: float, **changed: object) -> list[Step]:
    steps: list[Step] = []
    guard = Guard(settings(**changed), steps.append)
    for reading in readings(power_w, minutes):
        guard.take(reading)
    return steps


def _levels(steps: list[Step]) -> list[str]:
    return [step.level for step in steps]


def test_a_load_below_the_caution_is_never_spoken_of() -> None:
    """Calm stays calm."""
    assert _steps(lambda _: 280_000.0, 90) == []


def test_a_load_above_the_target_climbs_to_certain_and_starts_again_calm() -> None:
    """Alarm after the first five minutes, certain when the target's energy is used, then calm."""
    steps = _steps(lambda minute: 400_000.0 if minute < 30 else 100_000.0, 45)
    assert _levels(steps) == ["alarm", "certain", "calm"]
    alarm, certain, _ = steps
    assert alarm.seen is not None
    assert certain.seen is not None
    assert 24 < alarm.seen.minutes_left <= 25
    assert certain.seen.minutes_left == pytest.approx(7.5, abs=0.2)


def test_the_first_minutes_are_silent() -> None:
    """A furnace that starts at the mark is not an alarm by its first minute's power alone."""
    assert _steps(lambda minute: 900_000.0 if minute < 3 else 100_000.0, 29) == []


def test_a_load_that_is_taken_off_in_time_is_calm_again() -> None:
    """Alarm, then the forecast falls below by a margin for a minute: calm."""
    steps = _steps(lambda minute: 350_000.0 if minute < 12 else 200_000.0, 29)
    assert _levels(steps)[:1] == ["alarm"]
    assert _levels(steps)[-1] == "calm"


def test_a_silent_intake_is_no_forecast() -> None:
    """Ninety seconds without a reading are said; the level stays until the window ends."""
    steps: list[Step] = []
    guard = Guard(settings(), steps.append)
    assert guard.look(START_MS).no_forecast == "no reading of the intake yet"
    for reading in readings(lambda _: 400_000.0, 10):
        guard.take(reading)
    assert guard.look(START_MS + 11 * MINUTE_MS).no_forecast == ""
    late = guard.look(START_MS + 12 * MINUTE_MS)
    assert (late.level, late.no_forecast) == ("alarm", "the intake has been silent for 120 s")
    assert guard.look(START_MS + 31 * MINUTE_MS).level == "calm"
    assert _levels(steps) == ["alarm", "calm"]
    assert steps[-1].seen is None


def test_other_meters_are_not_the_intake() -> None:
    """Only the intake's readings count."""
    guard = Guard(settings(), lambda _: None)
    guard.take(Reading("plant", "press", START_MS, {"active_power_w": 9e9}))
    assert guard.look(START_MS).seen is None


def test_a_boundary_pulse_sets_the_window() -> None:
    """The utility's clock is two minutes late: windows begin at its pulse, and go on without."""
    guard = Guard(settings(boundary_meter="gate"), lambda _: None)
    for minute, pulses in ((0, 7.0), (1, 7.0), (2, 8.0), (3, 8.0)):
        at_ms = START_MS + minute * MINUTE_MS
        guard.take(Reading("plant", "gate", at_ms, {"pulse_count": pulses}))
    assert guard.window(START_MS + 3 * MINUTE_MS).start_ms == START_MS + 2 * MINUTE_MS
    assert guard.window(START_MS + 40 * MINUTE_MS).start_ms == START_MS + 32 * MINUTE_MS
    guard.take(Reading("plant", "gate", START_MS + 50 * MINUTE_MS, {"voltage_l1_v": 1.0}))
    assert guard.window(START_MS + 40 * MINUTE_MS).start_ms == START_MS + 32 * MINUTE_MS


def test_a_quarter_hour_window_is_counted_as_one() -> None:
    """400 kW for ten minutes of fifteen is 267 kW: certain is never reached."""
    steps = _steps(lambda m: 400_000.0 if m < 10 else 0.0, 14.5, window_minutes=15)
    assert _levels(steps) == ["alarm", "calm"]


@effort(max_examples=40, deadline=None)
@given(st.integers(0, 10_000))
def test_noise_around_a_threshold_does_not_flap(seed: int) -> None:
    """A load that wavers by 1.5 % around the target changes the level a few times an hour."""
    chance = random.Random(seed)
    steps = _steps(lambda _: 300_000.0 * (1 + chance.uniform(-0.015, 0.015)), 60)
    assert len(steps) <= 8


def test_a_clock_that_steps_back_does_not_end_the_guard() -> None:
    """After a step of an hour back the guard goes on in the window of then."""
    guard = Guard(settings(), lambda _: None)
    rows = list(readings(lambda _: 200_000.0, 20))
    for reading in rows:
        guard.take(reading)
    for reading in rows:
        guard.take(Reading("plant", "main", reading.at_ms - 60 * MINUTE_MS, reading.values))
    seen = guard.look(START_MS - 40 * MINUTE_MS).seen
    assert seen is not None
    assert seen.forecast_w == pytest.approx(200_000)


def test_what_flows_back_lowers_no_demand() -> None:
    """An exporting plant demands nothing: its power counts as zero, not as less."""
    guard = Guard(settings(), lambda _: None)
    for reading in readings(lambda _: -50_000.0, 10, counter=False):
        guard.take(reading)
    seen = guard.look(START_MS + 10 * MINUTE_MS).seen
    assert seen is not None
    assert seen.forecast_w == 0
