"""Fault 10: a slow, chopped, cut off or reset link; and the collector behind a silent one."""

from __future__ import annotations

import time

import pytest

from tests.faults.network_sockets import connections
from tests.faults.plant import Plan
from tests.faults.processes import until
from tests.faults.trial import Trial
from tests.services.mosquitto import MosquittoServer
from tests.services.toxiproxy import Direction, Toxiproxy

pytestmark = [pytest.mark.services, pytest.mark.nightly]
BOTH: tuple[Direction, ...] = ("upstream", "downstream")
SPOILED_S = 20.0
STORM = 40
"""More reconnects than this within the time of a fault are a storm."""
KEEP_ALIVE_S = 30


@pytest.mark.parametrize(
    ("kind", "how"),
    [
        ("latency", {"latency": 2_000, "jitter": 1_500}),
        ("bandwidth", {"rate": 2}),
        ("slicer", {"average_size": 7, "size_variation": 5, "delay": 500}),
        ("limit_data", {"bytes": 3_000}),
        ("reset_peer", {"timeout": 1_500}),
    ],
    ids=["latency", "bandwidth", "slicer", "limit", "reset"],
)
def test_a_bad_link_slows_and_loses_nothing(
    trial: Trial, own_mosquitto: MosquittoServer, toxiproxy: Toxiproxy, kind: str,
    how: dict[str, int],
) -> None:  # fmt: skip
    """However bad the link is, the agent raises no storm, and all is there once it is good."""
    link = toxiproxy.link(own_mosquitto.port)
    plan = Plan(collector={"mqtt": {"url": own_mosquitto.url}})
    with trial.works(link.url, plan) as works:
        works.start()
        for direction in BOTH:
            link.spoil(kind, direction, **how)
        seen = _connections_for(SPOILED_S, works.agent.pid, link.port)
        link.mend()
        works.more_arrives(90)
        works.settle(120)
        outcome = works.outcome()
    link.remove()
    assert len(seen) < STORM
    injected = f"{kind} both ways for {SPOILED_S:.0f} s: {how}"
    trial.prove(outcome, fault=10, injected=injected, times=1)


def _connections_for(span_s: float, pid: int, port: int) -> frozenset[int]:
    """Every connection that was open at some time of the span."""
    seen: frozenset[int] = frozenset()
    end_s = time.monotonic() + span_s
    while time.monotonic() < end_s:
        seen |= connections(pid, port)
        time.sleep(0.05)
    return seen


def test_the_collector_notices_a_black_hole(
    trial: Trial, own_mosquitto: MosquittoServer, toxiproxy: Toxiproxy
) -> None:
    """A collector behind a silent link gives it up soon, and nothing is lost."""
    link = toxiproxy.link(own_mosquitto.port)
    plan = Plan(collector={"mqtt": {"url": link.url}})
    with trial.works(own_mosquitto.url, plan) as works:
        works.start()
        pid = works.collector.pid
        before = connections(pid, link.port)
        link.black_hole()
        until(
            lambda: not before & connections(pid, link.port),
            2 * KEEP_ALIVE_S + 5,
            "the collector gives up a silent connection",
            works.last_lines,
        )
        link.mend()
        works.more_arrives(90)
        works.settle(120)
        outcome = works.outcome()
    link.remove()
    trial.prove(outcome, fault=9, injected="black hole before the collector", times=1)
