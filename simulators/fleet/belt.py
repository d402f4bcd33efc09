"""What a played agent has given and has no receipt for: its outbox, without a disk. PURE.

It holds numbers of messages only (``numbering``). Two lanes as the agent's: what is younger than
``LIVE_WINDOW_MS`` is live. What has been sent and got no receipt within ``RESEND_AFTER_S`` is sent
again, what was on its way when a connection ended at once on the next.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable

from edge_agent.contract.wire import Range
from simulators.fleet.numbering import Numbering, Portion, joined

LIVE_WINDOW_MS = 60_000
RESEND_AFTER_S = 60.0
SOON_S = 5.0
"""What the broker had no subscriber for is sent again after so long."""


class Belt:
    """The messages of one agent between their polls and their receipts."""

    def __init__(self, numbering: Numbering) -> None:
        self.numbering = numbering
        self._live: deque[int] = deque()
        self._back: deque[int] = deque(range(numbering.backlog_messages))
        self._sent: dict[int, float] = {}
        self._first_sent: dict[int, float] = {}
        self._next = numbering.backlog_messages

    def __len__(self) -> int:
        """How many messages have no receipt yet."""
        return len(self._live) + len(self._back) + len(self._sent)

    @property
    def waits(self) -> bool:
        """Whether anything is to be sent."""
        return bool(self._live or self._back)

    @property
    def given(self) -> int:
        """How many readings were given so far, the backlog's too."""
        return self.numbering.portion(self._next).first_seq - 1

    def give(self) -> None:
        """One round: a message of each meter."""
        end = self._next + self.numbering.meters
        self._live.extend(range(self._next, end))
        self._next = end

    def live(self, now_ms: int) -> Portion | None:
        """The next message of now, after what has grown old went to the back lane."""
        while self._live:
            found = self.numbering.portion(self._live[0])
            if now_ms - found.first_ms < LIVE_WINDOW_MS + self._span_ms():
                return found
            self._back.append(self._live.popleft())
        return None

    def back(self) -> Portion | None:
        """The oldest message of the backlog."""
        return self.numbering.portion(self._back[0]) if self._back else None

    def sent(self, portion: Portion, now_s: float) -> bool:
        """The portion that ``live`` or ``back`` gave has gone out; whether for the first time."""
        lane = self._live if self._live and self._live[0] == portion.number else self._back
        lane.popleft()
        self._sent[portion.number] = now_s
        fresh = portion.number not in self._first_sent
        self._first_sent.setdefault(portion.number, now_s)
        return fresh

    def settle(self, ranges: Iterable[Range], now_s: float) -> list[tuple[Portion, float]]:
        """The messages that a receipt closes, each with the seconds since it was first sent."""
        closed = []
        for first, last in joined(ranges):
            for number in self.numbering.whole(first, min(last, self.given)):
                if self._take(number):
                    waited_s = now_s - self._first_sent.pop(number)
                    closed.append((self.numbering.portion(number), waited_s))
        return closed

    def unheard(self, number: int, now_s: float) -> None:
        """The broker had no subscriber for a message."""
        if number in self._sent:
            self._sent[number] = now_s - RESEND_AFTER_S + SOON_S

    def expire(self, now_s: float) -> None:
        """What has waited too long for its receipt waits to be sent again."""
        self._again([n for n, at_s in self._sent.items() if now_s - at_s >= RESEND_AFTER_S])

    def lost_connection(self) -> None:
        """What was on its way waits to be sent again."""
        self._again(list(self._sent))

    def waited_ms(self, now_ms: int) -> int:
        """How old the oldest reading is that waits to be sent, 0 when none does."""
        heads = [lane[0] for lane in (self._back, self._live) if lane]
        found = [self.numbering.portion(number).first_ms for number in heads]
        return max(now_ms - min(found), 0) if found else 0

    def _span_ms(self) -> int:
        return (self.numbering.polls - 1) * self.numbering.every_ms

    def _again(self, numbers: list[int]) -> None:
        for number in numbers:
            del self._sent[number]
        # `live` sorts them into the back lane when they are too old.
        old = [n for n in numbers if n < self.numbering.backlog_messages]
        young = [n for n in numbers if n >= self.numbering.backlog_messages]
        self._back = deque(sorted((*old, *self._back)))
        self._live = deque(sorted((*young, *self._live)))

    def _take(self, number: int) -> bool:
        """Forget a message, wherever it is; False when a receipt has closed it before."""
        if self._sent.pop(number, None) is not None:
            return True
        for lane in (self._live, self._back):
            if number in self._first_sent and number in lane:
                lane.remove(number)
                return True
        return False
