"""Probes one after the other, each in its time: what hangs is told, and the next one begins.

One after the other, since a second probe at work would spoil what the first one times.
"""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from edge_agent.probes.finding import Finding, fault

log = logging.getLogger(__name__)
ROUND_S = 27.0
"""The time of a whole round."""


@dataclass(frozen=True, slots=True)
class Probe:
    """``ask`` yields findings of ``subject``, within ``within_s``."""

    subject: str
    ask: Callable[[], Iterable[Finding]]
    within_s: float


def examine(probes: Iterable[Probe], round_s: float = ROUND_S) -> Iterator[Finding]:
    """Every finding, as soon as it is known. A probe that is late or fails is itself a fault."""
    end_s = time.monotonic() + round_s
    for probe in probes:
        limit_s = min(probe.within_s, end_s - time.monotonic())
        if limit_s <= 0:
            yield _late(probe, 0.0)
            continue
        yield from _within(probe, limit_s)


def _within(probe: Probe, limit_s: float) -> Iterator[Finding]:
    found: queue.Queue[Finding | None] = queue.Queue()
    # A daemon: a disk that never answers must not keep the process either.
    threading.Thread(target=_ask, args=(probe, found), name=probe.subject, daemon=True).start()
    end_s = time.monotonic() + limit_s
    while True:
        try:
            finding = found.get(timeout=max(end_s - time.monotonic(), 0.001))
        except queue.Empty:
            yield _late(probe, limit_s)
            return
        if finding is None:
            return
        yield finding


def _ask(probe: Probe, found: queue.Queue[Finding | None]) -> None:
    try:
        for finding in probe.ask():
            found.put(finding)
    except Exception as error:
        log.debug("the probe of %s failed", probe.subject, exc_info=True)
        what = f"this probe failed: {type(error).__name__}: {error}"
        found.put(fault(probe.subject, what, "Nothing is known of it.", "Please report this line."))
    found.put(None)


def _late(probe: Probe, limit_s: float) -> Finding:
    return fault(
        probe.subject,
        f"no answer within {limit_s:.3g} s" if limit_s else "not measured, the time was up",
        "Something here hangs or is very slow; nothing else is known of it.",
        "Look at it by hand, then run the doctor again.",
    )
