"""A bound on time and memory around a parser: what hangs or swells becomes an error here."""

from __future__ import annotations

import resource
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

LONGEST_S = 20
"""Far above what any input of the fuzzers takes, on any machine that tests."""
MOST_GROWTH_KIB = 512 * 1024


class HangError(AssertionError):
    """A parser did not come back."""


@contextmanager
def bounded() -> Iterator[None]:
    """Run the block; raises ``HangError`` in it after ``LONGEST_S``."""

    def late(_: int, __: FrameType | None) -> None:
        raise HangError(f"no answer within {LONGEST_S} s")

    before = signal.signal(signal.SIGALRM, late)
    signal.alarm(LONGEST_S)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def peak_kib() -> int:
    """The most memory that this process has held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
