"""All that was answered. PURE."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from edge_agent.config import LinkSettings, MeterSettings
from edge_agent.words import Language


@dataclass(frozen=True, slots=True)
class BrokerAnswers:
    """The broker: ``url`` as in [mqtt]; a ``password`` gets a file of its own."""

    url: str
    username: str = ""
    password: str = field(default="", repr=False)
    password_file: Path | None = None
    ca_file: Path | None = None


@dataclass(frozen=True, slots=True)
class Answers:
    """A whole first settings file. ``page`` switches the commissioning page on, with a ``pin``."""

    agent_id: str
    site: str
    state_dir: str
    language: Language
    broker: BrokerAnswers
    page: bool = False
    pin: str = field(default="", repr=False)
    links: tuple[LinkSettings, ...] = ()
    meters: tuple[MeterSettings, ...] = ()
