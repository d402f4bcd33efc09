"""Fault 20: what a line and its meters say is not always true.

No value may be taken that its meter did not show at that time, whatever befalls the answers.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from edge_agent import meter_link, poll
from edge_agent.bus import circuit
from edge_agent.clock import SystemClock
from edge_agent.config import LinkSettings, MeterSettings, PollSettings
from edge_agent.contract.reading import Reading
from simulators.plant import Plant
from simulators.switchboard import Switchboard
from tests.faults.edge_line import KINDS, Framing, LyingLine
from tests.faults.edge_values import wrong_values
from tests.faults.plant import Plan
from tests.faults.trial import Trial
from tests.services.mosquitto import MosquittoServer
from tests.simulators import small_plant

TIMEOUT_MS = 80
ROUNDS = {"tcp": 60, "rtu-over-tcp": 15}


class _Shelf:
    """A sink that keeps the readings."""

    def __init__(self) -> None:
        self.readings: list[Reading] = []

    def put(self, reading: Reading, mono_s: float) -> None:
        """Take one."""
        self.readings.append(reading)


@contextmanager
def _lied_to(
    framing: Framing, seed: int, kinds: tuple[str, ...]
) -> Iterator[tuple[Plant, poll.Bus]]:
    """Three meters of two models behind a lying line, and the bus that polls them."""
    meters = (
        small_plant.meter("eastron_sdm630"),
        small_plant.meter("eastron_sdm630", id="m2", unit_id=2, start_wh=5e6),
        small_plant.meter("schneider_iem3155", id="m3", unit_id=3),
    )
    plant = small_plant.plant(*meters, kind=framing)
    board = Switchboard(plant, SystemClock().now_ms)
    with board, LyingLine(board.addresses["line"], framing, seed, 0.2, kinds, 0.15) as line:
        link = LinkSettings(
            id="line", kind=framing, host=line.address.host, port=line.address.port,
            gap_ms=0, timeout_ms=TIMEOUT_MS,
        )  # fmt: skip
        rows = [
            MeterSettings(id=m.id, link="line", unit_id=m.unit_id, profile=m.profile)
            for m in meters
        ]
        bus = poll.assemble(plant.site.id, link, rows, PollSettings())
        for portion in bus.turns.portions:
            for block in list(portion.blocks):
                portion.split(block)  # as after a refusal: many requests of one shape
        try:
            yield plant, bus
        finally:
            bus.close()
        assert line.lies, "nothing was spoilt"


@pytest.mark.every_change
@pytest.mark.parametrize("framing", ["tcp", "rtu-over-tcp"])
def test_no_lie_of_a_line_becomes_a_value(
    trial: Trial, framing: Framing, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Answers that are cut, mixed up, late, doubled or damaged: no value that was never shown."""
    monkeypatch.setattr(meter_link, "QUIET_S", 0.1)
    monkeypatch.setattr(circuit, "FIRST_PROBE_S", 0.2)
    monkeypatch.setattr(circuit, "LAST_PROBE_S", 0.5)
    shelf = _Shelf()
    kinds = (*KINDS[framing], "late-into-next")
    with _lied_to(framing, trial.random.randrange(2**32), kinds) as (plant, bus):
        for _ in range(ROUNDS[framing]):
            poll.run_once(bus, shelf, SystemClock())
            time.sleep(0.02)
    assert len(shelf.readings) > ROUNDS[framing] // 2
    assert list(wrong_values(plant, shelf.readings)) == []


@pytest.mark.services
@pytest.mark.every_change
def test_a_lying_line_alters_nothing(trial: Trial, own_mosquitto: MosquittoServer) -> None:
    """From a line that spoils one answer in five only what the meters showed is stored."""
    # Spoilt polls end late, so that the next one may follow at once: each answer counts by itself.
    plan = Plan(meters=4, every_s=0.5, repeat_ms=0)
    with trial.works(own_mosquitto.url, plan) as works:
        meters = works.addresses["lan0"]
        kinds = (*KINDS["tcp"], "late-into-next")
        with LyingLine(meters, "tcp", trial.random.randrange(2**32), 0.2, kinds, 0.3) as line:
            link = {"id": "lan0", "kind": "tcp", "gap_ms": 0, "timeout_ms": 150}
            host, port, _ = line.address
            works.write(agent={"links": [{**link, "host": host, "port": port}]})
            works.start()
            time.sleep(20)
            line.share = 0.0
            works.more_arrives()
            works.settle()
        outcome = works.outcome()
    trial.prove(
        outcome,
        fault=20,
        injected="one answer in five of a Modbus TCP line: " + ", ".join(sorted(kinds)),
        times=len(line.lies),
        untaken_at_most=len(line.lies),
    )
