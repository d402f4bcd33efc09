"""Whether the lines to the meters can be opened. Opened and closed only: no meter is asked."""

from __future__ import annotations

import os
import socket
import stat
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from edge_agent.config import SERIAL_KINDS, LinkSettings
from edge_agent.link_faults import why_down
from edge_agent.probes.finding import Finding, fault, note, ok

CONNECT_S = 3.0
AT_ONCE = 16
MISSED = "Its meters are not read; what is not read is a hole that nobody can fill."
_BY_ID = "/dev/serial/"


def links_findings(links: Sequence[LinkSettings], running: bool) -> Iterator[Finding]:
    """Every link in the order of the settings. ``running``: the agent works on them now."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for findings in pool.map(lambda link: list(_link(link, running)), links):
            yield from findings


def _link(link: LinkSettings, running: bool) -> Iterator[Finding]:
    if link.kind in SERIAL_KINDS:
        yield from _port(link)
    elif running:
        what = "The agent is on it, and some gateways drop the one they serve for a second one."
        yield ok(_subject(link), f"{link.host}:{link.port} is not tried now", what)
    else:
        yield _connection(link)


def _connection(link: LinkSettings) -> Finding:
    try:
        socket.create_connection((link.host, link.port), CONNECT_S).close()
    except OSError as error:
        return _down(link, error)
    return ok(_subject(link), f"{link.host}:{link.port} takes a connection")


def _needed(link: LinkSettings) -> int:
    """Who only listens writes nothing."""
    return os.R_OK if link.kind == "rtu-listen" else os.R_OK | os.W_OK


def _port(link: LinkSettings) -> Iterator[Finding]:
    try:
        mode = Path(link.device).stat().st_mode
    except OSError as error:
        yield _down(link, error)
        return
    subject = _subject(link)
    if not stat.S_ISCHR(mode):
        remedy = "Correct the link's device; see ls /dev/serial/by-id"
        yield fault(subject, f"{link.device} is no serial port", MISSED, remedy)
    elif not os.access(link.device, _needed(link)):
        measured = f"{link.device} may not be read and written by this user"
        remedy = (
            "Add the agent's user to the group dialout. If the doctor runs as somebody else: "
            "run it as the agent's user."
        )
        yield fault(subject, measured, MISSED, remedy)
    else:
        yield ok(subject, f"{link.device} may be read and written by this user")
    if link.device.startswith("/dev/ttyUSB"):
        what = "With two adapters the numbers may change at a restart: meters of the wrong line."
        yield note(subject, f"{link.device} is a number", what, f"Name it by {_BY_ID}by-id/...")


def _down(link: LinkSettings, error: OSError) -> Finding:
    what, hint = why_down(link, error)
    return fault(_subject(link), what, MISSED, f"{hint[:1].upper()}{hint[1:]}")


def _subject(link: LinkSettings) -> str:
    return f"link {link.id}"
