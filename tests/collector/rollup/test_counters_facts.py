"""What is known or ruled beside a counter's values: meter changes, ratios, the user's word."""

from __future__ import annotations

import pytest

from collector.rollup.counters import (
    Bridge,
    CounterEvent,
    CounterFacts,
    EnergyCurve,
    MeterChange,
    Ruling,
    RulingKind,
    energy_curve,
    register_modulus_wh,
)

MINUTE = 60_000
POLL = 5 * MINUTE
HOUR = 60 * MINUTE
SWAP_MS = 6 * POLL


def polled(*values_wh: float) -> list[tuple[int, float]]:
    """Samples every five minutes."""
    return [(position * POLL, value) for position, value in enumerate(values_wh)]


def swapped(start_wh: float, rise: float = 100) -> list[tuple[int, float]]:
    """Six values of a meter and seven of the next, 100 Wh in every step."""
    old = (500_000 + 100 * step for step in range(6))
    return polled(*old, *(start_wh + rise * step for step in range(7)))


def facts(*changes: MeterChange, rulings: tuple[Ruling, ...] = ()) -> CounterFacts:
    """A counter in steps of 10 Wh on 100 kW."""
    return CounterFacts(10, None, 100_000, changes, rulings)


def only(curve: EnergyCurve) -> CounterEvent:
    """The one event of a curve."""
    (event,) = curve.events
    return event


@pytest.mark.parametrize("start_wh", [3.0, 70_000.0, 500_850.0, 501_900.0, 800_000.0])
@pytest.mark.parametrize("rated_w", [100_000, None])
def test_a_known_replacement_is_told_wherever_the_new_meter_starts(
    start_wh: float, rated_w: float | None
) -> None:
    """Lower, higher, or as close as the rated power allows: the power around it is booked."""
    change = MeterChange(SWAP_MS, "replaced", "A17", "B04")
    curve = energy_curve(swapped(start_wh), CounterFacts(10, None, rated_w, (change,)))
    event = only(curve)
    assert (event.kind, event.at_ms, event.booked_milli_wh) == ("replaced", SWAP_MS, 100_000)
    assert "meter changed from A17 to B04" in event.reason
    assert event.low_milli_wh == 0
    assert (event.high_milli_wh is None) == (rated_w is None)
    assert curve.milli_wh[-1] == 1_200_000
    assert curve.bridges == (Bridge(SWAP_MS - POLL, SWAP_MS, "estimated"),)


def test_a_new_meter_that_goes_on_is_measured() -> None:
    """The new meter was set to the old one's value: the step is counted, and the change told."""
    change = MeterChange(SWAP_MS - MINUTE, "replaced", serial_after="B04")
    curve = energy_curve(swapped(500_610), facts(change))
    event = only(curve)
    assert (event.kind, event.booked_milli_wh) == ("replaced", 110_000)
    assert event.low_milli_wh == event.high_milli_wh == 110_000
    assert "from unknown to B04; the counter went on" in event.reason
    assert curve.bridges == ()


@pytest.mark.parametrize("late_ms", [-12 * MINUTE, 12 * MINUTE])
@pytest.mark.parametrize("start_wh", [70_000, 9_000_000])
@pytest.mark.parametrize("rated_w", [100_000, None])
def test_a_change_noted_late_is_met_once(
    late_ms: int, start_wh: float, rated_w: float | None
) -> None:
    """The step is at the swap, the change was noted minutes off: one event, at the step."""
    change = MeterChange(SWAP_MS + late_ms, "replaced", "A17", "B04")
    curve = energy_curve(swapped(start_wh), CounterFacts(10, None, rated_w, (change,)))
    event = only(curve)
    assert (event.kind, event.at_ms, event.booked_milli_wh) == ("replaced", SWAP_MS, 100_000)
    assert "A17" in event.reason
    assert curve.milli_wh[-1] == 1_200_000


def test_a_false_value_near_a_change_is_not_the_change() -> None:
    """A zero minutes before a change that the counter went on over: a glitch, and the change."""
    samples = swapped(500_600)
    samples[3] = (3 * POLL, 0.0)
    curve = energy_curve(samples, facts(MeterChange(SWAP_MS, "replaced", "A17", "B04")))
    assert [(event.kind, event.at_ms) for event in curve.events] == [
        ("glitch", 3 * POLL),
        ("replaced", SWAP_MS),
    ]
    assert curve.milli_wh[-1] == 1_200_000


def test_a_step_too_small_to_be_a_leap_is_met_by_its_change() -> None:
    """The old meter fell by little, the change was noted later: still one event, at the step."""
    change = MeterChange(SWAP_MS + 12 * MINUTE, "replaced", "A17", "B04")
    event = only(energy_curve(swapped(495_000), facts(change)))
    assert (event.kind, event.at_ms, event.booked_milli_wh) == ("replaced", SWAP_MS, 100_000)


