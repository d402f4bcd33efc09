"""Faults that meters really show, by name, switched on and off while the plant runs.

Before: a test or a person who wants to see what happens. After: the meter server asks, for each
request, which fault its meter has. A meter has one fault of each group at most:

=============  =====================================================================
``silent``     it does not answer
``refuse``     it answers with exception 4, device failure
``short``      its answer lacks the last register
``wrong-unit`` its answer bears the next unit's id
``late``       its answer comes ``delay_s`` later, after the caller has given up
-------------  ---------------------------------------------------------------------
``reset``      its energy counters start again from zero
``replaced``   another meter hangs there, whose counters stood at ``start_wh``
``frozen``     its energy counters stand still while the load goes on
=============  =====================================================================
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

AnswerFault = Literal["silent", "refuse", "short", "wrong-unit", "late"]
CounterFault = Literal["reset", "replaced", "frozen"]
Group = Literal["answer", "counter"]

FAULTS: Mapping[str, Group] = MappingProxyType(
    {
        "silent": "answer",
        "refuse": "answer",
        "short": "answer",
        "wrong-unit": "answer",
        "late": "answer",
        "reset": "counter",
        "replaced": "counter",
        "frozen": "counter",
    }
)
"""Every fault and what it spoils: the answer on the wire, or the counter shown."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault: its name, since when (UTC ms), and what its kind needs."""

    name: AnswerFault | CounterFault
    since_ms: int = 0
    delay_s: float = 0.5
    start_wh: float = 0.0


class Faults:
    """The faults of a plant's meters now. Any thread may switch them; each change is whole."""

    def __init__(self) -> None:
        self._by_meter: dict[tuple[str, Group], Fault] = {}

    def inject(self, meter: str, fault: Fault) -> None:
        """From now on ``meter`` has this fault, in place of another of its group."""
        self._by_meter[meter, FAULTS[fault.name]] = fault

    def clear(self, meter: str) -> None:
        """The meter is sound again; its counters show the truth."""
        for group in set(FAULTS.values()):
            self._by_meter.pop((meter, group), None)

    def answer(self, meter: str) -> Fault | None:
        """The fault of the meter's answers, if any."""
        return self._by_meter.get((meter, "answer"))

    def counter(self, meter: str) -> Fault | None:
        """The fault of the meter's counters, if any."""
        return self._by_meter.get((meter, "counter"))
