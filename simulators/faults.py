"""Faults that meters, lines and fitters really show, by name, switched while the plant runs.

Before: a test or a person who wants to see what happens. After: the meter server asks, for each
request, which faults its meter and its link have. One fault of each group at most:

=============  =====================================================================
``silent``     it does not answer
``dead``       the same, and meant to stay: it has no power
``refuse``     it answers with exception 4, device failure
``short``      its answer lacks the last register
``wrong-unit`` its answer bears the next unit's id
``late``       its answer comes ``delay_s`` later, after the caller has given up
``slow``       its answer comes ``delay_s`` later, and the caller still waits
``noisy``      in so large a ``share`` of its answers bits are wrong
-------------  ---------------------------------------------------------------------
``doubled``    it listens to ``unit_id``, which another unit of the line has too
-------------  ---------------------------------------------------------------------
``reset``      its energy counters start again from zero
``replaced``   another meter hangs there, whose counters stood at ``start_wh``
``frozen``     its energy counters stand still while the load goes on
=============  =====================================================================

A link may be ``dead`` (cut through), ``noisy``, or ``full``: it takes no further connection.
Miswirings are no faults of this table but a meter's ``Hookup``; ``rewire`` changes it.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from simulators.hookup import Hookup

AnswerFault = Literal["silent", "dead", "refuse", "short", "wrong-unit", "late", "slow", "noisy"]
IdFault = Literal["doubled"]
CounterFault = Literal["reset", "replaced", "frozen"]
LinkFault = Literal["dead", "noisy", "full"]
Group = Literal["answer", "id", "counter"]

FAULTS: Mapping[str, Group] = MappingProxyType(
    {
        **dict.fromkeys(
            ("silent", "dead", "refuse", "short", "wrong-unit", "late", "slow", "noisy"), "answer"
        ),
        "doubled": "id",
        **dict.fromkeys(("reset", "replaced", "frozen"), "counter"),
    }
)
"""Every fault of a meter and what it spoils: the answer on the wire, the id, the counter."""
LINK_FAULTS: tuple[LinkFault, ...] = ("dead", "noisy", "full")


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault: its name, since when (UTC ms), and what its kind needs."""

    name: AnswerFault | IdFault | CounterFault | LinkFault
    since_ms: int = 0
    delay_s: float = 0.5
    start_wh: float = 0.0
    share: float = 0.3
    unit_id: int = 1


@dataclass(frozen=True, slots=True)
class Rewired:
    """A meter's connection from an instant on (UTC ms)."""

    since_ms: int
    hookup: Hookup


class Faults:
    """The faults of a plant's meters and links now; ``seed`` is that of the noise.

    Any thread may switch them; each change is whole.
    """

    def __init__(self, seed: int = 1) -> None:
        self._by_meter: dict[tuple[str, Group], Fault] = {}
        self._by_link: dict[str, Fault] = {}
        self._rewired: dict[str, tuple[Rewired, ...]] = {}
        self._random = random.Random(seed)

    def inject(self, meter: str, fault: Fault) -> None:
        """From now on ``meter`` has this fault, in place of another of its group."""
        self._by_meter[meter, FAULTS[fault.name]] = fault

    def clear(self, meter: str) -> None:
        """The meter is sound again; its counters show the truth. Its wiring stays as it is."""
        for group in set(FAULTS.values()):
            self._by_meter.pop((meter, group), None)

    def inject_link(self, link: str, fault: Fault) -> None:
        """From now on the whole ``link`` has this fault. ``ValueError`` for one of a meter."""
        if fault.name not in LINK_FAULTS:
            raise ValueError(f"{fault.name} is no fault of a link: {', '.join(LINK_FAULTS)}")
        self._by_link[link] = fault

    def clear_link(self, link: str) -> None:
        """The link is sound again."""
        self._by_link.pop(link, None)

    def rewire(self, meter: str, hookup: Hookup, at_ms: int) -> None:
        """From ``at_ms`` on ``meter`` is connected like this; what it counted before stays.

        Instants only go forward.
        """
        self._rewired[meter] = (*self._rewired.get(meter, ()), Rewired(at_ms, hookup))

    def answer(self, meter: str) -> Fault | None:
        """The fault of the meter's answers, if any."""
        return self._by_meter.get((meter, "answer"))

    def doubled(self, meter: str) -> Fault | None:
        """The fault of the meter's unit id, if any."""
        return self._by_meter.get((meter, "id"))

    def counter(self, meter: str) -> Fault | None:
        """The fault of the meter's counters, if any."""
        return self._by_meter.get((meter, "counter"))

    def link(self, link: str) -> Fault | None:
        """The fault of the link, if any."""
        return self._by_link.get(link)

    def rewired(self, meter: str) -> tuple[Rewired, ...]:
        """How the meter was connected anew since the start, oldest first."""
        return self._rewired.get(meter, ())

    def strikes(self, fault: Fault) -> bool:
        """Whether a fault that befalls a share of the answers befalls this one."""
        return self._random.random() < fault.share

    def with_wrong_bits(self, frame: bytes) -> bytes:
        """The frame with one to three bits turned."""
        bits = int.from_bytes(frame, "big")
        for place in self._random.sample(range(8 * len(frame)), self._random.randint(1, 3)):
            bits ^= 1 << place
        return bits.to_bytes(len(frame), "big")

    def garbled(self, frame: bytes) -> bytes:
        """What is heard of a frame at the wrong settings: about as many bytes, all wrong."""
        return self._random.randbytes(max(1, len(frame) - self._random.randint(0, 2)))
