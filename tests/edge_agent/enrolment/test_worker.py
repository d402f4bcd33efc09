"""The renewal as a part of the running agent."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from edge_agent import built, config
from edge_agent.clock import SystemClock
from edge_agent.errors import ConfigError
from edge_agent.process.progress import Progress
from edge_agent.schedule import Schedule

SETTINGS = """\
[agent]
id = "pi-1"
site = "sendai"
[mqtt]
url = "mqtts://127.0.0.1:8883"
[[links]]
id = "gw"
kind = "tcp"
host = "192.0.2.1"
[[meters]]
id = "main"
link = "gw"
unit_id = 1
profile = "eastron_sdm630"
"""


def parts_of(folder: Path, more: str) -> set[str]:
    """The parts that the renewal adds to a schedule by these settings."""
    file = folder / "agent.toml"
    file.write_text(SETTINGS + more, encoding="utf-8")
    progress = Progress()
    schedule = Schedule(SystemClock(), progress, lambda *_: None)
    built.add_renewal(schedule, config.load(file), SystemClock())
    return set(progress.standings())


def test_an_agent_of_a_fleet_renews_its_certificate(tmp_path: Path) -> None:
    """As a part that the watchdog looks after; without a fleet server there is none."""
    assert parts_of(tmp_path, '[fleet]\nurl = "https://127.0.0.1:8884"\n') == {built.RENEWAL}
    assert parts_of(tmp_path, "") == set()


def test_an_agent_without_a_fleet_carries_no_cryptographic_library() -> None:
    """What is loaded stays in memory for years."""
    code = "import sys, edge_agent.app, edge_agent.uplink; print('cryptography' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert done.stdout.strip() == "False"


@pytest.mark.parametrize(
    ("lines", "fault"),
    [
        ('[fleet]\nurl = "http://a.example"\n', "fleet.url"),
        ('[fleet]\nurl = "https://"\n', "fleet.url"),
        ('[fleet]\nurl = "https://a.example/path"\n', "fleet.url"),
        ('[fleet]\nurl = "https://a:b@a.example"\n', "fleet.url"),
        ("[fleet]\nurl = 1\n", "fleet.url"),
        ('[fleet]\nadress = "x"\n', "fleet.adress"),
    ],
)
def test_wrong_settings_are_told(tmp_path: Path, lines: str, fault: str) -> None:
    """Each with its dotted path and what to write."""
    file = tmp_path / "agent.toml"
    file.write_text(SETTINGS + lines, encoding="utf-8")
    with pytest.raises(ConfigError) as refused:
        config.load(file)
    assert fault in "\n".join(refused.value.faults)


@pytest.mark.parametrize(
    ("lines", "faults"),
    [
        ('key_file = "own.pem"', ["mqtt.cert_file: missing"]),
        ('cert_file = "none.pem"', ["mqtt.cert_file", "no such file"]),
        ('cert_file = "own.pem"\nkey_file = "none.key"', ["mqtt.key_file", "no such file"]),
    ],
)
def test_a_certificate_and_its_key_belong_together(
    tmp_path: Path, lines: str, faults: list[str]
) -> None:
    """And both must be there."""
    (tmp_path / "own.pem").write_text("x", encoding="ascii")
    file = tmp_path / "agent.toml"
    file.write_text(SETTINGS.replace("[[links]]", f"{lines}\n[[links]]", 1), encoding="utf-8")
    with pytest.raises(ConfigError) as refused:
        config.load(file)
    for fault in faults:
        assert fault in "\n".join(refused.value.faults)


def test_a_certificate_in_the_clear_is_told(tmp_path: Path) -> None:
    """It would never be shown: mqtt:// has no TLS."""
    (tmp_path / "own.pem").write_text("x", encoding="ascii")
    file = tmp_path / "agent.toml"
    text = SETTINGS.replace("mqtts://", "mqtt://")
    text = text.replace("[[links]]", 'cert_file = "own.pem"\n[[links]]', 1)
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match=r"mqtt\.cert_file.*not used"):
        config.load(file)
