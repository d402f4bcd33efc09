"""The whole walk on what the demo brings along: embedded broker, SQLite."""

from __future__ import annotations

import json
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
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
LIVE_WITHIN_S = 120.0


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
    with closing(sqlite3.connect(tmp_path / "demo/state/collector/store.sqlite")) as store:
        for table in ("month_figures", "day_figures", "load_day", "demand_now"):
            assert store.execute(f"SELECT count(*) FROM {table}").fetchone()[0] > 0, table


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
    begun_ms = time.time_ns() // 1_000_000
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
        store = tmp_path / "demo/state/collector/store.sqlite"
        _wait_until_stored(running, store, begun_ms + 1000)
        running.send_signal(signal.SIGINT)
        out, err = running.communicate(timeout=120)
    assert running.returncode == 0, err.decode()
    verdict = json.loads(out.decode().splitlines()[-1])
    assert (verdict["lost"], verdict["duplicated"]) == (0, 0)
    assert Path(verdict["report"]).is_file()


def _wait_until_stored(running: subprocess.Popen[bytes], store: Path, at_ms: int) -> None:
    """Wait for a reading of that instant or later: past days end before the run began."""
    give_up_at = time.monotonic() + LIVE_WITHIN_S
    while not (store.is_file() and _newest_ms(store) >= at_ms):
        assert running.poll() is None, "the demo has ended by itself"
        assert time.monotonic() < give_up_at, "it never went live"
        time.sleep(0.2)


def _newest_ms(store: Path) -> int:
    with closing(sqlite3.connect(f"file:{store}?mode=ro", uri=True, timeout=10)) as db:
        try:
            (newest,) = db.execute("SELECT max(at_ms) FROM reading").fetchone()
        except sqlite3.OperationalError:
            return 0  # its tables are being made
    return newest or 0
