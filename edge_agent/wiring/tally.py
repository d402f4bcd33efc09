"""What many readings of one meter come to, in a few sums: the same memory for ten or ten million.

PURE. Before: values by quantity, one reading at a time. After: means of all and of the loaded
readings, how often power flowed back, and energy by counter against energy by power.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from edge_agent.wiring.facts import MeterFacts
from edge_agent.wiring.phasors import LINES, PHASES, PHASES_OF

Values = Mapping[str, float]

LONGEST_PAUSE_S = 600.0
"""After a longer pause, power before and after it says nothing of the energy in it."""
VOLTAGES = {name: f"voltage_{name}_v" for name in (*PHASES, *LINES, "ln_avg", "ll_avg")}
_GAUGES = {
    phase: (
        f"current_{phase}_a",
        f"active_power_{phase}_w",
        f"reactive_power_{phase}_var",
        f"apparent_power_{phase}_va",
        f"power_factor_{phase}",
    )
    for phase in PHASES
} | {
    "total": (
        "current_avg_a",
        "active_power_w",
        "reactive_power_var",
        "apparent_power_va",
        "power_factor",
    )
}

_LOADS = ("current_", "active_power")


class Mean:
    """The mean of what it was given; None of nothing."""

    __slots__ = ("count", "total")

    def __init__(self) -> None:
        self.count, self.total = 0, 0.0

    def add(self, value: float | None) -> None:
        """Take one value in; None is none."""
        if value is not None:
            self.count += 1
            self.total += value

    @property
    def value(self) -> float | None:
        """The mean."""
        return self.total / self.count if self.count else None


class Channel:
    """One phase, or the total, over the readings in which it was loaded.

    Currents in A, powers in W, var and VA; ``backward`` counts the readings of negative power, and
    ``p_size`` and ``factor_size`` are means without signs, ``vector`` is that of the length of
    active and reactive power.
    """

    __slots__ = (
        *("backward", "current", "factor", "factor_size", "loaded", "p", "p_size", "q", "s"),
        "vector",
    )

    def __init__(self) -> None:
        self.loaded = self.backward = 0
        self.current, self.p, self.q, self.s = Mean(), Mean(), Mean(), Mean()
        self.factor, self.factor_size, self.p_size = Mean(), Mean(), Mean()
        self.vector = Mean()

    def add(self, values: Values, names: tuple[str, ...]) -> None:
        """Take in a reading in which this channel is loaded."""
        current, p, *rest = (values.get(name) for name in names)
        # What a meter does not measure it often shows as 0: under load, no true value is just 0.
        q, s, factor = (value or None for value in rest)
        self.loaded += 1
        self.current.add(current)
        self.p.add(p)
        self.q.add(q)
        self.s.add(s)
        self.factor.add(factor)
        self.factor_size.add(None if factor is None else abs(factor))
        if p is not None:
            self.p_size.add(abs(p))
            self.backward += p < 0
            self.vector.add(None if q is None else math.hypot(p, q))

    @property
    def backward_share(self) -> float:
        """In which share of the readings power flowed back."""
        return self.backward / self.p.count if self.p.count else 0.0


class Flow:
    """Energy by the counters against energy by power, from one counter reading to a later one.

    ``drawn_wh`` and ``fed_wh`` integrate positive and negative power by trapezoids up to the
    newest counter reading; ``imported_wh`` and ``exported_wh`` are how far the counters went.
    """

    __slots__ = (
        *("count", "drawn_wh", "exported_wh", "fed_wh", "imported_wh", "seconds"),
        *("_exports", "_last_p", "_last_s", "_power", "_squares", "_start", "_start_s"),
        *("_began_s", "_running_drawn", "_running_fed"),
    )

    def __init__(self) -> None:
        self._last_s: float | None = None
        self._restart(0.0)

    def _restart(self, at_s: float) -> None:
        self._began_s = at_s
        self.count = 0
        self.drawn_wh = self.fed_wh = self.imported_wh = self.exported_wh = self.seconds = 0.0
        self._running_drawn = self._running_fed = self._power = self._squares = 0.0
        self._start: tuple[float, float] | None = None
        self._start_s = self._last_p = 0.0
        self._exports = False

    def add(self, at_s: float, values: Values) -> None:
        """Take in a reading at ``at_s``; those without active power are passed over."""
        power_w = values.get("active_power_w")
        if power_w is None:
            return
        last_s, self._last_s = self._last_s, at_s
        if last_s is None or not 0 <= at_s - last_s <= LONGEST_PAUSE_S:
            self._restart(at_s)
        else:
            self._integrate(power_w, at_s - last_s)
        self._last_p = power_w
        self.count += 1
        self._power += power_w
        self._squares += power_w * power_w
        self._count(at_s, values)

    def _integrate(self, power_w: float, seconds: float) -> None:
        drawn = max(power_w, 0.0) + max(self._last_p, 0.0)
        fed = max(-power_w, 0.0) + max(-self._last_p, 0.0)
        self._running_drawn += drawn / 2 * seconds / 3600
        self._running_fed += fed / 2 * seconds / 3600

    def _count(self, at_s: float, values: Values) -> None:
        imported = values.get("active_energy_import_wh")
        if imported is None:
            return
        exported = values.get("active_energy_export_wh")
        if exported is None:
            if self._exports:
                return
            exported = 0.0
        elif not self._exports:
            self._exports, self._start = True, None
        fell = self._start is not None and (
            imported - self._start[0] < self.imported_wh - 1e-6
            or exported - self._start[1] < self.exported_wh - 1e-6
        )
        if fell:
            self._restart(at_s)
        if self._start is None:
            self._start, self._start_s = (imported, exported), at_s
            self._running_drawn = self._running_fed = 0.0
            return
        self.imported_wh, self.exported_wh = imported - self._start[0], exported - self._start[1]
        self.drawn_wh, self.fed_wh = self._running_drawn, self._running_fed
        self.seconds = at_s - self._start_s

    @property
    def counts_export(self) -> bool:
        """Whether the meter has a counter of export as well."""
        return self._exports

    @property
    def span_s(self) -> float:
        """From the first to the newest reading without a long pause."""
        return 0.0 if self._last_s is None else self._last_s - self._began_s

    @property
    def power_w(self) -> float | None:
        """Mean active power."""
        return self._power / self.count if self.count else None

    @property
    def power_error_w(self) -> float:
        """Three standard errors of the mean power: readings are samples of a load that varies."""
        if self.count < 2:
            return math.inf
        mean = self._power / self.count
        variance = max(0.0, self._squares / self.count - mean * mean)
        return 3 * math.sqrt(variance / (self.count - 1))


class Tally:
    """The sums over many readings of one meter.

    ``amps`` are of all readings with any load; ``watts`` of the phases and of the ``total`` are of
    those that show them all.
    """

    __slots__ = (
        *("_parts", "amps", "channels", "facts", "flow", "names_l3", "names_load", "readings"),
        "total",
        *("voltages", "watts"),
    )

    def __init__(self, facts: MeterFacts) -> None:
        self.facts = facts
        self.readings = 0
        self.names_l3 = self.names_load = False
        self.channels = {phase: Channel() for phase in PHASES}
        self.total = Channel()
        self.amps = {phase: Mean() for phase in PHASES}
        self._parts = PHASES_OF.get(facts.wiring, PHASES)
        self.watts = {part: Mean() for part in (*self._parts, "total")}
        self.voltages = {name: Mean() for name in VOLTAGES}
        self.flow = Flow()

    def add(self, values: Values, at_s: float | None = None) -> bool:
        """Take in the values of one reading, taken at ``at_s``; True when there was load."""
        self.readings += 1
        self.names_l3 = self.names_l3 or any("l3" in name for name in values)
        self.names_load = self.names_load or any(name.startswith(_LOADS) for name in values)
        for name, mean in self.voltages.items():
            mean.add(values.get(VOLTAGES[name]))
        least_a = self.facts.least_current_a
        loaded = self._load_of_total(values)
        for phase, channel in self.channels.items():
            names = _GAUGES[phase]
            if values.get(names[0], 0.0) >= least_a:
                channel.add(values, names)
                loaded = True
        if loaded:
            self._add_loaded(values)
        if at_s is not None:
            self.flow.add(at_s, values)
        return loaded

    def _add_loaded(self, values: Values) -> None:
        self.total.add(values, _GAUGES["total"])
        for phase, mean in self.amps.items():
            mean.add(values.get(_GAUGES[phase][0]))
        watts = [(mean, values.get(_GAUGES[part][1])) for part, mean in self.watts.items()]
        if all(value is not None for _, value in watts):
            for mean, value in watts:
                mean.add(value)

    def _load_of_total(self, values: Values) -> bool:
        """Whether a meter that shows no phase's current shows load at all."""
        if any(f"current_{phase}_a" in values for phase in PHASES):
            return False
        mean_a = values.get("current_avg_a")
        if mean_a is not None:
            return mean_a >= self.facts.least_current_a
        return abs(values.get("active_power_w", 0.0)) >= self.facts.least_power_w

    def volts(self, name: str) -> float | None:
        """The mean of one voltage: ``l1``, ``l1_l2``, ``ll_avg``..."""
        return self.voltages[name].value
