"""What can go wrong on a line, in words a person can act on.

PURE. Before: an exception code, a system error, or bytes that make no sense. After: what is wrong
and what to do about it.
"""

from __future__ import annotations

import errno
import socket

from edge_agent.config import SERIAL_KINDS, LinkSettings
from edge_agent.errors import BadAnswerError, RefusedError, SilentMeterError
from edge_agent.words import said


class SpoiledAnswerError(BadAnswerError):
    """Bytes came that are no whole answer of anybody: noise, a collision, wrong settings."""


_REFUSALS = {
    1: (said("illegal function"), said("the profile's function code does not fit this meter")),
    2: (said("illegal address"), said("the profile does not fit this meter or its firmware")),
    3: (
        said("illegal count"),
        said("the profile's max_registers is too large for this meter"),
    ),
    4: (said("device failure"), said("look at the meter's own display")),
    5: (said("busy, will take long"), said("poll this meter less often")),
    6: (
        said("busy"),
        said("poll this meter less often, or give the link a larger gap_ms"),
    ),
}
_GATEWAY_SILENT = (10, 11)
"""Exceptions with which a gateway says that the unit behind it gave no answer."""


def refusal(unit_id: int, code: int) -> RefusedError | SilentMeterError:
    """The error for a Modbus exception; a gateway's "no answer" is the unit's silence."""
    if code in _GATEWAY_SILENT:
        what = said("the gateway says that unit {unit} gave no answer", unit=unit_id)
        hint = said("check the unit id, and the wiring behind the gateway")
        return SilentMeterError(what, hint)
    reason, hint = _REFUSALS.get(code, (said("unknown exception"), said("see the meter's manual")))
    what = said(
        "unit {unit} refused: {reason} (exception {code})", unit=unit_id, reason=reason, code=code
    )
    return RefusedError(what, hint, code)


def silent_hint(settings: LinkSettings) -> str:
    """What to look at when no byte came."""
    if settings.kind in SERIAL_KINDS:
        return said(
            "check unit id, wiring A/B, and that the meter is set to {baud} {parity} {stop_bits}",
            baud=settings.baud,
            parity=settings.parity,
            stop_bits=settings.stop_bits,
        )
    return said("check unit id and kind (tcp or rtu-over-tcp), and the wiring behind the gateway")


def noise_hint(settings: LinkSettings) -> str:
    """What to look at when bytes came, but not the answer."""
    if settings.kind == "tcp":
        return said("check that the other side speaks Modbus TCP, not RTU over TCP")
    return said("check baud and parity, and for two meters or two masters on one line")


def mixed_hint(settings: LinkSettings) -> str:
    """What to look at when a whole answer came, but from another unit."""
    if settings.kind == "tcp":
        return said(
            "raise the link's timeout_ms, and see that the gateway answers for the right unit"
        )
    return said("check for two meters with one unit id, and for a second master on the line")


MISFIT_HINT = said(
    "the profile does not fit this meter or its firmware, or a gateway alters answers"
)
"""What to look at when the unit answered something else than it was asked for."""


_NO_PORT = (
    said("this is not a serial port"),
    said("correct the link's device; see ls /dev/serial/by-id"),
)
_FULL_GATEWAY = (
    said("connection closed by the other side"),
    said("check port; gateways serve few masters, stop another one"),
)
_GONE = (
    said("the port went away"),
    said("plug the adapter in again; polling then goes on by itself"),
)
_DOWN = {
    errno.ENOENT: (
        said("there is no such port"),
        said("plug the adapter in; see ls /dev/serial/by-id"),
    ),
    errno.EIO: _GONE,
    errno.ENXIO: _GONE,
    errno.ENODEV: _GONE,
    errno.EACCES: (said("no permission"), said("add the agent's user to the group dialout")),
    errno.EAGAIN: (
        said("another program holds the port"),
        said("stop it: a line has one master"),
    ),
    errno.EBUSY: (
        said("another program holds the port"),
        said("stop it: a line has one master"),
    ),
    errno.ECONNREFUSED: (
        said("connection refused"),
        said("is it on, is Modbus enabled there, is port right?"),
    ),
    errno.ECONNRESET: _FULL_GATEWAY,
    errno.EPIPE: _FULL_GATEWAY,
    errno.ETIMEDOUT: (
        said("no answer to the connection"),
        said("check address, cable and firewall"),
    ),
    errno.EHOSTUNREACH: (said("cannot be reached"), said("check address, cable and firewall")),
    errno.EISDIR: _NO_PORT,
    errno.ENOTTY: _NO_PORT,
    errno.ENETUNREACH: (
        said("cannot be reached"),
        said("check the network of this machine"),
    ),
}


def why_down(settings: LinkSettings, error: BaseException) -> tuple[str, str]:
    """What keeps a link from being open, and what to do."""
    serial_port = settings.kind in SERIAL_KINDS
    place = settings.device if serial_port else f"{settings.host}:{settings.port}"
    if isinstance(error, socket.gaierror):
        return (
            said("unknown host {host}", host=settings.host),
            said("check host, and this machine's name service"),
        )
    code = error.errno if isinstance(error, OSError) else errno.ECONNRESET
    if isinstance(error, TimeoutError):
        code = errno.ETIMEDOUT
    reason = getattr(error, "strerror", None) or str(error)
    what, hint = _DOWN.get(code or 0, (reason, said("check the link's settings and cable")))
    return said("{place}: {what}", place=place, what=what), hint
