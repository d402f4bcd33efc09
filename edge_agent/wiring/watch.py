"""Wiring for life: told every reading, it says when a verdict begins and when it ends. PURE.

Each meter has one ``Tally`` at a time, so memory stays the same and a reading costs little. After a
quarter of an hour of load the tally is judged and a new one begun. A verdict begins when two
judgements in a row give it, and ends when two that could see it do not. Meters that hang below
one another are compared over the same quarter-hours of the clock.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from edge_agent.contract.reading import Reading
from edge_agent.wiring.balance import balance, families
from edge_agent.wiring.facts import MeterFacts
from edge_agent.wiring.judge import judge_tally
from edge_agent.wiring.nights import Nights
from edge_agent.wiring.slot import Slot
from edge_agent.wiring.standing import Standing
from edge_agent.wiring.tally import Tally
from edge_agent.wiring.verdict import Judgement, Look, Verdict

LOADED_S = 900.0
"""So much time under load is judged at once."""
IDLE_S = 3_600.0
"""Without load, voltages alone are judged so often."""
STEP_S = 600.0
"""No single pause between readings counts as more time under load."""
CARRIED_S = 90.0
"""A value that a reading lacks is taken from an older one up to this age: groups of quantities
may be polled at paces of their own."""


@dataclass(frozen=True, slots=True)
class Change:
    """A verdict on ``meter`` that began, or ended, with the reading of ``at_ms`` (UTC)."""

    meter: str
    at_ms: int
    began: bool
    verdict: Verdict


class Watch:
    """Watches the meters of ``facts_by_meter``; ``below`` is the meter above by meter.

    Readings of other meters are passed over. Used by one thread at a time.
    """

    def __init__(self, facts_by_meter: Mapping[str, MeterFacts], below: Mapping[str, str]) -> None:
        self._tracks = {meter: _Track(meter, facts) for meter, facts in facts_by_meter.items()}
        self._families = {
            parent: (parent, *children)
            for parent, children in families(below).items()
            if all(meter in self._tracks for meter in (parent, *children))
        }
        self._changes: list[Change] = []

    def take(self, reading: Reading) -> None:
        """Take one reading in; those of one meter come in the order of their instants."""
        track = self._tracks.get(reading.meter)
        if track is None:
            return
        at_s = reading.at_ms / 1000
        values = track.whole(at_s, reading.values)
        judgement = track.add(at_s, values)
        if judgement is not None:
            found = judgement.verdicts
            self._note(track, found, judgement.looked_at, reading.at_ms)
        if track.slot.add(at_s, values):
            self._compare(reading.meter, track.slot.number, reading.at_ms)

    def changes(self) -> tuple[Change, ...]:
        """What began or ended since this was asked last."""
        changes, self._changes = tuple(self._changes), []
        return changes

    def standing(self) -> Mapping[str, Judgement]:
        """The newest judgement of each meter that has one, with the verdicts that stand."""
        return {meter: row for meter, track in self._tracks.items() if (row := track.told())}

    def _note(
        self, track: _Track, found: tuple[Verdict, ...], looks: tuple[Look, ...], at_ms: int
    ) -> None:
        for began, verdict in track.standing.update(found, looks):
            self._changes.append(Change(track.meter, at_ms, began, verdict))

    def _compare(self, meter: str, number: int, at_ms: int) -> None:
        """Compare the families of ``meter`` whose slot before ``number`` is complete."""
        for parent, members in self._families.items():
            if meter not in members:
                continue
            slots = [self._tracks[member].slot for member in members]
            loads = [slot.load for slot in slots if slot.load is not None]
            complete = all(slot.number == number for slot in slots)
            if complete and len(loads) == len(members):
                outcome = balance(loads[0], loads[1:])
                track = self._tracks[parent]
                track.family = outcome.look
                self._note(track, outcome.verdicts, (outcome.look,), at_ms)


class _Track:
    """One meter: its tally, its slot, what stands, and the newest values."""

    def __init__(self, meter: str, facts: MeterFacts) -> None:
        self.meter, self.facts = meter, facts
        self.standing = Standing()
        self.slot = Slot(meter, facts.counter_step_wh)
        self.family: Look | None = None
        self.judgement: Judgement | None = None
        self._tally, self._nights = Tally(facts), Nights()
        self._last_s: float | None = None
        self._begun_s = self._loaded_s = 0.0
        self._latest: dict[str, tuple[float, float]] = {}

    def whole(self, at_s: float, values: Mapping[str, float]) -> Mapping[str, float]:
        """``values`` with what other groups of quantities brought a moment ago, but counters."""
        for name, value in values.items():
            self._latest[name] = (at_s, value)
        if len(values) == len(self._latest):
            return values
        return {
            name: value
            for name, (then_s, value) in self._latest.items()
            if then_s == at_s or (0 <= at_s - then_s <= CARRIED_S and not name.endswith("h"))
        }

    def add(self, at_s: float, values: Mapping[str, float]) -> Judgement | None:
        """Take a reading into the tally; the judgement when it is time for one."""
        pause_s = 0.0 if self._last_s is None else min(max(0.0, at_s - self._last_s), STEP_S)
        self._begun_s = at_s if self._last_s is None else min(self._begun_s, at_s)
        self._last_s = at_s
        if self._tally.add(values, at_s):
            self._loaded_s += pause_s
        if self._loaded_s < LOADED_S and at_s - self._begun_s < IDLE_S:
            return None
        self.judgement = self._with_nights(at_s, judge_tally(self._tally))
        self._tally = Tally(self.facts)
        # The first reading of the next window is this one: no energy is left out between them.
        self._tally.flow.add(at_s, values)
        self._begun_s, self._loaded_s = at_s, 0.0
        return self.judgement

    def _with_nights(self, at_s: float, judgement: Judgement) -> Judgement:
        outcome = self._nights.add(at_s, self._tally)
        if outcome is None:
            return judgement
        return replace(
            judgement,
            verdicts=(*judgement.verdicts, *outcome.verdicts),
            looked_at=(*judgement.looked_at, outcome.look),
        )

    def told(self) -> Judgement | None:
        """The newest judgement with what stands."""
        if self.judgement is None:
            return None
        notes = [row for row in self.judgement.verdicts if row.severity == "note"]
        looks = (*self.judgement.looked_at, *filter(None, [self.family]))
        verdicts = (*self.standing.verdicts, *notes)
        return replace(self.judgement, verdicts=verdicts, looked_at=looks)
