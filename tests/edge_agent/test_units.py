"""The systemd units that people copy, read by systemd's own checker."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

DEPLOY = Path(__file__).resolve().parent.parent.parent / "deploy"
UNITS = [DEPLOY / "pi" / "edge-agent.service", DEPLOY / "systemd" / "collector.service"]


@pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.stem)
def test_systemd_finds_no_fault(unit: Path, tmp_path: Path) -> None:
    """Every key is known and every value right; the programs, which are not here, stand in."""
    checker = shutil.which("systemd-analyze")
    if checker is None:
        pytest.skip("systemd-analyze is not installed (Debian package systemd)")
    program = r"/opt/mieruka(-collector)?/current/bin/\S+"
    text = re.sub(program, "/bin/true", unit.read_text("utf-8"))
    copy = tmp_path / unit.name
    copy.write_text(re.sub("(?m)^Documentation=.*$", "", text), "utf-8")
    ran = subprocess.run(
        [checker, "verify", "--man=no", str(copy)], capture_output=True, text=True, check=False
    )
    told = [line for line in ran.stderr.splitlines() if unit.name in line]
    assert (told, ran.returncode) == ([], 0), ran.stderr


@pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.stem)
def test_a_dead_or_stuck_service_is_started_again(unit: Path) -> None:
    """Notify, a watchdog of a minute, a quick start for ever, and an order to end in peace."""
    lines = unit.read_text("utf-8").splitlines()
    assert {
        "Type=notify",
        "NotifyAccess=main",
        "WatchdogSec=60",
        "Restart=always",
        "StartLimitIntervalSec=0",
    } <= set(lines)
    (again_s,) = (int(line.split("=")[1]) for line in lines if line.startswith("RestartSec="))
    assert again_s <= 5


def test_the_agent_may_ask_the_clock() -> None:
    """Nothing in its unit keeps adjtimex(2) from telling whether the clock is right."""
    text = UNITS[0].read_text("utf-8")
    assert not re.search("(?m)^ProtectClock=", text)
    filters = re.findall("(?m)^SystemCallFilter=(.*)$", text)
    assert "adjtimex" in filters[-1], "what comes later would take it out again"
