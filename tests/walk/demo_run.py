"""Runs the demo as its user does: one command, its last line read as JSON."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

STEEL_YEAR = Path(__file__).parents[3] / "shared/data/steel_industry/Steel_industry_data.csv"
STEEL_OPTIONS = (
    "--csv", str(STEEL_YEAR), "--time-column", "date", "--energy-column", "Usage_kWh",
    "--label", "end", "--time-zone", "Asia/Seoul",
)  # fmt: skip
STEEL_KWH = 959_636.71
STEEL_MAX_DEMAND_KW = 587.16


def demo(out: Path, *options: str, timeout_s: float = 280, token: str = "") -> dict[str, Any]:
    """The verdict of one demo run that ended with exit code 0."""
    command = [sys.executable, "-m", "simulators", "demo", "--out", str(out), "--json", *options]
    environment = os.environ | {"MIERUKA_INFLUX_TOKEN": token, "COLUMNS": "100"}
    done = subprocess.run(
        command, env=environment, capture_output=True, text=True, timeout=timeout_s, check=False
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    verdict: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return verdict
