"""`deploy/kafka`: each bridge writes what the collector reads, and the service may do little."""

from __future__ import annotations

import re
import shutil
import subprocess
import tomllib
from pathlib import Path
from xml.etree import ElementTree

import pytest
import yaml  # type: ignore[import-untyped]

from collector.inlet.kafka.record import TOPIC_HEADER, Record, key_of, topic_of
from collector.kafka_config import BridgeSettings, KafkaSettings
from edge_agent.contract.topics import up, up_filter

KAFKA = Path(__file__).resolve().parents[2] / "deploy/kafka"
README = (KAFKA / "README.md").read_text(encoding="utf-8")
TOPIC = KafkaSettings(brokers=("a:1",)).topic
LIVE = up("pi-7", "live")
EXPOSED_AT_MOST = 12
"""Tenths of systemd's own score, as the collector's unit has it."""


def test_the_settings_of_the_readme_are_sound(tmp_path: Path) -> None:
    """Whoever copies them has two sections without a fault."""
    (text,) = re.findall(r"```toml\n(.*?)```", README, re.DOTALL)
    doc = tomllib.loads(re.sub(r"(?m)^   ", "", text))
    settings = KafkaSettings.model_validate(doc["kafka"], context={"base": tmp_path})
    assert (settings.topic, settings.tls, settings.alone) == (TOPIC, True, False)
    assert BridgeSettings.model_validate(doc["bridge"]).share_group == "bridges"


def test_the_readme_says_what_the_code_does() -> None:
    """The topic, the header and the key of its table are those of the code."""
    assert f"One topic, `{TOPIC}`" in README
    assert f"header `{TOPIC_HEADER}`" in README
    assert f"`{LIVE}`" in README
    assert f"`{key_of(LIVE).decode()}`" in README
    for line in re.findall(r"topics?\.sh .*|rpk topic .*", README):
        assert TOPIC in line


def test_emqx_writes_what_is_read() -> None:
    """Its rule takes every agent; key, value, header and topic are those of the record."""
    text = (KAFKA / "emqx.hocon").read_text(encoding="utf-8")
    assert f"FROM '{up_filter()}'" in text
    assert 'value = "${payload}"' in text
    assert 'key = "${agent}"' in text
    assert f'topic = "{TOPIC}"' in text
    header = f'kafka_ext_header_key = "{TOPIC_HEADER}", kafka_ext_header_value = "${{topic}}"'
    assert header in text
    (place,) = re.findall(r"nth\((\d), split\(topic, '/'\)\) AS agent", text)
    assert LIVE.split("/")[int(place) - 1] == "pi-7"
    assert text.count("{") == text.count("}")
    assert "required_acks = all_isr" in text


def test_hivemq_writes_what_is_read() -> None:
    """The key is the MQTT topic: so a record of any agent's channel is read."""
    tree = ElementTree.parse(KAFKA / "hivemq-kafka.xml")
    assert tree.findtext(".//mqtt-topic-filter") == up_filter()
    assert tree.findtext(".//kafka-topic") == TOPIC
    assert tree.findtext(".//kafka-cluster/id") == tree.findtext(".//cluster-id")
    assert topic_of(Record(0, 0, LIVE.encode(), b"{}")) == LIVE


def test_redpanda_connect_writes_what_is_read() -> None:
    """Its metadata becomes the header; the third level is the key."""
    made = yaml.safe_load((KAFKA / "redpanda-connect.yaml").read_text(encoding="utf-8"))
    taken, written = made["input"]["mqtt"], made["output"]["redpanda"]
    assert (taken["topics"], taken["qos"], taken["clean_session"]) == ([up_filter()], 1, False)
    assert written["topic"] == TOPIC
    (pattern,) = written["metadata"]["include_patterns"]
    assert re.match(pattern, TOPIC_HEADER)
    (index,) = re.findall(r"index\((\d)\)", written["key"])
    assert LIVE.split("/")[int(index)].encode() == key_of(LIVE)


def test_the_service_is_exposed_as_little_as_the_collector() -> None:
    """Systemd's own look at the unit stays below the bound, and it starts the bridge."""
    unit = KAFKA / "mieruka-bridge.service"
    assert "ExecStart=/opt/mieruka-collector/current/bin/collector bridge run -c" in unit.read_text(
        encoding="utf-8"
    )
    tool = shutil.which("systemd-analyze")
    if tool is None:
        pytest.skip("systemd-analyze is not installed (Debian package systemd)")
    command = [tool, "security", "--offline=true", f"--threshold={EXPOSED_AT_MOST}"]
    done = subprocess.run([*command, "--no-pager", str(unit)], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout.splitlines()[-1:] or done.stderr
