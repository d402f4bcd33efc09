"""How each agent is, every minute: a row for each site that it reads meters of.

What an agent says of meters and lines counts for its own only: a message may name any.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from collector.state.agent_health import HealthEntry
from collector.state.agents import AgentEntry
from collector.state.arrivals import MeterSign
from collector.storage.figure_schema import (
    AGENT_STATE,
    LINE_STATE,
    WIRING_STATE,
    agent_meter,
    line_meter,
)
from collector.storage.port import Row
from edge_agent.contract.health import Health, LineHealth, WiringHealth
from edge_agent.contract.topics import NAME_PATTERN

MINUTE_MS = 60_000
QUARTER_MS = 15 * MINUTE_MS
DAY_S = 86_400.0
HEALTH_HELD_MS = 10 * MINUTE_MS
"""A health that came longer ago tells nothing of now."""
Meter = tuple[str, str]
Fields = dict[str, float | str]
_NAME = re.compile(NAME_PATTERN)
_SAME = (
    "outbox_rows",
    "outbox_bytes",
    "certificate_days",
    "disk_free_bytes",
    "disk_written_bytes",
    "memory_bytes",
    "memory_free_bytes",
    "board_celsius",
    "uptime_s",
)
"""Figures that are stored as the agent names them."""
_CLOCK_KEPT = {"synchronised": 1.0, "unsynchronised": 0.0}
_LINE = ("due", "left_out", "answers", "timeouts", "bad_answers", "refusals", "load", "latency_ms")


@dataclass(frozen=True, slots=True)
class Known:
    """What the collector's state tells of agents.

    ``readers`` tells which agent reads a meter (site, meter), ``signs`` when each meter was last
    heard of, ``holes`` how many ranges of an agent's numbers have not come, ``healths`` the newest
    message of each agent.
    """

    agents: Sequence[AgentEntry]
    readers: Mapping[Meter, str]
    signs: Sequence[MeterSign]
    holes: Counter[str]
    healths: Sequence[HealthEntry] = ()

    def sites(self) -> dict[str, list[str]]:
        """The sites that each agent reads meters of."""
        found: dict[str, set[str]] = {}
        for (site, _), agent in self.readers.items():
            found.setdefault(agent, set()).add(site)
        return {agent: sorted(sites) for agent, sites in found.items()}


def agent_rows(known: Known, now_ms: int) -> Iterator[Row]:
    """The rows of this minute: agents, their lines, the wiring of their meters."""
    at_ms = now_ms - now_ms % MINUTE_MS
    sites = known.sites()
    newest = _newest_ms(known)
    told = {entry.health.agent: entry for entry in known.healths}
    for agent in known.agents:
        fields: Fields = {
            "online": float(agent.online),
            "holes": float(known.holes[agent.agent]),
        }
        if agent.agent in newest:
            fields["newest_age_s"] = max(now_ms - newest[agent.agent], 0) / 1000
        entry = told.get(agent.agent)
        if entry is not None:
            fields |= health_fields(entry)
        for site in sites.get(agent.agent, ()):
            yield Row(AGENT_STATE, site, agent_meter(agent.agent), at_ms, fields)
            if entry is not None:
                yield from _line_rows(entry.health, site, at_ms)
        if entry is not None:
            yield from _wiring_rows(entry.health, known.readers, now_ms - now_ms % QUARTER_MS)


def health_fields(entry: HealthEntry) -> Fields:
    """What a message tells, as fields of ``agent_state``; what it does not tell is absent."""
    health = entry.health
    told = {name: getattr(health, name) for name in _SAME}
    fields: Fields = {name: float(value) for name, value in told.items() if value is not None}
    fields["dropped"] = float(health.outbox_dropped)
    fields["clock_offset_s"] = entry.clock_offset_s
    if health.outbox_oldest_s is not None:
        fields["outbox_days"] = health.outbox_oldest_s / DAY_S
    if health.clock in _CLOCK_KEPT:
        fields["clock_kept"] = _CLOCK_KEPT[health.clock]
    if health.software:
        fields["software"] = health.software
    return fields


def _newest_ms(known: Known) -> dict[str, int]:
    """The instant of the newest reading of each agent that has sent one."""
    found: dict[str, int] = {}
    for sign in known.signs:
        agent = known.readers.get((sign.site, sign.meter))
        if agent is not None and sign.at_ms is not None:
            found[agent] = max(sign.at_ms, found.get(agent, sign.at_ms))
    return found


def _line_rows(health: Health, site: str, at_ms: int) -> Iterator[Row]:
    for line in health.lines:
        if _NAME.fullmatch(line.link):
            meter = line_meter(health.agent, line.link)
            yield Row(LINE_STATE, site, meter, at_ms, _line_fields(line))


def _line_fields(line: LineHealth) -> Fields:
    told = {name: getattr(line, name) for name in _LINE}
    return {name: float(value) for name, value in told.items() if value is not None}


def _wiring_rows(health: Health, readers: Mapping[Meter, str], at_ms: int) -> Iterator[Row]:
    for one in health.wiring:
        if readers.get((one.site, one.meter)) == health.agent:
            yield Row(WIRING_STATE, one.site, one.meter, at_ms, _wiring_fields(one))


def _wiring_fields(one: WiringHealth) -> Fields:
    return {
        "kind": one.kind,
        "phases": one.phases,
        "faults": float(one.faults),
        "checks": float(one.checks),
        "enough_load": float(one.enough_load),
    }
