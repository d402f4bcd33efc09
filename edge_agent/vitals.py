"""How the agent is, for a person (``/health``) and for Prometheus (``/metrics``). PURE.

Before: the agent's status, what its outbox's file says, and who still moves. After: facts as JSON
with the reasons why not all is well, and figures with their units in their names.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from edge_agent.contract.wire import ClockState
from edge_agent.outbox.facts import Facts
from edge_agent.poll import PolledMeter
from edge_agent.process.metrics import Metric
from edge_agent.process.progress import Standing

PREFIX = "mieruka_agent"
STALE_INTERVALS = 3.0
"""A meter without a reading for so many of its intervals is not well."""
AWAY_S = 60.0
"""A broker that is away for no longer is no reason to worry."""
UNRECEIPTED_S = 900.0
"""Nor is a reading that waits for its receipt no longer than this."""


@dataclass(frozen=True, slots=True)
class MeterStatus:
    """One meter: seconds since its newest reading (None: none yet), polls, and what is wrong."""

    link: str
    age_s: float | None
    interval_s: float
    polls_ok: int
    polls_failed: int
    fault: str = ""


@dataclass(frozen=True, slots=True)
class AgentStatus:
    """What the agent has done since it was made, and how it is now.

    ``outbox_depth`` counts readings without a receipt; ``last_fault`` is the newest fault in one
    line, empty when there was none, ``disk_fault`` and ``broker_fault`` what holds now. ``away_s``
    is how long there has been no broker, 0 when there is one.
    """

    outbox_depth: int
    messages_published: int
    readings_taken: int
    polls_failed: int
    connected: bool
    last_fault: str
    readings_settled: int = 0
    readings_rejected: int = 0
    readings_evicted: int = 0
    readings_sent: int = 0
    gaps_sent: int = 0
    unreadable: int = 0
    connection_losses: int = 0
    refusals: int = 0
    callback_faults: int = 0
    commits: int = 0
    commit_s: float = 0.0
    commit_total_s: float = 0.0
    uptime_s: float = 0.0
    away_s: float = 0.0
    disk_fault: str = ""
    broker_fault: str = ""
    clock: ClockState = "unknown"
    meters: Mapping[str, MeterStatus] | None = None


def meter_status(meter: PolledMeter, now_s: float, link: str) -> MeterStatus:
    """One meter as polling knows it, at the monotonic ``now_s``."""
    age_s = None if meter.read_at_s is None else max(now_s - meter.read_at_s, 0.0)
    fault = meter.fault
    return MeterStatus(
        link=link,
        age_s=age_s,
        interval_s=meter.settings.every_s or meter.poll.every_s,
        polls_ok=meter.polls_ok,
        polls_failed=meter.polls_failed,
        fault=f"{fault.message} ({fault.hint})" if fault else "",
    )


def health(
    status: AgentStatus, facts: Facts, parts: Mapping[str, Standing], now_ms: int
) -> dict[str, Any]:
    """What a person needs: ``ok``, ``why`` not, ``notes`` that need no haste, and the facts."""
    oldest_s = _oldest_s(facts, now_ms)
    why = [*_troubles(status, parts, oldest_s)]
    return {
        "ok": not why,
        "why": why,
        "notes": [*_notes(status, facts)],
        "uptime_s": round(status.uptime_s),
        "meters": {name: _meter(one, status) for name, one in (status.meters or {}).items()},
        "outbox": {
            "readings": status.outbox_depth,
            "oldest_s": oldest_s,
            "held": facts.held,
            "rejected": facts.rejected,
            "gaps": facts.gaps,
            "evicted": status.readings_evicted,
            "file_bytes": facts.file_bytes,
            "commit_s": round(status.commit_s, 4),
            "fault": status.disk_fault,
        },
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
    read = sum(not _stale(one, status) for one in meters.values())
    broker = "connected" if status.connected else "no broker"
    wait = f"{status.outbox_depth} readings wait for the collector"
    return f"{read} of {len(meters)} meters read, {wait}, {broker}"


def metrics(status: AgentStatus, facts: Facts, now_ms: int) -> Iterator[Metric]:
    """The figures of an agent; those of its process are not among them."""
    yield from _outbox_metrics(status, facts, now_ms)
    yield from _delivery_metrics(status)
    yield from _meter_metrics(status.meters or {})
    yield Metric(
        f"{PREFIX}_uptime_seconds", "Time since the agent was made.", value=status.uptime_s
    )
    yield Metric(
        f"{PREFIX}_clock_synchronised",
        "1 when the kernel's clock is kept by NTP or the like, 0 when not, absent when unknown.",
        value=_as_figure(status.clock),
    )


def _outbox_metrics(status: AgentStatus, facts: Facts, now_ms: int) -> Iterator[Metric]:
    name = f"{PREFIX}_outbox"
    yield Metric(f"{name}_readings", "Readings without a receipt.", value=status.outbox_depth)
    yield Metric(
        f"{name}_oldest_age_seconds",
        "Age of the oldest reading that waits for its receipt; 0 when none does.",
        value=_oldest_s(facts, now_ms) or 0.0,
    )
    yield Metric(f"{name}_file_bytes", "Size of the file and its log.", value=facts.file_bytes)
    yield Metric(f"{name}_held_readings", "Readings that wait for a right clock.", value=facts.held)
    yield Metric(f"{name}_gaps", "Gap records without a receipt.", value=facts.gaps)
    yield Metric(
        f"{name}_disk_refuses", "1 while the disk refuses.", value=float(bool(status.disk_fault))
    )
    yield Metric(f"{name}_commit_seconds", "Duration of the newest commit.", value=status.commit_s)
    yield _count("outbox_commits", "Commits.", status.commits)
    yield _count("outbox_commit_seconds", "Duration of all commits.", status.commit_total_s)
    yield _count("readings_evicted", "Unsent readings dropped for room.", status.readings_evicted)


def _delivery_metrics(status: AgentStatus) -> Iterator[Metric]:
    yield Metric(f"{PREFIX}_connected", "1 while the broker has us.", value=float(status.connected))
    yield _count("readings_taken", "Readings taken from meters.", status.readings_taken)
    yield _count("readings_sent", "Readings handed to the broker.", status.readings_sent)
    yield _count("readings_settled", "Readings with a receipt.", status.readings_settled)
    yield _count("readings_rejected", "Readings the collector refused.", status.readings_rejected)
    yield _count("messages_published", "Messages handed over.", status.messages_published)
    yield _count("gaps_sent", "Gap records handed to the broker.", status.gaps_sent)
    yield _count("unreadable", "Receipts, commands, credits that were none.", status.unreadable)
    yield _count("connection_losses", "Connections that broke.", status.connection_losses)
    yield _count("refusals", "Messages the broker did not take.", status.refusals)
    yield _count("callback_faults", "Faults in MQTT callbacks.", status.callback_faults)


def _meter_metrics(meters: Mapping[str, MeterStatus]) -> Iterator[Metric]:
    ways = [(name, {"meter": name, "link": one.link}, one) for name, one in meters.items()]
    yield Metric(
        f"{PREFIX}_reading_age_seconds",
        "Time since the meter's newest reading.",
        samples=tuple((labels, one.age_s) for _, labels, one in ways),
    )
    yield Metric(
        f"{PREFIX}_polls_total",
        "Polls by result.",
        "counter",
        samples=tuple(
            ({**labels, "result": result}, float(count))
            for _, labels, one in ways
            for result, count in (("ok", one.polls_ok), ("failed", one.polls_failed))
        ),
    )


def _count(name: str, what: str, value: float) -> Metric:
    return Metric(f"{PREFIX}_{name}_total", what, "counter", float(value))


def _as_figure(clock: ClockState) -> float | None:
    return {"synchronised": 1.0, "unsynchronised": 0.0}.get(clock)


def _oldest_s(facts: Facts, now_ms: int) -> float | None:
    return None if facts.oldest_ms is None else max((now_ms - facts.oldest_ms) / 1000, 0.0)


def _stale(meter: MeterStatus, status: AgentStatus) -> bool:
    age_s = status.uptime_s if meter.age_s is None else meter.age_s
    return age_s > STALE_INTERVALS * meter.interval_s


def _meter(meter: MeterStatus, status: AgentStatus) -> dict[str, Any]:
    return {"ok": not _stale(meter, status)} | asdict(meter)


def _troubles(
    status: AgentStatus, parts: Mapping[str, Standing], oldest_s: float | None
) -> Iterator[str]:
    for part, one in parts.items():
        if one.stuck:
            yield f"{part} has not moved for {one.silent_s:.0f} s"
    if status.disk_fault:
        yield status.disk_fault
    for name, meter in (status.meters or {}).items():
        if _stale(meter, status):
            since = "at all yet" if meter.age_s is None else f"for {meter.age_s:.0f} s"
            yield f"meter {name} has not been read {since}: {meter.fault or 'see the log'}"
    if status.away_s > AWAY_S:
        yield f"no broker for {status.away_s:.0f} s: {status.broker_fault or 'see the log'}"
    elif status.connected and (oldest_s or 0.0) > UNRECEIPTED_S:
        hint = "does the collector run, or is a backlog on its way?"
        yield f"the oldest reading has waited {oldest_s:.0f} s for its receipt ({hint})"


def _notes(status: AgentStatus, facts: Facts) -> Iterator[str]:
    if status.clock == "unsynchronised":
        yield "nobody keeps this machine's clock (set up NTP or a clock of its own)"
    if facts.held:
        yield f"{facts.held} readings wait for a right clock"
    if status.readings_evicted:
        yield f"{status.readings_evicted} unsent readings were dropped for room (see the log)"
    if facts.rejected:
        yield f"the collector refused {facts.rejected} readings (see the log)"
