"""The section [outlet] of the settings: off by default, every wrong input told."""

from __future__ import annotations

from pathlib import Path

import pytest

from collector import config
from collector.config import CollectorSettings
from collector.errors import ConfigError
from collector.outlet.broker import broker_of

HEAD = """
[collector]
id = "hq"
state_dir = "state"
[mqtt]
url = "mqtt://127.0.0.1:1883"
username = "collector"
password = "inner"
[store]
kind = "sqlite"
path = "store.sqlite"
[[sites]]
id = "sendai"
time_zone = "Asia/Tokyo"
"""


def loaded(folder: Path, outlet: str) -> CollectorSettings:
    """The settings with this section."""
    path = folder / "collector.toml"
    path.write_text(HEAD + "[outlet]\n" + outlet, encoding="utf-8")
    return config.load(path)


def test_nothing_leaves_unless_it_is_asked_for(tmp_path: Path) -> None:
    """An empty section, as none at all."""
    outlet = loaded(tmp_path, "").outlet
    assert not outlet.any
    switches = (outlet.tree, outlet.home_assistant, outlet.sparkplug, outlet.open_metrics)
    assert not any(switches)


@pytest.mark.parametrize("key", ["tree", "sparkplug", "open_metrics"])
def test_each_way_out_is_switched_on_alone(tmp_path: Path, key: str) -> None:
    """One is enough for something to leave."""
    assert loaded(tmp_path, f"{key} = true").outlet.any


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("home_assistant = true", "outlet.home_assistant = true: there is no tree to show"),
        ("every_s = 0.5", "outlet.every_s = 0.5"),
        ('root = "energy/#"', 'outlet.root = "energy/#"'),
        ('root = "mieruka/1"', "mieruka belongs to others"),
        ('root = "spBv1.0"', "spBv1.0 belongs to others"),
        ('root = "$SYS"', 'outlet.root = "$SYS"'),
        ('root = ""', 'outlet.root = ""'),
        ('discovery_prefix = "a//b"', 'outlet.discovery_prefix = "a//b"'),
        ('group = ""', 'outlet.group = ""'),
        ('group = "a/b"', 'outlet.group = "a/b"'),
        ('primary_host = "+"', 'outlet.primary_host = "+"'),
        ('quantities = ["power"]', "not a quantity that agents read"),
        ('language = "fr"', 'outlet.language = "fr"'),
        ('sites = ["osaka"]', 'outlet.sites = "osaka": no such site among [[sites]]'),
        ('url = "http://10.0.0.5"', "not the address of an MQTT broker"),
        ('url = "mqtt://u:p@10.0.0.5"', "use username and password_file"),
        ('url = "mqtt://10.0.0.5:x"', 'outlet.url = "mqtt://10.0.0.5:x"'),
        ('username = "u"', "outlet.username: belongs to another broker"),
        ('ca_file = "ca.pem"', "outlet.ca_file: belongs to another broker"),
        ('url = "mqtt://10.0.0.5"\npassword_file = "missing"', "outlet.password_file"),
        ("trees = true", "did you mean tree?"),
    ],
)
def test_what_is_wrong_is_told(tmp_path: Path, line: str, fault: str) -> None:
    """With the path, the value and what to write."""
    with pytest.raises(ConfigError) as raised:
        loaded(tmp_path, line)
    assert fault in str(raised.value)


def test_another_broker_is_told_nothing_of_the_readings_own(tmp_path: Path) -> None:
    """Neither its name nor its password; the protocol stays."""
    (tmp_path / "other.password").write_text("outer\n", encoding="utf-8")
    lines = 'url = "mqtt://10.0.0.5"\nusername = "ha"\npassword_file = "other.password"'
    found = broker_of(loaded(tmp_path, lines))
    assert (found.host, found.port, found.username, found.password) == (
        *("10.0.0.5", 1883),
        *("ha", "outer"),
    )
    assert found.version == "5"
    anonymous = broker_of(loaded(tmp_path, 'url = "mqtt://10.0.0.5"'))
    assert (anonymous.username, anonymous.password) == ("", "")
    own = loaded(tmp_path, "tree = true")
    assert broker_of(own) == own.mqtt


def test_the_password_may_come_from_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As the other secrets may, and no line shows it."""
    monkeypatch.setenv("MIERUKA_OUTLET_PASSWORD", "outer")
    found = loaded(tmp_path, 'url = "mqtt://10.0.0.5"').outlet
    assert found.password == "outer"
    assert "outer" not in repr(found)
