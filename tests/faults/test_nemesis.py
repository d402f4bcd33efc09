"""All faults of the plant's parts at once, at random: `make walk NEMESIS=20m`."""

from __future__ import annotations

import os
from random import Random

import pytest

from tests.faults.nemesis import STRUCK_S, Nemesis, parts_of
from tests.faults.plant import Plan
from tests.faults.relay import Relay
from tests.faults.trial import NEMESIS, Trial, duration_s
from tests.services.influx import InfluxServer
from tests.services.mosquitto import MosquittoServer

SHORT = "40s"
SETTLE_S = 240.0
FROZEN_MS = int(STRUCK_S[1] * 500) + 1000
"""A poll is stamped at its middle: frozen within it, the agent is off by half the time."""


FOR_S = duration_s(os.environ.get(NEMESIS) or SHORT)


@pytest.mark.parametrize(("text", "expected_s"), [("90", 90), ("20m", 1200), ("2h", 7200)])
def test_durations(text: str, expected_s: int) -> None:
    """A duration is a whole number with its unit."""
    assert duration_s(text) == expected_s


@pytest.mark.parametrize("text", ["", "m", "20 m", "-1s", "1d", "1.5h"])
def test_no_duration(text: str) -> None:
    """Anything else is refused with what to write."""
    with pytest.raises(ValueError, match="write 90s"):
        duration_s(text)


@pytest.mark.services
@pytest.mark.every_change
@pytest.mark.timeout(FOR_S + SETTLE_S + 120)
def test_nemesis(trial: Trial, own_mosquitto: MosquittoServer, own_influx: InfluxServer) -> None:
    """Whatever is killed, frozen or cut, in whatever order: no reading is lost."""
    print(f"nemesis for {FOR_S} s with SEED={trial.seed}")  # noqa: T201
    with (
        Relay(own_mosquitto.port) as link,
        trial.influx_store(own_influx) as store,
        trial.works(
            own_mosquitto.url, Plan(agent={"mqtt": {"url": link.url}}), store=store
        ) as works,
    ):
        works.start()
        parts = parts_of(works, own_mosquitto, own_influx, link)
        nemesis = Nemesis(parts, Random(trial.seed))
        nemesis.run(FOR_S)
        works.more_arrives(90)
        works.settle(SETTLE_S)
        outcome = works.outcome(FROZEN_MS)
    struck = nemesis.struck
    # An answer that comes while the agent is frozen is too late when it goes on.
    most = struck["agent killed"] * works.plan.in_one_commit() + 2 * struck["agent frozen"]
    ways = ", ".join(f"{way} {times}" for way, times in sorted(struck.items()))
    trial.prove(
        outcome,
        fault="mix",
        injected=f"{FOR_S} s of: {ways}",
        times=sum(struck.values()),
        untaken_at_most=most,
    )
