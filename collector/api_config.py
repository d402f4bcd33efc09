"""Settings of the HTTP API: where it answers, behind what, and how much at once."""

from __future__ import annotations

from ipaddress import ip_address
from typing import Annotated

from pydantic import AfterValidator, Field

from collector.site_config import Section
from edge_agent.process.address import is_address


def _listen(place: str) -> str:
    if place and not is_address(place):
        raise ValueError("not an address with a port")
    return place


def _root_path(path: str) -> str:
    if path and (not path.startswith("/") or path.endswith("/") or not path.isprintable()):
        raise ValueError("not a path that begins with / and ends without")
    return path


def _address(text: str) -> str:
    ip_address(text)
    return text


RowCount = Annotated[int, Field(ge=1, le=100_000, strict=True)]


class ApiSettings(Section):
    """The read-only HTTP API; an empty ``listen`` keeps it off. ``collector api serve`` is it.

    Behind a proxy, ``root_path`` is the path it passes on to here, and ``trusted_proxies`` are
    the addresses whose word on who asked is taken.
    """

    listen: Annotated[str, AfterValidator(_listen)] = Field(
        default="", description='for example "127.0.0.1:9880"; "" for no API'
    )
    root_path: Annotated[str, AfterValidator(_root_path)] = Field(
        default="", description='for example "/mieruka", where a proxy serves it below that'
    )
    trusted_proxies: tuple[Annotated[str, AfterValidator(_address)], ...] = Field(
        default=(), description='IP addresses of proxies in front: ["127.0.0.1"]'
    )
    page_rows: RowCount = Field(default=1_000, description="rows of a page unless asked otherwise")
    most_rows: RowCount = Field(default=10_000, description="rows of a page at most")
    requests_per_minute: Annotated[int, Field(ge=1, le=1_000_000, strict=True)] = Field(
        default=600, description="how often one token may ask, for example 600"
    )
