"""Settings of the outlet: which figures leave the collector as open data, and in whose words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field

from collector.config_faults import shown, table
from collector.site_config import LocalPath, Name, Positive, Section
from edge_agent.contract.quantity import QUANTITIES

RESERVED_ROOTS = frozenset({"mieruka", "spBv1.0"})
"""First levels that belong to the agents and to Sparkplug: a readable tree never grows there."""
_LEVEL = re.compile(r"[A-Za-z0-9_.-]{1,63}")


def _topic_root(root: str) -> str:
    levels = root.split("/")
    if len(levels) > 4 or not all(_LEVEL.fullmatch(level) for level in levels):
        raise ValueError("not one to four levels of letters, digits, . _ -")
    if levels[0] in RESERVED_ROOTS:
        raise ValueError(f"{levels[0]} belongs to others")
    return root


def _level(name: str) -> str:
    if name and not _LEVEL.fullmatch(name):
        raise ValueError("not letters, digits, . _ -, 63 at most")
    return name


def _broker_url(url: str) -> str:
    parts = urlsplit(url)
    if url and (parts.scheme not in ("mqtt", "mqtts") or not parts.hostname):
        raise ValueError("not the address of an MQTT broker")
    if parts.username or parts.password or parts.path.strip("/") or parts.query:
        raise ValueError("has more than host and port; use username and password_file")
    _ = parts.port  # raises ValueError for a port that is not one
    return url


def _quantity(name: str) -> str:
    if name not in QUANTITIES:
        raise ValueError("not a quantity that agents read")
    return name


TopicRoot = Annotated[str, AfterValidator(_topic_root)]
Level = Annotated[str, AfterValidator(_level)]


class OutletSettings(Section):
    """What others may read of the plant's figures: everything is off until it is asked for.

    ``tree`` is the readable tree of retained topics, ``home_assistant`` tells Home Assistant of
    it, ``sparkplug`` plays an edge node of Sparkplug B, ``open_metrics`` adds the figures to the
    page /metrics. ``sites`` leaves out all others; an empty ``url`` is the broker of [mqtt].
    """

    tree: bool = Field(default=False, description="true for the readable tree, else false")
    home_assistant: bool = Field(default=False, description="true needs tree = true")
    sparkplug: bool = Field(default=False, description="true for a Sparkplug B edge node")
    open_metrics: bool = Field(default=False, description="true for figures on /metrics")
    every_s: Annotated[Positive, Field(ge=1)] = Field(
        default=30.0, description="seconds between two looks, 1 at least, for example 30"
    )
    sites: tuple[Name, ...] = Field(default=(), description="ids of [[sites]]; []: all of them")
    quantities: tuple[Annotated[str, AfterValidator(_quantity)], ...] = Field(
        default=("active_power_w",),
        description='newest readings shown: ["active_power_w", "power_factor"]',
    )
    language: Literal["en", "ja"] = Field(default="en", description='"en" or "ja", of names')
    root: TopicRoot = Field(default="energy", description='first topic level, for example "energy"')
    discovery_prefix: TopicRoot = Field(
        default="homeassistant", description="Home Assistant's discovery prefix"
    )
    group: Annotated[Level, Field(min_length=1)] = Field(
        default="mieruka", description="Sparkplug's group id"
    )
    primary_host: Level = Field(
        default="", description='the Sparkplug host waited for; "" waits for none'
    )
    url: Annotated[str, AfterValidator(_broker_url)] = Field(
        default="", description='another broker, "mqtt://10.0.0.5:1883"; "": that of [mqtt]'
    )
    username: str = Field(default="", description="the name at that other broker")
    password: str = Field(default="", repr=False, description="better: password_file")
    password_file: LocalPath | None = Field(default=None, description="a file with one line")
    ca_file: LocalPath | None = Field(default=None, description="a PEM file, with mqtts:// only")

    @property
    def speaks_mqtt(self) -> bool:
        """Whether anything goes to a broker."""
        return self.tree or self.sparkplug

    @property
    def any(self) -> bool:
        """Whether anything leaves at all."""
        return self.speaks_mqtt or self.open_metrics


def outlet_faults(doc: Mapping[str, Any]) -> Iterator[str]:
    """Tell what does not go together in [outlet], one line a fault."""
    outlet = table(doc, "outlet")
    if outlet.get("home_assistant") is True and outlet.get("tree") is not True:
        yield "outlet.home_assistant = true: there is no tree to show (set tree = true)"
    for key in ("username", "password_file", "ca_file"):
        if key in outlet and not outlet.get("url"):
            yield f"outlet.{key}: belongs to another broker (give [outlet] url, or take it out)"
    known = _site_ids(doc)
    wanted = outlet.get("sites", ())
    for name in wanted if isinstance(wanted, list) else ():
        if isinstance(name, str) and name not in known:
            yield f"outlet.sites = {shown('outlet.sites', name)}: no such site among [[sites]]"


def _site_ids(doc: Mapping[str, Any]) -> list[object]:
    sites = doc.get("sites")
    tables = sites if isinstance(sites, list) else []
    return [site.get("id") for site in tables if isinstance(site, dict)]
