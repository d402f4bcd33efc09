"""Plays the past through the real code: poll, commit, forward, ingest, under the injected clock."""

from __future__ import annotations

import time
from collections.abc import Callable

from edge_agent.errors import StopError
from simulators.demo.options import DAY_MS
from simulators.demo.stage import Stage

POLLS_A_BELT = 60
"""Polls between two runs of the belt: one full message a meter."""
DRAIN_TIMEOUT_S = 150.0
"""Longer than the outbox waits before it sends again what a broker has dropped."""
STEP_S = 0.02
Advance = Callable[[int], None]
"""Told how many polls have been played."""


def replay(stage: Stage, advance: Advance) -> None:
    """Poll the plant at every instant of the span and bring all of it into the store."""
    instants, summed_ms = stage.span.instants, stage.span.from_ms
    for count, at_ms in enumerate(instants, start=1):
        stage.clock.set(at_ms)
        stage.agent.poll_once()
        if count % POLLS_A_BELT == 0:
            run_belt(stage)
            advance(POLLS_A_BELT)
        if at_ms - summed_ms >= DAY_MS:
            stage.collector.summarise_once()
            summed_ms = at_ms
    drain(stage)
    stage.collector.summarise_once()
    stage.collector.figures_once()  # once: made day by day they would cost the replay a fifth more
    advance(len(instants) % POLLS_A_BELT)


def run_belt(stage: Stage) -> None:
    """One turn of what lies between meter and store, without waiting for it to be empty."""
    stage.agent.commit()
    stage.agent.forward_once()
    stage.collector.ingest_once()


def drain(stage: Stage) -> None:
    """Turn the belt until every reading has its receipt.

    Raises ``StopError`` when that takes longer than ``DRAIN_TIMEOUT_S`` without any progress.
    """
    depth, since = stage.agent.status().outbox_depth, time.monotonic()
    while depth:
        run_belt(stage)
        stage.collector.ingest_once(STEP_S)
        now = stage.agent.status().outbox_depth
        if now < depth:
            since = time.monotonic()
        elif time.monotonic() - since > DRAIN_TIMEOUT_S:
            fault = stage.agent.status().last_fault or stage.collector.status().last_fault
            raise StopError(
                f"{now} readings wait in the outbox and none was receipted for "
                f"{DRAIN_TIMEOUT_S:.0f} s: {fault or 'no fault was reported'}",
                "are broker and store running? run again; what was stored stays stored",
            )
        depth = now
