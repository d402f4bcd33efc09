"""From a counter to kilowatt-hours."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

from collector.accounts.derivation import (
    Agreement,
    MeterDerivation,
    SlotCounts,
    faults_of,
    read_counter,
)
from collector.accounts.period_text import period_of, window_of
from collector.rollup.counters import CounterFacts, energy_curve
from collector.rollup.periods import Calendar, midnight_ms

TOKYO = Calendar(ZoneInfo("Asia/Tokyo"))
DAY = midnight_ms(TOKYO.zone, date(2026, 11, 3))
MINUTE = 60_000
WINDOW = window_of(period_of("2026-11-03", TOKYO), TOKYO)


def samples(hours: range, kw: float = 12.0) -> list[tuple[int, float]]:
    """A counter of a steady load, read every five minutes in these hours of the day."""
    instants = range(
        DAY + hours.start * 60 * MINUTE, DAY + hours.stop * 60 * MINUTE + 1, 5 * MINUTE
    )
    return [(at_ms, 1000 + kw * (at_ms - DAY) / 3600) for at_ms in instants]


def test_a_measured_day() -> None:
    """48 measured slots, 288 kWh, no events."""
    found = read_counter(energy_curve(samples(range(24)), CounterFacts()), WINDOW, TOKYO)
    assert found.milli_wh == 288_000_000
    assert found.slots == SlotCounts(measured=48)
    assert (found.events, found.estimated_milli_wh) == ((), 0)


def test_a_gap_and_an_end() -> None:
    """Six hours bridged are twelve estimated slots; hours after the last value are missing."""
    held = samples(range(6)) + samples(range(12, 18))
    found = read_counter(energy_curve(held, CounterFacts()), WINDOW, TOKYO)
    assert found.slots == SlotCounts(measured=24, estimated=12, missing=12)
    assert found.estimated_milli_wh == 72_000_000
    assert [event.kind for event in found.events] in ([], ["gap"])


def test_a_slot_known_in_part() -> None:
    """Values that begin at ten past leave the slot partly known."""
    held = samples(range(24))[2:]
    found = read_counter(energy_curve(held, CounterFacts()), WINDOW, TOKYO)
    assert found.slots == SlotCounts(measured=47, partial=1)


def test_no_values_are_no_energy() -> None:
    """Not zero: there is no figure at all."""
    found = read_counter(energy_curve([], CounterFacts()), WINDOW, TOKYO)
    assert found.milli_wh is None
    assert found.slots == SlotCounts(missing=48)


def test_events_outside_the_period_are_left_out() -> None:
    """A false value the day before is that day's business."""
    before = [(at_ms - 86_400_000, wh - 288_000) for at_ms, wh in samples(range(24))][:-1]
    before[100] = (before[100][0], 0.0)
    held = [(at_ms, wh + 300_000) for at_ms, wh in before + samples(range(24))]
    held[100] = (held[100][0], 0.0)
    curve = energy_curve(held, CounterFacts(rated_power_w=100_000))
    assert [event.kind for event in curve.events] == ["glitch"]
    assert read_counter(curve, WINDOW, TOKYO).events == ()


def meter(milli_wh: int | None, stored: int | None) -> MeterDerivation:
    """A meter with these two figures."""
    return MeterDerivation("m", "m", None, None, None, milli_wh, 0, SlotCounts(), (), stored)


def test_two_figures_agree_or_one_is_not_there() -> None:
    """A meter whose raw readings are gone cannot disagree."""
    assert meter(1, 1).agrees
    assert not meter(1, 2).agrees
    assert meter(None, 2).agrees


def test_figures_that_do_not_meet_are_told() -> None:
    """One line each, with the hint; those within their tolerance are not."""
    pairs = [
        Agreement("days", 1.0, 1.0, "kWh"),
        Agreement("CO2", 1.0, 1.0000001, "kg", tolerance=1e-6),
        Agreement("slots", 2.0, 1.0, "kWh", hint="look here"),
    ]
    assert faults_of(pairs) == ("slots: 2.000000 and 1.000000 kWh are not the same (look here)",)
