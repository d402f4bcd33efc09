"""Whatever a plant, its meters and its network do: booked energy stays within its stated bounds."""

from __future__ import annotations

import random
from bisect import bisect_left
from dataclasses import dataclass, field

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from collector.rollup.counters import (
    REACH_MS,
    REACH_SAMPLES,
    CounterFacts,
    EnergyCurve,
    MeterChange,
    energy_curve,
)
from collector.rollup.energy import add_up, slot_energies

MINUTE = 60_000
HOUR = 60 * MINUTE
DAY = 24 * HOUR
RATED_W = 100_000
SPACING = 24
"""So many samples lie between two events, so that each can be told."""
Samples = list[tuple[int, float]]

EVENTS = ("low", "high", "reset", "lower", "higher", "outage", "reset in outage", "freeze", "quiet")


@dataclass
class Plant:
    """A true load under the rated power, seen through a meter to which things happen."""

    chance: random.Random
    unit_wh: int
    width_wh: int | None
    every_ms: int
    at_ms: int = 0
    true_wh: float = 0.0
    offset_wh: float = 300_000.0
    samples: Samples = field(default_factory=list)
    truth: list[tuple[int, float]] = field(default_factory=list)
    swaps_ms: list[int] = field(default_factory=list)

    def run(self, events: list[str]) -> None:
        """Let one event after the other happen, ordinary polls between."""
        for event in events:
            self.polls(SPACING)
            if "outage" in event:
                self.wait(self.chance.randrange(20 * MINUTE, 8 * HOUR))
            if "reset" in event:
                self.start_at(0.0)
            if event in ("lower", "higher"):
                self.swaps_ms.append(self.at_ms + 1)
                self.start_at(self.chance.randrange(100_000, 10**9))
            if event in ("low", "high"):
                self.false(event)
            if event == "freeze":
                self.freeze(self.chance.randrange(4, 40))
        self.polls(SPACING)

    def wait(self, duration_ms: int) -> None:
        """Time passes at some load, unseen."""
        power_w = self.chance.choice((0, RATED_W, self.chance.randrange(RATED_W + 1)))
        self.at_ms += duration_ms
        self.true_wh += power_w * duration_ms / HOUR

    def start_at(self, value_wh: float) -> None:
        """The counter goes on from another value."""
        self.offset_wh = value_wh - self.true_wh

    def polls(self, count: int) -> None:
        """Ordinary readings."""
        for _ in range(count):
            self.wait(self.every_ms + self.chance.randrange(-500, 500))
            self.samples.append((self.at_ms, self.shown()))
            self.truth.append((self.at_ms, self.true_wh))

    def freeze(self, count: int) -> None:
        """The register stands still, and then catches up."""
        stood = self.samples[-1][1]
        self.polls(count)
        self.samples[-count:] = [(at_ms, stood) for at_ms, _ in self.samples[-count:]]

    def false(self, event: str) -> None:
        """One to three false readings."""
        for _ in range(self.chance.randrange(1, 4)):
            self.polls(1)
            low = float(self.chance.randrange(3))
            self.samples[-1] = (self.at_ms, low if event == "low" else 9e11)

    def shown(self) -> float:
        """What the register shows."""
        whole = (self.true_wh + self.offset_wh) // self.unit_wh * self.unit_wh
        return whole if self.width_wh is None else whole % self.width_wh

    def facts(self, told: bool) -> CounterFacts:
        """What is known of the meter."""
        changes = tuple(MeterChange(at_ms, "replaced") for at_ms in self.swaps_ms)
        return CounterFacts(self.unit_wh, self.width_wh, RATED_W, changes if told else ())


def a_plant(seed: int, unit_wh: int, events: list[str], width_wh: int | None = None) -> Plant:
    """A plant that has run."""
    chance = random.Random(seed)
    plant = Plant(chance, unit_wh, width_wh, chance.choice((MINUTE, 5 * MINUTE)))
    plant.run(events)
    return plant


def true_between(plant: Plant, from_ms: int, to_ms: int) -> float:
    """The true energy (milli-Wh) between two polls."""
    instants = [at_ms for at_ms, _ in plant.truth]
    start, end = (plant.truth[bisect_left(instants, at)][1] for at in (from_ms, to_ms))
    return 1000 * (end - start)


def within_bounds(plant: Plant, curve: EnergyCurve) -> None:
    """The truth lies within the events' bounds and one counter step a measured stretch."""
    true = true_between(plant, curve.at_ms[0], curve.at_ms[-1])
    plain = curve.milli_wh[-1] - sum(event.booked_milli_wh for event in curve.events)
    slack = (len(curve.events) + 1) * plant.unit_wh * 1000 + 1
    low = sum(event.low_milli_wh or 0 for event in curve.events)
    assert plain + low - slack <= true
    high = sum(event.high_milli_wh or 0 for event in curve.events)
    assert true <= plain + high + slack
    for event in curve.events:
        assert event.low_milli_wh is not None
        assert event.high_milli_wh is not None
        assert event.low_milli_wh <= event.booked_milli_wh <= event.high_milli_wh


happenings = st.lists(st.sampled_from(EVENTS), max_size=5)
units = st.sampled_from([1, 10, 100])
seeds = st.integers(0, 2**32)


