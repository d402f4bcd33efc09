"""PURE. What has been begun in order, finishes in any order, and counts as done in order."""

from __future__ import annotations

from collections import deque
from collections.abc import Hashable
from typing import Generic, TypeVar

T = TypeVar("T", bound=Hashable)


class InOrder(Generic[T]):
    """Items under way. One counts as done only when all that were begun before it are finished."""

    def __init__(self) -> None:
        self._begun: deque[T] = deque()
        self._finished: set[T] = set()

    def __len__(self) -> int:
        return len(self._begun)

    def begin(self, item: T) -> None:
        """Note an item, different from all that are under way."""
        self._begun.append(item)

    def finish(self, item: T) -> list[T]:
        """Note that an item is finished; answers those that are done by that, the oldest first."""
        self._finished.add(item)
        done: list[T] = []
        while self._begun and self._begun[0] in self._finished:
            self._finished.discard(self._begun[0])
            done.append(self._begun.popleft())
        return done
