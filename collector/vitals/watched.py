"""A store whose every call is a step of progress: what waits for it long is still alive."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, cast

from collector.rollup.totals import Total
from collector.storage.port import ReadingStore

TOTALS_AT_ONCE = 20_000
"""Years of totals are written in pieces, so that one call stays within minutes."""


def watched(store: ReadingStore, step: Callable[[], None]) -> ReadingStore:
    """The same store; ``step`` is called after each of its calls that has come to its end."""
    return cast(ReadingStore, _Watched(store, step))


class _Watched:
    def __init__(self, store: ReadingStore, step: Callable[[], None]) -> None:
        self._store, self._step = store, step

    def __getattr__(self, verb: str) -> Any:
        call = getattr(self._store, verb)

        def stepping(*args: Any, **kwargs: Any) -> Any:
            answer = call(*args, **kwargs)
            self._step()
            return answer

        return stepping

    def write_totals(self, totals: Sequence[Total]) -> None:
        for first in range(0, len(totals), TOTALS_AT_ONCE):
            self._store.write_totals(totals[first : first + TOTALS_AT_ONCE])
            self._step()
