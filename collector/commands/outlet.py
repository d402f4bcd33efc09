"""`collector outlet`: what the open data say now, without a broker."""

from __future__ import annotations

from typing import Annotated

import typer

from collector import config
from collector.app import Collector
from collector.commands.outlet_service import outlet_of
from collector.commands.terminal import (
    DEFAULT_CONFIG,
    ConfigOption,
    JsonOption,
    one_line,
    open_collector,
    out,
    print_json,
    site_named,
)
from collector.config import CollectorSettings
from collector.outlet.discovery import Discovery
from collector.outlet.figures import MeterFigures
from collector.outlet.tree import leaves

SiteOption = Annotated[
    str, typer.Option("--site", metavar="ID", help="Only this site; else those of [outlet].")
]
HomeAssistantOption = Annotated[
    bool, typer.Option("--home-assistant", help="Also what Home Assistant is told.")
]


def outlet(
    path: ConfigOption = DEFAULT_CONFIG,
    site: SiteOption = "",
    home_assistant: HomeAssistantOption = False,
    as_json: JsonOption = False,
) -> None:
    """Show what the open data say now, topic by topic, whether or not they are switched on.

    It is what `mosquitto_sub -v -t 'energy/#'` shows while `collector run` fills the tree.
    """
    with one_line():
        settings = config.load(path)
        if site:
            site_named(settings, site)
        with open_collector(settings) as collector:
            found = _topics(collector, site, home_assistant)
    if as_json:
        print_json(found)
        return
    for topic, payload in found.items():
        out.print(f"{topic} {payload}", markup=False)


def _topics(collector: Collector, site: str, home_assistant: bool) -> dict[str, str]:
    settings = collector.settings
    meters = outlet_of(collector).look()
    wanted = [one for one in meters if not site or one.site == site]
    found: dict[str, str] = {}
    for meter in wanted:
        found |= leaves(settings.outlet.root, meter, settings.outlet.quantities)
        if home_assistant:
            found |= _discovery(settings, meter)
    return found


def _discovery(settings: CollectorSettings, meter: MeterFigures) -> dict[str, str]:
    outlet, own = settings.outlet, settings.collector.id
    told = Discovery(outlet.discovery_prefix, outlet.root, own, outlet.language)
    area = next(site.name for site in settings.sites if site.id == meter.site)
    topic = told.topic(meter.site, meter.meter)
    return {topic: told.payload(meter, outlet.quantities, area)}
