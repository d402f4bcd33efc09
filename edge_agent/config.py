"""What the agent is told: its TOML settings, read once and frozen.

Upstream of everything that does something. ``load`` reads one file (the annotated example is
``deploy/examples/agent.toml``), checks every value and every relation between values, and tells
**all** faults at once. Times are seconds (``_s``) or milliseconds (``_ms``).
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal, Self, TypeVar
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError, ValidationInfo
from pydantic import field_validator as check_field

from edge_agent.config_faults import ProfileFaults, is_path, relation_faults, schema_faults
from edge_agent.contract.topics import NAME_PATTERN
from edge_agent.errors import ConfigError
from edge_agent.process.address import is_address

LinkKind = Literal["tcp", "rtu", "rtu-over-tcp"]
Name = Annotated[str, Field(pattern=rf"^{NAME_PATTERN}$")]
Whole = Annotated[int, Field(strict=True)]
Number = Annotated[float, Field(strict=True)]
"""As TOML writes them: a number in quotes or a true is a fault."""
Part = TypeVar("Part", bound="_Settings")

SERIAL_KEYS = ("device", "baud", "parity", "stop_bits")
NETWORK_KEYS = ("host", "port")
HINT = "correct the file, then run `edge-agent check` again"


class _Settings(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class IdentitySettings(_Settings):
    """Who this agent is and where it keeps its state. ``state_dir`` is absolute after ``load``."""

    id: Name
    site: Name
    state_dir: Path = Path("state/edge")


class MqttSettings(_Settings):
    """The broker. ``password_file`` and ``ca_file`` are absolute after ``load``."""

    url: str
    version: Literal["5", "3.1.1"] = "5"
    username: str | None = None
    password_file: Path | None = None
    ca_file: Path | None = None

    @check_field("url")
    @classmethod
    def _address(cls, url: str) -> str:
        try:
            parts = urlsplit(url)
            known = parts.scheme in ("mqtt", "mqtts") and bool(parts.hostname)
            plain = parts.port != 0 and parts.username is None and parts.path in ("", "/")
        except ValueError:
            known = plain = False
        if not (known and plain):
            raise ValueError("not an MQTT address; write mqtt://host:1883 or mqtts://host:8883")
        return url


class PollSettings(_Settings):
    """When meters are read: every ``every_s`` of the wall clock, shifted by ``align_s``."""

    every_s: Number = Field(default=10.0, ge=0.2, le=86_400)
    align_s: Number = Field(default=0.0, ge=0, lt=86_400)


class OutboxSettings(_Settings):
    """How the readings are kept until the collector has them."""

    commit_every_s: Number = Field(default=10.0, ge=0.1, le=3_600)
    max_mb: Number = Field(default=512.0, ge=1)
    max_days: Number = Field(default=366.0, ge=1, le=3_660)


class ClockSettings(_Settings):
    """How long readings wait for a clock that nobody has set since the machine started."""

    wait_s: Number = Field(default=900.0, ge=0, le=86_400)


class DeliverySettings(_Settings):
    """How a backlog goes out beside live readings, as long as the collector gives no other pace.

    At most ``backlog_readings_per_s``, and not before a chance wait of up to ``backlog_jitter_s``.
    """

    backlog_readings_per_s: Number = Field(default=500.0, ge=1, le=1_000_000)
    backlog_jitter_s: Number = Field(default=300.0, ge=0, le=86_400)


class HealthSettings(_Settings):
    """Where the running agent tells how it is; ``listen`` is ``host:port``, "" for nowhere."""

    listen: str = "127.0.0.1:9871"

    @check_field("listen")
    @classmethod
    def _address(cls, listen: str) -> str:
        if listen and not is_address(listen):
            raise ValueError('not an address; write "127.0.0.1:9871", or "" for no page')
        return listen


class LinkSettings(_Settings):
    """One bus or connection. ``timeout_ms`` and ``gap_ms`` None: what the profiles say."""

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
            raise ValueError("missing; write the meter's or gateway's address")
        return host

    @check_field("device")
    @classmethod
    def _device_given(cls, device: str, info: ValidationInfo) -> str:
        if info.data.get("kind") == "rtu" and not device.strip():
            raise ValueError("missing; write the serial port, best by /dev/serial/by-id/...")
        return device

    @check_field(*SERIAL_KEYS, *NETWORK_KEYS)
    @classmethod
    def _key_fits_kind(cls, value: object, info: ValidationInfo) -> object:
        kind = info.data.get("kind")
        foreign = NETWORK_KEYS if kind == "rtu" else SERIAL_KEYS if kind else ()
        if info.field_name in foreign and value:
            raise ValueError(f"has no meaning on a {kind} link; remove it or correct kind")
        return value


class MeterSettings(_Settings):
    """One meter's electrical identity. ``every_s`` None: as [poll] says."""

    id: Name
    name: str = ""
    link: str
    unit_id: Whole = Field(ge=0, le=255)
    profile: str = Field(min_length=1)
    serial: str = Field(default="", max_length=80)
    ct_ratio: Number = Field(default=1.0, gt=0, allow_inf_nan=False)
    vt_ratio: Number = Field(default=1.0, gt=0, allow_inf_nan=False)
    every_s: Number | None = Field(default=None, gt=0, le=86_400)


