"""The whole walk on a real Mosquitto and a real InfluxDB."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.services.influx import InfluxServer
from tests.services.mosquitto import MosquittoServer
from tests.walk.demo_run import (
    STEEL_KWH,
    STEEL_MAX_DEMAND_KW,
    STEEL_OPTIONS,
    STEEL_YEAR,
    demo,
)

pytestmark = pytest.mark.services


def _servers(mosquitto: MosquittoServer, influx: InfluxServer) -> tuple[str, ...]:
    return ("--broker", mosquitto.url, "--influx", influx.url, "--influx-org", influx.org)


def test_past_days_arrive_whole(
    tmp_path: Path, mosquitto: MosquittoServer, influx: InfluxServer
) -> None:
    """A replayed day and a live moment on real servers: nothing lost, doubled or off."""
    options = (*_servers(mosquitto, influx), "--days", "1", "--live", "4")
    verdict = demo(tmp_path / "demo", *options, token=influx.token)
    assert (verdict["lost"], verdict["duplicated"]) == (0, 0)
    assert verdict["readings_stored"] == verdict["readings_served"] > 6 * 288
    assert verdict["kwh_stored"] == pytest.approx(verdict["kwh_simulated"], abs=0.1)


@pytest.mark.skipif(not STEEL_YEAR.exists(), reason="the steel year is not on this machine")
def test_steel_year(tmp_path: Path, mosquitto: MosquittoServer, influx: InfluxServer) -> None:
    """A real plant's year on real servers: energy within a counter step, demand within 0.5 %."""
    options = (*_servers(mosquitto, influx), *STEEL_OPTIONS, "--live", "0")
    verdict = demo(tmp_path / "demo", *options, token=influx.token)
    assert (verdict["lost"], verdict["duplicated"]) == (0, 0)
    assert verdict["kwh_stored"] == pytest.approx(STEEL_KWH, abs=0.001)
    assert verdict["max_demand_kw"] == pytest.approx(STEEL_MAX_DEMAND_KW, rel=0.005)
