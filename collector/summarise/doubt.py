"""What is to be judged again when a counter turns out to count faster than was known.

What is usual is learnt from the readings of one run, and only ever raised. So that the order in
which readings land does not decide what is booked, what was judged by less is judged again. Two
orders may still end in a different usual power, and with it in other bounds of an event; the energy
differs only where a step lies between the two, far above all that the meter usually shows. A
meter with a rated power knows nothing of this: its ledger is the same in any order.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from collector.rollup.curve import EventKind
from collector.rollup.periods import Window
from collector.summarise.desk import Desk

FIRST_MS = 4 * 86_400_000
"""When nothing was usual yet, no step was too steep: so far around all is judged again."""
TOO_STEEP: frozenset[EventKind] = frozenset({"replaced", "frozen"})
"""What a step is taken for that is too steep for the power known."""


def doubted(
    desk: Desk,
    meter: str,
    changed: Window,
    known: Mapping[str, float | None],
    learnt: Mapping[str, float | None],
) -> Iterator[Window]:
    """The stretches of a meter whose judgement hangs on the power its counters usually show (W).

    ``known`` and ``learnt`` are by counter. A higher one never makes a plain step too steep, so
    only steps that were found so are in doubt.
    """
    raised = {name for name, power_w in learnt.items() if power_w != known[name]}
    if any(known[name] is None for name in raised):
        yield Window(changed.start_ms - FIRST_MS, changed.end_ms + FIRST_MS)
    for entry in desk.evidence.events.list(desk.site, meter):
        event = entry.event
        if entry.quantity in raised and event.kind in TOO_STEEP and not event.ruled:
            yield Window(event.at_ms, event.at_ms + 1)
