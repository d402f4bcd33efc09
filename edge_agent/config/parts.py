"""The small tables of `agent.toml`: who the agent is, where readings go, how they are kept."""

from __future__ import annotations

from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from pydantic import Field
from pydantic import field_validator as check_field

from edge_agent.config.text import Name, Number, Settings, Whole
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
    """The broker. Paths are absolute after ``load``.

    ``cert_file`` is this agent's own certificate, its key in ``key_file`` or in the same file.
    """

    url: str
    version: Literal["5", "3.1.1"] = "5"
    username: str | None = None
    password_file: Path | None = None
    ca_file: Path | None = None
    cert_file: Path | None = None
    key_file: Path | None = None

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


class FleetSettings(Settings):
    """The collector's fleet server, where this agent renews its certificate; "" for none."""

    url: str = ""

    @check_field("url")
    @classmethod
    def _address(cls, url: str) -> str:
        try:
            parts = urlsplit(url)
            good = parts.scheme == "https" and bool(parts.hostname) and parts.port != 0
            good = good and parts.username is None and parts.path in ("", "/") and not parts.query
        except ValueError:
            good = False
        if url and not good:
            raise Refused(
                said("not the address of a fleet server"),
                said("write https://collector.example.com:8884"),
            )
        return url.rstrip("/")


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


CareWord = Literal["read", "doctor", "log", "wiring", "status", "config", "update"]
"""What the collector may want of an agent; each is allowed at the plant, by its word."""


class UpdateSettings(Settings):
    """Whose packages are believed: ``keys_file`` lists public keys; without it no update is taken.

    A path, absolute after ``load``.
    """

    keys_file: Path | None = None


class CareSettings(Settings):
    """What may be asked of this agent from afar, over its own connection to the broker.

    Questions change nothing, and are allowed unless the plant takes them out; ``config`` (settings
    pushed from afar) and ``update`` (signed packages) only where the plant writes them. Pushed
    settings are on trial for ``trial_s``.
    """

    allow: tuple[CareWord, ...] = ("status", "read", "wiring", "log", "doctor")
    asks_a_minute: Whole = Field(default=20, ge=1, le=600)
    trial_s: Number = Field(default=180.0, ge=5, le=3_600)
