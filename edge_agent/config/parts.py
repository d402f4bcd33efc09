"""The small tables of `agent.toml`: who the agent is, where readings go, how they are kept."""

from __future__ import annotations

from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from pydantic import Field
from pydantic import field_validator as check_field

from edge_agent.config.text import Name, Number, Settings
from edge_agent.config_faults import Refused
from edge_agent.process.address import is_address
from edge_agent.words import said


class IdentitySettings(Settings):
    """Who this agent is and where it keeps its state. ``state_dir`` is absolute after ``load``.

    ``language`` is that of messages and pages; "" takes the machine's (``LANG``).
    """

    id: Name
    site: Name
    state_dir: Path = Path("state/edge")
    language: Literal["", "en", "ja"] = ""


class MqttSettings(Settings):
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
            raise Refused(
                said("not an MQTT address"), said("write mqtt://host:1883 or mqtts://host:8883")
            )
        return url


class PollGroupSettings(Settings):
    """Quantities that are read at a pace of their own: names, or patterns as ``voltage_*``."""

    name: Name
    every_s: Number = Field(ge=0.2, le=86_400)
    quantities: tuple[str, ...] = Field(min_length=1)


class PollSettings(Settings):
    """When meters are read: every ``every_s`` of the wall clock, shifted by ``align_s``.

    Quantities of one of the ``groups`` are read at that group's pace, all others every ``every_s``.
    """

    every_s: Number = Field(default=10.0, ge=0.2, le=86_400)
    align_s: Number = Field(default=0.0, ge=0, lt=86_400)
    groups: tuple[PollGroupSettings, ...] = ()


class OutboxSettings(Settings):
    """How the readings are kept until the collector has them."""

    commit_every_s: Number = Field(default=10.0, ge=0.1, le=3_600)
    max_mb: Number = Field(default=512.0, ge=1)
    max_days: Number = Field(default=366.0, ge=1, le=3_660)


class ClockSettings(Settings):
    """How long readings wait for a clock that nobody has set since the machine started."""

    wait_s: Number = Field(default=900.0, ge=0, le=86_400)


class DeliverySettings(Settings):
    """How a backlog goes out beside live readings, as long as the collector gives no other pace.

    At most ``backlog_readings_per_s``, and not before a chance wait of up to ``backlog_jitter_s``.
    """

    backlog_readings_per_s: Number = Field(default=500.0, ge=1, le=1_000_000)
    backlog_jitter_s: Number = Field(default=300.0, ge=0, le=86_400)


class HealthSettings(Settings):
    """Where the running agent tells how it is; ``listen`` is ``host:port``, "" for nowhere."""

    listen: str = "127.0.0.1:9871"

    @check_field("listen")
    @classmethod
    def _address(cls, listen: str) -> str:
        if listen and not is_address(listen):
            raise Refused(said("not an address"), said('write "127.0.0.1:9871", or "" for no page'))
        return listen


class PageSettings(Settings):
    """The commissioning page: where it listens ("" is off), and who may use it.

    ``pin_file`` holds the PIN (absolute after ``load``); without one, each start
    makes a new PIN and tells it on the console.
    """

    listen: str = ""
    pin_file: Path | None = None

    @check_field("listen")
    @classmethod
    def _address(cls, listen: str) -> str:
        if listen and not is_address(listen):
            raise Refused(said("not an address"), said('write "0.0.0.0:9873", or "" for no page'))
        return listen