def test_a_change_in_an_outage_is_missing_with_a_bound() -> None:
    """Replaced within six hours without data: nothing is certain, the rated power bounds it."""
    samples = [(at if at < SWAP_MS else at + 6 * HOUR, wh) for at, wh in swapped(70_000)]
    curve = energy_curve(samples, facts(MeterChange(SWAP_MS + HOUR, "replaced")))
    event = only(curve)
    assert (event.kind, event.booked_milli_wh, event.low_milli_wh) == ("replaced", 0, 0)
    duration_ms = 6 * HOUR + POLL
    assert event.high_milli_wh == 200_000_000 * duration_ms // HOUR + 10_000
    assert curve.bridges == (Bridge(SWAP_MS - POLL, SWAP_MS + 6 * HOUR, "missing"),)


def test_a_ratio_change_that_scales_the_counter_is_bounded_by_its_counts() -> None:
    """From 80 to 120 the counter leaps by half: its counts, at either ratio, bound the energy."""
    before = [800_000 + 80 * step for step in range(6)]
    after = [(10_006 + step) * 120 for step in range(7)]
    change = MeterChange(SWAP_MS, "ratio", ratio_before=80, ratio_after=120)
    event = only(energy_curve(polled(*before, *after), facts(change)))
    assert event.kind == "ratio"
    assert (event.low_milli_wh, event.high_milli_wh) == (80_000 - 10_000, 120_000 + 10_001)
    assert event.booked_milli_wh == 100_000  # three steps of 80 Wh, three of 120 Wh
    assert "ratio changed from 80 to 120; the counter was scaled with it" in event.reason


def test_a_ratio_change_that_leaves_the_counter_alone_is_measured() -> None:
    """A counter of primary energy goes on over a change of transformers: nothing is estimated."""
    change = MeterChange(SWAP_MS, "ratio", ratio_before=80, ratio_after=120)
    curve = energy_curve(swapped(500_600), facts(change))
    event = only(curve)
    assert (event.kind, event.booked_milli_wh) == ("ratio", 100_000)
    assert curve.bridges == ()


def test_a_ratio_change_of_unknown_size_is_estimated() -> None:
    """Where the ratios are not known, the power around the step is booked."""
    event = only(energy_curve(swapped(750_000), facts(MeterChange(SWAP_MS, "ratio"))))
    assert (event.kind, event.booked_milli_wh) == ("ratio", 100_000)


def test_a_change_outside_the_samples_says_nothing() -> None:
    """Before the first sample or after the last one there is no step to change."""
    changes = (MeterChange(0, "replaced"), MeterChange(99 * HOUR, "ratio"))
    assert energy_curve(swapped(500_600), facts(*changes)).events == ()


@pytest.mark.parametrize(
    ("kind", "start_wh", "booked", "quality"),
    [
        ("plain", 501_900.0, 1_400_000, None),
        ("plain", 3.0, 0, None),
        ("replaced", 500_600.0, 100_000, "estimated"),
        ("ratio", 500_600.0, 100_000, "estimated"),
        ("reset", 500_600.0, 100_000, "estimated"),
        ("reset", 3.0, 100_000, "estimated"),
        ("rollover", 3.0, 100_000, "estimated"),
        ("gap", 501_900.0, 1_400_000, "estimated"),
        ("frozen", 501_900.0, 1_400_000, "estimated"),
    ],
)
def test_a_ruling_decides_its_step(
    kind: RulingKind, start_wh: float, booked: int, quality: str | None
) -> None:
    """What the user says stands, whatever the values look like, and the event says who and why."""
    ruling = Ruling(SWAP_MS, kind, None, "seen on site", "Sato")
    curve = energy_curve(swapped(start_wh), facts(rulings=(ruling,)))
    event = only(curve)
    assert (event.kind, event.at_ms, event.booked_milli_wh) == (kind, SWAP_MS, booked)
    assert event.ruled
    assert event.reason.endswith("; ruled by Sato: seen on site")
    assert curve.unused_rulings == ()
    assert [bridge.quality for bridge in curve.bridges] == ([quality] if quality else [])
    assert curve.milli_wh[-1] == 500_000 + booked + 600_000


@pytest.mark.parametrize("kind", ["plain", "reset", "rollover", "replaced", "ratio", "frozen"])
def test_a_ruling_may_state_the_energy(kind: RulingKind) -> None:
    """A stated energy is booked to the milli-Wh, and there is nothing left to bound."""
    ruling = Ruling(SWAP_MS, kind, 123_457)
    curve = energy_curve(swapped(3.0), facts(rulings=(ruling,)))
    event = only(curve)
    assert event.booked_milli_wh == event.low_milli_wh == event.high_milli_wh == 123_457
    assert curve.milli_wh[-1] == 1_100_000 + 123_457


