"""The survey's table "The same counter, five derivations", row by row, at no error."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from collector.rollup.counters import CounterFacts, EnergyCurve, energy_curve, usual_power_w
from collector.rollup.energy import slot_energies

MINUTE = 60_000
DAY = 24 * 60 * MINUTE
SWAP = 720
"""The minute at which something happens."""
TRUE_KWH = 2_400
Samples = list[tuple[int, float]]


def shown(unit_wh: int, old_wh: float = 125_000_000, new_wh: float | None = None) -> Samples:
    """A day at 100 kW, one reading a minute; from the swap on the counter goes on from another."""
    samples = []
    for minute in range(24 * 60 + 1):
        wh = old_wh + 100_000 * minute / 60
        if new_wh is not None and minute >= SWAP:
            wh = new_wh + 100_000 * (minute - SWAP) / 60
        samples.append((minute * MINUTE, float(int(wh // unit_wh) * unit_wh)))
    return samples


def one_false_zero(unit_wh: int) -> Samples:
    """The usual day with a zero at the swap."""
    samples = shown(unit_wh)
    samples[SWAP] = (SWAP * MINUTE, 0.0)
    return samples


ROWS: dict[str, tuple[Callable[[int], Samples], list[str]]] = {
    "nothing happens": (shown, []),
    "one false zero": (one_false_zero, ["glitch"]),
    "real reset to zero": (lambda unit: shown(unit, new_wh=0), ["reset"]),
    "reset between two polls": (lambda unit: shown(unit, new_wh=700), ["reset"]),
    "new meter starting lower": (lambda unit: shown(unit, new_wh=50_000_000), ["replaced"]),
    "new meter starting higher": (lambda unit: shown(unit, new_wh=300_000_000), ["replaced"]),
    "6 h without data": (lambda unit: shown(unit)[:600] + shown(unit)[960:], ["gap"]),
}


def told(curve: EnergyCurve) -> list[str]:
    """The kinds of the curve's events."""
    return [event.kind for event in curve.events]


@pytest.mark.parametrize("unit_wh", [1, 10])
@pytest.mark.parametrize("known", ["rated", "usual", "closed series"])
@pytest.mark.parametrize("row", ROWS)
def test_every_row_of_the_survey_has_no_error(row: str, known: str, unit_wh: int) -> None:
    """100 kW for a day is 2,400 kWh whatever happens, to one counter step, and is told as it is."""
    make, kinds = ROWS[row]
    samples = make(unit_wh)
    facts = {
        "rated": CounterFacts(unit_wh, rated_power_w=100_000),
        "usual": CounterFacts(unit_wh, usual_power_w=usual_power_w(samples)),
        "closed series": CounterFacts(unit_wh),
    }[known]
    curve = energy_curve(samples, facts, closed=known == "closed series")
    assert abs(curve.milli_wh[-1] - TRUE_KWH * 1_000_000) <= unit_wh * 1000
    assert told(curve) == kinds
    slots = slot_energies(curve, range(0, DAY + 1, 30 * MINUTE))
    assert len(slots) == 48
    assert sum(slot.milli_wh for slot in slots) == curve.milli_wh[-1]
    for slot in slots:
        assert abs(slot.milli_wh - 50_000_000) <= 2 * unit_wh * 1000
        assert slot.measured_ms + slot.estimated_ms == 30 * MINUTE


def test_the_outage_is_estimated_in_its_slots() -> None:
    """Six hours without data: its own energy spread evenly, twelve slots estimated."""
    curve = energy_curve(ROWS["6 h without data"][0](1), CounterFacts(1, rated_power_w=100_000))
    slots = slot_energies(curve, range(0, DAY + 1, 30 * MINUTE))
    assert [slot.estimated_ms for slot in slots] == [
        *([0] * 19),
        MINUTE,
        *([30 * MINUTE] * 12),
        *([0] * 16),
    ]
    assert sum(slot.estimated_milli_wh for slot in slots) == curve.events[0].booked_milli_wh


