"""Where a meter may be: this machine's serial ports, and the network it is in."""

from __future__ import annotations

import re
import stat
from ipaddress import ip_address, ip_network
from pathlib import Path

from edge_agent.commission.ports import serial_ports
from edge_agent.config import SERIAL_KINDS, AgentSettings
from edge_agent.errors import StopError
from edge_agent.page.html import Element
from edge_agent.page.layout import choice, field
from edge_agent.page.server import private_addresses
from edge_agent.words import said

_PORT = re.compile(r"/dev/[A-Za-z0-9._:/+-]+")


def known_ports(settings: AgentSettings) -> tuple[str, ...]:
    """The ports of the settings, then those that are plugged in."""
    return serial_ports(link.device for link in settings.links if link.kind in SERIAL_KINDS)


def checked(device: str, settings: AgentSettings) -> str:
    """``device`` when it is one of the ports, or another serial port. Raises ``StopError``."""
    if device in known_ports(settings):
        return device
    is_name = _PORT.fullmatch(device) and ".." not in device
    try:
        if is_name and stat.S_ISCHR(Path(device).stat().st_mode):
            return device
    except OSError:
        pass
    what = said("{device} is no serial port of this machine", device=device)
    raise StopError(what, said("choose one of the list; plug the adapter in first"))


def port_field(settings: AgentSettings) -> Element:
    """The choice of a port; where none is known, a line to write one in."""
    found = known_ports(settings)
    label = said("Serial port")
    if found:
        return choice(label, "port", [(each, short(each)) for each in found])
    hint = said("none is plugged in: plug in the RS-485 adapter and open this page anew")
    return field(label, "port", "/dev/ttyUSB0", hint, autocapitalize="off")


def short(device: str) -> str:
    """A port's name without what all have in common."""
    return device.removeprefix("/dev/serial/by-id/").removeprefix("/dev/")


def own_network() -> str:
    """The network that this machine is in, as ``192.168.1.0/24``: a guess, to be corrected."""
    first = ip_address(private_addresses()[0])
    if first.is_loopback or first.version == 6:
        return "192.168.1.0/24"
    return str(ip_network(f"{first}/24", strict=False))
