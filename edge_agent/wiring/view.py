"""A tally seen as the circuit it belongs to: which phases, which voltages, how much. PURE."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from edge_agent.config.meters import Wiring
from edge_agent.wiring.facts import MeterFacts
from edge_agent.wiring.phasors import LINES, PHASES, PHASES_OF
from edge_agent.wiring.tally import Channel, Tally

ENOUGH = 3
"""So many loaded readings are enough to judge a phase."""
FIRM_A = 5.0
DEAD = 0.7
"""A voltage below this share of the largest is missing: supplies stay within 10 % (EN 50160)."""
DARK_V = 10.0
"""Below this a circuit is off."""


@dataclass(frozen=True, slots=True)
class View:
    """The means of one meter, by the wiring of its circuit."""

    tally: Tally
    wiring: Wiring

    @property
    def facts(self) -> MeterFacts:
        """What was said of the circuit."""
        return self.tally.facts

    @property
    def three_phase(self) -> bool:
        """Whether the circuit has, or should have, three phases."""
        return self.wiring in ("3P3W", "3P4W")

    @property
    def phases(self) -> tuple[str, ...]:
        """The phases of the circuit."""
        return PHASES_OF[self.wiring]

    @property
    def channels(self) -> dict[str, Channel]:
        """The loaded phases of the circuit."""
        rows = self.tally.channels
        return {phase: rows[phase] for phase in self.phases if rows[phase].loaded >= ENOUGH}

    @property
    def firm(self) -> bool:
        """Whether power that flows back must be a mistake: nothing generates, and it is no trickle.

        Where the rated current is unknown, a few amperes may be the noise of a large transformer.
        """
        sizes = [row.current.value or 0.0 for row in self.channels.values()]
        known = self.facts.full_current_a is not None or not sizes
        return self.facts.generates is False and (known or max(sizes) >= FIRM_A)

    @property
    def star_volts(self) -> dict[str, float]:
        """Voltages of the phases against the neutral, as far as they are given."""
        return self._given(self.phases)

    @property
    def line_volts(self) -> dict[str, float]:
        """Voltages between the lines, as far as they are given.

        Meters that do not measure them may show 0: beside live phases that is no value.
        """
        lines = self._given(LINES if self.three_phase else LINES[:1])
        blank = not any(lines.values()) and any(self._given(PHASES).values())
        return {} if blank else lines

    def _given(self, names: tuple[str, ...]) -> dict[str, float]:
        found = {name: self.tally.volts(name) for name in names}
        return {name: volts for name, volts in found.items() if volts is not None}

    @property
    def phase_volts(self) -> dict[str, float]:
        """The voltage that each phase's power is made with; star values of 3P3W are virtual."""
        star = self.star_volts
        if star and not (self.wiring == "3P3W" and self.line_volts):
            return star
        lines_v = self.line_v
        if lines_v is None:
            return {}
        share = math.sqrt(3) if self.three_phase else len(self.phases)
        return dict.fromkeys(self.phases, lines_v / share)

    @property
    def uneven(self) -> bool:
        """Whether some voltage is missing, or the wires are not those of the wiring."""
        star, lines = self.star_volts, self.line_volts
        rows = lines if self.wiring == "3P3W" and lines else star
        if any(value < DEAD * max(rows.values()) for value in rows.values()):
            return True
        return bool(star and lines) and max(lines.values()) < max(star.values()) / 2

    @property
    def line_v(self) -> float | None:
        """Mean voltage between the lines of what is alive (1P2W: of the circuit)."""
        lines = _alive(self.line_volts)
        if lines and self.wiring != "1P2W":
            return sum(lines) / len(lines)
        mean = self.tally.volts("ll_avg") if self.three_phase else None
        if mean:
            return mean
        star = _alive(self.star_volts) or _alive({"": self.tally.volts("ln_avg") or 0.0})
        if not star:
            return None
        factor = math.sqrt(3) if self.three_phase else len(self.phases)
        return factor * sum(star) / len(star)

    @property
    def apparent_va(self) -> float | None:
        """Voltage times current, added up over the phases; None when one of them is not given."""
        volts, amps = self.phase_volts, self.tally.amps
        total = 0.0
        for phase in self.phases:
            size = amps[phase].value
            if size is None or phase not in volts:
                return None
            total += volts[phase] * size
        return total


def view_of(tally: Tally) -> View:
    """The tally with its wiring; where nobody said it, what the values look like."""
    return View(tally, tally.facts.wiring or _looks_like(tally))


def _looks_like(tally: Tally) -> Wiring:
    if tally.names_l3:
        star = any(tally.volts(phase) for phase in PHASES)
        return "3P3W" if not star and any(tally.volts(line) for line in LINES) else "3P4W"
    second = tally.volts("l2") is not None or tally.volts("l1_l2") is not None
    return "1P3W" if second or tally.channels["l2"].loaded else "1P2W"


def _alive(volts: Mapping[str, float]) -> list[float]:
    top = max(volts.values(), default=0.0)
    return [value for value in volts.values() if value >= DEAD * top and value >= DARK_V]


def shown(phase: str) -> str:
    """``l1_l2`` as people write it: ``L1-L2``."""
    return phase.upper().replace("_", "-")
