"""How the agent is, for a person (``/health``): facts, and why not all is well. PURE."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any

from edge_agent.bus import LineStatus
from edge_agent.errors import one_line as one_line_of
from edge_agent.outbox.facts import Facts
from edge_agent.process.progress import Standing
from edge_agent.vitals.figures import oldest_s
from edge_agent.vitals.status import AgentStatus, MeterStatus, is_stale
from edge_agent.words import Language, Said, in_language, said

AWAY_S = 60.0
"""A broker that is away for no longer is no reason to worry."""
UNRECEIPTED_S = 900.0
"""Nor is a reading that waits for its receipt no longer than this."""
SEE_LOG = said("see the log")


def health(
    status: AgentStatus, facts: Facts, parts: Mapping[str, Standing], now_ms: int
) -> dict[str, Any]:
    """What a person needs: ``ok``, ``why`` not, ``notes`` that need no haste, and the facts."""
    waited_s = oldest_s(facts, now_ms)
    why = [*_troubles(status, parts, waited_s)]
    return {
        "ok": not why,
        "why": why,
        "notes": [*_notes(status, facts)],
        "uptime_s": round(status.uptime_s),
        "meters": {name: _meter(one, status) for name, one in (status.meters or {}).items()},
        "outbox": {
            "readings": status.outbox_depth,
            "oldest_s": waited_s,
            "held": facts.held,
            "rejected": facts.rejected,
            "gaps": facts.gaps,
            "evicted": status.readings_evicted,
            "file_bytes": facts.file_bytes,
            "commit_s": round(status.commit_s, 4),
            "fault": status.disk_fault,
        },
        "lines": {link: _line(line) for link, line in (status.lines or {}).items()},
        "clock": status.clock,
        "broker": {
            "connected": status.connected,
            "losses": status.connection_losses,
            "refusals": status.refusals,
            "fault": status.broker_fault,
        },
        "parts": {part: {**asdict(one), "stuck": one.stuck} for part, one in parts.items()},
        "last_fault": status.last_fault,
    }


def one_line(status: AgentStatus) -> str:
    """The status in a line, for ``systemctl status``."""
    meters = status.meters or {}
    return said(
        "{read} of {count} meters read, {waiting} readings wait for the collector, {broker}",
        read=sum(not is_stale(one, status) for one in meters.values()),
        count=len(meters),
        waiting=status.outbox_depth,
        broker=said("connected") if status.connected else said("no broker"),
    )


def in_words(document: dict[str, Any], language: Language) -> dict[str, Any]:
    """A document with every text in it said in ``language``; keys stay as they are."""
    return {key: _in_words(part, language) for key, part in document.items()}


def _in_words(value: Any, language: Language) -> Any:
    if isinstance(value, dict):
        return in_words(value, language)
    if isinstance(value, list | tuple):
        return [_in_words(part, language) for part in value]
    return in_language(value, language) if isinstance(value, Said) else value


def _meter(meter: MeterStatus, status: AgentStatus) -> dict[str, Any]:
    return {"ok": not is_stale(meter, status)} | asdict(meter)


def _line(line: LineStatus) -> dict[str, Any]:
    found = line.suspicion
    return {
        "load_percent": None if line.load is None else round(100 * line.load, 1),
        "polls_due": line.due,
        "polls_left_out": line.left_out,
        "fault": one_line_of(found.message, found.hint) if found else "",
    }


def _troubles(
    status: AgentStatus, parts: Mapping[str, Standing], oldest_s: float | None
) -> Iterator[str]:
    for part, one in parts.items():
        if one.stuck:
            yield said("{part} has not moved for {s} s", part=part, s=round(one.silent_s))
    if status.disk_fault:
        yield status.disk_fault
    for name, meter in (status.meters or {}).items():
        if is_stale(meter, status):
            yield _unread(name, meter)
    if status.away_s > AWAY_S:
        fault = status.broker_fault or SEE_LOG
        yield said("no broker for {s} s: {fault}", s=round(status.away_s), fault=fault)
    elif status.connected and (oldest_s or 0.0) > UNRECEIPTED_S:
        yield said(
            "the oldest reading has waited {s} s for its receipt "
            "(does the collector run, or is a backlog on its way?)",
            s=round(oldest_s or 0.0),
        )


def _unread(name: str, meter: MeterStatus) -> str:
    fault = meter.fault or SEE_LOG
    if meter.age_s is None:
        return said("meter {meter} has not been read at all yet: {fault}", meter=name, fault=fault)
    return said(
        "meter {meter} has not been read for {s} s: {fault}",
        meter=name,
        s=round(meter.age_s),
        fault=fault,
    )


def _notes(status: AgentStatus, facts: Facts) -> Iterator[str]:
    if status.clock == "unsynchronised":
        yield said("nobody keeps this machine's clock (set up NTP or a clock of its own)")
    if facts.held:
        yield said("{count} readings wait for a right clock", count=facts.held)
    if status.readings_evicted:
        yield said(
            "{count} unsent readings were dropped for room (see the log)",
            count=status.readings_evicted,
        )
    if facts.rejected:
        yield said("the collector refused {count} readings (see the log)", count=facts.rejected)
    for link, line in (status.lines or {}).items():
        if line.suspicion is not None:
            told = one_line_of(line.suspicion.message, line.suspicion.hint)
            yield said("link {link}: {fault}", link=link, fault=told)