@pytest.mark.parametrize("bits", [16, 32])
@pytest.mark.parametrize("unit_wh", [1, 10, 1_000])
@pytest.mark.parametrize("rated_w", [100_000, None])
def test_a_register_of_any_width_and_scale_rolls_over(
    bits: int, unit_wh: int, rated_w: float | None
) -> None:
    """16 or 32 bits of any unit: the day is 2,400 kWh, each passage of the edge is told."""
    width_wh = 2**bits * unit_wh
    samples = [(at, wh % width_wh) for at, wh in shown(unit_wh, old_wh=width_wh - 1_000_000)]
    facts = CounterFacts(unit_wh, modulus_wh=width_wh, rated_power_w=rated_w)
    curve = energy_curve(samples, facts)
    assert abs(curve.milli_wh[-1] - TRUE_KWH * 1_000_000) <= unit_wh * 1000
    assert set(told(curve)) == {"rollover"}
    start_wh = width_wh - 1_000_000
    assert len(curve.events) == (start_wh + 2_400_000) // width_wh - start_wh // width_wh
    assert curve.bridges == ()


def test_a_register_that_ran_full_unseen_is_counted_by_the_power_around_it() -> None:
    """Six hours without data on a 65.5 kWh register: nine passages, bounded by the rated power."""
    samples = [(at, wh % 65_536) for at, wh in ROWS["6 h without data"][0](1)]
    facts = CounterFacts(1, modulus_wh=65_536, rated_power_w=100_000)
    curve = energy_curve(samples, facts)
    assert abs(curve.milli_wh[-1] - TRUE_KWH * 1_000_000) <= 1000
    event = next(event for event in curve.events if event.booked_milli_wh > 500_000_000)
    assert event.kind == "rollover"
    assert "ran full 9 times meanwhile" in event.reason
    assert event.low_milli_wh is not None
    assert event.high_milli_wh is not None
    assert event.low_milli_wh < event.booked_milli_wh < event.high_milli_wh
    assert (event.high_milli_wh - event.low_milli_wh) % 65_536_000 == 0


