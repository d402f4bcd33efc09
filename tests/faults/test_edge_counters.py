"""Fault 20, the meters' own share: a counter that is reset, exchanged, or comes round.

Hours are replayed through the real Modbus, MQTT, store and engine under one injected clock. Raw
readings are stored as the meters showed them; no energy is made of a step, and each is told.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass

import pytest

from collector import config as collector_config
from collector.app import Collector
from collector.state import open_state
from edge_agent import config as agent_config
from edge_agent.app import Agent
from simulators.demo.clock import ReplayClock
from simulators.electricity import Supply
from simulators.faults import Fault, Faults
from simulators.ledger import Ledger, judge
from simulators.load import Interval, IntervalLoad
from simulators.plant import Link, Plant, PlantMeter, Site
from simulators.switchboard import Switchboard
from tests.faults.trial import Trial
from tests.services.mosquitto import MosquittoServer

pytestmark = [pytest.mark.services, pytest.mark.every_change]
MINUTE_MS = 60_000
START_MS = 1_794_999_600_000
"""A November day of 2026, at half an hour."""
HOURS, POWER_KW = 5, 300.0
AT_MS = START_MS + 2 * 60 * MINUTE_MS + 7 * MINUTE_MS
"""When the meters are touched: within a slot and between two polls."""
ENERGY, FAR_MS = "active_energy_import_wh", 2**45
ROUND_WH = 2.0**32
STEPS = {"reset": "reset", "replaced": "replaced", "round": "rollover"}
"""What is done to the meter of that name, and what the engine must call it."""


@dataclass(frozen=True, slots=True)
class _Replay:
    clock: ReplayClock
    faults: Faults
    ledger: Ledger
    agent: Agent
    collector: Collector


def _plant() -> Plant:
    end_ms = START_MS + 10 * 60 * MINUTE_MS
    interval = Interval(START_MS - 60 * MINUTE_MS, end_ms, 11 * POWER_KW)
    load = IntervalLoad([interval], interval.start_ms)
    meters = tuple(
        PlantMeter(name, name, name, "lan", unit, "omron_km_n1", rated_power_kw=500.0, start_wh=wh)
        for unit, (name, wh) in enumerate(
            [("reset", 9e6), ("replaced", 9e6), ("round", ROUND_WH - 900_000.0)], 1
        )
    )
    site = Site("works", "工場", "Works", "Asia/Tokyo")
    loads = {meter.id: load for meter in meters}
    return Plant(site, Supply(), (Link("lan", "tcp"),), meters, loads, interval.start_ms)


@contextmanager
def _standing(trial: Trial, broker: str) -> Iterator[_Replay]:
    plant, clock, faults, ledger = _plant(), ReplayClock(START_MS), Faults(), Ledger()
    with Switchboard(plant, clock.now_ms, ledger, faults) as board:
        edge, central = trial.folder / "agent.toml", trial.folder / "collector.toml"
        store = {"kind": "sqlite", "path": "store.sqlite"}
        edge.write_text(
            plant.agent_toml(board.addresses, mqtt_url=broker, state_dir="edge", every_s=60),
            "utf-8",
        )
        central.write_text(
            plant.collector_toml(mqtt_url=broker, state_dir="collector", store=store), "utf-8"
        )
        with (
            closing(Collector(collector_config.load(central), clock)) as collector,
            closing(Agent(agent_config.load(edge), clock)) as agent,
        ):
            yield _Replay(clock, faults, ledger, agent, collector)


def _play(replay: _Replay) -> None:
    replay.collector.ingest_once(0.2)
    for at_ms in range(START_MS, START_MS + HOURS * 60 * MINUTE_MS + 1, MINUTE_MS):
        if at_ms == AT_MS:
            replay.faults.inject("reset", Fault("reset", AT_MS - MINUTE_MS // 2))
            replay.faults.inject("replaced", Fault("replaced", AT_MS - MINUTE_MS // 2, 0.5, 123e3))
        replay.clock.set(at_ms)
        replay.agent.poll_once()
        replay.agent.commit()
        replay.agent.forward_once()
        replay.collector.ingest_once(0.02)
    for _ in range(500):
        if not replay.agent.status().outbox_depth:
            break
        replay.agent.forward_once()
        replay.collector.ingest_once(0.1)
    assert replay.agent.status().outbox_depth == 0
    replay.collector.summarise_once()


def test_steps_of_counters(trial: Trial, own_mosquitto: MosquittoServer) -> None:
    """Reset, exchange and rollover are each told, and the energy is right within a poll's."""
    with _standing(trial, own_mosquitto.url) as replay:
        _play(replay)
        stored = {
            meter: replay.collector.store.read_series("works", meter, ENERGY, START_MS, FAR_MS)
            for meter in STEPS
        }
        assert judge(replay.ledger, stored, tolerance_ms=0).reasons == ()
        for meter, kind in STEPS.items():
            assert _told(trial, meter) == [kind], meter
            slots = replay.collector.store.read_totals("works", meter, "30m", START_MS, FAR_MS)
            true_kwh = replay.ledger.true_kwh(meter)
            assert true_kwh == pytest.approx(HOURS * POWER_KW, rel=0.01)
            kwh = math.fsum(slot.kwh for slot in slots)
            assert kwh == pytest.approx(true_kwh, abs=POWER_KW / 60), meter


def _told(trial: Trial, meter: str) -> list[str]:
    """What the engine says has befallen the meter's energy counter, by kind."""
    state = open_state(trial.folder / "collector")
    with closing(state.database):
        entries = state.events.list("works", meter)
    return [entry.event.kind for entry in entries if entry.quantity == ENERGY]
