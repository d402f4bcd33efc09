"""`doctor`: the same as `edge-agent doctor --json` at the plant, in a process of its own.

What it measures (a disk that hangs, a broker that is silent) must not hold up polling, and what
it loads must not stay in the agent's memory.
"""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

from edge_agent.care.plant import Plant
from edge_agent.care.told import Told
from edge_agent.contract.care import Ask
from edge_agent.errors import RetryLaterError
from edge_agent.words import said

WITHIN_S = 60.0
"""Its own round takes half a minute at most; starting takes a while on a small board."""


def answer(plant: Plant, _ask: Ask) -> Told:
    """Its findings. Raises ``RetryLaterError`` when it does not end or cannot be started."""
    path = str(plant.path.resolve())
    words = (sys.executable, "-m", "edge_agent", "doctor", "--json", "-c", path)
    try:
        done = subprocess.run(
            words, capture_output=True, timeout=WITHIN_S, stdin=subprocess.DEVNULL, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        what = said("the doctor did not come to an end: {error}", error=type(error).__name__)
        raise RetryLaterError(what, said("run `edge-agent doctor` at the plant")) from error
    return Told(body=_findings(done))


def _findings(done: subprocess.CompletedProcess[bytes]) -> dict[str, Any]:
    try:
        found = json.loads(done.stdout)
        return {"ok": bool(found["ok"]), "findings": list(found["findings"])}
    except (ValueError, KeyError, TypeError) as error:
        lines = done.stderr.decode("utf-8", "replace").strip().splitlines()
        told = lines[-1][:300] if lines else said("it said nothing")
        what = said("the doctor gave no findings: {told}", told=told)
        raise RetryLaterError(what, said("run `edge-agent doctor` at the plant")) from error
