"""Which readings a played agent gives under which numbers: it follows from a few facts. PURE.

So nothing needs to be kept of a reading until its receipt: a message is made again from its number.
First come the messages of the backlog, sixty polls of one meter each as an agent sends them, then
those of now, ``polls`` of one meter each.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from edge_agent.contract.wire import Range

POLLS_A_MESSAGE = 60
"""What an agent puts into one message of its backlog."""


@dataclass(frozen=True, slots=True)
class Portion:
    """Message ``number``: ``polls`` polls of one meter; a reading's outbox number counts from 1."""

    number: int
    meter: int
    first_seq: int
    polls: int
    first_ms: int

    def instants_ms(self, every_ms: int) -> tuple[int, ...]:
        """When each of its polls was."""
        return tuple(range(self.first_ms, self.first_ms + self.polls * every_ms, every_ms))

    def among(self, first: int, last: int) -> int:
        """How many of its readings have outbox numbers from ``first`` to ``last``."""
        end = self.first_seq + self.polls - 1
        return max(min(last, end) - max(first, self.first_seq) + 1, 0)


@dataclass(frozen=True, slots=True)
class Numbering:
    """An agent's ``meters``, polled each ``every_ms``; ``start_ms`` is its first poll of now.

    ``polls`` of a meter make one message; ``backlog`` polls of each lie before the start.
    """

    meters: int
    every_ms: int
    start_ms: int
    polls: int = 1
    backlog: int = 0

    @property
    def backlog_messages(self) -> int:
        """Messages of the backlog."""
        return -(-self.backlog // POLLS_A_MESSAGE) * self.meters

    def portion(self, number: int) -> Portion:
        """What message ``number`` (from 0) holds."""
        chunk, meter = divmod(number, self.meters)
        if number < self.backlog_messages:
            before = chunk * POLLS_A_MESSAGE
            polls = min(POLLS_A_MESSAGE, self.backlog - before)
            first_ms = self.start_ms - (self.backlog - before) * self.every_ms
        else:
            before = (chunk - self.backlog_messages // self.meters) * self.polls
            polls, first_ms = self.polls, self.start_ms + before * self.every_ms
            before += self.backlog
        return Portion(number, meter, before * self.meters + meter * polls + 1, polls, first_ms)

    def number_of(self, seq: int) -> int:
        """The message that holds the reading ``seq`` (from 1)."""
        at = seq - 1
        if at >= (behind := self.backlog * self.meters):
            return self.backlog_messages + (at - behind) // self.polls
        chunk, within = divmod(at, POLLS_A_MESSAGE * self.meters)
        polls = min(POLLS_A_MESSAGE, self.backlog - chunk * POLLS_A_MESSAGE)
        return chunk * self.meters + within // polls

    def whole(self, first: int, last: int) -> range:
        """The messages all of whose readings lie between two outbox numbers, both included."""
        low, high = self.number_of(first), self.number_of(last)
        if self.portion(low).first_seq < first:
            low += 1
        end = self.portion(high)
        if end.first_seq + end.polls - 1 > last:
            high -= 1
        return range(low, high + 1)


def joined(ranges: Iterable[Range]) -> list[Range]:
    """The ranges in order, those that touch or overlap made one."""
    found: list[Range] = []
    for first, last in sorted(ranges):
        if found and first <= found[-1][1] + 1:
            found[-1] = (found[-1][0], max(last, found[-1][1]))
        else:
            found.append((first, last))
    return found
