"""A serial port, opened: the one place where pyserial is asked for one."""

from __future__ import annotations

import errno
import termios

import serial

from edge_agent.config import LinkSettings


def open_port(
    settings: LinkSettings,
    *,
    timeout_s: float = 0.0,
    write_timeout_s: float | None = None,
    rts: bool = True,
) -> serial.Serial:
    """The port of ``settings``, open and held alone.

    Raises ``OSError`` with its reason, also for what is no port or refuses the settings.
    """
    port = serial.Serial(timeout=timeout_s, write_timeout=write_timeout_s, exclusive=True)
    port.rts = rts
    try:
        port.port = settings.device
        port.baudrate, port.parity = settings.baud, settings.parity
        port.stopbits = settings.stop_bits
        port.open()
    except serial.SerialException as error:
        # What is no port at all fails while it is set, which pyserial tells without errno.
        if isinstance(error.__context__, termios.error):
            raise OSError(*error.__context__.args) from error
        raise
    except (ValueError, termios.error) as error:
        raise OSError(errno.EINVAL, f"settings refused: {error}") from error
    return port
