"""The pace of the back lane, so that a fleet coming back cannot flood broker or database.

Three things hold a backlog back: a token bucket, filled at the collector's credit or, where none is
heard, at the agent's own rate; a wait drawn by lot after each new connection; and lots, so that
messages go out well filled. Readings of now are not its business. Pure: ``forward`` hands in the
time, the caller the lot.
"""

from __future__ import annotations

from random import Random

from edge_agent.contract.credit import LEAST_READINGS_PER_S, VALID_S

LOT_S = 1.0
"""The backlog goes in lots of about so much time's worth: a message takes up to sixty polls."""
LEAST_LOT = 60.0


class Bucket:
    """Tokens that drip in at ``per_s``, at most ``most`` of them; starts full.

    Over any stretch of time no more is taken out than ``per_s`` x time + ``most``, as long as no
    more is taken at a time than there is.
    """

    def __init__(self, per_s: float, most: float) -> None:
        self._per_s, self._most = per_s, most
        self._tokens, self._at_s = most, float("-inf")

    def set_rate(self, per_s: float, most: float, now_s: float) -> None:
        """Drip at another rate from now on; what is above the new bound is spilt."""
        self._tokens = min(self.level(now_s), most)
        self._per_s, self._most = per_s, most

    def level(self, now_s: float) -> float:
        """How many tokens there are now."""
        passed_s = max(now_s - self._at_s, 0.0)
        self._tokens = min(self._tokens + passed_s * self._per_s, self._most)
        self._at_s = max(now_s, self._at_s)
        return self._tokens

    def take(self, count: float) -> None:
        """Take tokens out, as of the last look at the level."""
        self._tokens -= count


class Pace:
    """How fast and from when on one agent sends its backlog; for one thread.

    ``readings_per_s`` is the rate without a credit, ``jitter_s`` the longest wait after a new
    connection. All times are monotonic seconds.
    """

    def __init__(self, readings_per_s: float, jitter_s: float, random: Random) -> None:
        self.readings_per_s = self._own_per_s = max(readings_per_s, LEAST_READINGS_PER_S)
        self._jitter_s, self._random = jitter_s, random
        self._bucket = Bucket(self._own_per_s, 2 * _lot(self._own_per_s))
        self._connection = 0
        self._from_s = float("-inf")
        self._valid_until_s = float("inf")

    def is_new(self, connection: int) -> bool:
        """Whether ``begin`` has not been told of this connection."""
        return connection != self._connection

    def begin(self, connection: int, waited_s: float, now_s: float) -> None:
        """A new connection, with readings that have waited for up to ``waited_s``.

        The backlog waits for a time drawn from zero to that, at most ``jitter_s``: a short hiccup
        costs little, and a fleet after a long outage spreads. An earlier credit is void.
        """
        self._connection = connection
        self._from_s = now_s + self._random.uniform(0.0, max(min(self._jitter_s, waited_s), 0.0))
        self._by_itself(now_s)

    def hear(self, readings_per_s: float, now_s: float) -> None:
        """The collector's credit."""
        self._set_rate(max(readings_per_s, LEAST_READINGS_PER_S), now_s)
        self._valid_until_s = now_s + VALID_S

    def allowance(self, now_s: float) -> int:
        """How many readings of the backlog may go out now; nothing until there is a lot of them."""
        if now_s < self._from_s:
            return 0
        if now_s > self._valid_until_s:
            self._by_itself(now_s)
        level = self._bucket.level(now_s)
        return int(level) if level >= _lot(self.readings_per_s) else 0

    def spend(self, count: int) -> None:
        """So many of what was allowed have gone out."""
        self._bucket.take(count)

    def _by_itself(self, now_s: float) -> None:
        self._set_rate(self._own_per_s, now_s)
        self._valid_until_s = float("inf")

    def _set_rate(self, readings_per_s: float, now_s: float) -> None:
        self.readings_per_s = readings_per_s
        self._bucket.set_rate(readings_per_s, 2 * _lot(readings_per_s), now_s)


def _lot(per_s: float) -> float:
    return max(per_s * LOT_S, LEAST_LOT)
