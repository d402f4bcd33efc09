"""Telegraf as a user would set it up for the same work: MQTT in, InfluxDB 2 out."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.services.influx import InfluxServer

CLIENT_ID = "telegraf"
TOPIC = "telegraf/readings"
BATCH_LINES = 10_000
UNDELIVERED = 1_000
_AGENT = """\
[agent]
interval = "1s"
flush_interval = "1s"
metric_batch_size = {batch_lines}
metric_buffer_limit = 200000
omit_hostname = true
logtarget = "stderr"
quiet = true
[[outputs.influxdb_v2]]
urls = ["{url}"]
token = "{token}"
organization = "{org}"
bucket = "{bucket}"
content_encoding = "{encoding}"
[[inputs.mqtt_consumer]]
servers = ["tcp://127.0.0.1:{port}"]
topics = ["{topic}"]
topic_tag = ""
qos = 1
persistent_session = true
client_id = "{client_id}"
max_undelivered_messages = {undelivered}
"""
_PARSER = {
    "influx": 'data_format = "influx"\n',
    "json_v2": """\
data_format = "json_v2"
[[inputs.mqtt_consumer.json_v2]]
measurement_name = "reading"
[[inputs.mqtt_consumer.json_v2.object]]
path = "@this"
timestamp_key = "at"
timestamp_format = "unix_ms"
tags = ["site", "meter"]
""",
}
"""How its messages are read: line protocol, its fastest way, or JSON objects."""


@dataclass(frozen=True)
class TelegrafWay:
    """One way to set Telegraf up: its parser, and after how many lines it writes at once."""

    parser: str = "influx"
    batch_lines: int = BATCH_LINES
    undelivered: int = UNDELIVERED


@contextmanager
def running(
    binary: Path, folder: Path, port: int, store: InfluxServer, bucket: str, way: TelegrafWay
) -> Iterator[subprocess.Popen[bytes]]:
    """Telegraf between the broker on ``port`` and the bucket, ended at the end of the block."""
    text = _AGENT.format(
        **{"url": store.url, "token": store.token, "org": store.org, "bucket": bucket},
        **{"port": port, "topic": TOPIC, "client_id": CLIENT_ID, "encoding": "identity"},
        **{"batch_lines": way.batch_lines, "undelivered": way.undelivered},
    )
    config = folder / "telegraf.conf"
    config.write_text(text + _PARSER[way.parser], encoding="utf-8")
    process = subprocess.Popen([str(binary), "--config", str(config)])
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