@settings(max_examples=150, deadline=None)
@given(seed=seeds, unit_wh=units, events=happenings, told=st.booleans(), closed=st.booleans())
def test_booked_energy_is_true_within_its_bounds(
    seed: int, unit_wh: int, events: list[str], told: bool, closed: bool
) -> None:
    """Any load, polls, outages, glitches, resets, new meters, freezes: the truth is in bounds."""
    plant = a_plant(seed, unit_wh, events)
    curve = energy_curve(plant.samples, plant.facts(told), closed=closed)
    assert curve.at_ms[-1] == plant.samples[-1][0]
    within_bounds(plant, curve)


@settings(max_examples=80, deadline=None)
@given(seed=seeds, unit_wh=units, width=st.sampled_from([2**16, 2**20, 10**6]))
def test_a_register_that_rolls_over_stays_within_its_bounds(
    seed: int, unit_wh: int, width: int
) -> None:
    """Any width and scale, with outages and false values between: the truth is in bounds."""
    events = ["outage", "low", "quiet", "outage", "quiet"]
    plant = a_plant(seed, unit_wh, events, width * unit_wh)
    curve = energy_curve(plant.samples, plant.facts(False))
    within_bounds(plant, curve)


@settings(max_examples=80, deadline=None)
@given(seed=seeds, events=happenings, shift_ms=st.integers(0, DAY))
def test_slots_add_up_to_days_and_to_the_whole(seed: int, events: list[str], shift_ms: int) -> None:
    """Whatever happened, slots add up to days and days to the whole curve, energy and time."""
    plant = a_plant(seed, 10, events)
    curve = energy_curve(plant.samples, plant.facts(True))
    slots = slot_energies(curve, range(shift_ms - 2 * DAY, curve.at_ms[-1] + DAY, 30 * MINUTE))
    days: dict[int, list[int]] = {}
    for position, slot in enumerate(slots):
        days.setdefault((slot.start_ms - shift_ms) // DAY, []).append(position)
    sums = [
        add_up((slots[position] for position in of_day), day * DAY, (day + 1) * DAY)
        for day, of_day in days.items()
    ]
    assert sum(day.milli_wh for day in sums) == curve.milli_wh[-1]
    for day, of_day in zip(sums, days.values(), strict=True):
        start, end = slots[of_day[0]].start_ms, slots[of_day[-1]].end_ms
        assert day.milli_wh == curve.energy_at(end) - curve.energy_at(start)
        assert day.missing_ms >= 0
        assert 0 <= day.estimated_milli_wh <= day.milli_wh
    for slot in slots:
        assert slot.missing_ms >= 0


@settings(max_examples=100, deadline=None)
@given(seed=seeds, events=happenings, first=st.integers(0, 60), told=st.booleans())
def test_a_window_gives_the_curve_of_the_whole(
    seed: int, events: list[str], first: int, told: bool
) -> None:
    """Beyond the stated reach a window is judged and booked as within the whole series."""
    plant = a_plant(seed, 10, ["quiet", *events])
    facts = plant.facts(told)
    reach_ms = plant.samples[first % len(plant.samples)][0] + REACH_MS
    begin = max(first + REACH_SAMPLES, bisect_left(plant.samples, (reach_ms,)))
    assume(begin < len(plant.samples))
    whole = energy_curve(plant.samples, facts)
    part = energy_curve(plant.samples[first:], facts)
    assume(not part.begins_frozen)
    begin_ms = plant.samples[begin][0]
    assert _from(whole, begin_ms) == _from(part, begin_ms)
    shift = whole.milli_wh[-1] - part.milli_wh[-1]
    for at_ms, _ in plant.samples[begin:]:
        assert whole.energy_at(at_ms) - part.energy_at(at_ms) == shift
    late = [[e for e in curve.events if e.at_ms > begin_ms] for curve in (whole, part)]
    assert late[0] == late[1]


def _from(curve: EnergyCurve, begin_ms: int) -> list[int]:
    return [at_ms for at_ms in curve.at_ms if at_ms >= begin_ms]


@settings(max_examples=60, deadline=None)
@given(seed=seeds, events=happenings)
def test_late_samples_end_in_the_same_curve(seed: int, events: list[str]) -> None:
    """Samples that came late, computed anew, give the curve of samples that came in order."""
    plant = a_plant(seed, 10, events)
    facts = plant.facts(False)
    held: Samples = []
    pieces = [plant.samples[start::3] for start in range(3)]
    plant.chance.shuffle(pieces)
    for piece in pieces:
        held = sorted([*held, *piece])
        energy_curve(held, facts)
    assert energy_curve(held, facts) == energy_curve(plant.samples, facts)


@settings(max_examples=60, deadline=None)
@given(seed=seeds, events=happenings)
def test_what_is_settled_stays(seed: int, events: list[str]) -> None:
    """An event that was told from the samples so far is told again when more have come."""
    plant = a_plant(seed, 10, events)
    facts = plant.facts(False)
    cut = plant.chance.randrange(1, len(plant.samples))
    early = energy_curve(plant.samples[:cut], facts)
    whole = energy_curve(plant.samples, facts)
    told = {(event.at_ms, event.kind, event.settled_ms) for event in whole.events}
    for event in early.events:
        if event.kind in ("reset", "replaced", "glitch"):
            assert (event.at_ms, event.kind, event.settled_ms) in told
