"""Settings of an agent, and of Telegraf, for the benchmark's meters: the same registers."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from edge_agent.contract.quantity import QUANTITIES
from tests.bench.meters import Wire

VALUES = 40
SITE = "bench"
_SMALL = ("power_factor", "frequency_hz")
"""Quantities whose bounds the meters' numbers would pass: they are scaled down."""


def profile(folder: Path, values: int = VALUES) -> str:
    """Write a profile of so many 32-bit floats in one block; answers its path."""
    names = ["active_energy_import_wh", *(n for n in QUANTITIES if n != "active_energy_import_wh")]
    rows = [
        f"{name} = {{ address = {2 * i}, scale = {1e-5 if name.startswith(_SMALL) else 1.0} }}"
        for i, name in enumerate(names[:values])
    ]
    path = folder / f"bench_{values}.toml"
    path.write_text("\n".join([_HEAD, *rows, ""]), encoding="utf-8")
    return str(path)


def agent_toml(
    folder: Path, links: Sequence[str], meters: Sequence[str], broker: str, every_s: float
) -> Path:
    """Write an ``agent.toml`` whose state lies in ``folder``; answers its path."""
    path = folder / "agent.toml"
    text = _AGENT.format(site=SITE, broker=broker, every_s=every_s, state=folder / "edge")
    path.write_text(text + "".join([*links, *meters]), encoding="utf-8")
    return path


def tcp_links(ports: Sequence[int]) -> list[str]:
    """One connection a meter."""
    return [
        f'[[links]]\nid = "l{i}"\nkind = "tcp"\nhost = "127.0.0.1"\nport = {port}\n'
        for i, port in enumerate(ports)
    ]


def serial_link(device: str, wire: Wire) -> str:
    """One line; its gap is the silence that the standard asks for."""
    gap_ms = round(1000 * wire.seconds(wire.silence_chars) + 0.5)
    return (
        f'[[links]]\nid = "l0"\nkind = "rtu"\ndevice = "{device}"\nbaud = {wire.baud}\n'
        f'parity = "N"\nstop_bits = 1\ngap_ms = {gap_ms}\n'
    )


def meter(number: int, link: int, unit_id: int, model: str) -> str:
    """One meter's table."""
    return (
        f'[[meters]]\nid = "m{number}"\nlink = "l{link}"\nunit_id = {unit_id}\n'
        f'profile = "{model}"\n'
    )


def collector_toml(folder: Path, broker: str) -> Path:
    """Write a ``collector.toml`` that keeps readings in SQLite; answers its path."""
    path = folder / "collector.toml"
    path.write_text(_COLLECTOR.format(site=SITE, broker=broker, folder=folder), encoding="utf-8")
    return path


def telegraf_conf(folder: Path, ports: Sequence[int], broker: str, values: int = VALUES) -> Path:
    """Write a Telegraf configuration that reads the same registers to the same broker."""
    fields = ", ".join(f'{{address={2 * i}, name="v{i}", type="FLOAT32"}}' for i in range(values))
    inputs = [_TELEGRAF_INPUT.format(port=port, fields=fields) for port in ports]
    path = folder / "telegraf.conf"
    text = _TELEGRAF.format(broker=broker.replace("mqtt://", "tcp://"))
    path.write_text(text + "".join(inputs), encoding="utf-8")
    return path


_HEAD = """\
vendor = "Bench"
models = ["Forty"]
verification = "none"

[[sources]]
title = "none: a meter of the benchmark"
where = "tests/bench/meters.py"

[factory]
unit_id = 1
baud = 9600
parity = "N"
stop_bits = 1

[reading]
function = 4
format = "f32"
word_order = "big"
max_registers = 125
timeout_ms = 500

[counter]
step_wh = 1.0

[registers]"""

_AGENT = """\
[agent]
id = "bench-1"
site = "{site}"
state_dir = "{state}"

[mqtt]
url = "{broker}"

[poll]
every_s = {every_s}

[clock]
wait_s = 0

"""

_COLLECTOR = """\
[collector]
id = "bench-hq"
state_dir = "{folder}/hq"

[mqtt]
url = "{broker}"

[store]
kind = "sqlite"
path = "{folder}/readings.sqlite"

[health]
listen = ""

[[sites]]
id = "{site}"
time_zone = "Asia/Tokyo"
"""

_TELEGRAF = """\
[agent]
interval = "1s"
flush_interval = "1s"
metric_batch_size = 1000
omit_hostname = true
quiet = true

[[outputs.mqtt]]
servers = ["{broker}"]
topic = "bench/{{{{ .PluginName }}}}"
qos = 1
data_format = "influx"

"""

_TELEGRAF_INPUT = """\
[[inputs.modbus]]
name = "m{port}"
slave_id = 1
timeout = "1s"
controller = "tcp://127.0.0.1:{port}"
configuration_type = "request"
[[inputs.modbus.request]]
slave_id = 1
byte_order = "ABCD"
register = "input"
fields = [{fields}]

"""
