"""From raw counter values to a curve of cumulative energy: the door of the counter engine.

Stands first in the roll-up: the store's samples come in, ``energy`` cuts the curve into slots. A
counter only ever says how much has gone through since its beginning, so energy is what lies
between two values. What breaks that is told by what is known of the meter and by the values
before and after, never by one rule for all:

plain       a rise that the steepest plausible course allows, or a fall of one step: booked
gap         no value for longer than the limit: the rise is booked, spread evenly, as estimated
glitch      one to three values, or ten minutes of them, off a course that goes on: left out
rollover    the register ran full and began at zero: booked across it. After a gap in which it may
            have run full unseen, as often as agrees best with the power around it, as estimated
reset       a fall to about zero that stayed, to no more than the power around it makes likely
replaced    a known change of meters, or a step up or down that stayed and nothing else explains
ratio       a known change of CT or VT ratio
frozen      equal values, then a rise too steep for its step that fits the whole stretch: booked
            over the stretch, as estimated. With measured ``power`` also a counter that stands
            still for minutes while surely more flows than a few counter steps: the power's energy
            is booked; when the counter catches up, its own rise takes that place
undecided   a step at the newest end, before enough values have followed: the curve ends before it

Over a reset, replaced or ratio step the counter says nothing. No longer than the gap limit, the
mean power of up to three measured steps on each side times its duration is booked, never more
than the steepest plausible course, and marked estimated; over a reset at least the value after
it. Longer, only what is certain is booked (the value after a reset, else nothing), and marked
missing. A value after a reset that the power around it does not make likely is no lower bound.
Where the meter is known to have changed but the counter goes on as before, the step is measured;
where it leapt by the known ratio, its counts bound the energy.

The steepest plausible course is twice the rated power, else ten times the usual power when the
caller or a closed series gives one (for energy 500 kW at least: what is usual cannot tell a large
machine's start from a small meter's end); else no rise is too steep. Every event carries what was
booked, why, and bounds on the true energy of its step. A user's ruling decides a step instead.

Nothing here assumes import or Wh: an export or varh counter goes the same way, in thousandths of
its own unit where names say milli-Wh. All energy is whole milli-Wh, so sums add up exactly.
A stretch of samples gives the same curve as the whole series does, from the first few ordinary
samples on, unless it begins within equal values that end in a leap (``begins_frozen``).
"""

from __future__ import annotations

from collections.abc import Sequence

from collector.rollup.counter_facts import (
    ChangeKind,
    CounterFacts,
    MeterChange,
    Ruling,
    RulingKind,
    register_modulus_wh,
)
from collector.rollup.course import BEGIN_SAMPLES, FALSE_RUN_MS, FALSE_RUN_SAMPLES, Course
from collector.rollup.curve import (
    NOT_SETTLED_MS,
    Bridge,
    CounterEvent,
    EnergyCurve,
    EventKind,
    Quality,
)
from collector.rollup.frozen import thawed
from collector.rollup.pace import pace_of
from collector.rollup.power import PowerRecord
from collector.rollup.series import counter_series
from collector.rollup.stretch import NEIGHBOUR_STEPS
from collector.rollup.usual import usual_power_w
from collector.rollup.verdicts import curve_of

__all__ = [
    "BEGIN_SAMPLES",
    "GAP_LIMIT_MS",
    "NOT_SETTLED_MS",
    "REACH_MS",
    "REACH_SAMPLES",
    "Bridge",
    "ChangeKind",
    "CounterEvent",
    "CounterFacts",
    "EnergyCurve",
    "EventKind",
    "MeterChange",
    "Quality",
    "Ruling",
    "RulingKind",
    "energy_curve",
    "register_modulus_wh",
    "usual_power_w",
]

GAP_LIMIT_MS = 15 * 60_000
"""Values further apart than this are bridged by estimation, unless the caller says otherwise."""
REACH_SAMPLES = 2 * FALSE_RUN_SAMPLES + NEIGHBOUR_STEPS + 3
REACH_MS = 3 * FALSE_RUN_MS
"""A sample that is new changes how others are judged as far as this, whichever is further."""


def energy_curve(
    samples: Sequence[tuple[int, float]],
    facts: CounterFacts,
    gap_limit_ms: int = GAP_LIMIT_MS,
    *,
    power: Sequence[tuple[int, float]] = (),
    closed: bool = False,
) -> EnergyCurve:
    """Turn counter samples (UTC ms, Wh) into the curve of the energy that went through.

    ``power`` is measured power (UTC ms, W), positive in the direction the counter counts.
    ``closed``: nothing follows the last sample (a logger's file), so the end is judged with what
    there is, false values there are left out, and where neither rated nor usual power is known the
    usual one is found in the samples.

    Takes time in proportion to the number of samples. Raises ``ValueError`` when samples are not
    in strict order of time or a value is negative or no number, naming the sample.
    """
    series = counter_series(samples, facts)
    pace = pace_of(facts, usual_power_w(samples) if closed else None)
    record = PowerRecord(power, gap_limit_ms) if power else None
    course = Course(series, pace, gap_limit_ms, record, closed)
    course.walk()
    curve = curve_of(course, facts, gap_limit_ms)
    return curve if record is None else thawed(curve, record, pace, facts.unit)
