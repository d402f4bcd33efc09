"""The whole walk on what the demo brings along: embedded broker, SQLite."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.walk.demo_run import (
    STEEL_KWH,
    STEEL_MAX_DEMAND_KW,
    STEEL_OPTIONS,
    STEEL_YEAR,
    demo,
)

KEYS = {
    "site", "readings_served", "readings_stored", "lost", "duplicated",
    "kwh_simulated", "kwh_stored", "co2_kg", "report",
}  # fmt: skip


def test_past_days_arrive_whole(tmp_path: Path) -> None:
    """A replayed day and a live moment: nothing lost or doubled, energy equals the plant's."""
    verdict = demo(tmp_path / "demo", "--days", "1", "--live", "4")
    assert set(verdict) == KEYS
    assert (verdict["lost"], verdict["duplicated"]) == (0, 0)
    assert verdict["readings_stored"] == verdict["readings_served"] > 6 * 288
    assert verdict["kwh_stored"] == pytest.approx(verdict["kwh_simulated"], abs=0.1)
    assert verdict["co2_kg"] == pytest.approx(verdict["kwh_stored"] * 0.421, rel=1e-4)
    page = Path(verdict["report"]).read_text("utf-8")
    assert "30分" in page
    assert "30-minute" in page


@pytest.mark.skipif(not STEEL_YEAR.exists(), reason="the steel year is not on this machine")
def test_steel_year(tmp_path: Path) -> None:
    """A real plant's year from its file: energy within a counter step, demand within 0.5 %."""
    verdict = demo(tmp_path / "demo", *STEEL_OPTIONS, "--live", "0")
    assert (verdict["lost"], verdict["duplicated"]) == (0, 0)
    assert verdict["kwh_stored"] == pytest.approx(STEEL_KWH, abs=0.001)
    assert verdict["max_demand_kw"] == pytest.approx(STEEL_MAX_DEMAND_KW, rel=0.005)


def test_ctrl_c_ends_a_live_run_in_order(tmp_path: Path) -> None:
    """Ctrl-C while live brings in what is under way, writes the report and judges."""
    command = [sys.executable, "-m", "simulators", "demo", "--days", "1", "--live", "600"]
    command += ["--out", str(tmp_path / "demo"), "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
        _wait_until_live(running)
        running.send_signal(signal.SIGINT)
        out, err = running.communicate(timeout=120)
    assert running.returncode == 0, err.decode()
    verdict = json.loads(out.decode().splitlines()[-1])
    assert (verdict["lost"], verdict["duplicated"]) == (0, 0)
    assert Path(verdict["report"]).is_file()


def _wait_until_live(running: subprocess.Popen[bytes]) -> None:
    assert running.stderr is not None
    seen = b""
    while b"100 %" not in seen:
        read = running.stderr.read1(4096)  # type: ignore[attr-defined]
        assert read, seen.decode()
        seen += read
    time.sleep(4)
