"""Reversed transformers where the plant generates: the sun does not shine at night. PURE.

Solar power makes phases flow back by day, together or one alone, but all of them draw by night. A
reversed transformer shows its phase the other way at both times: drawing when the others flow back,
flowing back when they draw. So a phase that is against the others in nearly every quarter-hour of
a whole day is looked at.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping

from edge_agent.wiring.mistakes import safety
from edge_agent.wiring.tally import Tally
from edge_agent.wiring.verdict import Look, Outcome, Verdict
from edge_agent.wiring.view import shown, view_of
from edge_agent.words import joined, said

DAY_S = 86_400.0
COVERED_S = 72_000.0
"""From the first to the last quarter-hour under load: 20 hours hold any night."""
LEAST = 40
"""So many quarter-hours that tell are the least."""
NEARLY_ALL = 0.95
BACK = 0.8
"""A quarter-hour's direction is that of at least so many of its readings; else it has none."""
MOST_ROWS = 200

_Odd = frozenset[str]
"""The phases that are against the others: one of three, both of two, or none."""


class Nights:
    """Which phases were against the others, in each quarter-hour under load of the last day."""

    def __init__(self) -> None:
        self._rows: deque[tuple[float, _Odd]] = deque(maxlen=MOST_ROWS)

    def add(self, at_s: float, tally: Tally) -> Outcome | None:
        """Take in a tally that ended at ``at_s``; None where directions are judged at once."""
        view = view_of(tally)
        if not tally.facts.generates or len(view.phases) < 2:
            return None
        rows = view.channels
        shares = {name: row.backward_share for name, row in rows.items() if row.p.count}
        ways = {name: _way(share) for name, share in shares.items()}
        if len(ways) == len(view.phases) and all(ways.values()):
            self._rows.append((at_s, _odd(ways)))
        while self._rows and not 0 <= at_s - self._rows[0][0] <= DAY_S:
            self._rows.popleft()
        return self._outcome()

    def _outcome(self) -> Outcome:
        title = said("direction of the currents by night as by day")
        span_s = self._rows[-1][0] - self._rows[0][0] if self._rows else 0.0
        if span_s < COVERED_S or len(self._rows) < LEAST:
            why = said("needs a day of load on all phases")
            return Outcome(Look("nights", title, False, why))
        look = Look("nights", title, True)
        counts: dict[_Odd, int] = {}
        for _, odd in self._rows:
            counts[odd] = counts.get(odd, 0) + 1
        odd = max(counts, key=lambda row: counts[row])
        if not odd or counts[odd] < NEARLY_ALL * len(self._rows):
            return Outcome(look)
        return Outcome(look, (_verdict(odd, len(self._rows)),))


def _way(share: float) -> int:
    """1 for drawing, -1 for flowing back, 0 for now this, now that."""
    return -1 if share >= BACK else 1 if share <= 1 - BACK else 0


def _odd(ways: Mapping[str, int]) -> _Odd:
    total = sum(ways.values())
    if len(ways) == 2:
        return frozenset(ways) if total == 0 else frozenset()
    return frozenset(phase for phase, way in ways.items() if way * total < 0)


def _verdict(odd: _Odd, count: int) -> Verdict:
    phases = tuple(map(shown, sorted(odd)))
    names = ", ".join(phases)
    if len(phases) > 1:
        title = said("one of the CTs of {phases} is reversed", phases=names)
    else:
        title = said("CT of {phases} reversed", phases=names)
    todo = said(
        "Look at the CT of {phases} while the generation is off: its direction, its phase.",
        phases=names,
    )
    return Verdict(
        kind="reversed_ct",
        severity="check",
        title=title,
        evidence=said(
            "{phases}: the other way round in nearly all of {count} quarter-hours of a day, by "
            "night as by day",
            phases=names,
            count=count,
        ),
        todo=joined(" ", [todo, safety()]),
        check="nights",
        phases=phases,
    )
