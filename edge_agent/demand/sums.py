"""A running sum over time, of the last minutes. PURE."""

from __future__ import annotations

from bisect import bisect_left

SPARE = 64
"""So many old points may stay before the list is cut: cutting each time would cost more."""


class Sums:
    """Points (instant in ms, sum so far), ascending; between them the sum grows evenly."""

    def __init__(self) -> None:
        self._at_ms: list[int] = []
        self._sums: list[float] = []

    def __bool__(self) -> bool:
        return bool(self._at_ms)

    @property
    def first_ms(self) -> int:
        """The first instant; ``IndexError`` without points."""
        return self._at_ms[0]

    @property
    def last_ms(self) -> int:
        """The last instant; ``IndexError`` without points."""
        return self._at_ms[-1]

    def add(self, at_ms: int, more: float) -> None:
        """Append a point after the last one: the sum has grown by ``more`` since."""
        self._sums.append((self._sums[-1] if self._sums else 0.0) + more)
        self._at_ms.append(at_ms)

    def at(self, at_ms: int) -> float:
        """The sum at an instant; before the first and after the last point as there."""
        place = bisect_left(self._at_ms, at_ms)
        if place == len(self._at_ms):
            return self._sums[-1]
        if place == 0 or self._at_ms[place] == at_ms:
            return self._sums[place]
        before, after = self._at_ms[place - 1], self._at_ms[place]
        share = (at_ms - before) / (after - before)
        return self._sums[place - 1] + share * (self._sums[place] - self._sums[place - 1])

    def between(self, from_ms: int, to_ms: int) -> float:
        """What the sum grew by."""
        return self.at(to_ms) - self.at(from_ms)

    def forget(self, before_ms: int) -> None:
        """Drop what is older; one point before the bound stays, to interpolate from."""
        old = bisect_left(self._at_ms, before_ms) - 1
        if old > SPARE:
            del self._at_ms[:old]
            del self._sums[:old]
