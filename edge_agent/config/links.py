"""[[links]]: a bus or connection to meters."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, ValidationInfo
from pydantic import field_validator as check_field

from edge_agent.config.text import Name, Settings, Whole
from edge_agent.config_faults import Refused
from edge_agent.words import said

LinkKind = Literal["tcp", "rtu", "rtu-over-tcp", "rtu-listen"]
SERIAL_KINDS = ("rtu", "rtu-listen")
SERIAL_KEYS = ("device", "baud", "parity", "stop_bits")
NETWORK_KEYS = ("host", "port")


class LinkSettings(Settings):
    """One bus or connection. ``timeout_ms`` and ``gap_ms`` None: what the profiles say.

    An ``rtu-listen`` link never transmits: it reads along what another master asks and hears.
    """

    id: Name
    kind: LinkKind
    host: str = Field(default="", validate_default=True)
    port: Whole = Field(default=502, ge=1, le=65_535)
    device: str = Field(default="", validate_default=True)
    baud: Whole = Field(default=9_600, ge=300, le=4_000_000)
    parity: Literal["N", "E", "O"] = "N"
    stop_bits: Literal[1, 2] = 1
    timeout_ms: Whole | None = Field(default=None, ge=10, le=60_000)
    gap_ms: Whole | None = Field(default=None, ge=0, le=10_000)

    @check_field("host")
    @classmethod
    def _host_given(cls, host: str, info: ValidationInfo) -> str:
        if info.data.get("kind") in ("tcp", "rtu-over-tcp") and not host.strip():
            raise Refused(said("missing"), said("write the meter's or gateway's address"))
        return host

    @check_field("device")
    @classmethod
    def _device_given(cls, device: str, info: ValidationInfo) -> str:
        if info.data.get("kind") in SERIAL_KINDS and not device.strip():
            raise Refused(
                said("missing"), said("write the serial port, best by /dev/serial/by-id/...")
            )
        return device

    @check_field(*SERIAL_KEYS, *NETWORK_KEYS)
    @classmethod
    def _key_fits_kind(cls, value: object, info: ValidationInfo) -> object:
        kind = info.data.get("kind")
        foreign = NETWORK_KEYS if kind in SERIAL_KINDS else SERIAL_KEYS if kind else ()
        if info.field_name in foreign and value:
            raise Refused(
                said("has no meaning on a {kind} link", kind=kind),
                said("remove it or correct kind"),
            )
        return value
