"""What a fleet may be: every fault told, and a broker elsewhere only by name."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from collector.config import load
from edge_agent.contract import wire
from edge_agent.errors import ConfigError
from simulators.fleet.options import FleetOptions, crew, duration_s, sites_toml

HERE = "mqtt://127.0.0.1:1883"


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("90", 90), ("90s", 90), ("1.5m", 90), ("3h", 10_800), ("1d", 86_400), ("200ms", 0.2)],
)
def test_times_are_written_as_people_do(text: str, seconds: float) -> None:
    """A number with its unit, seconds without one."""
    assert duration_s(text) == pytest.approx(seconds)


@pytest.mark.parametrize("text", ["", "soon", "3 weeks", "-1s", "1h30"])
def test_what_is_no_time_is_refused(text: str) -> None:
    """The error repeats the text and shows how a time is written."""
    with pytest.raises(ValueError, match="not a time like 90s"):
        duration_s(text)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "localhost", "[::1]"])
def test_this_machine_needs_no_word(host: str) -> None:
    """Loopback in all its names."""
    assert FleetOptions(broker=f"mqtt://{host}:1884").port == 1884


@pytest.mark.parametrize("host", ["broker.example", "10.0.0.7", "127.0.0.1.example", "0.0.0.0"])
def test_another_machine_is_named_twice(host: str) -> None:
    """A load generator does not reach another host by a slip of the pen."""
    with pytest.raises(ConfigError, match=f"--allow-host {host}"):
        FleetOptions(broker=f"mqtt://{host}:1883")
    with pytest.raises(ConfigError, match="not this machine"):
        FleetOptions(broker=f"mqtt://{host}:1883", allow_host="other.example")
    assert FleetOptions(broker=f"mqtts://{host}", allow_host=host).port == 8883


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"broker": "http://127.0.0.1:80"}, "--broker http://127.0.0.1:80: not like mqtt://"),
        ({"broker": "mqtt://user@127.0.0.1"}, "--broker mqtt://user@127.0.0.1: not like"),
        ({"broker": "mqtt://127.0.0.1:99999"}, "--broker mqtt://127.0.0.1:99999: Port out of"),
        ({"agents": 0}, "--agents 0: not 1 to 25000"),
        ({"agents": 25_001}, "--agents 25001: not 1 to 25000"),
        ({"meters": 101}, "--meters 101: not 1 to 100"),
        ({"every_s": 0.01}, "--every 0.01: not 0.1 to 86400"),
        ({"for_s": -1.0}, "--for -1: not 0 to 86400"),
        ({"commit_s": 0.0}, "--commit 0: not 0.1 to 3600"),
        ({"cut_at_s": 61.0}, "--cut-at 61: not 0 to 60"),
        ({"settle_s": 1e9}, "--settle 1e+09: not 0"),
        ({"connects_per_s": 0}, "--connects-per-s 0: not 1"),
        ({"keepalive_s": 0}, "--keepalive 0: not 1"),
        ({"backlog_per_s": 0}, "--backlog-per-s 0: not 1"),
        ({"jitter_s": -1}, "--jitter -1: not 0"),
        ({"away_s": -1}, "--away -1: not 0"),
        ({"agents": 20_000, "backlog_s": 86_400 * 30, "every_s": 1}, "messages at once"),
        ({"prefix": "Plant"}, "--prefix Plant: not lower-case"),
        ({"ca_file": Path("none.pem")}, "--ca-file: only with an mqtts:// broker"),
        ({"broker": "mqtts://127.0.0.1", "ca_file": Path("none.pem")}, "none.pem: no such file"),
    ],
)
def test_each_fault_is_told(wrong: dict[str, Any], told: str) -> None:
    """An option out of bounds is one line with its bounds."""
    with pytest.raises(ConfigError) as caught:
        FleetOptions(**{"broker": HERE, **wrong})
    assert any(told in fault for fault in caught.value.faults)


def test_all_faults_are_told_at_once() -> None:
    """Nobody corrects one to meet the next."""
    with pytest.raises(ConfigError) as caught:
        FleetOptions(broker=HERE, agents=0, meters=0)
    assert len(caught.value.faults) == 2


def test_an_agent_tells_what_the_contract_wants() -> None:
    """Birth and readings of a crew go through the wire and back."""
    options = FleetOptions(broker=HERE, agents=3, meters=2, every_s=1, backlog_s=5)
    who = crew(options, 1_800_000_000_000, "e1")[2]
    birth = who.birth(1, 1_800_000_000_000)
    assert wire.decode_birth(wire.encode_birth(birth)) == birth
    message = who.message(who.numbering.portion(1))
    assert wire.decode_readings(wire.encode_readings(message)) == message
    assert (message.agent, message.meter, message.seqs) == ("plant-00002", "m2", (6, 7, 8, 9, 10))


def test_polls_of_one_commit_share_a_message() -> None:
    """As with the agent: ten seconds of a meter polled each second, one poll of a slow one."""
    fast, slow = (FleetOptions(broker=HERE, every_s=s) for s in (1, 60))
    assert (fast.polls, fast.round_s) == (10, 10)
    assert (slow.polls, slow.round_s) == (1, 60)


def test_a_collector_takes_the_printed_sites(tmp_path: Path) -> None:
    """The sites of a fleet are settings without a fault."""
    text = sites_toml(FleetOptions(broker=HERE, agents=3, meters=2))
    assert [site["id"] for site in tomllib.loads(text)["sites"]] == [
        "plant-00000", "plant-00001", "plant-00002",
    ]  # fmt: skip
    head = (
        '[collector]\nid = "hq"\nstate_dir = "s"\n[mqtt]\nurl = "mqtt://127.0.0.1:1883"\n'
        '[store]\nkind = "sqlite"\npath = "s.sqlite"\n'
    )
    file = tmp_path / "collector.toml"
    file.write_text(head + text, encoding="utf-8")
    assert [meter.id for meter in load(file).sites[1].meters] == ["m1", "m2"]
