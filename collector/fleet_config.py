"""Settings of the fleet server, which gives agents their certificates: [fleet]."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field

from collector.site_config import LocalPath, Section
from edge_agent.process.address import is_address

PORT = 8884


def _listen(place: str) -> str:
    if place and not is_address(place):
        raise ValueError("not an address with a port")
    return place


def _address(scheme: str, text: str) -> str:
    if not text:
        return text
    parts = urlsplit(text)
    bare = not (parts.path.strip("/") or parts.query or parts.fragment or parts.username)
    if parts.scheme != scheme or not parts.hostname or not bare:
        raise ValueError(f"not an address that begins with {scheme}:// and ends with the port")
    _ = parts.port  # raises ValueError for a port that is not one
    return text


def _https(text: str) -> str:
    return _address("https", text).rstrip("/")


def _mqtts(text: str) -> str:
    return _address("mqtts", text)


class FleetSettings(Section):
    """Identities of agents; an empty ``listen`` keeps the server off. ``collector fleet serve``.

    ``url`` and ``broker_url`` are what agents at the plants write: their names go into the
    certificates of the two servers. ``reload_command`` makes the broker read certificates and
    revocations anew.
    """

    listen: Annotated[str, AfterValidator(_listen)] = Field(
        default="", description=f'for example "0.0.0.0:{PORT}"; "" for no fleet server'
    )
    url: Annotated[str, AfterValidator(_https)] = Field(
        default="", description=f'for example "https://collector.example.com:{PORT}"'
    )
    broker_url: Annotated[str, AfterValidator(_mqtts)] = Field(
        default="", description='for example "mqtts://collector.example.com:8883"'
    )
    certificate_days: Annotated[int, Field(ge=1, le=825, strict=True)] = Field(
        default=90, description="days an agent's certificate holds; renewed at half of them"
    )
    update_keys_file: LocalPath | None = Field(
        default=None, description="a file with public keys of who makes packages, one a line"
    )
    reload_command: tuple[str, ...] = Field(
        default=(), description='words of a command: ["systemctl", "reload", "mosquitto"]'
    )

    @property
    def host(self) -> str:
        """The name by which agents know the fleet server."""
        return urlsplit(self.url).hostname or ""

    @property
    def port(self) -> int:
        """The port of ``url``; 443 when it names none."""
        return urlsplit(self.url).port or 443

    @property
    def broker_host(self) -> str:
        """The name by which agents know the broker."""
        return urlsplit(self.broker_url).hostname or ""
