"""What can go wrong on a line, in words a person can act on.

PURE. Before: an exception code, a system error, or bytes that make no sense. After: what is wrong
and what to do about it.
"""

from __future__ import annotations

import errno
import socket

from edge_agent.config import LinkSettings
from edge_agent.errors import RefusedError, SilentMeterError

_REFUSALS = {
    1: ("illegal function", "the profile's function code does not fit this meter"),
    2: ("illegal address", "the profile does not fit this meter or its firmware"),
    3: ("illegal count", "the profile's max_registers is too large for this meter"),
    4: ("device failure", "look at the meter's own display"),
    5: ("busy, will take long", "poll this meter less often"),
    6: ("busy", "poll this meter less often, or give the link a larger gap_ms"),
}
_GATEWAY_SILENT = (10, 11)
"""Exceptions with which a gateway says that the unit behind it gave no answer."""


def refusal(unit_id: int, code: int) -> RefusedError | SilentMeterError:
    """The error for a Modbus exception; a gateway's "no answer" is the unit's silence."""
    if code in _GATEWAY_SILENT:
        what = f"the gateway says that unit {unit_id} gave no answer"
        return SilentMeterError(what, "check the unit id, and the wiring behind the gateway")
    what, hint = _REFUSALS.get(code, ("unknown exception", "see the meter's manual"))
    return RefusedError(f"unit {unit_id} refused: {what} (exception {code})", hint, code)


def silent_hint(settings: LinkSettings) -> str:
    """What to look at when no byte came."""
    if settings.kind == "rtu":
        serial_settings = f"{settings.baud} {settings.parity} {settings.stop_bits}"
        return f"check unit id, wiring A/B, and that the meter is set to {serial_settings}"
    return "check unit id and kind (tcp or rtu-over-tcp), and the wiring behind the gateway"


def noise_hint(settings: LinkSettings) -> str:
    """What to look at when bytes came, but not the answer."""
    if settings.kind == "tcp":
        return "check that the other side speaks Modbus TCP, not RTU over TCP"
    return "check baud and parity, and for two meters or two masters on one line"


def mixed_hint(settings: LinkSettings) -> str:
    """What to look at when a whole answer came, but from another unit."""
    if settings.kind == "tcp":
        return "raise the link's timeout_ms, and see that the gateway answers for the right unit"
    return "check for two meters with one unit id, and for a second master on the line"


MISFIT_HINT = "the profile does not fit this meter or its firmware, or a gateway alters answers"
"""What to look at when the unit answered something else than it was asked for."""


_NO_PORT = ("this is not a serial port", "correct the link's device; see ls /dev/serial/by-id")
_DOWN = {
    errno.ENOENT: ("there is no such port", "plug the adapter in; see ls /dev/serial/by-id"),
    errno.EACCES: ("no permission", "add the agent's user to the group dialout"),
    errno.EAGAIN: ("another program holds the port", "stop it: a line has one master"),
    errno.ECONNREFUSED: ("connection refused", "is it on, is Modbus enabled there, is port right?"),
    errno.ECONNRESET: (
        "connection closed by the other side",
        "check port; gateways serve few masters, stop another one",
    ),
    errno.ETIMEDOUT: ("no answer to the connection", "check address, cable and firewall"),
    errno.EHOSTUNREACH: ("cannot be reached", "check address, cable and firewall"),
    errno.EISDIR: _NO_PORT,
    errno.ENOTTY: _NO_PORT,
    errno.ENETUNREACH: ("cannot be reached", "check the network of this machine"),
}


def why_down(settings: LinkSettings, error: BaseException) -> tuple[str, str]:
    """What keeps a link from being open, and what to do."""
    serial_port = settings.kind == "rtu"
    place = settings.device if serial_port else f"{settings.host}:{settings.port}"
    if isinstance(error, socket.gaierror):
        return f"unknown host {settings.host}", "check host, and this machine's name service"
    code = error.errno if isinstance(error, OSError) else errno.ECONNRESET
    if isinstance(error, TimeoutError):
        code = errno.ETIMEDOUT
    reason = getattr(error, "strerror", None) or str(error)
    what, hint = _DOWN.get(code or 0, (reason, "check the link's settings and cable"))
    return f"{place}: {what}", hint
