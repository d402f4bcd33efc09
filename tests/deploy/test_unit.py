"""The agent's systemd unit: what it starts, what it may touch, and how exposed it is."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

PI = Path(__file__).resolve().parents[2] / "deploy/pi"
UNIT = PI / "edge-agent.service"
EXPOSED_AT_MOST = 20
"""Tenths of systemd's own score, 0 (closed) to 100; what a plain unit has is 96."""
PROGRAM = "/opt/mieruka/current/bin/edge-agent"


def _values(key: str, unit: Path = UNIT) -> list[str]:
    return re.findall(rf"(?m)^{key}=(.*)$", unit.read_text(encoding="utf-8"))


def _tool() -> str:
    found = shutil.which("systemd-analyze")
    if found is None:
        pytest.skip("systemd-analyze is not installed (Debian package systemd)")
    return found


def test_it_is_exposed_as_little_as_can_be() -> None:
    """Systemd's own look at the unit stays below the bound."""
    command = [_tool(), "security", "--offline=true", f"--threshold={EXPOSED_AT_MOST}"]
    done = subprocess.run([*command, "--no-pager", str(UNIT)], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout.splitlines()[-1:] or done.stderr


def test_it_starts_what_the_installer_points_to() -> None:
    """The link that an upgrade switches is the only way to the program."""
    starts = [*_values("ExecStart"), *_values("ExecStartPre")]
    assert [row.split()[0] for row in starts] == [PROGRAM, PROGRAM]
    assert f"ln -sfn {PROGRAM} " in (PI / "install.sh").read_text(encoding="utf-8")


def test_it_can_write_to_its_state_and_its_settings_only() -> None:
    """The page adds meters to the settings; all else is read-only."""
    assert _values("ProtectSystem") == ["strict"]
    assert _values("StateDirectory") == ["mieruka"]
    assert _values("ReadWritePaths") == ["-/etc/mieruka"]


def test_it_may_open_serial_ports_and_no_other_device() -> None:
    """By name, and by number where a name is not known before an adapter is plugged in."""
    assert _values("DevicePolicy") == ["closed"]
    serial = r"(char-tty(S|AMA|SC|USB|ACM)|/dev/char/(188|166):\d) rw"
    assert all(re.fullmatch(serial, row) for row in _values("DeviceAllow"))


def test_the_pins_of_the_board_are_an_extra_file() -> None:
    """Only who has a relay copies it."""
    assert _values("DeviceAllow", PI / "relay.conf") == ["char-gpiochip rw"]
