"""What is said of settings and of faults, in single lines; needs no library of the command line."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from edge_agent import profile
from edge_agent.config import AgentSettings
from edge_agent.errors import AgentError, ConfigError

TRACE = "MIERUKA_TRACE"
CONFIG_FAULTS = 2
"""The exit code for settings with faults."""


def praise(settings: AgentSettings) -> str:
    """What the settings come to, in one line."""
    meters, links = len(settings.meters), len(settings.links)
    things = f"{meters} meter{'s'[: meters != 1]} on {links} link{'s'[: links != 1]}"
    return f"ok: {things}, read every {settings.poll.every_s:g} s, sent to {settings.mqtt.url}"


def doubts(settings: AgentSettings) -> Iterator[str]:
    """What is no fault but should be known."""
    used = {meter.link for meter in settings.meters}
    for link in settings.links:
        if link.id not in used:
            yield f"note: no meter is on link {link.id}"
    for name in sorted({meter.profile for meter in settings.meters}):
        unverified = ", ".join(row.quantity for row in profile.load(name).unverified)
        if unverified:
            yield f"note: profile {name}: compare with the meter's display: {unverified}"


def told(command: Callable[[], object]) -> None:
    """Run the command; whatever goes wrong is one line, and a traceback only when asked for."""
    try:
        with _one_line():
            command()
    except Exception as error:
        if os.environ.get(TRACE):
            raise
        kind = type(error).__name__
        hint = f"a fault in this program; {TRACE}=1 shows where, please report it"
        _tell(f"edge-agent: {kind}: {error} ({hint})")
        sys.exit(1)


@contextmanager
def _one_line() -> Iterator[None]:
    try:
        yield
    except ConfigError as error:
        for fault in error.faults:
            _tell(fault)
        count = len(error.faults)
        faults = "1 fault" if count == 1 else f"{count} faults"
        _tell(f"edge-agent: {faults} ({error.hint})")
        sys.exit(CONFIG_FAULTS)
    except (AgentError, OSError) as error:
        _tell(f"edge-agent: {error}")
        sys.exit(1)


def _tell(line: str) -> None:
    sys.stderr.write(f"{line}\n")