def test_a_ruled_glitch_leaves_its_sample_out() -> None:
    """A plausible value that the user knows to be false is left out; its neighbours are joined."""
    samples = swapped(500_600)
    samples[6] = (SWAP_MS, 500_690.0)
    curve = energy_curve(samples, facts(rulings=(Ruling(SWAP_MS - MINUTE, "glitch"),)))
    event = only(curve)
    assert (event.kind, event.at_ms, event.ruled) == ("glitch", SWAP_MS, True)
    assert SWAP_MS not in curve.at_ms
    assert curve.milli_wh[-1] == 1_200_000


def test_the_first_sample_can_be_ruled_false() -> None:
    """It ends no step, but it can be false: the series then begins with the next one."""
    curve = energy_curve(swapped(500_600), facts(rulings=(Ruling(0, "glitch"),)))
    assert curve.at_ms[0] == POLL
    assert curve.milli_wh[-1] == 1_100_000


def test_a_ruled_rollover_uses_the_registers_width() -> None:
    """Far from the usual edge the user says it ran full: the width is booked across."""
    ruling = Ruling(SWAP_MS, "rollover")
    known = CounterFacts(10, 700_000, 100_000, rulings=(ruling,))
    event = only(energy_curve(swapped(3.0), known))
    assert event.booked_milli_wh == 700_000_000 - 500_500_000 + 3_000


def test_a_ruled_freeze_takes_the_equal_values_in() -> None:
    """The stretch that stood still before the ruled step is bridged with it."""
    values = (500, 600, 700, 700, 700, 700, 1_100, 1_200, 1_300)
    curve = energy_curve(polled(*values), facts(rulings=(Ruling(SWAP_MS, "frozen"),)))
    assert curve.bridges == (Bridge(2 * POLL, SWAP_MS, "estimated"),)
    assert only(curve).booked_milli_wh == 400_000
    assert curve.energy_at(4 * POLL) == 200_000 + 200_000


def test_a_ruling_overrules_what_the_engine_left_out() -> None:
    """A value that looks false is kept when the user says it began anew there."""
    samples = [*swapped(500_600)]
    samples[6] = (SWAP_MS, 20.0)
    assert only(energy_curve(samples, facts())).kind == "glitch"
    curve = energy_curve(samples, facts(rulings=(Ruling(SWAP_MS, "reset"),)))
    assert [event.kind for event in curve.events] == ["reset", "replaced"]
    assert SWAP_MS in curve.at_ms


def test_a_ruling_stands_over_a_known_change() -> None:
    """Where both speak of one step, the user decides."""
    change, ruling = MeterChange(SWAP_MS, "replaced"), Ruling(SWAP_MS, "plain")
    event = only(energy_curve(swapped(501_900), facts(change, rulings=(ruling,))))
    assert (event.kind, event.booked_milli_wh) == ("plain", 1_400_000)


def test_rulings_that_meet_no_step_are_reported() -> None:
    """Before the first step, long before a sample, after the last one, or ruled again: unused."""
    samples = [*swapped(500_600), (9 * HOUR, 502_000.0)]
    unused = (
        Ruling(0, "reset"),
        Ruling(4 * HOUR, "plain"),
        Ruling(10 * HOUR, "glitch"),
        Ruling(SWAP_MS, "reset"),
    )
    used = Ruling(SWAP_MS - 1, "plain")
    curve = energy_curve(samples, facts(rulings=(*unused, used)))
    assert curve.unused_rulings == unused
    assert [event.kind for event in curve.events if event.ruled] == ["plain"]


def test_a_ruling_below_zero_is_refused() -> None:
    """No counter books less than nothing: one line says what to give."""
    with pytest.raises(ValueError, match="books -1 milli-Wh: give 0 or more, or leave it out"):
        Ruling(0, "reset", -1)


def test_the_width_of_a_register() -> None:
    """Sixteen bits of 10 Wh begin anew at 655.36 kWh; no bits are no register."""
    assert register_modulus_wh(16, 10) == 655_360
    assert register_modulus_wh(64, 0.1) == pytest.approx(2**64 / 10)
    with pytest.raises(ValueError, match="16, 32, 48 or 64 are usual"):
        register_modulus_wh(0, 10)


def test_reasons_speak_in_the_counters_own_unit() -> None:
    """A reactive counter's events read in kvarh, by the same rules."""
    change = MeterChange(SWAP_MS, "replaced")
    curve = energy_curve(swapped(70_000), CounterFacts(10, changes=(change,), unit="kvarh"))
    assert only(curve).reason.startswith("counter at 500.500 kvarh, then 70.000 kvarh")
    assert "kWh" not in only(curve).reason
