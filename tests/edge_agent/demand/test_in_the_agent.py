"""The demand guard inside an agent: readings in, a retained notice on a real broker, health."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion

from edge_agent.app import Agent
from edge_agent.config import AgentSettings
from edge_agent.contract import topics
from edge_agent.contract.demand import DemandNotice, decode_demand
from edge_agent.process.metrics import exposition
from tests.edge_agent.delivery import HandClock, wait_until
from tests.edge_agent.demand.plans import START_MS, readings
from tests.services.mosquitto import MosquittoServer

AGENT = "sendai-1"


def _settings(folder: Path, url: str) -> AgentSettings:
    return AgentSettings.model_validate(
        {
            "agent": {"id": AGENT, "site": "sendai", "state_dir": folder, "language": "ja"},
            "mqtt": {"url": url},
            "links": [{"id": "lan", "kind": "tcp", "host": "192.0.2.1"}],
            "meters": [{"id": "main", "link": "lan", "unit_id": 1, "profile": "schneider_iem3155"}],
            "demand": {
                "meter": "main",
                "target_kw": 300.0,
                "actions": [
                    {"on": "alarm", "kind": "mqtt", "owner": "佐藤", "note": "2号炉を止める"}
                ],
            },
        }
    )


class Panel:
    """A panel in the plant that shows the newest notice."""

    def __init__(self, port: int) -> None:
        self.notices: list[DemandNotice] = []
        self._client = Client(CallbackAPIVersion.VERSION2)
        self._client.on_connect = lambda client, *_: client.subscribe(topics.demand(AGENT), 1)
        self._client.on_message = self._heard
        self._client.connect("127.0.0.1", port)
        self._client.loop_start()

    def _heard(self, _client: Client, _data: object, message: MQTTMessage) -> None:
        self.notices.append(decode_demand(bytes(message.payload)))

    def close(self) -> None:
        """Look away."""
        self._client.disconnect()
        self._client.loop_stop()


@pytest.fixture
def clock() -> HandClock:
    """The mark of the half hour that the plans begin with."""
    return HandClock(wall_ms=START_MS)


@pytest.fixture
def agent(tmp_path: Path, mosquitto: MosquittoServer, clock: HandClock) -> Iterator[Agent]:
    """An agent with a guard of 300 kW that acts, on the test's clock."""
    made = Agent(_settings(tmp_path, mosquitto.url), clock)
    made.onlookers.start()
    yield made
    made.onlookers.stop()
    made.close()


def _play(agent: Agent, clock: HandClock, power_w: float, minutes: float) -> None:
    for reading in readings(lambda _: power_w, minutes):
        clock.wall_ms = reading.at_ms
        agent.onlookers.take(reading)


@pytest.mark.services
def test_an_alarm_reaches_a_panel_that_comes_later(
    agent: Agent, clock: HandClock, mosquitto: MosquittoServer
) -> None:
    """The notice is retained, tells what to shed and who acts, and comes over a real broker."""
    _play(agent, clock, 400_000.0, 8)

    def sent() -> bool:
        agent.forward_once()
        return not agent.onlookers.waiting

    wait_until(lambda: agent.forward_once().connected)
    wait_until(sent)
    panel = Panel(mosquitto.port)
    try:
        wait_until(lambda: bool(panel.notices))
    finally:
        panel.close()
    notice = panel.notices[-1]
    assert (notice.level, notice.owner, notice.note) == ("alarm", "佐藤", "2号炉を止める")
    assert notice.to_shed_kw == pytest.approx((400 - 300) * 30 / 24.8, rel=0.02)


def test_health_and_figures_tell_the_standing(agent: Agent, clock: HandClock) -> None:
    """`/health` speaks the agent's language, `/metrics` gives watts."""
    assert agent.health()["demand"]["no_forecast"] == "受電の計測値がまだありません"
    _play(agent, clock, 400_000.0, 8)
    told = agent.health()["demand"]
    assert (told["level"], told["target_kw"], told["no_forecast"]) == ("alarm", 300.0, "")
    assert told["forecast_kw"] == pytest.approx(400, rel=1e-3)
    page = exposition(agent.metrics()).decode()
    assert "mieruka_agent_demand_level 2.0" in page
    (forecast,) = re.findall(r"^mieruka_agent_demand_forecast_watts (.*)$", page, re.MULTILINE)
    assert float(forecast) == pytest.approx(400_000, rel=1e-3)


def test_a_silent_intake_is_told_on_the_page(agent: Agent, clock: HandClock) -> None:
    """After 90 s without a reading there is no forecast, and it says so."""
    _play(agent, clock, 200_000.0, 8)
    clock.pass_s(120)
    assert agent.health()["demand"]["no_forecast"] == "受電の計測値が 120 秒間届いていません"
