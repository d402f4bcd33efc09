"""A line to a meter for the page: shared with the running agent, taken from it, or opened anew.

A serial port or gateway has one master. Where the agent polls the same place with the same
settings, the page asks through the agent's own line; with others it must have the line alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from edge_agent.config import SERIAL_KINDS, LinkSettings
from edge_agent.meter_link import MeterLink, open_link
from edge_agent.page.bench import Bench

Opener = Callable[[LinkSettings], MeterLink]
_SAME = ("kind", "baud", "parity", "stop_bits")


def place_of(link: LinkSettings) -> str:
    """Where the link leads: a serial port, or ``host:port``."""
    return link.device if link.kind in SERIAL_KINDS else f"{link.host}:{link.port}"


def running_at(bench: Bench, link: LinkSettings) -> LinkSettings | None:
    """The link of the running agent that leads to the same place."""
    known = bench.settings().links
    return next((each for each in known if place_of(each) == place_of(link)), None)


def is_shared(running: LinkSettings, link: LinkSettings) -> bool:
    """Whether ``link`` can be asked over the running agent's link to the same place."""
    return all(getattr(running, key) == getattr(link, key) for key in _SAME)


@contextmanager
def line_to(bench: Bench, link: LinkSettings, opener: Opener = open_link) -> Iterator[MeterLink]:
    """The line that ``link`` describes, for as long as the context lasts."""
    running = running_at(bench, link)
    if running is not None and is_shared(running, link):
        yield bench.ask(running.id)
    elif running is not None:
        with bench.take(running.id), _opened(link, opener) as line:
            yield line
    else:
        with _opened(link, opener) as line:
            yield line


@contextmanager
def _opened(link: LinkSettings, opener: Opener) -> Iterator[MeterLink]:
    line = opener(link)
    try:
        yield line
    finally:
        line.close()
