"""Nothing wrong, nothing told: a false alarm is a fault as grave as a missed one."""

from __future__ import annotations

import random
from bisect import bisect_right
from collections.abc import Callable
from itertools import accumulate

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collector.rollup.counters import GAP_LIMIT_MS, CounterFacts, energy_curve, usual_power_w

SECOND, MINUTE, HOUR = 1_000, 60_000, 3_600_000
DAY = 24 * HOUR
RATED_KW = 100.0
Load = list[tuple[int, float]]
"""What runs one after the other: for how long (ms), and at what power (kW)."""
Samples = list[tuple[int, float]]
Style = Callable[[random.Random, float, int], tuple[int, float]]
"""From chance, standby (kW) and time of day (ms): what runs next."""


def _steady(chance: random.Random, _: float, __: int) -> tuple[int, float]:
    return chance.randrange(10 * MINUTE, HOUR), 40 + 20 * chance.random()


def _shift(chance: random.Random, standby: float, now_ms: int) -> tuple[int, float]:
    works = 8 * HOUR <= now_ms < 17 * HOUR
    return chance.randrange(MINUTE, 20 * MINUTE), chance.uniform(30, 100) if works else standby


def _bursts(chance: random.Random, standby: float, _: int) -> tuple[int, float]:
    runs = chance.random() < 0.04
    return chance.randrange(MINUTE, 30 * MINUTE), chance.uniform(20, 100) if runs else standby


def _once_a_day(chance: random.Random, standby: float, now_ms: int) -> tuple[int, float]:
    return 5 * MINUTE, chance.uniform(60, 150) if now_ms == 10 * HOUR else standby


def _starts(chance: random.Random, _: float, __: int) -> tuple[int, float]:
    if chance.random() < 0.3:
        return chance.randrange(2 * SECOND, 20 * SECOND), 2 * RATED_KW - 1
    return chance.randrange(MINUTE, 30 * MINUTE), chance.uniform(0, 80)


STYLES: tuple[Style, ...] = (_steady, _shift, _bursts, _once_a_day, _starts)


def a_day(chance: random.Random) -> Load:
    """A random healthy day."""
    style, standby = chance.choice(STYLES), chance.choice([0, 0.02, 0.2, 1, 5])
    load, now_ms = Load(), 0
    while now_ms < DAY:
        load.append(style(chance, standby, now_ms))
        now_ms += load[-1][0]
    return load


def seen(
    load: Load, chance: random.Random, every_ms: int, step_wh: int, renewed_ms: int
) -> tuple[Samples, Samples]:
    """The counter's and the power's samples; the register is renewed only so often."""
    starts_ms = [0, *accumulate(span_ms for span_ms, _ in load)]
    sums_wh = [0.0, *accumulate(span_ms * kw / 3_600 for span_ms, kw in load)]
    first_wh = chance.choice([0, 12_345, 98_765_432])
    samples, power, now_ms = Samples(), Samples(), 0
    while now_ms < starts_ms[-1]:
        shown_ms = now_ms - now_ms % renewed_ms if renewed_ms else now_ms
        part = bisect_right(starts_ms, shown_ms) - 1
        true_wh = sums_wh[part] + load[part][1] * (shown_ms - starts_ms[part]) / 3_600
        samples.append((now_ms, float((first_wh + true_wh) // step_wh * step_wh)))
        power.append((now_ms, 1_000 * load[bisect_right(starts_ms, now_ms) - 1][1]))
        now_ms += max(SECOND, every_ms + chance.randrange(-every_ms // 20, every_ms // 20 + 1))
    return samples, power


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 2**32),
    every_s=st.sampled_from([10, 60, 300, 900, 1_800]),
    step_wh=st.sampled_from([1, 10, 100, 1_000, 10_000]),
    renewed_s=st.sampled_from([0, 60]),
)
def test_a_healthy_day_tells_no_event(
    seed: int, every_s: int, step_wh: int, renewed_s: int
) -> None:
    """Starts, stops, short peaks, coarse counters, late registers; rated or not, power or not."""
    chance = random.Random(seed)
    every_ms = every_s * SECOND
    samples, power = seen(a_day(chance), chance, every_ms, step_wh, renewed_s * SECOND)
    gap_ms = max(GAP_LIMIT_MS, 3 * every_ms)
    rated = CounterFacts(step_wh, rated_power_w=1_000 * RATED_KW)
    usual = CounterFacts(step_wh, usual_power_w=usual_power_w(samples))
    for facts in (rated, usual):
        assert energy_curve(samples, facts, gap_ms).events == ()
        assert energy_curve(samples, facts, gap_ms, power=power).events == ()
    assert energy_curve(samples, CounterFacts(step_wh), gap_ms, closed=True).events == ()


@pytest.mark.parametrize("rated_w", [100_000.0, None])
def test_an_export_that_begins_after_months_is_plain(rated_w: float | None) -> None:
    """Zero for ninety days, then the sun: equal values before a rise are no freeze."""
    samples = [(poll * 5 * MINUTE, 0.0) for poll in range(90 * 288)]
    last_ms = samples[-1][0]
    samples += [(last_ms + poll * 5 * MINUTE, 4_000.0 * poll) for poll in range(1, 60)]
    facts = CounterFacts(10, rated_power_w=rated_w)
    curve = energy_curve(samples, facts, closed=True)
    assert (curve.events, curve.milli_wh[-1]) == ((), 59 * 4_000_000)