class AgentSettings(_Settings):
    """The whole file, frozen; attributes mirror its tables."""

    agent: IdentitySettings
    mqtt: MqttSettings
    poll: PollSettings = PollSettings()
    outbox: OutboxSettings = OutboxSettings()
    clock: ClockSettings = ClockSettings()
    delivery: DeliverySettings = DeliverySettings()
    health: HealthSettings = HealthSettings()
    links: tuple[LinkSettings, ...] = Field(min_length=1)
    meters: tuple[MeterSettings, ...] = Field(min_length=1)

    def beside(self, folder: Path) -> Self:
        """The same settings with every relative path taken from ``folder``."""
        return self.model_copy(
            update={
                "agent": _rooted(self.agent, folder, "state_dir"),
                "mqtt": _rooted(self.mqtt, folder, "password_file", "ca_file"),
                "meters": tuple(_with_profile_path(meter, folder) for meter in self.meters),
            }
        )


def load(path: Path, *, profile_faults: ProfileFaults | None = None) -> AgentSettings:
    """The settings in ``path``.

    ``profile_faults``, when given, is asked about every profile file that exists, so that
    ``edge-agent check`` tells those faults too. Raises ``ConfigError`` with one line per fault.
    """
    document = _document(path)
    settings: AgentSettings | None = None
    faults: list[str] = []
    try:
        settings = AgentSettings.model_validate(document)
    except ValidationError as error:
        faults += schema_faults(error, AgentSettings)
    faults += relation_faults(document, path.parent, profile_faults)
    if faults or settings is None:
        raise ConfigError([f"{path}: {fault}" for fault in faults], HINT)
    return settings.beside(path.parent.absolute())


def _document(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        hint = "copy deploy/examples/agent.toml there, or give the right path with -c"
        raise ConfigError([f"{path}: there is no such file"], hint) from None
    except OSError as error:
        reason = error.strerror or str(error)
        hint = "give the path of a readable file with -c"
        raise ConfigError([f"{path}: cannot be read: {reason}"], hint) from error
    except UnicodeDecodeError as error:
        raise ConfigError([f"{path}: not UTF-8 text at byte {error.start}"], HINT) from error
    except tomllib.TOMLDecodeError as error:
        hint = f"write [[links]] and [[meters]] in double brackets, and every key once; {HINT}"
        double = re.search("twice|overwrite|namespace", str(error))
        raise ConfigError([f"{path}: not TOML: {error}"], hint if double else HINT) from error


def _rooted(part: Part, folder: Path, *keys: str) -> Part:
    found = {key: getattr(part, key) for key in keys}
    return part.model_copy(update={k: folder / v for k, v in found.items() if v is not None})


def _with_profile_path(meter: MeterSettings, folder: Path) -> MeterSettings:
    if not is_path(meter.profile):
        return meter
    return meter.model_copy(update={"profile": str(folder / meter.profile)})
