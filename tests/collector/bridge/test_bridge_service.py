"""`collector bridge run` as its user meets it: its faults, its pages and its end."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from dataclasses import fields
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from collector import __main__ as command
from collector.bridge import BridgeStatus
from collector.bridge.figures import figures, health
from edge_agent.process.metrics import exposition
from edge_agent.process.progress import Progress
from tests.collector.agent_side import eventually
from tests.collector.test_config import HEAD
from tests.services.mosquitto import MosquittoServer, free_port

WELL = BridgeStatus(True, True, 7, 1, 2, 3, 4, 500, 0, 0, "")


def run(folder: Path, text: str, *words: str) -> Result:
    """Run the command with these settings, until it ends by itself."""
    settings = folder / "collector.toml"
    settings.write_text(text, encoding="utf-8")
    return CliRunner().invoke(command.app, ["bridge", "run", "-c", str(settings), *words])


def test_settings_without_kafka_are_a_fault(tmp_path: Path) -> None:
    """With where to read on; exit code 2, so that no service starts it again and again."""
    done = run(tmp_path, HEAD)
    assert done.exit_code == 2
    assert done.stderr.splitlines() == [
        "kafka: missing (where the bridge leads: add the section [kafka])",
        "collector: 1 fault in the settings (see deploy/kafka/README.md)",
    ]


def test_an_unknown_way_of_logging_is_refused(tmp_path: Path) -> None:
    """As `collector run` refuses it."""
    done = run(tmp_path, HEAD, "--log", "xml")
    assert (done.exit_code, done.stderr) == (
        1,
        "collector: --log xml is not known (write text or json)\n",
    )


@pytest.mark.services
def test_it_says_what_is_missing_and_ends_when_asked(
    tmp_path: Path, mosquitto: MosquittoServer
) -> None:
    """No Kafka there: the page answers 503 with the reason, SIGTERM ends it in order."""
    page = free_port()
    kafka = f'[kafka]\nbrokers = ["127.0.0.1:{free_port()}"]\n'
    text = HEAD.replace("mqtt://127.0.0.1:1883", mosquitto.url)
    text = text.replace("[[sites]]", f'{kafka}[bridge]\nlisten = "127.0.0.1:{page}"\n[[sites]]')
    (tmp_path / "collector.toml").write_text(text, encoding="utf-8")
    words = [sys.executable, "-m", "collector", "bridge", "run", "-c", "collector.toml"]
    environment = {**os.environ, "PYTHONPATH": os.getcwd()}
    process = subprocess.Popen(
        words, cwd=tmp_path, env=environment, stderr=subprocess.PIPE, text=True
    )
    try:
        assert eventually(lambda: "refused" in str(told(page).get("last_fault")), 30)
        answer = told(page)
        assert answer["faults"] == [
            "no Kafka: nothing is acknowledged, the agents keep their readings"
        ]
        assert answer["mqtt"] is True
        process.send_signal(signal.SIGTERM)
        _, lines = process.communicate(timeout=30)
    finally:
        process.kill()
    assert process.returncode == 0
    assert "ended as asked: 0 messages" in lines
    assert sum("Kafka 127.0.0.1" in line for line in lines.splitlines()) == 1


def told(page: int) -> dict[str, object]:
    """Answer what the health page says; nothing while it is not there."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{page}/health", timeout=5) as answer:
            text = answer.read()
    except urllib.error.HTTPError as error:
        text = error.read()
    except OSError:
        return {}
    found: dict[str, object] = json.loads(text)
    return found


@pytest.mark.parametrize(
    ("mqtt", "kafka", "faults"),
    [
        (True, True, []),
        (False, True, ["no MQTT broker: nothing comes, the agents keep their readings"]),
        (True, False, ["no Kafka: nothing is acknowledged, the agents keep their readings"]),
    ],
)
def test_its_health_is_that_of_its_two_sides(mqtt: bool, kafka: bool, faults: list[str]) -> None:
    """Either one away is a fault, with what it means for the readings."""
    status = BridgeStatus(mqtt, kafka, 7, 1, 2, 3, 4, 500, 0, 0, "")
    answer = health(status, Progress())
    assert (answer["ok"], answer["faults"]) == (not faults, faults)


def test_every_field_of_its_status_is_a_figure() -> None:
    """One that was forgotten is found here; its newest fault is text, and on the page alone."""
    text = exposition(list(figures(WELL, Progress()))).decode()
    lines = dict(line.split() for line in text.splitlines() if line.startswith("mieruka_bridge_"))
    assert lines["mieruka_bridge_messages_total"] == "7.0"
    assert lines["mieruka_bridge_on_the_way_bytes"] == "500.0"
    own = [name for name in lines if name.removesuffix("_total") in _OWN]
    assert len(own) == len(fields(BridgeStatus)) - 1


_OWN = {
    f"mieruka_bridge_{name}"
    for name in (
        *("messages", "refused", "repeated", "connection_losses", "kafka_losses"),
        *("connected", "kafka_ok", "queue_messages", "on_the_way_messages", "on_the_way_bytes"),
    )
}
