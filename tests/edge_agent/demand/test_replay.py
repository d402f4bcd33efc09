"""The guard over real days of a steel plant: warned before each breach, quiet on the other days."""

from __future__ import annotations

import csv
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from edge_agent.demand.replay import Passage, replay
from tests.edge_agent.demand.plans import settings

STEEL = Path(__file__).resolve().parents[4] / "shared/data/steel_industry/Steel_industry_data.csv"
MINUTE_MS = 60_000
TARGET_KW = 360.0


def _steel(days: int) -> list[tuple[int, float]]:
    """UTC ms and W at each quarter's middle; the file labels a quarter by its end."""
    rows = []
    with STEEL.open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            end = datetime.strptime(row["date"], "%d/%m/%Y %H:%M").replace(tzinfo=UTC)
            at = end - timedelta(minutes=7.5)
            if at.day <= days and at.month == 1:
                rows.append((round(at.timestamp() * 1000), float(row["Usage_kWh"]) * 4_000))
    return sorted(set(rows))


def _by_minute(rows: list[tuple[int, float]]) -> list[tuple[int, float]]:
    """Power by the minute, on straight lines between the quarters' means."""
    found = []
    for (at, power), (then, next_power) in pairwise(rows):
        for step in range(at, then, MINUTE_MS):
            found.append((step, power + (next_power - power) * (step - at) / (then - at)))
    return found


def _demands(powers: list[tuple[int, float]]) -> dict[int, float]:
    """Mean power of each half hour by start, from the very samples that the guard sees."""
    sums: dict[int, list[float]] = {}
    for at_ms, power in powers:
        sums.setdefault(at_ms // (30 * MINUTE_MS) * 30 * MINUTE_MS, []).append(power)
    return {start: sum(row) / len(row) for start, row in sums.items() if len(row) == 30}


@pytest.mark.skipif(not STEEL.is_file(), reason="the steel plant's data is not here")
def test_every_breach_of_a_month_is_warned_of_in_time() -> None:
    """All half hours above the target had an alarm, with minutes to spare in most of them."""
    powers = _by_minute(_steel(28))
    spoken: dict[int, Passage] = {
        row.window.start_ms: row for row in replay(powers, settings(target_kw=TARGET_KW))
    }
    breaches = {start: w for start, w in _demands(powers).items() if w > TARGET_KW * 1010}
    assert len(breaches) > 10
    warned = [spoken[start].alarm_left for start in breaches if start in spoken]
    assert len(warned) == len(breaches)
    assert all(left is not None and left >= 1 for left in warned)
    assert sorted(left or 0 for left in warned)[len(warned) // 2] > 10
    quiet = [start for start, w in _demands(powers).items() if w < TARGET_KW * 800]
    alarmed = [start for start in quiet if start in spoken and spoken[start].alarm_left]
    assert len(alarmed) <= len(quiet) * 0.02
    assert max(row.steps for row in spoken.values()) <= 6


def test_a_day_without_a_word_is_an_empty_replay() -> None:
    """Windows in which the guard was calm are not listed."""
    assert replay([(at * MINUTE_MS, 1000.0) for at in range(120)], settings()) == ()


def test_a_passage_tells_the_demand_and_the_minutes_left() -> None:
    """A breach by worked figures: 400 kW all the window."""
    powers = [(at * MINUTE_MS, 400_000.0) for at in range(61)]
    first, second = replay(powers, settings())
    assert (first.demand_w, second.demand_w) == pytest.approx((400_000, 400_000))
    assert (first.alarm_left, first.certain_left) == (24.0, 7.0)