@pytest.mark.parametrize(
    ("fault", "kinds"),
    [
        ({720: 0.0, 721: 17.0, 722: 0.0}, ["glitch"]),
        ({720: 9e9}, ["glitch"]),
        ({720: 9e9, 721: 9.1e9}, ["glitch"]),
        ({720: 0.0, 722: 0.0}, ["glitch", "glitch"]),
        ({720: 9e9, 724: 0.0}, ["glitch", "glitch"]),
        ({720: 0.0, 721: 9e9}, ["glitch"]),
    ],
)
def test_false_values_of_any_kind_cost_nothing(fault: dict[int, float], kinds: list[str]) -> None:
    """Several, high, low, or close together: left out, and the day is whole."""
    samples = [(at, fault.get(at // MINUTE, wh)) for at, wh in shown(1)]
    curve = energy_curve(samples, CounterFacts(1, rated_power_w=100_000))
    assert curve.milli_wh[-1] == TRUE_KWH * 1_000_000
    assert told(curve) == kinds


@pytest.mark.parametrize("false", [0.0, 9e9, 125_400_000.0])
def test_a_false_value_right_after_a_gap_costs_nothing(false: float) -> None:
    """The first value after six hours is false, even plausibly so: left out, the day is whole."""
    samples = ROWS["6 h without data"][0](1)
    samples[600] = (samples[600][0], false)
    facts = CounterFacts(1, rated_power_w=100_000)
    curve = energy_curve(samples, facts)
    assert curve.milli_wh[-1] == TRUE_KWH * 1_000_000
    assert "glitch" in told(curve) or false == 125_400_000.0


def test_a_reset_and_a_false_value_close_together() -> None:
    """A reset, and a false zero two minutes before or after it: each is told, nothing is lost."""
    for distance in (-2, 2):
        samples = shown(1, new_wh=0)
        samples[SWAP + distance] = (samples[SWAP + distance][0], 0.0 if distance < 0 else 9e9)
        curve = energy_curve(samples, CounterFacts(1, rated_power_w=100_000))
        assert abs(curve.milli_wh[-1] - TRUE_KWH * 1_000_000) <= 1000
        assert sorted(told(curve)) == ["glitch", "reset"]


def test_two_meters_in_one_hour() -> None:
    """Two replacements a few minutes apart are two events, and the day is whole."""
    samples = [
        (at, wh if at < (SWAP + 4) * MINUTE else wh - 40_000_000)
        for at, wh in shown(1, new_wh=50_000_000)
    ]
    curve = energy_curve(samples, CounterFacts(1, rated_power_w=100_000))
    assert told(curve) == ["replaced", "replaced"]
    assert abs(curve.milli_wh[-1] - TRUE_KWH * 1_000_000) <= 2000


def test_a_reset_inside_the_outage_is_bounded() -> None:
    """The counter fell within six hours without data: what is certain is booked, with a bound."""
    samples = [
        (at, wh if at < 600 * MINUTE else 100_000 * (at // MINUTE - 780) / 60)
        for at, wh in ROWS["6 h without data"][0](1)
    ]
    curve = energy_curve(samples, CounterFacts(1, rated_power_w=100_000))
    (reset,) = curve.events
    assert (reset.kind, reset.booked_milli_wh) == ("reset", 300_000_000)
    assert reset.low_milli_wh == 300_000_000
    assert reset.high_milli_wh is not None
    assert 300_000_000 <= 601_667_000 <= reset.high_milli_wh
    slots = slot_energies(curve, range(0, DAY + 1, 30 * MINUTE))
    assert sum(slot.milli_wh for slot in slots) == curve.milli_wh[-1]
    assert sum(slot.missing_ms for slot in slots) == 361 * MINUTE


def test_usual_power_is_what_is_usual() -> None:
    """A constant 100 kW is found beside false values and a change; too few rises say nothing."""
    for row in ROWS:
        power_w = usual_power_w(ROWS[row][0](1))
        assert power_w == pytest.approx(100_000, rel=1e-3)
    assert usual_power_w(shown(1)[:10]) is None
    assert usual_power_w([]) is None


def test_a_machine_that_seldom_runs_is_usual() -> None:
    """Five kW all day and 150 kW for three minutes: what happens thrice is not odd."""
    wh, samples = 0.0, Samples()
    for minute in range(24 * 60):
        wh += 2_500 if minute in (300, 301, 302) else 83
        samples.append((minute * MINUTE, wh))
    assert usual_power_w(samples) == 150_000
    curve = energy_curve(samples, CounterFacts(1), closed=True)
    assert curve.events == ()
    assert curve.milli_wh[-1] == round(wh - 83) * 1000


@pytest.mark.parametrize("every_s", [1, 10, 300])
def test_usual_power_does_not_hang_on_the_poll(every_s: int) -> None:
    """A second or five minutes from poll to poll: 60 kW are 60 kW."""
    samples = [(s * 1000, 60_000 * s / 3600) for s in range(0, 4 * 3600, every_s)]
    assert usual_power_w(samples) == pytest.approx(60_000, rel=1e-6)


def test_a_machine_that_nobody_has_seen_to_run_may_start() -> None:
    """A meter of a standby of 200 W, and 68 kW for five minutes once a day: nothing odd."""
    wh, samples = 0.0, Samples()
    for poll in range(3 * 288):
        samples.append((poll * 5 * MINUTE, wh))
        wh += 5_667 if poll % 288 == 120 else 17
    curve = energy_curve(samples, CounterFacts(1), closed=True)
    assert (curve.events, curve.milli_wh[-1]) == ((), round(samples[-1][1]) * 1000)


def test_false_values_make_no_power_usual() -> None:
    """Many false zeros and one new meter: the steep returns are not what the meter shows."""
    samples = [(at, 0.0 if at // MINUTE % 7 == 3 else wh) for at, wh in shown(1)[:120]]
    assert usual_power_w(samples) == pytest.approx(100_000, rel=1e-3)


@pytest.mark.parametrize("known", [100_000, None])
@pytest.mark.parametrize("every_s", [5, 20])
def test_a_register_that_runs_full_in_minutes_is_no_glitch(
    known: float | None, every_s: int
) -> None:
    """16 bits of 0.1 Wh at 100 kW run full every four minutes, and every passage is booked."""
    width_wh = 6_553.6
    true = [(s * 1000, 100_000 * s / 3600) for s in range(0, 3 * 3600, every_s)]
    samples = [(at, int(wh * 10 % 65_536) / 10) for at, wh in true]
    curve = energy_curve(samples, CounterFacts(0.1, width_wh, known), closed=True)
    assert set(told(curve)) == {"rollover"}
    assert abs(curve.milli_wh[-1] - true[-1][1] * 1000) <= 200
