"""What a whole fleet has done so far, and the verdict in the end: the ledger of a load test."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import asdict, dataclass, field

_STEP = 1.05
"""Waits are counted in classes, each 5 % above the one before."""
_LEAST_S = 0.0005


class Waits:
    """How long things took, in classes of 5 %: little memory, however many they are."""

    def __init__(self) -> None:
        self._classes: Counter[int] = Counter()
        self.most_s = 0.0

    def note(self, waited_s: float) -> None:
        """One wait."""
        self._classes[round(math.log(max(waited_s, _LEAST_S) / _LEAST_S, _STEP))] += 1
        self.most_s = max(self.most_s, waited_s)

    def within_s(self, part: float) -> float:
        """The time within which this part (0 to 1) of the waits ended, to 5 %; 0 for none."""
        left = part * sum(self._classes.values())
        for number, count in sorted(self._classes.items()):
            left -= count
            if left <= 0:
                return min(_LEAST_S * _STEP**number, self.most_s)
        return 0.0


@dataclass(slots=True)
class Tally:
    """Counts of the fleet: readings unless the name says otherwise.

    ``sent`` counts each reading once, ``sent_again`` every further time; ``unheard`` messages for
    which the broker had no subscriber, ``refused`` those that it did not take. ``receipt_waits``
    runs from the first time a live message was sent to its receipt.
    """

    given: int = 0
    sent: int = 0
    sent_again: int = 0
    receipted: int = 0
    rejected: int = 0
    messages: int = 0
    bytes_sent: int = 0
    unheard: int = 0
    refused: int = 0
    unreadable: int = 0
    credits: int = 0
    connected: int = 0
    connected_most: int = 0
    connections: int = 0
    losses: Counter[str] = field(default_factory=Counter)
    receipt_waits: Waits = field(default_factory=Waits)
    connect_waits: Waits = field(default_factory=Waits)

    def came_up(self, waited_s: float) -> None:
        """An agent is connected and hears its receipts, so long after it began to dial."""
        self.connected += 1
        self.connections += 1
        self.connected_most = max(self.connected_most, self.connected)
        self.connect_waits.note(waited_s)

    @property
    def open(self) -> int:
        """Readings that were given and are neither stored nor rejected by a receipt."""
        return self.given - self.receipted - self.rejected


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a play came to. ``lost`` are readings without a receipt when all waiting was over.

    ``readings_per_s`` are receipted readings over the time from the first to the last receipt;
    times in seconds.
    """

    agents: int
    meters: int
    connected_most: int
    connections: int
    given: int
    receipted: int
    rejected: int
    lost: int
    sent_again: int
    messages: int
    unheard: int
    refused: int
    unreadable: int
    losses: dict[str, int]
    readings_per_s: float
    mb_sent: float
    receipt_median_s: float
    receipt_95_s: float
    receipt_most_s: float
    connect_median_s: float
    connect_most_s: float
    seconds: float

    @property
    def clean(self) -> bool:
        """Whether every agent came up and every reading has its receipt as stored."""
        return not (self.lost or self.rejected) and self.connected_most == self.agents

    def as_json(self) -> dict[str, object]:
        """The verdict as a JSON object, ``clean`` first."""
        return {"clean": self.clean, **asdict(self)}


def verdict(tally: Tally, agents: int, meters: int, seconds: float, taking_s: float) -> Verdict:
    """Judge a play of ``seconds``; receipts came for ``taking_s`` of them."""
    waits, dials = tally.receipt_waits, tally.connect_waits
    return Verdict(
        *(agents, meters, tally.connected_most, tally.connections),
        *(tally.given, tally.receipted, tally.rejected, tally.open),
        *(tally.sent_again, tally.messages, tally.unheard, tally.refused, tally.unreadable),
        losses=dict(tally.losses),
        readings_per_s=round(tally.receipted / taking_s, 1) if taking_s > 0 else 0.0,
        mb_sent=round(tally.bytes_sent / 1e6, 3),
        receipt_median_s=round(waits.within_s(0.5), 4),
        receipt_95_s=round(waits.within_s(0.95), 4),
        receipt_most_s=round(waits.most_s, 4),
        connect_median_s=round(dials.within_s(0.5), 4),
        connect_most_s=round(dials.most_s, 4),
        seconds=round(seconds, 1),
    )
