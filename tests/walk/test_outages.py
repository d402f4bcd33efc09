"""Broker and database go away while the plant is polled; the ledger says whether that cost one."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from simulators.demo.options import DemoOptions
from simulators.demo.replay import drain
from simulators.demo.stage import Stage, plan, set_up
from simulators.demo.verdict import outcome
from tests.services.influx import InfluxServer
from tests.services.mosquitto import MosquittoServer

pytestmark = pytest.mark.services
PATIENCE_S = 40.0


def _options(folder: Path, broker: MosquittoServer, influx: InfluxServer) -> DemoOptions:
    return DemoOptions(
        days=1, live_s=0, out=folder, every_s=None, plant="sendai", csv=None, broker=broker.url,
        influx=influx.url, influx_org=influx.org, influx_token=influx.token,
        grafana=None, grafana_token="",
    )  # fmt: skip


def _until(happened: Callable[[], bool]) -> None:
    give_up_at = time.monotonic() + PATIENCE_S
    while not happened():
        assert time.monotonic() < give_up_at, "it did not happen in time"
        time.sleep(0.1)


def _stored(stage: Stage) -> int:
    return stage.collector.status().readings_stored


def _more_arrives(stage: Stage) -> None:
    before = _stored(stage)
    _until(lambda: _stored(stage) > before)


def test_outages_cost_nothing(
    tmp_path: Path, own_mosquitto: MosquittoServer, own_influx: InfluxServer
) -> None:
    """A broker killed with all it held and a database that is down for a while lose nothing."""
    options = _options(tmp_path, own_mosquitto, own_influx)
    plant, span = plan(options, time.time_ns() // 1_000_000)
    with set_up(options, plant, span) as stage:
        stage.clock.go_live()
        stage.agent.start()
        stage.collector.start()
        _more_arrives(stage)
        own_mosquitto.kill()
        _until(lambda: stage.agent.status().outbox_depth > 12)
        own_mosquitto.start()
        _more_arrives(stage)
        own_influx.stop()
        _until(lambda: not stage.collector.status().store_ok)
        own_influx.start()
        _until(lambda: stage.collector.status().store_ok)
        _more_arrives(stage)
        stage.agent.stop()
        stage.collector.stop()
        drain(stage)
        stage.collector.summarise_once()
        found = outcome(stage, "")
    assert found.faults == ()
    assert (found.lost, found.duplicated) == (0, 0)
    assert found.readings_stored == found.readings_served > 12
