"""Whether systemd keeps a service alive, and would notice that it hangs.

Source: systemctl(1) ``show``, systemd.service(5) ``Type=notify`` and ``WatchdogSec=``.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from edge_agent.probes.finding import Finding, note, ok

ASKED = ("LoadState", "ActiveState", "Type", "WatchdogUSec", "Restart", "NRestarts")
ANSWER_S = 4.0
_OFF = ("", "0", "infinity")
_RUNNING = Path("/run/systemd/system")


def service_findings(unit: str, example: str, running: Path = _RUNNING) -> Iterator[Finding]:
    """The state of ``unit``; ``example`` is the unit file that we ship."""
    systemctl = shutil.which("systemctl")
    if systemctl is None or not running.is_dir():
        what = "If the program hangs or ends, nobody here starts it again."
        remedy = f"Run it under systemd ({example}), or let what runs it restart it by its health."
        yield note("service", "this system is not run by systemd", what, remedy)
        return
    facts = _facts(systemctl, unit)
    if facts is None:
        yield note("service", "systemctl gives no answer", "Nothing is known of the service.")
    elif facts.get("LoadState") != "loaded":
        what = "It is not started with the machine, nor again when it ends."
        yield note("service", f"{unit} is not installed", what, f"Install {example}.")
    else:
        yield _state(unit, facts)
        yield _watchdog(facts, example)


def _facts(systemctl: str, unit: str) -> dict[str, str] | None:
    command = [systemctl, "show", unit, *(f"--property={name}" for name in ASKED)]
    try:
        told = subprocess.run(
            command, capture_output=True, text=True, timeout=ANSWER_S, check=True
        ).stdout
    except (OSError, subprocess.SubprocessError):
        return None
    pairs = (line.partition("=") for line in told.splitlines())
    return {name: value for name, _, value in pairs}


def _state(unit: str, facts: dict[str, str]) -> Finding:
    measured = f"{unit} is {facts.get('ActiveState', 'in a state unknown')}"
    restarts = facts.get("NRestarts", "0")
    if restarts not in ("", "0"):
        what = "It ended by itself, or was ended by its watchdog."
        times = "once" if restarts == "1" else f"{restarts} times"
        remedy = f"Read why: journalctl -u {unit}"
        return note("service", f"{measured}, started again {times}", what, remedy)
    if facts.get("Restart") in ("", "no", None):
        what = "Nobody starts it again when it ends."
        return note("service", f"{measured}, Restart=no", what, "Set Restart=always in its unit.")
    return ok("service", measured)


def _watchdog(facts: dict[str, str], example: str) -> Finding:
    watch = facts.get("WatchdogUSec", "")
    if watch in _OFF or facts.get("Type") != "notify":
        what = "A thread that is stuck goes unnoticed by systemd."
        remedy = f"Set Type=notify and WatchdogSec=60 in its unit, as in {example}."
        return note("service: watchdog", "off", what, remedy)
    return ok("service: watchdog", f"on, {watch}")
